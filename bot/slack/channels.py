"""Channels: creating, finding, joining and archiving them, inviting people, setting topics, pins and bookmarks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from bot.slack.blocks import TOPIC_TEXT
from bot.slack.calls import ApiClient
from bot.slack.errors import SlackRefused
from bot.slack.refusals import Meaning
from bot.slack.text import shorten

# Slack's clock and ours may differ, so the search starts a little before the attempt.
CLOCK_SKEW = timedelta(minutes=2)
INVITE_BATCH = 100
PAGE = 999


class Channel(Struct, frozen=True):
    """A channel as Slack named it."""

    id: str
    name: str


class Channels(ApiClient):
    """What the bot does with channels."""

    def create_channel(self, name: str, *, is_private: bool) -> Channel:
        """Create a channel. Raises `SlackRefused` with `name_taken` if there is one with that name."""
        created = self.call("conversations.create", name=name, is_private=is_private)["channel"]
        return Channel(created["id"], created["name"])

    def find_own_channel(self, name: str, created_after: datetime) -> Channel | None:
        """The channel with that name that we created after that moment, if there is one."""
        earliest = (created_after - CLOCK_SKEW).timestamp()
        channel = self._find_by_name(
            name, "users.conversations", "public_channel,private_channel", archived_too=True
        )
        if channel and channel.get("creator") == self.user_id() and channel["created"] >= earliest:
            return Channel(channel["id"], channel["name"])
        return None

    def join_by_name(self, name: str) -> str:
        """The id of the channel with that name, joined if it is public. Raises `SlackRefused` if there is none."""
        joined_channel = self._find_by_name(name, "users.conversations", "public_channel,private_channel")
        if joined_channel:
            return str(joined_channel["id"])
        public_channel = self._find_by_name(name, "conversations.list", "public_channel")
        if public_channel is None:
            raise SlackRefused("conversations.join", "channel_not_found", f"#{name}")
        self.join_channel(public_channel["id"])
        return str(public_channel["id"])

    def join_channel(self, channel_id: str) -> None:
        """Join a public channel; no error if the bot is in it."""
        self.call("conversations.join", channel=channel_id)

    def joined_channels(self) -> dict[str, str]:
        """The ids of the channels that the bot is in, by name, without archived ones."""
        pages = self.pages(
            "users.conversations", types="public_channel,private_channel", exclude_archived=True, limit=PAGE
        )
        return {channel["name"]: channel["id"] for page in pages for channel in page["channels"]}

    def members(self, channel_id: str) -> list[str]:
        pages = self.pages("conversations.members", channel=channel_id, limit=PAGE)
        return [user_id for page in pages for user_id in page["members"]]

    def _find_by_name(
        self, name: str, method: str, types: str, *, archived_too: bool = False
    ) -> dict[str, Any] | None:
        for page in self.pages(method, types=types, exclude_archived=not archived_too, limit=200):
            for channel in page["channels"]:
                if channel["name"] == name:
                    return dict(channel)
        return None

    def invite(self, channel_id: str, user_ids: Sequence[str]) -> dict[str, str]:
        """Invite people; return those who could not be invited, with Slack's reasons."""
        reasons_by_user: dict[str, str] = {}
        for start in range(0, len(user_ids), INVITE_BATCH):
            batch = user_ids[start : start + INVITE_BATCH]
            reasons_by_user |= self._invite_some(channel_id, batch)
        return {user_id: why for user_id, why in reasons_by_user.items() if why != "already_in_channel"}

    def _invite_some(self, channel_id: str, user_ids: Sequence[str]) -> dict[str, str]:
        try:
            response = self.call("conversations.invite", channel=channel_id, users=",".join(user_ids), force=True)
        except SlackRefused as refused:
            if refused.meaning in (Meaning.LOST_CHANNEL, Meaning.INSTALLATION, Meaning.UNAUTHORIZED, Meaning.LATER):
                raise
            return dict.fromkeys(user_ids, refused.error)
        return {error["user"]: error["error"] for error in response.get("errors", []) if "user" in error}

    def set_topic(self, channel_id: str, topic: str) -> None:
        """Set a channel's topic; Slack allows 250 characters and no formatting."""
        self.call("conversations.setTopic", channel=channel_id, topic=shorten(topic, TOPIC_TEXT))

    def rename_channel(self, channel_id: str, name: str) -> str:
        """Rename a channel; return the name that Slack made of it. Safe to repeat."""
        return str(self.call("conversations.rename", channel=channel_id, name=name)["channel"]["name"])

    def archive_channel(self, channel_id: str) -> None:
        """Archive a channel; no error if it is already archived."""
        self.call("conversations.archive", channel=channel_id)

    def pin(self, channel_id: str, ts: str) -> None:
        """Pin a message; no error if it is already pinned."""
        self.call("pins.add", channel=channel_id, timestamp=ts)

    def bookmark(self, channel_id: str, title: str, url: str, emoji: str) -> None:
        """Add a link to a channel's bookmarks, even if the same link is already there."""
        self.call("bookmarks.add", channel_id=channel_id, title=title, type="link", link=url, emoji=emoji)

    def has_bookmark(self, channel_id: str, url: str) -> bool:
        """True if the link is among the channel's bookmarks."""
        bookmarks = self.call("bookmarks.list", channel_id=channel_id)["bookmarks"]
        return any(bookmark.get("link") == url for bookmark in bookmarks)
