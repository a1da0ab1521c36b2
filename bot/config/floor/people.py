"""Roles and their duties, rate limits, and permissions."""

from pydantic import Field, field_validator

from bot.config.floor.reading import ROLES, FloorPart, Name, check_names

ANYONE = "anyone"


class Role(FloorPart):
    """A role in an incident, and the text for the person who takes it."""

    title: Name
    help: Name


class Limits(FloorPart):
    """Rate limits per minute, in each replica."""

    declarations_per_person: int = Field(20, ge=1)
    declarations: int = Field(60, ge=1)
    commands_per_person: int = Field(300, ge=1)
    # Buttons, choices and forms together.
    clicks_per_person: int = Field(300, ge=1)
    clicks: int = Field(6_000, ge=1)


class Permissions(FloorPart):
    """Who may do what: `anyone` (guests and strangers never), a role of the incident, or a `@group`."""

    declare: tuple[str, ...] = (ANYONE,)
    lead: tuple[str, ...] = (ANYONE,)
    steps: tuple[str, ...] = (ANYONE,)
    close: tuple[str, ...] = (ANYONE,)
    followups: tuple[str, ...] = (ANYONE,)
    postmortem: tuple[str, ...] = (ANYONE,)
    # Customers' accounts are visible to few.
    ledger: tuple[str, ...] = ("commander", "communications_lead")
    lockouts: tuple[str, ...] = (ANYONE,)
    changes: tuple[str, ...] = (ANYONE,)
    cases: tuple[str, ...] = (ANYONE,)

    @field_validator("*")
    @classmethod
    def _are_people(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names:
            raise ValueError("is empty, so nobody could; write `[anyone]`, roles or groups")
        return check_names(names, (ANYONE, *ROLES))
