"""Results of reading a roster: shifts and entries left out; and the parser of a shift's text. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from bot.errors import WatchfloorError
from bot.shifts.reading.wording import reason_in

LONGEST = timedelta(hours=36)
MOST_SHIFTS = 50_000
ENDS_BEFORE = "ends before it begins; an end after midnight needs the next day's date"
_PERSON = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,255}|@[\w.-]+")


class RosterUnreadable(WatchfloorError):
    """{name} could not be read: {reason}. Nothing of it was changed."""

    es = "{name} no se ha podido leer: {reason}. No se ha cambiado nada."

    def facts_in(self, language: str) -> dict[str, Any]:
        """The facts, with the reason translated."""
        return self.facts | {"reason": reason_in(self.facts["reason"], language)}


class RosterTooLong(WatchfloorError):
    """{name} has more than {most:,} shifts in the next two months. Split it into several rosters."""

    es = "{name} tiene más de {most:,} turnos en los próximos dos meses. Divídelo en varios cuadrantes."


class ReadShift(Struct, frozen=True):
    """A shift as read from a roster; `external_id` stays the same when the shift is moved."""

    external_id: str
    person: str
    role: str
    region: str
    site: str
    zone: str
    starts_at: datetime
    ends_at: datetime


class LeftOut(Struct, frozen=True):
    """An entry of a roster that is not a shift: where it is, and why it was left out."""

    where: str
    reason: str


class Defaults(Struct, frozen=True):
    """Default values for the lines of a roster, and the known roles and people."""

    zone: str
    role: str = ""
    region: str = ""
    # Names of roles in rosters, in lower case, with their titles.
    roles: Mapping[str, str] | None = None
    people: Mapping[str, str] | None = None


class Line(Struct, frozen=True):
    """The parsed text of a shift."""

    role: str
    region: str
    person: str


def read_line(text: str, defaults: Defaults, attendee: str = "") -> Line | str:
    """`GQM EMEA ana@example.com` as role, region and person; a sentence when one of them is missing.

    The role is the longest one that the text begins with; between it and the person stands the region.
    """
    shift_text = " ".join(text.split())
    person, rest = _person(shift_text, defaults, attendee)
    role, region = _role(rest, defaults)
    if not role:
        role_names = ", ".join(sorted(defaults.roles or ())) or "none yet"
        return f"names no role of floor.yaml (`shifts: roles`: {role_names})"
    if not person:
        return "names nobody; write the person's e-mail address or @handle at the end"
    return Line(role, region or defaults.region, person)


def _person(shift_text: str, defaults: Defaults, attendee: str) -> tuple[str, str]:
    if matches := list(_PERSON.finditer(shift_text)):
        last_match = matches[-1]
        return last_match[0].casefold(), shift_text[: last_match.start()] + shift_text[last_match.end() :]
    for name in sorted(defaults.people or (), key=len, reverse=True):
        if shift_text.casefold().endswith(f" {name.casefold()}"):
            return name, shift_text[: -len(name)]
    return attendee.casefold(), shift_text


def _role(shift_text: str, defaults: Defaults) -> tuple[str, str]:
    names = {name: name for name in defaults.roles or ()}
    names |= {title.casefold(): name for name, title in (defaults.roles or {}).items()}
    for name in sorted(names, key=len, reverse=True):
        if f"{shift_text.casefold()} ".startswith(f"{name} "):
            return names[name], shift_text[len(name) :].strip(" -–·:()")
    return defaults.role, shift_text.strip(" -–·:()")


def objection(starts_at: datetime, ends_at: datetime) -> str:
    """Why a time cannot be that of a shift; empty if it can."""
    if ends_at <= starts_at:
        return ENDS_BEFORE
    if ends_at - starts_at > LONGEST:
        hours = int((ends_at - starts_at).total_seconds() // 3600)
        return f"lasts {hours} hours; no shift is that long, so write one for each day"
    return ""
