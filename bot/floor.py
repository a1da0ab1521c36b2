"""`floor.yaml`: how this operations floor works. Severities, audiences, roles, who is invited, who may do what."""

import re
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from bot import yamlfile

UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "day": "days", "days": "days"}
SEVERITIES = ("S0", "S1", "S2", "S3", "S4")
ROLES = ("commander", "communications_lead", "scribe", "responder")
ANYONE = "anyone"
HERE = "incident"
DIGEST = "digest"


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


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Cadence = Annotated[timedelta | Moment, BeforeValidator(read_cadence)]
SeverityName = Literal["S0", "S1", "S2", "S3", "S4"]


class Part(BaseModel):
    """A part of the file: unknown keys are mistakes, and nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_delay(given: Any) -> Any:
    """A length of time, or `at once`."""
    return timedelta() if given == "at once" else read_duration(given)


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
    postmortem_within: Duration | None = None
    invite: tuple[str, ...] = ()
    ladder: tuple[Tier, ...] = ()

    @field_validator("ladder")
    @classmethod
    def _climbs(cls, ladder: tuple[Tier, ...]) -> tuple[Tier, ...]:
        delays = [tier.after for tier in ladder]
        if delays != sorted(set(delays)):
            raise ValueError("each tier must come later than the one before it")
        return ladder


class Audience(Part):
    """Some people who are kept informed: where, how often by severity, with which template."""

    title: str
    channels: tuple[str, ...] = Field(min_length=1)
    cadence: dict[SeverityName, Cadence]
    template: str = "stakeholder_update"
    language: str = "en"

    @field_validator("channels")
    @classmethod
    def _are_channels(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        for channel in channels:
            if channel not in (HERE, DIGEST) and not channel.startswith("#"):
                raise ValueError(f"{channel!r} is not a channel; write `incident`, `digest` or `#name`")
        return channels

    def rhythm(self, severity: str) -> timedelta | Moment:
        """How often this audience is told at that severity."""
        return self.cadence.get(severity, Moment.NEVER)  # type: ignore[call-overload,no-any-return]


class Role(Part):
    """A role in an incident, and what is told to who takes it."""

    title: str
    help: str


class Bookmark(Part):
    """A link put on every incident's channel."""

    title: str = Field(max_length=60)
    url: str = Field(pattern=r"^https://")
    emoji: str = ":link:"


class Permissions(Part):
    """Who may do what: `anyone` (guests and strangers never), a role of the incident, or a `@group`."""

    declare: tuple[str, ...] = (ANYONE,)
    lead: tuple[str, ...] = (ANYONE,)
    steps: tuple[str, ...] = (ANYONE,)
    close: tuple[str, ...] = (ANYONE,)


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
    partners: tuple[str, ...] = ()
    roles: dict[Literal["commander", "communications_lead", "scribe", "responder"], Role]
    audiences: dict[str, Audience] = {}
    bookmarks: tuple[Bookmark, ...] = ()
    permissions: Permissions = Permissions()

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
        if "other" not in self.types:
            raise ValueError("types: `other` is missing; it is what is taken when nobody says")
        return self

    @property
    def groups(self) -> set[str]:
        """Every user group the file speaks of, without the @."""
        named = [group for severity in self.severities.values() for group in severity.invite]
        named += [name for severity in self.severities.values() for tier in severity.ladder for name in tier.tell]
        allowed = self.permissions
        named += [*allowed.declare, *allowed.lead, *allowed.steps, *allowed.close]
        return {name.removeprefix("@") for name in named if name.startswith("@")}

    def severity(self, name: str) -> Severity:
        """What the file says of a severity."""
        return self.severities[name]  # type: ignore[index]


def read(path: Path) -> Floor:
    """The floor's file, or `yamlfile.FileRefused` with everything that is wrong in it."""
    return yamlfile.read(path, Floor)
