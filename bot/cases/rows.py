"""A case as a source provides it. Sources fill it in and call `storing.upsert`; unknown fields stay empty."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field


class StateChange(Struct, frozen=True):
    """A state, by the source's own name for it, and when it began."""

    at: datetime
    state: str


class CaseRow(Struct, frozen=True):
    """A version of a case. Times are time-zone aware. `updated_at` decides which of two rows is newer. If the
    source does not say when the case changed, it is not `is_dated`, and the row is what is so on arrival. `target`
    and `schedule` default to the contract's; `due_at` is the source's own deadline, if it computes one. `history`
    holds earlier states, if the source knows them."""

    external_id: str
    opened_at: datetime
    updated_at: datetime
    is_dated: bool = True
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
    due_at: datetime | None = None
    schedule: str = ""
    ended_at: datetime | None = None
    reopened: int = 0
    url: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)
    history: tuple[StateChange, ...] = ()
