"""What one shift hands over to the next."""

from datetime import datetime

from msgspec import Struct


class HandoverItem(Struct, frozen=True):
    """Something that one shift hands over to the next, as plain text. `key` stays the same while it lasts."""

    key: str
    title: str
    # `S1` of an incident, `P2` of a case; empty for what has none.
    severity: str = ""
    stability: str = ""
    situation: str = ""
    # Whose action it is, and what comes next (the technical action plan).
    owner_id: str | None = None
    next_step: str = ""
    due_at: datetime | None = None
    # Without a next step its owner is asked for one.
    needs_next_step: bool = False
    channel_id: str = ""
    incident_id: int | None = None
