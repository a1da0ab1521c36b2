"""Severities, and their escalation ladders."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from bot.config.floor.reading import ROLES, Deadline, Duration, Emoji, FloorPart, People, check_names, read_delay


class Tier(FloorPart):
    """One tier of an escalation ladder: who is told, and when, unless its stop condition is met first."""

    after: Annotated[timedelta, BeforeValidator(read_delay)]
    tell: tuple[str, ...] = Field(min_length=1)
    stops_on: Literal["commander named", "acknowledged"] = "commander named"

    @field_validator("tell")
    @classmethod
    def _are_people(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return check_names(names, ROLES, rosters=True)


class Severity(FloorPart):
    """One severity: its meaning, how to choose it, and what it triggers."""

    meaning: str = Field(min_length=1, max_length=150)
    guidance: str = Field(min_length=1, max_length=75)
    emoji: Emoji = "⚪"
    commander_within: Duration | None = None
    postmortem_within: Deadline | None = None
    # A partner is told within this long of the declaration; without it, partners are told only by hand.
    partner_notice_within: Duration | None = None
    # The lead is asked about an incident in which nobody records anything for this long; without it, never.
    idle_after: Duration | None = None
    invite: People = ()
    ladder: tuple[Tier, ...] = ()

    @field_validator("ladder")
    @classmethod
    def _climbs(cls, ladder: tuple[Tier, ...]) -> tuple[Tier, ...]:
        delays = [tier.after for tier in ladder]
        if delays != sorted(set(delays)):
            raise ValueError("each tier must come later than the one before it")
        return ladder
