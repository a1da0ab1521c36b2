"""How durations, times of day, zones and names are written in the file."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any, Literal
from unicodedata import category
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "day": "days", "days": "days"}
SEVERITIES = ("S0", "S1", "S2", "S3", "S4")
ROLES = ("commander", "communications_lead", "scribe", "responder")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Moment(StrEnum):
    """When an audience is updated, if not by the clock."""

    ON_CHANGE = "on change"
    AT_CLOSE = "at close"
    NEVER = "never"


def read_duration(raw: Any) -> Any:
    """`15 min`, `4 h`, `3 days` as a length of time; anything else is refused with what is understood."""
    if isinstance(raw, timedelta):
        return raw
    match = re.fullmatch(r"\s*(\d{1,5})\s*(s|min|h|days?)\s*", str(raw))
    if not match or int(match[1]) == 0:
        raise ValueError(f"{raw!r} is not a length of time; write it like `15 min`, `4 h` or `3 days`")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def read_cadence(raw: Any) -> Any:
    """Return a length of time, or one of `on change`, `at close`, `never`."""
    if raw in list(Moment):
        return Moment(raw)
    try:
        return read_duration(raw)
    except ValueError as error:
        raise ValueError(f"{error}, or `on change`, `at close`, `never`") from None


@dataclass(frozen=True)
class WorkingDays:
    """A number of days, not counting Saturdays and Sundays."""

    days: int


def read_deadline(raw: Any) -> Any:
    """Return a length of time, or working days from `3 working days`."""
    match = re.fullmatch(r"\s*(\d{1,3})\s*working days?\s*", str(raw))
    if match and int(match[1]):
        return WorkingDays(int(match[1]))
    if isinstance(raw, WorkingDays):
        return raw
    try:
        return read_duration(raw)
    except ValueError as error:
        raise ValueError(f"{error}, or `3 working days`") from None


Deadline = Annotated[timedelta | WorkingDays, BeforeValidator(read_deadline)]
Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Cadence = Annotated[timedelta | Moment, BeforeValidator(read_cadence)]
SeverityName = Literal["S0", "S1", "S2", "S3", "S4"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class FloorPart(BaseModel):
    """A part of the file: unknown keys are errors, and nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_delay(raw: Any) -> Any:
    """Return a length of time; `at once` is zero."""
    return timedelta() if raw == "at once" else read_duration(raw)


def read_lead_time(raw: Any) -> Any:
    """Return a length of time; `never` is None."""
    return None if raw in (None, "never") else read_duration(raw)


def read_time_of_day(raw: Any) -> Any:
    """`22:00` as a time of day."""
    if isinstance(raw, time):
        return raw
    match = re.fullmatch(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*", str(raw))
    if not match:
        raise ValueError(f'{raw!r} is not a time of day; write it in quotes, like `"22:00"`')
    return time(int(match[1]), int(match[2]))


TimeOfDay = Annotated[time, BeforeValidator(read_time_of_day)]


def read_zone(raw: Any) -> Any:
    """Return the name of a time zone if it exists."""
    if not (isinstance(raw, str) and _is_zone(raw)):
        raise ValueError(f"{raw!r} is not a time zone; write it like `Europe/Madrid`")
    return raw


Zone = Annotated[str, BeforeValidator(read_zone)]


def _is_zone(name: str) -> bool:
    """Whether the zone exists. Looked up by name, as Python's list of zones is assembled from hundreds of files."""
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return False
    # These are copies of the zones; some count leap seconds.
    return not name.startswith(("posix", "right/"))


def matching(pattern: str, example: str) -> Callable[[str], str]:
    """Return a validator that refuses words not matching `pattern`, and shows the example."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"`{text}` does not fit; write it like {example}")
        return text

    return check


def read_name(text: str) -> str:
    """Return a name without blanks around it; one without letters could be neither read nor chosen in a form."""
    if not text.strip():
        raise ValueError("is empty; write a name")
    return text.strip()


def read_channel(raw: Any) -> Any:
    """Return a channel's name in lower case, without its `#`."""
    if not isinstance(raw, str):
        return raw
    if not re.fullmatch(r"#?[^\s#@/:,.]{1,80}", raw) or re.fullmatch(r"[CG][A-Z0-9]{8,}", raw):
        raise ValueError(f"{raw!r} is no channel; write its name, like `#incidents`")
    return raw.removeprefix("#").lower()


def read_reaction(text: str) -> str:
    """`:wave::skin-tone-2:` as Slack names it in events: `wave`."""
    name = text.strip(":").partition("::")[0]
    if not name or any(category(character) in SIGNS for character in name):
        raise ValueError(f"{text!r} is no name; write its name, as Slack shows it between colons, like `pushpin`")
    return name


def read_emoji(text: str) -> str:
    """Return an emoji as messages need it: the sign itself, or its name between colons."""
    name = read_name(text).strip(":")
    return f":{name}:" if re.fullmatch(r"[a-z0-9_+'-]+", name) else name


# Unicode's categories of the signs that are emoji.
SIGNS = ("So", "Sk", "Cn")
LANGUAGE = r"[a-z]{2}(-[A-Z]{2})?"
Name = Annotated[str, AfterValidator(read_name)]
ChannelName = Annotated[str, BeforeValidator(read_channel)]
Reaction = Annotated[str, AfterValidator(read_reaction)]
Emoji = Annotated[str, AfterValidator(read_emoji)]
VARIABLE = r"[A-Z][A-Z0-9_]*"
VariableName = Annotated[str, AfterValidator(matching(VARIABLE, "`PAGER_SECRET`"))]
VariableNameOrNone = Annotated[str, AfterValidator(matching(rf"({VARIABLE})?", "`PAGER_SECRET`"))]
Language = Annotated[str, AfterValidator(matching(LANGUAGE, "`es` or `pt-BR`"))]
PERSON_ID = r"[UW][A-Z0-9]{2,}"
# Prefix of a role in a roster; stands for the people on shift in it.
ROSTER = "roster:"


def read_handle(raw: Any) -> Any:
    """Return a handle or channel as Slack writes it, in lower case; anything else is returned as it is."""
    return raw.lower() if isinstance(raw, str) and raw.startswith(("@", "#")) else raw


def unknown_name(name: str, allowed: tuple[str, ...]) -> str:
    """Return advice on what to write instead of `name`, which is no `allowed` word, no handle and no id."""
    nearest = get_close_matches(name.lower(), allowed, n=1, cutoff=0.7)
    if nearest:
        return f"{name!r} is not known here; did you mean `{nearest[0]}`?"
    quoted_words = [f"`{word}`" for word in allowed]
    group = f"a group like `@{name.lower().replace(' ', '-')}`"
    choice = f"{', '.join(quoted_words)} or {group}" if quoted_words else group
    return f"{name!r} is not known here; write {choice}"


def check_names(names: tuple[str, ...], allowed: tuple[str, ...] = (), *, rosters: bool = False) -> tuple[str, ...]:
    """Return the names as Slack writes them; each must be a `@handle`, a user id or one of the `allowed` words.

    With `rosters`, `roster:role` may stand for the people on shift. Raises `ValueError`.
    """
    pattern = rf"@\S+|{PERSON_ID}|{ROSTER}\S+" if rosters else rf"@\S+|{PERSON_ID}"
    names = tuple(map(read_handle, names))
    for name in names:
        if name not in allowed and not re.fullmatch(pattern, name):
            raise ValueError(unknown_name(name, allowed))
    return names


People = Annotated[tuple[str, ...], AfterValidator(lambda names: check_names(names))]
PeopleOrRosters = Annotated[tuple[str, ...], AfterValidator(lambda names: check_names(names, rosters=True))]
DurationOrNever = Annotated[timedelta | None, BeforeValidator(read_lead_time)]
