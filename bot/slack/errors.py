"""The ways a call to Slack can fail: it said no, it said wait, it was never asked, or nobody knows."""

from bot.errors import TryLater, WatchfloorError


class SlackRefused(WatchfloorError):
    """Slack refused `{method}`: {error}. `watchfloor doctor` tells the administrator what may be missing."""

    def __init__(self, method: str, error: str, detail: str = "") -> None:
        self.method, self.error = method, error
        super().__init__(method=method, error=f"{error} {detail}".strip())


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
