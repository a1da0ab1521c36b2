"""Roles, what they are told, and who may do what."""

from bot.config.floor.reading import FloorPart

ANYONE = "anyone"


class Role(FloorPart):
    """A role in an incident, and what is told to who takes it."""

    title: str
    help: str


class Permissions(FloorPart):
    """Who may do what: `anyone` (guests and strangers never), a role of the incident, or a `@group`."""

    declare: tuple[str, ...] = (ANYONE,)
    lead: tuple[str, ...] = (ANYONE,)
    steps: tuple[str, ...] = (ANYONE,)
    close: tuple[str, ...] = (ANYONE,)
    followups: tuple[str, ...] = (ANYONE,)
    postmortem: tuple[str, ...] = (ANYONE,)
