"""Who someone is, from what Slack says of them. Pure."""

from dataclasses import dataclass
from typing import Any

from bot.errors import WatchfloorError


class NotForGuests(WatchfloorError):
    """Guests and people of other companies cannot do that. Ask a colleague on the floor to do it for you."""


class PersonUnknown(WatchfloorError):
    """Slack knows nobody of that name in this workspace any more. Please choose somebody else."""


class NotAllowed(WatchfloorError):
    """On this floor only {who} may {what}. Ask one of them, or the administrator to change `floor.yaml`."""


@dataclass(frozen=True)
class PersonFacts:
    """A person, as far as rules need to know them."""

    id: str
    name: str
    timezone: str = "UTC"
    is_guest: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    handle: str = ""

    @property
    def may_act(self) -> bool:
        """Members of the workspace may act in incidents; guests, strangers and bots may not."""
        return not (self.is_guest or self.is_stranger or self.is_bot)


def person_from_slack(user: dict[str, Any], team_id: str) -> PersonFacts:
    """A person from Slack's description."""
    profile = user.get("profile") or {}
    return PersonFacts(
        id=user["id"],
        name=profile.get("real_name") or user.get("real_name") or profile.get("display_name") or user["name"],
        timezone=user.get("tz") or "UTC",
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_stranger=bool(user.get("is_stranger")) or user.get("team_id", team_id) != team_id,
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        handle=user.get("name") or "",
    )
