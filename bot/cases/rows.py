"""A case as a source gives it. Sources fill this in and call `storing.upsert`; what they do not know stays
empty."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field


class StateChange(Struct, frozen=True):
    """Since when it was in a state, by the source's own name for it."""

    at: datetime
    state: str


class CaseRow(Struct, frozen=True):
    """Moments name their zone. `updated_at` decides which of two rows is newer. `target` and `schedule` are the
    contract's unless the source says otherwise. `history` holds earlier states, where the source knows them."""

    external_id: str
    opened_at: datetime
    updated_at: datetime
    name: str = ""
    kind: str = "case"
    title: str = ""
    text: str = ""
    customer: str = ""
    priority: str = ""
    region: str = ""
    team: str = ""
    owner: str = ""
    state: str = ""
    started_at: datetime | None = None
    target: timedelta | None = None
    schedule: str = ""
    ended_at: datetime | None = None
    reopened: int = 0
    url: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)
    history: tuple[StateChange, ...] = ()
