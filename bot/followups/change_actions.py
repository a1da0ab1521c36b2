"""Changes to a follow-up: finish, move, give back, reassign. One transaction each."""

from datetime import date, datetime

from pydantic import BaseModel
from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.followups import messages, owners, rules, wording
from bot.followups.actions import (
    changing_follow_up,
    check_owner_may_see,
    log_change,
    schedule_reminder,
    today_of,
    zone_of,
)
from bot.followups.rules import State
from bot.followups.tables import FollowUp
from bot.incidents import incidents
from bot.services import Services
from bot.slack.text import day


class NotYourFollowUp(WatchfloorError):
    """It is not yours to give back. *Change…* in the incident's channel gives it to somebody else."""


class FollowUpNotOpen(WatchfloorError):
    """Follow-up {number} is {state} already. *Open again* in the incident's channel brings it back."""


def finish(services: Services, number: int, state: State, by: str, now: datetime) -> str | None:
    """Mark it as done or no longer needed. Return an answer only if nothing changes."""
    with changing_follow_up(services, number, by) as (session, follow_up):
        if follow_up.state == state:
            return wording.FINISHED_ALREADY.format(number=number, state=state)
        _finish(session, follow_up, state, by, now)
    return None


def _finish(session: Session, follow_up: FollowUp, state: State, by: str, now: datetime) -> None:
    follow_up.state, follow_up.finished_by, follow_up.finished_at = state, by, now
    follow_up.remind_at = follow_up.asked_id = None
    log_change(session, follow_up, f"followup_{state}", now, by)


def reopen(services: Services, number: int, by: str, now: datetime) -> str | None:
    """Reopen it. Return an answer only if nothing changes."""
    with changing_follow_up(services, number, by) as (session, follow_up):
        if follow_up.is_open:
            return wording.OPEN_ALREADY.format(number=number)
        _reopen(services, session, follow_up, by, now)
    return None


def _reopen(services: Services, session: Session, follow_up: FollowUp, by: str, now: datetime) -> None:
    follow_up.state, follow_up.finished_by, follow_up.finished_at = State.OPEN, None, None
    schedule_reminder(services, follow_up, now)
    log_change(session, follow_up, "followup_reopened", now, by)


def postpone(services: Services, number: int, due_on: date, reason: str, by: str, now: datetime) -> str | None:
    """Move it to another day. Return an answer only if nothing changes."""
    rules.check_day(due_on, today_of(services, by, now))
    with changing_follow_up(services, number, by) as (session, follow_up):
        _check_open(follow_up)
        if follow_up.due_on == due_on:
            return wording.DUE_ALREADY.format(number=number, due=day(follow_up.due_at))
        _postpone(services, session, follow_up, due_on, by, now, reason=reason)
    return None


def _postpone(
    services: Services,
    session: Session,
    follow_up: FollowUp,
    due_on: date,
    by: str,
    now: datetime,
    *,
    reason: str = "",
) -> None:
    previous_due_on, follow_up.due_on = follow_up.due_on, due_on
    follow_up.moved += 1
    schedule_reminder(services, follow_up, now)
    facts = {"old": previous_due_on.isoformat(), "new": due_on.isoformat(), "reason": reason}
    log_change(session, follow_up, "followup_moved", now, by, **facts)


def decline(services: Services, number: int, by: str, now: datetime) -> str | None:
    """Give it back; the person who added it, or the lead, is to find another owner."""
    with changing_follow_up(services, number, by) as (session, follow_up):
        _check_open(follow_up)
        if follow_up.owner_id is None:
            return wording.UNOWNED_ALREADY.format(number=number)
        if follow_up.owner_id != by:
            raise NotYourFollowUp()
        owners.return_unowned(session, follow_up)
        log_change(session, follow_up, "followup_declined", now, by)
        schedule_reminder(services, follow_up, now)
        messages.notify_responsible(session, follow_up, now)
    return None


def take_over(services: Services, number: int, by: str, now: datetime) -> str | None:
    """Make the user its owner. Return an answer only if nothing changes."""
    zone = zone_of(services, by)
    with changing_follow_up(services, number, by) as (session, follow_up):
        _check_open(follow_up)
        if follow_up.owner_id == by:
            return wording.YOURS_ALREADY.format(number=number)
        _assign(services, session, follow_up, by, zone, by, now)
    return None


def _assign(
    services: Services, session: Session, follow_up: FollowUp, to: str, zone: str, by: str, now: datetime
) -> None:
    follow_up.owner_id, follow_up.asked_id, follow_up.zone = to, None, zone
    schedule_reminder(services, follow_up, now)
    log_change(session, follow_up, "followup_given", now, by, user=to)
    messages.notify_responsible(session, follow_up, now)


class FollowUpEdit(BaseModel):
    """The new values of a follow-up from a form."""

    text: str
    owner_id: str
    due_on: date
    kind: str
    link: str
    state: State


def apply_edit(services: Services, number: int, edit: FollowUpEdit, by: str, now: datetime) -> None:
    """Apply the form's values to a follow-up; only real changes are recorded."""
    zone = zone_of(services, edit.owner_id)
    texts = {
        "text": rules.check_text(edit.text),
        "kind": rules.read_kind(edit.kind),
        "link": rules.read_link(edit.link),
    }
    today = today_of(services, by, now)
    with changing_follow_up(services, number, by) as (session, follow_up):
        check_owner_may_see(session, incidents.by_number(session, follow_up.incident_id), edit.owner_id)
        if edit.due_on != follow_up.due_on:
            rules.check_day(edit.due_on, today)
        if any(getattr(follow_up, name) != text for name, text in texts.items()):
            follow_up.sqlmodel_update(texts)
            log_change(session, follow_up, "followup_changed", now, by)
        if edit.state == State.OPEN and not follow_up.is_open:
            _reopen(services, session, follow_up, by, now)
        elif edit.state != follow_up.state:
            _finish(session, follow_up, edit.state, by, now)
        if edit.due_on != follow_up.due_on:
            _postpone(services, session, follow_up, edit.due_on, by, now)
        if edit.owner_id != follow_up.owner_id:
            _assign(services, session, follow_up, edit.owner_id, zone, by, now)


def _check_open(follow_up: FollowUp) -> None:
    if not follow_up.is_open:
        raise FollowUpNotOpen(number=follow_up.number, state=follow_up.state)
