"""Rules for an incident's values and status changes. Pure: facts in, answers out."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum

from slugify import slugify

from bot.errors import WatchfloorError

LONGEST_CHANNEL_NAME = 80
LONGEST_TITLE = 3000
LONGEST_QUOTED = 40
# The type of an incident if none is given.
OTHER = "other"
# In the record of a severity that was changed without a reason.
NO_REASON = "no reason given"
# Invisible, but used to form letters in Persian and Hindi and combined emoji.
JOINER_CHARACTERS = "\u200c\u200d"
# The name of an emoji; not the middle of a time such as 12:30:15.
_EMOJI_NAME = re.compile(r":(?=[^:]*[a-z])[a-z0-9_+'-]+:")


class Status(StrEnum):
    """The status of an incident."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MITIGATED = "mitigated"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DECLINED = "declined"
    MERGED = "merged"


OPEN = (Status.INVESTIGATING, Status.IDENTIFIED, Status.MITIGATED, Status.MONITORING)
# Characters of a typed reason that a line of a message quotes.
REASON_SHOWN = 200
ACTIVE = (*OPEN, Status.RESOLVED)
OVER = (Status.CLOSED, Status.DECLINED, Status.MERGED)


class UnknownSeverity(WatchfloorError):
    """`{given}` is not a severity. Use one of S0, S1, S2, S3, S4; when unsure between two, take the higher."""


class PriorityIsNotSeverity(WatchfloorError):
    """`{given}` is a case's priority. Incidents have a severity, S0 to S4; when unsure, take the higher."""


class TitleMissing(WatchfloorError):
    """Please say in a few words what is wrong, such as `/incident declare S1 IVR down in Manila`."""


class AlreadyOver(WatchfloorError):
    """Incident {number} is {status}. `/incident reopen` in its channel opens it again."""


class NotChanged(WatchfloorError):
    """It is {state} already; nothing was changed."""


class ChangedMeanwhile(WatchfloorError):
    """Meanwhile it became {state}, so nothing was changed. Close this form; if that is not right, open it again."""


class AlreadyResolved(WatchfloorError):
    """It is resolved already. `/incident close` closes it."""


class NotResolvedYet(WatchfloorError):
    """Incident {number} is still {status}. Resolve it first with `/incident resolve`, then close it."""


class AlreadyMerged(WatchfloorError):
    """Incident {number} was merged into another one. Its card links to the incident where it goes on;
    `/incident reopen` in its channel makes it one of its own again."""


class EndMissing(WatchfloorError):
    """Please say when it ended, too; or leave both times empty if it is not over."""


class StartMissing(WatchfloorError):
    """Please say when it started, too; or leave both times empty if it is not over."""


class EndBeforeStart(WatchfloorError):
    """It cannot have ended before it started."""


class StillToCome(WatchfloorError):
    """That time is still to come. If it is not over, declare it without times."""


class DeclineReasonMissing(WatchfloorError):
    """Please say why it is a false alarm, such as `/incident decline a probe was misconfigured`."""


class StillOpen(WatchfloorError):
    """Incident {number} is {status}, so there is nothing to reopen."""


class UnknownStatus(WatchfloorError):
    """`{given}` is not a status. Use investigating, identified, mitigated or monitoring; `/incident resolve` and
    `/incident close` end it."""


class NewTitleMissing(WatchfloorError):
    """Please say what it is called now, such as `/incident rename IVR down in Manila and Cebu`."""


class ImpactMissing(WatchfloorError):
    """Please say who is affected and how, such as `/incident impact half the calls to Manila are dropped`."""


def read_severity(typed_severity: str) -> str:
    """`s1`, `S1`, `sev1`, `SEV-1`, `severity 1` as `S1`."""
    match = re.fullmatch(r"(s|sev|severity|p)[\s-]*(\d{1,3}):?", typed_severity.strip(), re.IGNORECASE)
    if match and match[1].lower() == "p":
        raise PriorityIsNotSeverity(given=quoted(typed_severity))
    if not match or int(match[2]) > 4:
        raise UnknownSeverity(given=quoted(typed_severity))
    return f"S{int(match[2])}"


def read_status(typed_status: str) -> Status:
    """Parse a status that a person may set directly; resolving and closing have their own commands."""
    nearest = get_close_matches(typed_status.strip().lower(), [str(status) for status in OPEN], n=1, cutoff=0.7)
    if not nearest:
        raise UnknownStatus(given=quoted(typed_status))
    return Status(nearest[0])


def ungrouped(typed_number: str) -> str:
    """A typed number without the signs between its groups of three digits: `1,000`, `1.000`, `1 000` as `1000`."""
    number = typed_number.strip()
    is_grouped = re.fullmatch(r"[-+]?[1-9]\d{0,2}([\s,.'’])\d{3}(?:\1\d{3})*", number)
    return number.replace(is_grouped[1], "") if is_grouped else number


def clean_title(text: str) -> str:
    """Return a title on one line, with accents composed, without control characters, at most 3,000 characters."""
    printable = "".join(letter if letter.isprintable() or letter in JOINER_CHARACTERS else " " for letter in text)
    return unicodedata.normalize("NFC", " ".join(printable.split()))[:LONGEST_TITLE]


def has_words(title: str) -> bool:
    """True if the title has a letter or a digit of any script."""
    return any(character.isalnum() for character in title)


def quoted(typed_text: str) -> str:
    """Return typed text made safe to repeat in a refusal: short, and without anything that reads as markup."""
    plain = " ".join(re.sub(r"[<>&`]", " ", typed_text).split())
    return plain[:LONGEST_QUOTED] or "…"


def channel_name(number: int, title: str, attempt: int = 1) -> str:
    """A name Slack accepts, from number and title: lower-case letters, digits and `-`, at most 80 characters.

    A title without a single letter or digit (emoji only) gives `inc-7-incident`, never a bare dash. Slack sends an
    emoji as its name, `:fire:`, which would read like a word of the title.
    """
    suffix = f"-{attempt}" if attempt > 1 else ""
    prefix = f"inc-{number}-"
    room = LONGEST_CHANNEL_NAME - len(prefix) - len(suffix)
    slug = slugify(_EMOJI_NAME.sub(" ", title), max_length=min(room, 50), word_boundary=True) or "incident"
    return f"{prefix}{slug[:room]}{suffix}".rstrip("-")


def check_past(started_at: datetime | None, ended_at: datetime | None, now: datetime) -> None:
    """Check the times of an incident declared afterwards: both or none, in order, and past."""
    if ended_at and not started_at:
        raise StartMissing()
    if started_at and not ended_at:
        raise EndMissing()
    if started_at and ended_at and ended_at <= started_at:
        raise EndBeforeStart()
    if ended_at and ended_at > now:
        raise StillToCome()


def check_new_state(new: str, current: str, shown: str) -> None:
    """Refuse a severity or status that it has already, or that was chosen in a form which showed an older one."""
    if new == current:
        raise NotChanged(state=current)
    if shown not in ("", current):
        raise ChangedMeanwhile(state=current)


def check_may_change(number: int, status: str) -> None:
    """Refuse to change an incident that is over."""
    if status == Status.MERGED:
        raise AlreadyMerged(number=number)
    if status not in ACTIVE:
        raise AlreadyOver(number=number, status=status)


def check_may_describe(number: int, status: str) -> None:
    """Refuse to describe an incident that was declined or merged; the post-mortem of a closed one may need it."""
    if status != Status.CLOSED:
        check_may_change(number, status)


def check_may_resolve(number: int, status: str) -> None:
    """Refuse to resolve an incident that is over or resolved already."""
    check_may_change(number, status)
    if status == Status.RESOLVED:
        raise AlreadyResolved()


def check_may_close(number: int, status: str) -> None:
    """Refuse to close an incident that is not resolved."""
    check_may_change(number, status)
    if status != Status.RESOLVED:
        raise NotResolvedYet(number=number, status=status)


def check_may_reopen(number: int, status: str) -> None:
    """Refuse to reopen an incident that is still open."""
    if status not in (Status.RESOLVED, *OVER):
        raise StillOpen(number=number, status=status)


def is_higher(severity: str, than: str) -> bool:
    """True if the first severity is more severe than the second. S0 is the most severe."""
    return severity < than


def is_permitted(allowed_names: Sequence[str], user_id: str, roles: Iterable[str], groups: Iterable[str]) -> bool:
    """True if `allowed_names` covers this person (`anyone`, a user id, a role of the incident, a `@group`)."""
    own_names = {*roles, *(f"@{group}" for group in groups)}
    return "anyone" in allowed_names or user_id in allowed_names or bool(own_names & set(allowed_names))
