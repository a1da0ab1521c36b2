"""Decisions on an update before it is due: send now, edit, nothing new, postpone, approve."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.incidents import audiences as known_audiences
from bot.incidents import situation_tables
from bot.incidents.access import visible_incident
from bot.incidents.change import Change, changing
from bot.incidents.permissions import check_permission, is_one_of
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import near_time, to_plain_text
from bot.updates import (
    composition,
    draft_recipients,
    drafts,
    footers,
    forms,
    promise_changes,
    scheduling,
    tables,
    variables,
    wording,
)
from bot.updates.composition import compose
from bot.updates.sending import start_due
from bot.updates.tables import Choice, Promise

LONGEST_WAIT = timedelta(days=7)
OUTCOMES = {
    tables.SENT: "it was sent",
    tables.SENDING: "it is being sent",
    tables.PAUSED: "updates are paused",
    tables.REFUSED: "Slack refused it",
}


class AlreadyDecided(WatchfloorError):
    """This update is no longer waiting: {fate}. `/incident updates` shows what is promised next."""


class NotApprover(WatchfloorError):
    """{who} approves the updates for {audience}. Ask them to press *Approve*; your text can wait in the draft."""


class NoApproverHere(WatchfloorError):
    """{who} approves the updates for {audience}, and is not in this incident's private channel. Invite them there:
    then they get the draft."""


class NotLater(WatchfloorError):
    """An update can be moved to a later time within a week; choose one that has not passed."""


def check_still_waiting(promise: Promise) -> None:
    """Raise `AlreadyDecided` unless a decision is still pending."""
    if promise.state != tables.WAITING:
        raise AlreadyDecided(fate=OUTCOMES.get(promise.state, "another took its place"))


def check_may_decide(session: Session, services: Services, promise: Promise, by: str) -> None:
    """Refuse people who neither approve what the audience is told nor may change the incident."""
    audience = services.floor.audiences.get(promise.audience)
    if audience is None or not is_one_of(session, audience.approval, by, promise.incident_id):
        check_permission(services, session, by, "lead", promise.incident_id)


@contextmanager
def _open_decision(services: Services, promise_id: int, by: str, now: datetime) -> Iterator[tuple[Change, Promise]]:
    """Open a transaction on a promise that is still waiting, for a user who may decide about it."""
    with services.database.reading() as session:
        number = tables.get(session, promise_id).incident_id
    with changing(services, number, by, now, permission=None) as change:
        promise = tables.get(change.session, promise_id)
        check_may_decide(change.session, services, promise, by)
        check_still_waiting(promise)
        yield change, promise
        drafts.mark_stale(change.session, promise)


def _approve(change: Change, promise: Promise, *, is_required: bool) -> bool:
    """Record an approver's decision as the approval; True if approved. Refuse other users if `is_required`."""
    if not promise.needs_approval:
        return True
    audience = change.services.floor.audiences[promise.audience]
    if is_one_of(change.session, audience.approval, change.by, promise.incident_id):
        promise.needs_approval, promise.approved_by, promise.approved_at = False, change.by, change.now
        return True
    if is_required:
        approvers = " or ".join(name.replace("_", " ") for name in audience.approval)
        is_any_here = draft_recipients.approvers(change.session, change.services, change.incident, promise)
        error_class = NotApprover if is_any_here or not change.incident.is_private else NoApproverHere
        raise error_class(who=approvers[:1].upper() + approvers[1:], audience=audience.title)
    return False


def send_now(services: Services, promise_id: int, by: str, now: datetime) -> None:
    """Send the update now; the next one is counted from now. The draft shows it."""
    with _open_decision(services, promise_id, by, now) as (change, promise):
        _approve(change, promise, is_required=True)
        _record_choice(promise, Choice.NOW if not promise.choice else Choice(promise.choice), by)
        _make_due_now(change, promise)
    start_due(services, now)


def _make_due_now(change: Change, promise: Promise) -> None:
    if promise.due_at > change.now:
        promise.moved_from = promise.due_at
        scheduling.move_promise(change.session, change.services, promise, change.now, change.now)


def _record_choice(promise: Promise, choice: Choice, by: str) -> None:
    promise.choice, promise.chosen_by = choice, by


def nothing_new(services: Services, promise_id: int, by: str, now: datetime) -> None:
    """Have the update say at its due time that nothing has changed. The draft shows it."""
    with _open_decision(services, promise_id, by, now) as (change, promise):
        _approve(change, promise, is_required=False)
        _record_choice(promise, Choice.NOTHING, by)
        promise.text = ""


def withdraw_nothing_new(change: Change) -> None:
    """Undo "nothing new" on waiting updates, because something has changed after all."""
    for promise in tables.waiting(change.session, change.number):
        if promise.choice == Choice.NOTHING:
            _record_choice(promise, Choice.NONE, "")
            drafts.mark_stale(change.session, promise)


def edit(services: Services, promise_id: int, text: str, by: str, now: datetime, *, at_once: bool) -> str:
    """Replace the update's text with the user's, at its due time or now. Return the answer."""
    with _open_decision(services, promise_id, by, now) as (change, promise):
        if services.floor.audiences[promise.audience].outside:
            initial_text = compose(
                change.session, services, change.incident, promise, max(now, promise.due_at), part=variables.BODY
            )
            composition.check_text(change.session, services, text, initial_text)
        is_approved = _approve(change, promise, is_required=at_once)
        _record_choice(promise, Choice.EDITED, by)
        promise.text = text
        if at_once:
            _make_due_now(change, promise)
        due_text = near_time(promise.due_at, now)
    if at_once:
        start_due(services, now)
        return wording.GOES_OUT_NOW_AS_WRITTEN
    return wording.GOES_OUT_AS_WRITTEN.format(due=due_text) if is_approved else wording.TEXT_WAITS


def approve(services: Services, promise_id: int, by: str, now: datetime) -> None:
    """Approve the update: it goes out at its due time, or now if that has passed. The draft shows it."""
    with _open_decision(services, promise_id, by, now) as (change, promise):
        _approve(change, promise, is_required=True)
        if promise.due_at > now:
            scheduling.move_promise(change.session, services, promise, promise.due_at, now)
    start_due(services, now)


def postpone(services: Services, promise_id: int, due_at: datetime, reason: str, by: str, now: datetime) -> str:
    """Postpone the update for a stated reason; the last update shows the new time. Return the answer."""
    if not now < due_at <= now + LONGEST_WAIT:
        raise NotLater()
    with _open_decision(services, promise_id, by, now) as (change, promise):
        scheduling.add_promise(change, promise_changes.postpone(promise, due_at, reason, by, now))
        title = known_audiences.audience_title(services, promise.audience)
        times = {"old_at": promise.due_at.isoformat(), "new_at": due_at.isoformat()}
        change.log("update_moved", audience=title, reason=reason, **times)
        footers.update_footers(change, [promise.audience])
    return wording.POSTPONED.format(title=title, due=near_time(due_at, now))


def _waiting_promise(services: Services, promise_id: int, by: str) -> tuple[Promise, Incident]:
    with services.database.reading() as session:
        promise = tables.get(session, promise_id)
    incident = visible_incident(services, promise.incident_id, by)
    with services.database.reading() as session:
        check_may_decide(session, services, promise, by)
    check_still_waiting(promise)
    return promise, incident


def edit_form(services: Services, promise_id: int, by: str, now: datetime) -> Block:
    """The form to edit an update, prefilled with what its audience would read but for headline and next update."""
    promise, incident = _waiting_promise(services, promise_id, by)
    with services.database.reading() as session:
        body = compose(session, services, incident, promise, max(now, promise.due_at), part=variables.BODY)
        situation = situation_tables.current(session, incident.number)
    audience = services.floor.audiences[promise.audience]
    return forms.edit_form(promise, audience, to_plain_text(body, lambda user_id: None), situation.missing)


def postpone_form(services: Services, promise_id: int, by: str, now: datetime) -> Block:
    """The form to postpone an update, with the new time and the reason."""
    promise, _ = _waiting_promise(services, promise_id, by)
    return forms.postpone_form(promise, known_audiences.audience_title(services, promise.audience), now)


def postpone_by(services: Services, promise_id: int, minutes: int, reason: str, by: str, now: datetime) -> str:
    """Postpone an update by `minutes` from its due time, or from now if that has passed."""
    with services.database.reading() as session:
        due_at = tables.get(session, promise_id).due_at
    return postpone(services, promise_id, max(due_at, now) + timedelta(minutes=minutes), reason, by, now)


def cadence_form(services: Services) -> Callable[[Incident], Block]:
    """The builder of the form that sets how often each audience is told."""
    return lambda incident: forms.cadence_form(incident, known_audiences.audiences_of(services, incident))
