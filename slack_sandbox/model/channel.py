"""Conversations."""

from dataclasses import dataclass, field

from slack_sandbox.model.message import Message
from slack_sandbox.model.team import TEAM_ID, Json


def blank_text() -> Json:
    """A topic or purpose that nobody has set."""
    return {"value": "", "creator": "", "last_set": 0}


@dataclass
class Channel:
    """A conversation: public, private, or direct with one person (`im_user`) or several (`is_mpim`)."""

    id: str
    name: str
    creator: str
    created: int
    is_private: bool = False
    im_user: str = ""
    is_mpim: bool = False
    is_archived: bool = False
    topic: Json = field(default_factory=blank_text)
    purpose: Json = field(default_factory=blank_text)
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
            "is_mpim": self.is_mpim,
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
