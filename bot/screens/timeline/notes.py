"""Notes in a timeline, and entries put right or hidden: the original stays in the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from bot.directory.lookup import who
from bot.incidents import tables as incidents
from bot.incidents.change import Change
from bot.incidents.permissions import check_member
from bot.screens.timeline.milestones import check_still_possible, settle
from bot.screens.timeline.screens import naming
from bot.services import Services
from bot.slack.text import day_and_time
from bot.timeline import log, milestones, rules, wording
from bot.timeline import tables as timeline
from bot.timeline.rules import Note
from bot.timeline.tables import TimelineEntry

WHOLE_MINUTES = timedelta(minutes=1)


class Amendment(BaseModel):
    """What an entry is to say, when it was, whether anyone is to see it, and why."""

    words: str
    at: datetime
    is_hidden: bool
    reason: str


def note_words(services: Services, number: int, typed: str, key: str, by: str, now: datetime) -> str:
    """`/incident note …`: written down in the writer's zone. Gives back what to answer."""
    read = rules.read_note(typed, who(services, by).timezone, now)
    return note(services, number, read, key, by, now)


def note(services: Services, number: int, given: Note, key: str, by: str, now: datetime) -> str:
    """Write a note down, also when the incident is over. Gives back what to answer."""
    at = given.at or now
    if not given.words:
        raise rules.NoteMissing()
    if at > now + rules.GRACE:
        raise milestones.NotYet()
    with _noting(services, number, by, now) as change:
        timeline.append_once(change.session, number, f"note:{key}", given.kind, at, by, text=given.words)
    return f"It stands in the timeline at {day_and_time(at)}."


@contextmanager
def _noting(services: Services, number: int, by: str, now: datetime) -> Iterator[Change]:
    """A transaction on a timeline by anyone who may see the incident and is no guest."""
    check_member(services, by)
    with services.store.transaction() as session:
        incident = incidents.locked(session, number)
        incidents.check_visible(session, incident, by)
        yield Change(session, services, incident, by, now)


def amend(services: Services, number: int, entry_number: int, given: Amendment, by: str, now: datetime) -> str:
    """Put an entry right, hide it or show it again. Gives back what to answer."""
    if not given.reason:
        raise rules.WhyMissing()
    if given.at > now + rules.GRACE:
        raise milestones.NotYet()
    with _noting(services, number, by, now) as change:
        session, incident = change.session, change.incident
        entry = timeline.locked(session, number, entry_number)
        leads = incidents.roles(session, number).get("commander", [])
        rules.check_may_amend(entry_number, entry.actor_id, by, leads)
        was = wording.amendable(entry, naming(session, [entry]), services.floor.language)
        changed = [*_put_right(entry, given, was, by, now), *_hide(entry, given, by, now)]
        if not changed:
            return "Nothing was changed."
        session.add(entry)
        # The reason is in the entry: words in the record itself could never be taken out again.
        log.note(session, entry, log.Deed(" and ".join(changed), by))
        if entry.kind in milestones.KINDS:
            check_still_possible(session, incident, now)
            settle(session, incident)
    return f"Entry {entry_number} is {' and '.join(changed)}. The original is kept in the log."


def _put_right(entry: TimelineEntry, given: Amendment, was: str, by: str, now: datetime) -> list[str]:
    """The form shows whole minutes: a time within the entry's own minute is the same time."""
    said: dict[str, Any] = {"by": by, "reason": given.reason, "on": now.isoformat()}
    before = entry.correction or {}
    is_moved = not timedelta() <= entry.at - given.at < WHOLE_MINUTES
    is_reworded = given.words.strip() not in ("", was.strip())
    if not is_moved and not is_reworded:
        return []
    if is_reworded or before.get("words"):
        said["words"] = given.words.strip() if is_reworded else before["words"]
    if is_moved or before.get("was_at"):
        said["was_at"] = before.get("was_at") or entry.at.isoformat()
    if is_moved:
        entry.at = given.at
    entry.correction = said
    return ["corrected"]


def _hide(entry: TimelineEntry, given: Amendment, by: str, now: datetime) -> list[str]:
    if given.is_hidden == (entry.hiding is not None):
        return []
    said = {"by": by, "reason": given.reason, "on": now.isoformat()}
    entry.hiding = said if given.is_hidden else None
    entry.is_shown = not given.is_hidden
    if not given.is_hidden:
        entry.correction = (entry.correction or {}) | said
    return ["hidden" if given.is_hidden else "shown again"]
