"""Items that one shift hands over to the next."""

from datetime import datetime

from msgspec import Struct


class HandoverItem(Struct, frozen=True):
    """An item that one shift hands over to the next, as plain text. `key` stays the same while it lasts."""

    key: str
    title: str
    # `S1` for an incident, `P2` for a case; empty for items without one.
    severity: str = ""
    stability: str = ""
    situation: str = ""
    # The owner of the action, and what comes next (the technical action plan).
    owner_id: str | None = None
    next_step: str = ""
    due_at: datetime | None = None
    # The updates promised in the next hours, soonest first: time and audiences, as mrkdwn.
    updates: list[str] = []
    # If there is no next step, the owner is asked for one.
    needs_next_step: bool = False
    channel_id: str = ""
    incident_id: int | None = None
