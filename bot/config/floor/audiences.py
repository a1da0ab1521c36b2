"""Audiences: groups of people who are kept informed, with channels, cadence and wording."""

import re
from datetime import time, timedelta
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field, field_validator, model_validator

from bot.config.floor.reading import (
    ROLES,
    Cadence,
    Duration,
    FloorPart,
    Language,
    Moment,
    Name,
    SeverityName,
    TimeOfDay,
    Zone,
    read_delay,
    read_handle,
)

HERE = "incident"
DIGEST = "digest"
PARTNERS = "partners"


class QuietHours(FloorPart):
    """When an audience gets no updates, and the severities that are sent nevertheless."""

    at: tuple[Literal["nights", "weekends"], ...] = Field(min_length=1)
    only: tuple[SeverityName, ...] = ()
    zone: Zone = "UTC"
    night_from: TimeOfDay = time(22)
    night_to: TimeOfDay = time(7)

    @model_validator(mode="after")
    def _has_an_end(self) -> "QuietHours":
        if self.night_from == self.night_to:
            raise ValueError("night_from and night_to are the same; a night that never ends would swallow all")
        return self


class SlowerCadence(FloorPart):
    """A slower cadence for an incident that has lasted a while."""

    after: Duration
    every: Duration


def read_approval(raw: Any) -> Any:
    """Read approvers: `true` is the communications lead or the commander, `false` nobody; else roles and groups."""
    if raw in (None, False):
        return ()
    return ("communications_lead", "commander") if raw is True else (raw,) if isinstance(raw, str) else raw


class Audience(FloorPart):
    """A group of people who are kept informed: channels, cadence by severity, wording."""

    title: Name
    channels: tuple[str, ...] = Field(min_length=1)
    cadence: dict[SeverityName, Cadence]
    # Time until the first update, where that differs from the cadence.
    first: dict[SeverityName, Annotated[timedelta, BeforeValidator(read_delay)]] = Field(default_factory=dict)
    slower: SlowerCadence | None = None
    # The interval from the third update on that says the same as the two before it.
    unchanged: Duration | None = None
    # The folder in message_templates/stakeholder_update; by default the audience's own name.
    template: str = Field(default="", pattern=r"^[a-z0-9_-]*$")
    languages: tuple[Language, ...] = Field(("en",), min_length=1)
    quiet: QuietHours | None = None
    # Roles and groups that approve updates; without any, updates are sent without approval.
    approval: Annotated[tuple[str, ...], BeforeValidator(read_approval)] = ()
    # Groups whose members read this audience's wording when they subscribe to an incident.
    members: tuple[str, ...] = ()
    # Outside the company: gets no internal names and no estimated end.
    outside: bool = False

    @model_validator(mode="before")
    @classmethod
    def _one_language(cls, raw: Any) -> Any:
        """`language: es` is short for `languages: [es]`."""
        if isinstance(raw, dict) and "language" in raw and "languages" not in raw:
            other_keys = {name: value for name, value in raw.items() if name != "language"}
            return other_keys | {"languages": [raw["language"]]}
        return raw

    @field_validator("channels")
    @classmethod
    def _are_channels(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        channels = tuple(map(read_handle, channels))
        for channel in channels:
            if channel not in (HERE, DIGEST, PARTNERS) and not channel.startswith("#"):
                raise ValueError(f"{channel!r} is not a channel; write `incident`, `digest`, `partners` or `#name`")
        return channels

    @field_validator("members")
    @classmethod
    def _are_groups(cls, members: tuple[str, ...]) -> tuple[str, ...]:
        members = tuple(map(read_handle, members))
        for name in members:
            if not re.fullmatch(r"@\S+", name):
                raise ValueError(f"{name!r} is not a group; write it like `@executives`")
        return members

    @field_validator("approval")
    @classmethod
    def _may_approve(cls, approval: tuple[str, ...]) -> tuple[str, ...]:
        approval = tuple(map(read_handle, approval))
        for name in approval:
            if name not in ROLES and not re.fullmatch(r"@\S+", name):
                raise ValueError(
                    f"{name!r} cannot approve; write `true`, `false`, `@group` or one of {', '.join(ROLES)}"
                )
        return approval

    def usual_cadence(self, severity: str, duration: timedelta = timedelta()) -> timedelta | Moment:
        """Return this audience's cadence at that severity, for an incident that has lasted so long."""
        cadence = self.cadence.get(_severity_name(severity), Moment.NEVER)
        if isinstance(cadence, timedelta) and self.slower and duration >= self.slower.after:
            return max(cadence, self.slower.every)
        return cadence

    def first_update_after(self, severity: str) -> timedelta | Moment:
        cadence = self.usual_cadence(severity)
        return self.first.get(_severity_name(severity), cadence) if isinstance(cadence, timedelta) else cadence


def _severity_name(severity: str) -> SeverityName:
    # Severities come from the database, where they were checked on writing.
    return cast(SeverityName, severity)
