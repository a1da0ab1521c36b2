"""`floor.yaml`: how this operations floor works. Severities, audiences, roles, who is invited, who may do what."""

import re
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from bot import yamlfile

UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "day": "days", "days": "days"}
SEVERITIES = ("S0", "S1", "S2", "S3", "S4")
ROLES = ("commander", "communications_lead", "scribe", "responder")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ANYONE = "anyone"
HERE = "incident"
DIGEST = "digest"
PARTNERS = "partners"


class Moment(StrEnum):
    """When an audience is told, if not by the clock."""

    ON_CHANGE = "on change"
    AT_CLOSE = "at close"
    NEVER = "never"


def read_duration(given: Any) -> Any:
    """`15 min`, `4 h`, `3 days` as a length of time; anything else is refused with what is understood."""
    if isinstance(given, timedelta):
        return given
    match = re.fullmatch(r"\s*(\d{1,5})\s*(s|min|h|days?)\s*", str(given))
    if not match or int(match[1]) == 0:
        raise ValueError(f"{given!r} is not a length of time; write it like `15 min`, `4 h` or `3 days`")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def read_cadence(given: Any) -> Any:
    """A length of time, or one of `on change`, `at close`, `never`."""
    if given in list(Moment):
        return Moment(given)
    try:
        return read_duration(given)
    except ValueError as wrong:
        raise ValueError(f"{wrong}, or `on change`, `at close`, `never`") from None


@dataclass(frozen=True)
class WorkingDays:
    """So many days, Saturdays and Sundays not counted."""

    days: int


def read_within(given: Any) -> Any:
    """A length of time, or `3 working days`."""
    match = re.fullmatch(r"\s*(\d{1,3})\s*working days?\s*", str(given))
    if match and int(match[1]):
        return WorkingDays(int(match[1]))
    if isinstance(given, WorkingDays):
        return given
    try:
        return read_duration(given)
    except ValueError as wrong:
        raise ValueError(f"{wrong}, or `3 working days`") from None


Within = Annotated[timedelta | WorkingDays, BeforeValidator(read_within)]
Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Cadence = Annotated[timedelta | Moment, BeforeValidator(read_cadence)]
SeverityName = Literal["S0", "S1", "S2", "S3", "S4"]


class Part(BaseModel):
    """A part of the file: unknown keys are mistakes, and nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_delay(given: Any) -> Any:
    """A length of time, or `at once`."""
    return timedelta() if given == "at once" else read_duration(given)


def read_lead(given: Any) -> Any:
    """A length of time, or `never`."""
    return None if given in (None, "never") else read_duration(given)


class Tier(Part):
    """One rung of an escalation ladder: who is told after how long, unless what it waits for happened before."""

    after: Annotated[timedelta, BeforeValidator(read_delay)]
    tell: tuple[str, ...] = Field(min_length=1)
    stops_on: Literal["commander named", "acknowledged"] = "commander named"

    @field_validator("tell")
    @classmethod
    def _are_people(cls, tell: tuple[str, ...]) -> tuple[str, ...]:
        for name in tell:
            if name not in ROLES and not re.fullmatch(r"@\S+|[UW][A-Z0-9]{2,}", name):
                raise ValueError(
                    f"{name!r} is nobody; write `@name`, `@group`, a user id or one of {', '.join(ROLES)}"
                )
        return tell


class Severity(Part):
    """One severity: what it means, how to choose it, and what it sets in motion."""

    meaning: str = Field(min_length=1, max_length=150)
    guidance: str = Field(min_length=1, max_length=75)
    emoji: str = "⚪"
    commander_within: Duration | None = None
    postmortem_within: Within | None = None
    # A partner is told within this long of the declaration; without it only by hand.
    partner_notice_within: Duration | None = None
    invite: tuple[str, ...] = ()
    ladder: tuple[Tier, ...] = ()

    @field_validator("ladder")
    @classmethod
    def _climbs(cls, ladder: tuple[Tier, ...]) -> tuple[Tier, ...]:
        delays = [tier.after for tier in ladder]
        if delays != sorted(set(delays)):
            raise ValueError("each tier must come later than the one before it")
        return ladder


def read_time_of_day(given: Any) -> Any:
    """`22:00` as a time of day."""
    if isinstance(given, time):
        return given
    match = re.fullmatch(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*", str(given))
    if not match:
        raise ValueError(f'{given!r} is not a time of day; write it in quotes, like `"22:00"`')
    return time(int(match[1]), int(match[2]))


TimeOfDay = Annotated[time, BeforeValidator(read_time_of_day)]


class Quiet(Part):
    """When an audience is left in peace, and the severities it is told of nevertheless."""

    at: tuple[Literal["nights", "weekends"], ...] = Field(min_length=1)
    only: tuple[SeverityName, ...] = ()
    zone: str = "UTC"
    night_from: TimeOfDay = time(22)
    night_to: TimeOfDay = time(7)

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"{zone!r} is not a time zone; write it like `Europe/Madrid`")
        return zone

    @model_validator(mode="after")
    def _has_an_end(self) -> "Quiet":
        if self.night_from == self.night_to:
            raise ValueError("night_from and night_to are the same; a night that never ends would swallow all")
        return self


class Slower(Part):
    """A calmer pace once an incident has gone on for a while."""

    after: Duration
    every: Duration


def read_approval(given: Any) -> Any:
    """`true` is whoever leads the communications, or the incident; else roles and groups; `false` is nobody."""
    if given in (None, False):
        return ()
    return ("communications_lead", "commander") if given is True else (given,) if isinstance(given, str) else given


class Audience(Part):
    """Some people who are kept informed: where, how often by severity, in which words."""

    title: str
    channels: tuple[str, ...] = Field(min_length=1)
    cadence: dict[SeverityName, Cadence]
    # How soon the first update comes, where that is not one cadence after the declaration.
    first: dict[SeverityName, Duration] = {}
    slower: Slower | None = None
    # The folder in message_templates/stakeholder_update; the audience's own name when none is given.
    template: str = Field(default="", pattern=r"^[a-z0-9_-]*$")
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")], ...] = Field(("en",), min_length=1)
    quiet: Quiet | None = None
    # Who approves what is sent: roles and groups; without any, it goes out by itself.
    approval: Annotated[tuple[str, ...], BeforeValidator(read_approval)] = ()
    # Groups whose people read this audience's words when they subscribe to an incident.
    members: tuple[str, ...] = ()
    # Outside the company: never told internal names or a guessed end.
    outside: bool = False

    @model_validator(mode="before")
    @classmethod
    def _one_language(cls, given: Any) -> Any:
        """`language: es` is short for `languages: [es]`."""
        if isinstance(given, dict) and "language" in given and "languages" not in given:
            rest = {name: value for name, value in given.items() if name != "language"}
            return rest | {"languages": [given["language"]]}
        return given

    @field_validator("channels")
    @classmethod
    def _are_channels(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        for channel in channels:
            if channel not in (HERE, DIGEST, PARTNERS) and not channel.startswith("#"):
                raise ValueError(f"{channel!r} is not a channel; write `incident`, `digest`, `partners` or `#name`")
        return channels

    @field_validator("members")
    @classmethod
    def _are_groups(cls, members: tuple[str, ...]) -> tuple[str, ...]:
        for name in members:
            if not re.fullmatch(r"@\S+", name):
                raise ValueError(f"{name!r} is not a group; write it like `@executives`")
        return members

    @field_validator("approval")
    @classmethod
    def _may_approve(cls, approval: tuple[str, ...]) -> tuple[str, ...]:
        for name in approval:
            if name not in ROLES and not re.fullmatch(r"@\S+", name):
                raise ValueError(
                    f"{name!r} cannot approve; write `true`, `false`, `@group` or one of {', '.join(ROLES)}"
                )
        return approval

    def rhythm(self, severity: str, lasted: timedelta = timedelta()) -> timedelta | Moment:
        """How often this audience is told at that severity, of an incident that has lasted so long."""
        usual: timedelta | Moment = self.cadence.get(severity, Moment.NEVER)  # type: ignore[call-overload]
        if isinstance(usual, timedelta) and self.slower and lasted >= self.slower.after:
            return max(usual, self.slower.every)
        return usual

    def first_after(self, severity: str) -> timedelta | Moment:
        """How soon it is told for the first time."""
        usual = self.rhythm(severity)
        return self.first.get(severity, usual) if isinstance(usual, timedelta) else usual  # type: ignore[call-overload]


class Role(Part):
    """A role in an incident, and what is told to who takes it."""

    title: str
    help: str


class Bookmark(Part):
    """A link put on every incident's channel."""

    title: str = Field(max_length=60)
    url: str = Field(pattern=r"^https://")
    emoji: str = ":link:"


def read_zone(given: Any) -> Any:
    """A time zone by its name."""
    if given not in available_timezones():
        raise ValueError(f"{given!r} is not a time zone; write it like `Europe/Madrid`")
    return given


LengthOrNever = Annotated[timedelta | None, BeforeValidator(read_lead)]


def read_digest(given: Any) -> Any:
    """When the weekly message comes, or `never`."""
    return None if given in (None, "never") else given


class FollowUpDigest(Part):
    """When the incidents channel hears of the follow-ups, once a week."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    at: TimeOfDay = time(9)
    zone: Annotated[str, BeforeValidator(read_zone)] = "UTC"

    @property
    def weekday(self) -> int:
        """The day as Python counts them: Monday is 0."""
        return list(WEEKDAYS).index(self.day)


class FollowUps(Part):
    """How follow-ups are made and remembered; times of day are those where the owner lives."""

    reaction: str = "bookmark_tabs"
    due_within: Duration = timedelta(days=14)
    at: TimeOfDay = time(9)
    remind_before: LengthOrNever = timedelta(days=2)
    remind_every: LengthOrNever = timedelta(days=3)
    weekends: bool = False
    digest: Annotated[FollowUpDigest | None, BeforeValidator(read_digest)] = FollowUpDigest()

    @field_validator("reaction")
    @classmethod
    def _without_colons(cls, reaction: str) -> str:
        return reaction.strip(":")


class Retention(Part):
    """How long what is over is kept: people's words, and the records of finished flows."""

    words: LengthOrNever = None
    flows: Duration = timedelta(days=30)


class Permissions(Part):
    """Who may do what: `anyone` (guests and strangers never), a role of the incident, or a `@group`."""

    declare: tuple[str, ...] = (ANYONE,)
    lead: tuple[str, ...] = (ANYONE,)
    steps: tuple[str, ...] = (ANYONE,)
    close: tuple[str, ...] = (ANYONE,)
    followups: tuple[str, ...] = (ANYONE,)
    postmortem: tuple[str, ...] = (ANYONE,)


class PostMortems(Part):
    """Who gets a copy of each draft, and where what is published is posted."""

    copy_to: tuple[str, ...] = ()
    channel: str | None = None

    @field_validator("copy_to")
    @classmethod
    def _are_people(cls, copy_to: tuple[str, ...]) -> tuple[str, ...]:
        for name in copy_to:
            if not re.fullmatch(r"@\S+|[UW][A-Z0-9]{2,}", name):
                raise ValueError(f"{name!r} is nobody; write `@name`, `@group` or a user id")
        return copy_to

    @field_validator("channel")
    @classmethod
    def _without_hash(cls, channel: str | None) -> str | None:
        return channel.removeprefix("#") if channel else None


class Partner(Part):
    """A company that works for us: where it is told, in which language, and whom to phone when it is silent."""

    name: str = Field(min_length=1, max_length=75)
    channel: str | None = Field(default=None, pattern=r"^#\S+$")
    language: str = Field(default="en", pattern=r"^[a-z]{2}(-[A-Z]{2})?$")
    contact: str = Field(default="", max_length=150)
    phone: str = Field(default="", max_length=50)


def read_partner(given: Any) -> Any:
    """`Northline` alone is a partner without a channel, who is phoned."""
    return {"name": given} if isinstance(given, str) else given


class PartnerAnswers(Part):
    """How long a partner may stay silent: until it is reminded, and until it is named to the commander."""

    reminded_after: Duration = timedelta(minutes=10)
    named_after: Duration = timedelta(minutes=20)

    @model_validator(mode="after")
    def _in_order(self) -> "PartnerAnswers":
        if self.named_after <= self.reminded_after:
            raise ValueError("named_after must be longer than reminded_after")
        return self


class Pager(Part):
    """Where a page is sent besides Slack: an HTTPS address, and the variable that holds the signing secret."""

    url: str
    secret_env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    # For a gateway in one's own network: it may then be reached without TLS and at a private address.
    allow_private: bool = False

    @model_validator(mode="after")
    def _is_safe(self) -> "Pager":
        schemes = ("https://", "http://") if self.allow_private else ("https://",)
        if not self.url.startswith(schemes):
            raise ValueError(f"url: {self.url!r} is not safe; it must begin with `https://`")
        return self


class Reactions(Part):
    """Which reactions say what about a message. Names as Slack writes them between the colons."""

    mark: tuple[str, ...] = ("pushpin", "round_pushpin")
    decision: tuple[str, ...] = ("scales",)
    ruled_out: tuple[str, ...] = ("no_entry_sign",)
    customer_impact: tuple[str, ...] = ("busts_in_silhouette",)

    @field_validator("*")
    @classmethod
    def _without_colons(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name.strip(":").partition("::")[0] for name in names)

    @model_validator(mode="after")
    def _say_one_thing(self) -> "Reactions":
        named = [name for names in self.model_dump().values() for name in names]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)}: a reaction can say only one thing; name it once")
        return self


class Timeline(Part):
    """What is kept of what is said, and how a gap in it is filled."""

    reactions: Reactions = Reactions()
    # False: when somebody deletes a message in Slack, its words go here too; that it was deleted stays.
    keep_deleted_words: bool = True
    # Not having listened for so long means that something may have been missed.
    recover_after: Duration = timedelta(seconds=30)
    recover_page: int = Field(15, ge=1, le=200)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What each reaction says."""
        return {name: kind for kind, names in self.reactions.model_dump().items() for name in names}


class Floor(Part):
    """The whole file."""

    incidents_channel: str = "incidents"
    administrators_channel: str | None = None
    pager: Pager | None = None
    language: str = "en"
    severities: dict[SeverityName, Severity]
    types: dict[str, str]
    recognised_by: dict[str, tuple[str, ...]] = {}
    sites: tuple[str, ...] = ()
    partners: tuple[Annotated[Partner, BeforeValidator(read_partner)], ...] = ()
    partner_answers: PartnerAnswers = PartnerAnswers()
    roles: dict[Literal["commander", "communications_lead", "scribe", "responder"], Role]
    audiences: dict[str, Audience] = {}
    # How long before an update is due its draft is shown to who leads the communications; `never` shows none.
    draft_before: Annotated[timedelta | None, BeforeValidator(read_lead)] = timedelta(minutes=5)
    bookmarks: tuple[Bookmark, ...] = ()
    postmortems: PostMortems = PostMortems()
    permissions: Permissions = Permissions()
    timeline: Timeline = Timeline()
    followups: FollowUps = FollowUps()
    retention: Retention = Retention()

    @field_validator("incidents_channel", "administrators_channel")
    @classmethod
    def _without_hash(cls, channel: str | None) -> str | None:
        return channel.removeprefix("#") if channel else None

    @model_validator(mode="after")
    def _is_whole(self) -> "Floor":
        missing = [name for name in SEVERITIES if name not in self.severities]
        if missing:
            raise ValueError(f"severities: {', '.join(missing)} missing; all of S0 to S4 are needed")
        roles_missing = [name for name in ROLES if name not in self.roles]
        if roles_missing:
            raise ValueError(f"roles: {', '.join(roles_missing)} missing")
        strange = sorted(set(self.recognised_by) - set(self.types))
        if strange:
            raise ValueError(
                f"recognised_by: {', '.join(strange)} are no types; add them to `types` or remove them"
            )
        if len(set(self.partner_names)) < len(self.partners):
            raise ValueError("partners: two have the same name; what is said by one would be taken for the other's")
        if "other" not in self.types:
            raise ValueError("types: `other` is missing; it is what is taken when nobody says")
        return self

    @property
    def partner_names(self) -> tuple[str, ...]:
        """The partners, as people call them."""
        return tuple(partner.name for partner in self.partners)

    @property
    def groups(self) -> set[str]:
        """Every user group the file speaks of, without the @."""
        named = [group for severity in self.severities.values() for group in severity.invite]
        named += [name for severity in self.severities.values() for tier in severity.ladder for name in tier.tell]
        allowed = self.permissions
        named += [*allowed.declare, *allowed.lead, *allowed.steps, *allowed.close]
        named += [*allowed.followups, *allowed.postmortem, *self.postmortems.copy_to]
        for audience in self.audiences.values():
            named += [*audience.approval, *audience.members]
        return {name.removeprefix("@") for name in named if name.startswith("@")}

    def severity(self, name: str) -> Severity:
        """What the file says of a severity."""
        return self.severities[name]  # type: ignore[index]


def read(path: Path) -> Floor:
    """The floor's file, or `yamlfile.FileRefused` with everything that is wrong in it."""
    return yamlfile.read(path, Floor)
