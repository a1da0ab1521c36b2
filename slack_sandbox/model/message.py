"""Messages."""

from dataclasses import dataclass, field

from slack_sandbox.message_text import buttons_of, visible_text
from slack_sandbox.model.team import APP_ID, TEAM_ID, Json

TOMBSTONE = "tombstone"


@dataclass
class Message:
    """One message as Slack stores it; `ephemeral_to` names the only person who sees it."""

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
    def is_tombstone(self) -> bool:
        return self.subtype == TOMBSTONE

    def bury(self) -> None:
        """Leave a tombstone of the deleted first message of a thread."""
        self.user, self.bot_id, self.username, self.subtype = "USLACKBOT", "", "", TOMBSTONE
        self.text, self.extra = "This message was deleted.", {"hidden": True}
        self.blocks, self.attachments, self.files, self.reactions = [], [], [], {}
        self.edited, self.metadata, self.pinned = None, None, False

    @property
    def visible_text(self) -> str:
        """Everything that a person reads in this message, one line for each piece."""
        return visible_text(self.text, self.blocks, self.attachments)

    @property
    def buttons(self) -> list[tuple[str, str, str]]:
        """The buttons as (action_id, value, label)."""
        return buttons_of(self.blocks)

    def as_slack(self, with_metadata: bool = True) -> Json:
        """The message in the form of `conversations.history` and events."""
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

    def as_event(self) -> Json:
        """The message in events and interactions, where Slack leaves out the payload of undeclared metadata."""
        body = self.as_slack()
        if "event_payload" in body.get("metadata", {}):
            body["metadata"] = body["metadata"] | {"event_payload": {}}
        return body

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
