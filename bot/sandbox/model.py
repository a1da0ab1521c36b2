"""The things a workspace consists of: people, groups, channels, messages, files, views."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.words import buttons_of, words_of

Json = dict[str, Any]
TEAM_ID = "T0SANDBOX"
TEAM_NAME = "Sandbox"
TEAM_DOMAIN = "sandbox"
APP_ID = "A0WATCHFLOOR"
VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - Slack's retired token: apps must not rely on it


@dataclass
class User:
    """A person, or the bot."""

    id: str
    name: str
    real_name: str
    title: str = ""
    tz: str = "UTC"
    team_id: str = TEAM_ID
    bot_id: str = ""
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    away: bool = False
    do_not_disturb: bool = False

    @property
    def is_bot(self) -> bool:
        return bool(self.bot_id)

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted or self.is_stranger

    @property
    def email(self) -> str:
        return f"{self.name}@sandbox.example"

    def tz_offset_s(self) -> int:
        offset = datetime.now(UTC).astimezone(ZoneInfo(self.tz)).utcoffset()
        return int(offset.total_seconds()) if offset else 0

    def as_slack(self) -> Json:
        profile: Json = {
            "real_name": self.real_name,
            "display_name": self.name,
            "title": self.title,
            "status_text": "",
            "status_emoji": "",
            "team": self.team_id,
        }
        if self.is_bot:
            profile |= {"bot_id": self.bot_id, "api_app_id": APP_ID}
        else:
            profile["email"] = self.email
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": self.tz_offset_s(),
            "profile": profile,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_stranger": self.is_stranger,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 0,
        }


@dataclass
class Group:
    """A user group, `@handle`."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)

    def as_slack(self) -> Json:
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "is_usergroup": True,
            "name": self.name,
            "handle": self.handle,
            "description": "",
            "date_delete": 0,
            "user_count": len(self.users),
        }


@dataclass
class Message:
    """One message as Slack keeps it; `ephemeral_to` names the only person who sees it."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    bot_id: str = ""
    username: str = ""
    subtype: str = ""
    thread_ts: str = ""
    broadcast: bool = False
    reply_count: int = 0
    reply_users: list[str] = field(default_factory=list)
    latest_reply: str = ""
    edited: Json | None = None
    metadata: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    pinned: bool = False
    ephemeral_to: str = ""
    client_msg_id: str = ""
    extra: Json = field(default_factory=dict)

    @property
    def ephemeral(self) -> bool:
        return bool(self.ephemeral_to)

    @property
    def is_reply(self) -> bool:
        return bool(self.thread_ts) and self.thread_ts != self.ts

    @property
    def words(self) -> str:
        """Everything a person reads in this message, one line for each piece."""
        return words_of(self.text, self.blocks, self.attachments)

    @property
    def buttons(self) -> list[tuple[str, str, str]]:
        """The buttons as (action_id, value, label)."""
        return buttons_of(self.blocks)

    def as_slack(self, with_metadata: bool = True) -> Json:
        """The message in the shape of `conversations.history` and events."""
        body: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        optional: Json = {
            "subtype": self.subtype,
            "bot_id": self.bot_id,
            "app_id": APP_ID if self.bot_id else "",
            "username": self.username,
            "client_msg_id": self.client_msg_id,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": self.files,
            "edited": self.edited,
            "thread_ts": self.thread_ts,
        }
        body |= {key: value for key, value in optional.items() if value}
        body |= self._thread_fields()
        if self.reactions:
            body["reactions"] = self.reactions_as_slack()
        if self.pinned:
            body["pinned_to"] = [self.channel]
        if with_metadata and self.metadata:
            body["metadata"] = self.metadata
        return body | self.extra | {"team": TEAM_ID}

    def reactions_as_slack(self) -> list[Json]:
        return [{"name": name, "users": list(u), "count": len(u)} for name, u in self.reactions.items()]

    def _thread_fields(self) -> Json:
        if not self.reply_count:
            return {}
        return {
            "thread_ts": self.ts,
            "reply_count": self.reply_count,
            "reply_users": list(self.reply_users),
            "reply_users_count": len(self.reply_users),
            "latest_reply": self.latest_reply,
        }


@dataclass
class Channel:
    """A conversation: public, private, or a direct message (`im_user` is the other person)."""

    id: str
    name: str
    creator: str
    created: int
    is_private: bool = False
    im_user: str = ""
    is_archived: bool = False
    topic: Json = field(default_factory=lambda: blank_text())
    purpose: Json = field(default_factory=lambda: blank_text())
    previous_names: list[str] = field(default_factory=list)
    members: dict[str, bool] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    pins: list[Json] = field(default_factory=list)
    bookmarks: list[Json] = field(default_factory=list)
    canvas: str = ""

    @property
    def is_im(self) -> bool:
        return bool(self.im_user)

    def as_slack(self, seen_by: str) -> Json:
        common: Json = {"id": self.id, "created": self.created, "is_archived": self.is_archived}
        if self.is_im:
            return common | {"is_im": True, "user": self.im_user, "is_org_shared": False, "is_open": True}
        return common | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_general": self.name == "general",
            "is_shared": False,
            "is_ext_shared": False,
            "is_org_shared": False,
            "is_member": seen_by in self.members,
            "creator": self.creator,
            "context_team_id": TEAM_ID,
            "topic": dict(self.topic),
            "purpose": dict(self.purpose),
            "previous_names": list(self.previous_names),
        }


@dataclass
class View:
    """A modal or an App Home, with what its person has filled in so far."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: dict[str, Json] = field(default_factory=dict)

    def as_slack(self) -> Json:
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "title": None,
            "submit": None,
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
            **self.body,
            "state": {"values": self.values},
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
        }


@dataclass
class File:
    """An uploaded file; it is visible once `shares` names a conversation."""

    id: str
    name: str
    title: str
    user: str
    created: int
    size: int
    content: bytes = b""
    complete: bool = False
    shares: dict[str, list[str]] = field(default_factory=dict)


def blank_text() -> Json:
    """A topic or purpose nobody has set."""
    return {"value": "", "creator": "", "last_set": 0}
