"""The ways in which a call to Slack can fail: refused, rate limited, never sent, or with an unknown outcome."""

from bot.errors import TryLater, WatchfloorError
from bot.slack import refusals


class SlackRefused(WatchfloorError):
    """Slack refused that: {reason}. If you cannot change it, `watchfloor doctor` tells the administrator more."""

    def __init__(self, method: str, error: str, detail: str = "") -> None:
        self.method, self.error, self.detail = method, error, detail
        self.meaning = refusals.meaning(method, error)
        self.reason = refusals.reason(method, error)
        super().__init__(reason=self.reason)

    def __str__(self) -> str:
        # For the log; people read the sentence.
        return " ".join(filter(None, (self.method, self.error, self.detail)))


class RateLimited(TryLater):
    """Slack asked to wait; nothing was done."""

    def __init__(self, method: str, wait_s: float) -> None:
        super().__init__(f"{method} is rate limited", wait_s)


class OutcomeUnknown(TryLater):
    """No answer came: the call may have been carried out, so look before repeating it."""

    def __init__(self, method: str, reason: str) -> None:
        super().__init__(f"{method}: no answer ({reason})")


class NotSent(OutcomeUnknown):
    """No connection was made: the call was certainly not carried out, and may be repeated without a look."""
