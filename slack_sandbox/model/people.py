"""People, including the bot, and user groups."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from slack_sandbox.model.team import APP_ID, TEAM_ID, Json


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
    # The organization's id, if the workspace belongs to one.
    enterprise_id: str = ""
    away: bool = False
    do_not_disturb: bool = False
    # Included only on request.
    locale: str = "en-US"

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
        enterprise: Json = {"enterprise_user": {"enterprise_id": self.enterprise_id}} if self.enterprise_id else {}
        return enterprise | {
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
