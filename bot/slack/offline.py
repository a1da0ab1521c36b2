"""Slack while it cannot be asked: text written then contains no addresses."""

from bot.slack.gateway import Gateway


class OfflineGateway(Gateway):
    """A workspace whose address is not known."""

    def permalink(self, channel_id: str, ts: str) -> str:
        """No address, rather than a guessed one."""
        return ""

    def channel_url(self, channel_id: str) -> str:
        """No address, rather than a guessed one."""
        return ""
