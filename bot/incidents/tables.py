"""Incidents and their role holders."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from bot.errors import WatchfloorError
from bot.incidents.recognition import fold
from bot.incidents.rules import ACTIVE
from bot.runtime.database import Numbered, Row, partial_index, utc_column


class NoIncidentHere(WatchfloorError):
    """This isn't an incident channel. Use the command in one; `/incident list` shows the open incidents."""


class OnlyElsewhere(NoIncidentHere):
    """This isn't an incident channel. Open incidents: {links}. Use the command in one of their channels."""


class InAnotherChannel(WatchfloorError):
    """Incident {number} is in {channel}. Type commands about it there."""


class NoSuchIncident(WatchfloorError):
    """There is no such incident, or you may not see it. If you are in its channel, type `/incident` there."""


class Incident(Numbered, table=True):
    """An incident. Its number is its id."""

    __tablename__ = "incidents"
    __table_args__ = (
        sa.Index("ix_incidents_active", "status", "id"),
        sa.Index("ix_incidents_declared", "declared_at"),
        partial_index("ix_incidents_idle", "idle_check_at", where="idle_check_at IS NOT NULL"),
        {"sqlite_autoincrement": True},
    )

    declared_key: str = Field(unique=True)
    title: str
    description: str = ""
    impact: str = ""
    cause: str = ""
    severity: str
    type: str = "other"
    status: str = "investigating"
    sites: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    partners: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    # Where people talk: an address or a phone number; if empty, the bridge in `floor.yaml` applies.
    bridge: str = ""
    is_private: bool = False
    made_private_at: datetime | None = Field(default=None, sa_column=utc_column())
    # The public channel from before the incident became private; what was said there is still read there.
    former_channel_id: str | None = None
    # Audiences added by hand to a private incident, whose text otherwise stays in its channel.
    audiences: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    is_drill: bool = False
    declared_by: str
    declared_at: datetime = Field(sa_column=utc_column(nullable=False))
    mitigated_at: datetime | None = Field(default=None, sa_column=utc_column())
    resolved_at: datetime | None = Field(default=None, sa_column=utc_column())
    closed_at: datetime | None = Field(default=None, sa_column=utc_column())
    channel_id: str | None = Field(default=None, unique=True)
    channel_name: str | None = None
    # Set before the declarer is answered: an answer cannot be looked up, so it is sent at most once.
    told_at: datetime | None = Field(default=None, sa_column=utc_column())
    # When to look whether anything was recorded of late; None: never.
    idle_check_at: datetime | None = Field(default=None, sa_column=utc_column())
    # When people's text was purged from its record; and whether the text is kept whatever its age.
    purged_at: datetime | None = Field(default=None, sa_column=utc_column())
    is_held: bool = False
    # The incident in which this one continues.
    merged_into: int | None = Field(default=None, foreign_key="incidents.id", index=True)
    # The text that searches compare, folded by `fold`; written whenever the incident is.
    search_text: str = ""

    @property
    def is_active(self) -> bool:
        """True if the incident may still be changed."""
        return self.status in ACTIVE

    def channel_of_message(self, message_ts: str) -> str:
        """The channel of one of the incident's messages; empty while there is none."""
        is_former = self.made_private_at is not None and float(message_ts) < self.made_private_at.timestamp()
        return (self.former_channel_id if is_former else self.channel_id) or ""


@sa.event.listens_for(Incident, "before_insert")
@sa.event.listens_for(Incident, "before_update")
def _write_search_text(mapper: Any, connection: Any, incident: Incident) -> None:
    texts = (
        incident.title,
        incident.description,
        incident.impact,
        incident.cause,
        *incident.sites,
        *incident.partners,
    )
    incident.search_text = fold(" ".join(texts))


class RoleHolder(Row, table=True):
    """A current holder of a role in an incident."""

    __tablename__ = "role_holders"
    __table_args__ = (sa.UniqueConstraint("incident_id", "role", "user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    role: str
    user_id: str
    since: datetime = Field(sa_column=utc_column(nullable=False))
