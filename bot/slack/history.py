"""Reads back what the bot did not hear: a page of a channel's or a thread's history."""

from typing import Any

from msgspec import Struct

from bot.slack.calls import ApiClient


class HistoryPage(Struct, frozen=True):
    """Messages as Slack keeps them, and whether there are more."""

    messages: list[dict[str, Any]]
    has_more: bool


class History(ApiClient):
    """Calls that read back messages."""

    def history(self, channel_id: str, oldest: str, latest: str, limit: int) -> HistoryPage:
        """The newest messages between two times, both excluded, without replies in threads."""
        answer = self.call("conversations.history", channel=channel_id, oldest=oldest, latest=latest, limit=limit)
        return HistoryPage(list(answer["messages"]), bool(answer.get("has_more")))

    def replies(self, channel_id: str, thread_ts: str, oldest: str, limit: int) -> HistoryPage:
        """The oldest replies in a thread after a time; Slack puts the thread's first message before them."""
        answer = self.call("conversations.replies", channel=channel_id, ts=thread_ts, oldest=oldest, limit=limit)
        return HistoryPage(list(answer["messages"]), bool(answer.get("has_more")))
