"""Customers' cases: contract targets and hours, the teams that work on them, and escalations."""

import re
from datetime import date, timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.config.floor.reading import WEEKDAYS, Duration, FloorPart, Zone, matching, read_time_of_day

Priority = Literal["P1", "P2", "P3", "P4", "P5"]
ALWAYS = "always"
_HOURS = re.compile(
    r"(?P<first>[a-z]{1,12})(?:-(?P<last>[a-z]{1,12}))? (?P<begins>\d{1,2}:\d{2})-(?P<ends>\d{1,2}:\d{2})"
)
DAY_MIN = 24 * 60

# Weekdays (Monday is 0), and minutes of the day from and until.
Hours = tuple[tuple[int, ...], int, int]


def _normalised(raw: str) -> str:
    """Return the text in lower case, with single blanks between words and none around a hyphen."""
    return "-".join(part.strip() for part in " ".join(raw.lower().split()).split("-"))


def read_hours(raw: Any) -> Any:
    """`monday-friday 09:00-17:00` as weekdays and minutes of the day; `24:00` ends a day."""
    match = _HOURS.fullmatch(_normalised(raw)) if isinstance(raw, str) else None
    if isinstance(raw, tuple):
        return raw
    if match is None or match["first"] not in WEEKDAYS or (match["last"] or WEEKDAYS[0]) not in WEEKDAYS:
        raise ValueError(f"{raw!r} are no hours; write them like `monday-friday 09:00-17:00`")
    first_day = WEEKDAYS.index(match["first"])
    last_day = WEEKDAYS.index(match["last"]) if match["last"] else first_day
    days = tuple((first_day + offset) % 7 for offset in range((last_day - first_day) % 7 + 1))
    begins, ends = _minutes(match["begins"]), _minutes(match["ends"])
    if begins >= ends:
        raise ValueError(f"{raw!r} ends before it begins; write a night as two, such as `monday 22:00-24:00`")
    return days, begins, ends


def _minutes(text: str) -> int:
    if text == "24:00":
        return DAY_MIN
    at = read_time_of_day(text)
    return int(at.hour) * 60 + int(at.minute)


class ContractHours(FloorPart):
    """The hours in which a contract's clock runs, in its own zone."""

    zone: Zone = "UTC"
    hours: tuple[Annotated[Hours, BeforeValidator(read_hours)], ...] = ()
    holidays: tuple[date, ...] = ()


class Contract(FloorPart):
    """The targets promised to customers: `customers` are names, `*` stands for anything."""

    customers: tuple[str, ...] = Field(min_length=1)
    schedule: str = ALWAYS
    targets: dict[Priority, Duration] = Field(default_factory=dict)


class Region(FloorPart):
    """A region's managers and working hours."""

    managers: tuple[str, ...] = ()
    schedule: str = ALWAYS


class Team(FloorPart):
    """How many engineers work on cases at once, and how many cases each of them takes on in an hour.

    With a `role`, the engineers are the people on shift in that role, in the team's region if it has one.
    """

    region: str = ""
    # Teams of one skill can take each other's cases.
    skill: str = ""
    engineers: int = Field(default=0, ge=0, le=10_000)
    role: str = ""
    cases_per_hour: float = Field(default=1.0, gt=0, le=1_000)
    manager: str = ""


class CaseEscalation(FloorPart):
    """How long a case may wait until the team's manager is told, then the next; this clock is not the SLA's."""

    unassigned: Duration = timedelta(minutes=10)
    not_actioned: Duration = timedelta(minutes=30)
    next_after: Duration = timedelta(minutes=10)


class Guide(FloorPart):
    """A troubleshooting guide that is kept elsewhere."""

    title: str = Field(min_length=1, max_length=150)
    url: Annotated[str, AfterValidator(matching(r"https://[^\s<>|]+", "`https://wiki.example.com`"))] = Field(
        max_length=500
    )
    words: str = ""


DEFAULT_TARGETS: dict[Priority, timedelta] = {
    "P1": timedelta(hours=4),
    "P2": timedelta(hours=8),
    "P3": timedelta(days=3),
    "P4": timedelta(days=5),
    "P5": timedelta(days=10),
}
DEFAULT_ESCALATIONS: dict[Literal["P1", "P2"], CaseEscalation] = {
    "P1": CaseEscalation(unassigned=timedelta(minutes=5), not_actioned=timedelta(minutes=15)),
    "P2": CaseEscalation(unassigned=timedelta(minutes=15), not_actioned=timedelta(minutes=45)),
}


class Cases(FloorPart):
    """Contracts are checked in order; a customer without one gets the schedule and targets given here."""

    zone: Zone = "UTC"
    schedules: dict[str, ContractHours] = Field(default_factory=dict)
    contracts: dict[str, Contract] = Field(default_factory=dict)
    schedule: str = ALWAYS
    targets: dict[Priority, Duration] = Field(default_factory=lambda: dict(DEFAULT_TARGETS))
    sensitive: tuple[str, ...] = ()
    regions: dict[str, Region] = Field(default_factory=dict)
    teams: dict[str, Team] = Field(default_factory=dict)
    # The channel in which the board is kept current; without one, only the command and the home tab show it.
    board: str | None = None
    # Where similar cases are proposed as an incident and unusual intake is reported; else the incidents channel.
    alerts: str | None = None
    alerts_a_day: int = Field(default=2, ge=1, le=50)
    escalations: dict[Literal["P1", "P2"], CaseEscalation] = Field(
        default_factory=lambda: dict(DEFAULT_ESCALATIONS)
    )
    processed_by: tuple[str, ...] = ()
    senior_management: tuple[str, ...] = ()
    guides: tuple[Guide, ...] = ()
    guides_folder: str | None = None

    @model_validator(mode="after")
    def _names_are_known(self) -> "Cases":
        used_schedules = [self.schedule, *(contract.schedule for contract in self.contracts.values())]
        used_schedules += [region.schedule for region in self.regions.values()]
        unknown_schedules = sorted(
            {name for name in used_schedules if name != ALWAYS and name not in self.schedules}
        )
        if unknown_schedules:
            raise ValueError(
                f"{', '.join(unknown_schedules)} is no schedule; add it to `schedules`, or write `always`"
            )
        unknown_regions = sorted({team.region for team in self.teams.values() if team.region} - set(self.regions))
        if unknown_regions:
            raise ValueError(f"{', '.join(unknown_regions)} is no region; add it to `regions`")
        return self

    def managers_of(self, team: str, region: str) -> list[str]:
        """The names of those who manage a team: its own manager, or else the managers of the region."""
        if team in self.teams and (manager := self.teams[team].manager):
            return [manager]
        return list(self.regions[region].managers) if region in self.regions else []

    def contract_of(self, customer: str) -> Contract:
        """Return a customer's contract, or one with the defaults."""
        own_contracts = (
            contract for contract in self.contracts.values() if _is_one_of(customer, contract.customers)
        )
        return next(own_contracts, Contract(customers=("*",), schedule=self.schedule, targets=self.targets))

    def is_sensitive(self, customer: str) -> bool:
        return _is_one_of(customer, self.sensitive)

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels, with their #."""
        return tuple(name for name in (self.board, self.alerts) if name)

    @property
    def people(self) -> tuple[str, ...]:
        """Every person and group named here."""
        managers = [name for region in self.regions.values() for name in region.managers]
        managers += [team.manager for team in self.teams.values() if team.manager]
        return (*managers, *self.processed_by, *self.senior_management)


def _is_one_of(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns)
