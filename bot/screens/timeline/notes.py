"""Notes in a timeline, and corrected or hidden entries: the original stays in the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from bot.directory.lookup import person_of
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.milestones import apply_milestones, check_still_possible
from bot.incidents.permissions import changing_as
from bot.screens import answer_wording
from bot.screens.timeline.pages import name_resolver
from bot.services import Services
from bot.slack.text import day_and_time
from bot.timeline import log, milestones, rules, timeline, wording
from bot.timeline.rules import Note
from bot.timeline.tables import TimelineEntry

WHOLE_MINUTES = timedelta(minutes=1)


class Amendment(BaseModel):
    """A correction of an entry: its text, its time, whether it is hidden, and the reason."""

    text: str
    at: datetime
    is_hidden: bool
    reason: str


def add_typed_note(services: Services, number: int, typed_text: str, key: str, by: str, now: datetime) -> str:
    """Add the note typed after `/incident note`, its time in the writer's zone. Return the answer."""
    note = rules.read_note(typed_text, person_of(services, by).timezone, now)
    return add_note(services, number, note, key, by, now)


def add_note(services: Services, number: int, typed_note: Note, key: str, by: str, now: datetime) -> str:
    """Add a note, even after the incident is over. Return the answer."""
    at = typed_note.at or now
    if not typed_note.text:
        raise rules.NoteMissing()
    if at > now + rules.CLOCK_TOLERANCE:
        raise milestones.MilestoneInFuture()
    with _writing_to_timeline(services, number, by, now) as change:
        timeline.append_once(change.session, number, f"note:{key}", typed_note.kind, at, by, text=typed_note.text)
    return answer_wording.NOTE_ADDED.format(at=day_and_time(at))


@contextmanager
def _writing_to_timeline(services: Services, number: int, by: str, now: datetime) -> Iterator[Change]:
    """A transaction on a timeline, open to anyone who may see the incident, except guests."""
    with changing_as(services, by) as session:
        incident = incidents.by_number_locked(session, number)
        incidents.check_visible(session, incident, by)
        yield Change(session, services, incident, by, now)


def amend_entry(
    services: Services, number: int, entry_number: int, amendment: Amendment, by: str, now: datetime
) -> str:
    """Correct an entry, hide it or show it again. Return the answer."""
    if not amendment.reason:
        raise rules.CorrectionReasonMissing()
    if amendment.at > now + rules.CLOCK_TOLERANCE:
        raise milestones.MilestoneInFuture()
    with _writing_to_timeline(services, number, by, now) as change:
        session, incident = change.session, change.incident
        entry = timeline.locked(session, number, entry_number)
        commanders = incidents.roles(session, number).get("commander", [])
        rules.check_may_amend(entry_number, entry.actor_id, by, commanders)
        previous_text = wording.editable_text(entry, name_resolver(session, [entry]), services.floor.language)
        operations = [*_correct(entry, amendment, previous_text, by, now), *_hide(entry, amendment, by, now)]
        if not operations:
            return answer_wording.NOTHING_CHANGED
        # The reason is stored in the entry: text in the log itself could never be removed again.
        log.record_change(session, entry, log.Operation(" and ".join(operations), by))
        if entry.kind in milestones.KINDS:
            check_still_possible(session, incident, now)
            apply_milestones(session, incident)
    return answer_wording.ENTRY_CHANGED.format(number=entry_number, operations=" and ".join(operations))


def _correct(entry: TimelineEntry, amendment: Amendment, previous_text: str, by: str, now: datetime) -> list[str]:
    """Apply a correction. The form shows whole minutes, so a time within the entry's own minute is unchanged."""
    correction: dict[str, Any] = {"by": by, "reason": amendment.reason, "on": now.isoformat()}
    previous_correction = entry.correction or {}
    is_moved = not timedelta() <= entry.at - amendment.at < WHOLE_MINUTES
    is_reworded = amendment.text.strip() not in ("", previous_text.strip())
    if not is_moved and not is_reworded:
        return []
    if is_reworded or previous_correction.get("words"):
        correction["words"] = amendment.text.strip() if is_reworded else previous_correction["words"]
    if is_moved or previous_correction.get("was_at"):
        correction["was_at"] = previous_correction.get("was_at") or entry.at.isoformat()
    if is_moved:
        entry.at = amendment.at
    entry.correction = correction
    return ["corrected"]


def _hide(entry: TimelineEntry, amendment: Amendment, by: str, now: datetime) -> list[str]:
    if amendment.is_hidden == (entry.hiding is not None):
        return []
    hiding = {"by": by, "reason": amendment.reason, "on": now.isoformat()}
    entry.hiding = hiding if amendment.is_hidden else None
    entry.is_shown = not amendment.is_hidden
    if not amendment.is_hidden:
        entry.correction = (entry.correction or {}) | hiding
    return ["hidden" if amendment.is_hidden else "shown again"]
