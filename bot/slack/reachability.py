"""HTTP mode: Slack comes to the bot by itself. Calling Slack now and then shows whether the network works."""

from bot.errors import TryLater
from bot.runtime.heartbeat import Heartbeat
from bot.slack.errors import RateLimited, SlackRefused
from bot.slack.gateway import Gateway

CHECK_EVERY_S = 15
# One lost answer means nothing yet.
FAILURES_THAT_COUNT = 2


class Reachability:
    """Tracks whether Slack answers. If it does not, its requests do not reach the bot either."""

    def __init__(self, slack: Gateway) -> None:
        self._slack = slack
        self._heartbeat = Heartbeat()
        self._failures = 0
        # Why Slack is not reached, as part of a sentence.
        self.trouble = ""

    @property
    def is_connected(self) -> bool:
        """True if Slack answered lately."""
        return not self.trouble

    @property
    def silent_s(self) -> float:
        """Seconds since Slack last answered."""
        return self._heartbeat.age_s

    def check(self) -> None:
        """Make a call to Slack that costs nothing."""
        try:
            self._slack.call("auth.test")
        except (SlackRefused, RateLimited):
            pass  # it answers
        except TryLater as silent:
            self._failures += 1
            if self._failures >= FAILURES_THAT_COUNT:
                self.trouble = f"Slack does not answer ({silent.reason})"
            return
        self._heartbeat.beat()
        self._failures, self.trouble = 0, ""
