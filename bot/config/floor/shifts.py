"""Rosters: their origin, the roles that must be covered and when, and whom to ask when nobody is on shift."""

from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from bot.config.floor.figures import Percent
from bot.config.floor.reading import (
    ROSTER,
    WEEKDAYS,
    ChannelName,
    Duration,
    FloorPart,
    PeopleOrRosters,
    Weekday,
    Zone,
    read_time_of_day,
)
from bot.config.floor.sources import NetworkText

ALL_DAY = (time(0), time(0))
MOST_SHRINKAGE = 0.9


def read_hours(raw: Any) -> Any:
    """`22:00-06:00` as two times of day; the same time twice, or `00:00-24:00`, is the whole day."""
    if isinstance(raw, tuple):
        return raw
    start, dash, end = str(raw).replace("–", "-").partition("-")
    if not dash:
        raise ValueError(f'{raw!r} are no hours; write them in quotes, like `"22:00-06:00"`')
    return read_time_of_day(start), time(0) if end.strip() == "24:00" else read_time_of_day(end)


class Need(FloorPart):
    """A role that a number of people must fill during these hours, in this zone.

    With `queues`, the number is what their forecast load needs.
    """

    role: str
    region: str = ""
    site: str = ""
    hours: Annotated[tuple[time, time], BeforeValidator(read_hours)] = ALL_DAY
    days: tuple[Weekday, ...] = WEEKDAYS  # type: ignore[assignment]  # the seven names
    zone: Zone = "UTC"
    people: int = Field(1, ge=1, le=500)
    # Names of the queues that these people answer; `*` stands for anything.
    queues: tuple[str, ...] = ()
    # The share of a shift that people are not at work: breaks, training, coaching.
    shrinkage: Percent = 0.0

    @field_validator("shrinkage")
    @classmethod
    def _leaves_some(cls, share: float) -> float:
        if share > MOST_SHRINKAGE:
            raise ValueError(f"shrinkage: with more than {MOST_SHRINKAGE:.0%} hardly anybody is at work; check it")
        return share


class Roster(FloorPart):
    """Where a roster is read from: a file beside `floor.yaml`, or an address; .ics, .csv or .xlsx."""

    name: str = Field(min_length=1, max_length=60)
    file: str = ""
    address: str = ""
    # Private networks that may contain the address.
    allow_networks: tuple[NetworkText, ...] = ()
    # Without TLS: the content can be changed in transit.
    insecure: bool = False
    # Defaults for times without a zone, and for shifts without a region or role.
    zone: Zone = "UTC"
    region: str = ""
    role: str = ""

    @model_validator(mode="after")
    def _has_one_place(self) -> "Roster":
        if bool(self.file) == bool(self.address):
            raise ValueError("give either a `file` or an `address`")
        schemes = ("https://", "http://") if self.insecure else ("https://",)
        if self.address and not self.address.lower().startswith(schemes):
            raise ValueError(f"address: {self.address!r} is not safe; it must begin with `https://`")
        return self


class ShiftHandovers(FloorPart):
    """How a shift is handed over."""

    accepted_within: Duration = timedelta(minutes=15)
    # The number of top items that the incoming person repeats in their own words.
    repeated: int = Field(3, ge=0, le=10)
    call: str = ""

    @field_validator("call")
    @classmethod
    def _is_a_link(cls, call: str) -> str:
        if call and not call.startswith("https://"):
            raise ValueError(f"{call!r} is no link; it begins with `https://`")
        return call


class Shifts(FloorPart):
    """Rosters and what follows from them; `docs/shifts.md` explains every key."""

    # The name of a role in rosters, and its title.
    roles: dict[str, str] = Field(default_factory=dict)
    # The person on shift in this role is the point of contact.
    contact: str = ""
    # The channel in which the point of contact is pinned; by default the incidents channel.
    channel: ChannelName | None = None
    rosters: tuple[Roster, ...] = ()
    # Names in rosters that are neither an e-mail address nor a Slack handle.
    people: dict[str, str] = Field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    ahead: Duration = timedelta(hours=48)
    escalate_before: Duration = timedelta(hours=4)
    # The people who are asked for more staff, and told of what stays open.
    managers: PeopleOrRosters = ()
    # The people who become accountable when somebody is unavailable; the first available one is taken.
    fallback: PeopleOrRosters = ()
    handover: ShiftHandovers = ShiftHandovers()

    @field_validator("roles")
    @classmethod
    def _in_small_letters(cls, roles: dict[str, str]) -> dict[str, str]:
        return {name.casefold(): title for name, title in roles.items()}

    @model_validator(mode="after")
    def _are_known(self) -> "Shifts":
        used_roles = [*(need.role for need in self.needs), *(roster.role for roster in self.rosters), self.contact]
        used_roles += [
            name.removeprefix(ROSTER) for name in (*self.managers, *self.fallback) if name.startswith(ROSTER)
        ]
        unknown_roles = sorted({name for name in used_roles if name and name.casefold() not in self.roles})
        if unknown_roles:
            raise ValueError(f"{', '.join(unknown_roles)} is no role; add it to `roles`")
        names = [roster.name.casefold() for roster in self.rosters]
        if len(set(names)) < len(names):
            raise ValueError("rosters: two have the same name; give each a name of its own")
        return self

    def title(self, role: str) -> str:
        return self.roles.get(role.casefold(), role)
