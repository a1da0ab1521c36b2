"""Event handlers: promises follow the incident within the change's transaction; due updates go out after it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot.incidents.audiences import audiences_of
from bot.incidents.change import Change
from bot.incidents.events import (
    CadenceRequested,
    ChannelOpened,
    Closed,
    Declared,
    Declined,
    MadePrivate,
    MembersChanged,
    Merged,
    Reopened,
    Resolved,
    RoleChanged,
    SeverityChanged,
    SituationChanged,
    StatusChanged,
    UpdateRequested,
    Withdrawn,
)
from bot.incidents.facts import UpdatesKept
from bot.incidents.situation import SituationField
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import escape
from bot.updates import (
    cadence_actions,
    composition,
    draft_answers,
    draft_recipients,
    footers,
    pauses,
    promise_actions,
    promise_changes,
    scheduling,
    tables,
    wording,
)
from bot.updates.kept_promises import count_kept
from bot.updates.promise_actions import RequestedUpdate
from bot.updates.scheduling import drop_promise
from bot.updates.sending import start_due
from bot.updates.tables import Promise


def begin(change: Change, event: Declared) -> None:
    """Promise the first updates."""
    promise_actions.promise_first_updates(change)


def send_first(change: Change, event: ChannelOpened) -> None:
    """Send the updates that were due at once and only waited for the channel."""
    _send_what_is_due(change)


def follow_severity(change: Change, event: SeverityChanged) -> None:
    """Move promises to the cadence of the new severity."""
    draft_answers.withdraw_nothing_new(change)
    with footers.correcting_footers(change):
        promise_actions.reschedule(change, event.old)
    _say_when(change)
    _send_what_is_due(change)


def follow_status(change: Change, event: StatusChanged) -> None:
    """Tell audiences that are told on change."""
    draft_answers.withdraw_nothing_new(change)
    with footers.correcting_footers(change):
        promise_actions.on_change(change)
        promise_actions.restore_cadences(change)
    _say_when(change)
    _send_what_is_due(change)


def follow_situation(change: Change, event: SituationChanged) -> None:
    """Return audiences that were told less often because nothing was new to their usual pace."""
    if not change.incident.is_active:
        return
    draft_answers.withdraw_nothing_new(change)
    with footers.correcting_footers(change):
        promise_actions.restore_cadences(change)
    _say_when(change)
    if SituationField.IMPACT in event.fields:
        _say_what_is_left_out(change)


def send_last_update(change: Change, event: Resolved) -> None:
    """Send the final update to every audience that is told before the close."""
    cadence_actions.end_pause(change)
    promise_actions.send_last(change, RequestedUpdate(f"{promise_actions.RESOLVED}:{event.key}", change.by))
    _send_what_is_due(change)


def say_false_alarm(change: Change, event: Declined) -> None:
    """Promise nothing more and tell every informed audience, those inside with the reason."""
    audiences = change.services.floor.audiences
    informed_audiences = tables.informed_audiences(change.session, change.number)
    promise_actions.end(change)
    for is_outside, reason in ((False, event.reason), (True, "")):
        request = RequestedUpdate(f"{promise_actions.DECLINED}:{event.key}", change.by, reason)
        names = {name for name in informed_audiences if name in audiences and audiences[name].outside == is_outside}
        promise_actions.send_now_to_all(change, request, only=names)
    _send_what_is_due(change)


def say_merged(change: Change, event: Merged) -> None:
    """Promise nothing more, and tell informed inside audiences which incident continues it.

    Outside audiences are told of the other incident only: to them it is one outage. Their last update no longer
    promises another one.
    """
    audiences = change.services.floor.audiences
    informed_audiences = tables.informed_audiences(change.session, change.number) if event.was_open else set()
    promise_actions.end(change)
    target_text = f"#{event.into}" if change.incident.is_private else f"#{event.into} {event.title}"
    request = RequestedUpdate(f"{promise_actions.MERGED}:{event.into}", change.by, target_text)
    names = {name for name in informed_audiences if name in audiences and not audiences[name].outside}
    promise_actions.send_now_to_all(change, request, only=names)
    footers.update_footers(change, sorted(informed_audiences - names))
    _send_what_is_due(change)


def withdraw_outside(change: Change, event: MadePrivate) -> None:
    """Drop promises to audiences that a private incident does not inform, and pass on drafts of the others."""
    informed_audiences = audiences_of(change.services, change.incident)
    for promise in tables.pending(change.session, change.number):
        if promise.audience not in informed_audiences:
            drop_promise(change.session, promise, wording.NOT_PRIVATE)
    promise_changes.drop_on_their_way(change.session, change.number, informed_audiences, wording.NOT_PRIVATE)
    draft_recipients.reassign_drafts(change)


def send_at_close(change: Change, event: Closed) -> None:
    """Promise nothing more, and tell the audiences that are told at the close."""
    promise_actions.at_close(change)
    _send_what_is_due(change)


def promise_again(change: Change, event: Reopened) -> None:
    """Promise updates again, the first one at once to audiences that were told that it is over."""
    promise_actions.promise_again(change, was_merged=event.was_merged)
    if event.was_merged:
        footers.update_footers(change, sorted(tables.informed_audiences(change.session, change.number)))
    _say_when(change)
    _send_what_is_due(change)


def end_promises(change: Change, event: Withdrawn) -> None:
    promise_actions.end(change)


def reassign_drafts(change: Change, event: RoleChanged | MembersChanged) -> None:
    """Pass open drafts to the users who decide now."""
    draft_recipients.reassign_drafts(change)


def set_cadence(change: Change, event: CadenceRequested) -> None:
    """Set this cadence for every audience with scheduled updates."""
    cadence_actions.set_cadence(change, event.cadence)
    _send_what_is_due(change)


def send_to_one(change: Change, event: UpdateRequested) -> None:
    """Send a message to one audience now."""
    promise_actions.send_now_to_one(change, event.audience, RequestedUpdate(event.key, change.by, event.text))
    _send_what_is_due(change)


def _send_what_is_due(change: Change) -> None:
    change.after_commit("send updates", partial(start_due, change.services, change.now))


def next_update(
    session: Session,
    services: Services,
    incident: Incident,
    audiences: Collection[str] | None = None,
    after: datetime | None = None,
) -> datetime | None:
    """When the next update is due, to any audience or to one of those named.

    Of automatic updates due before `after`, the ones that follow them count.
    """
    due_times = [
        _due_after(session, services, incident, promise, after)
        for promise in tables.waiting(session, incident.number)
        if audiences is None or promise.audience in audiences
    ]
    return min((due_at for due_at in due_times if due_at), default=None)


def _due_after(
    session: Session, services: Services, incident: Incident, promise: Promise, after: datetime | None
) -> datetime | None:
    if after is None or promise.due_at >= after or promise.text.strip():
        return promise.due_at
    following = scheduling.next_update(session, services, incident, promise, after)
    return following[0] if following else None


def updates_kept(session: Session, number: int) -> UpdatesKept:
    """The number of scheduled updates that were sent in time, and the number promised."""
    return count_kept(tables.concluded_of(session, number))


def updates_kept_of_many(session: Session, numbers: Sequence[int]) -> dict[int, UpdatesKept]:
    """The same for many incidents, by number; incidents without promises are left out."""
    promises_by_incident = tables.concluded_by_incident(session, numbers)
    return {number: count_kept(promises) for number, promises in promises_by_incident}


def _say_when(change: Change) -> None:
    """Add to the answer when each audience hears of the change."""
    if pauses.current(change.session, change.number):
        change.answers.append(wording.TOLD_AFTER_PAUSE)
        return
    audiences = audiences_of(change.services, change.incident)
    next_updates = {
        promise.audience: promise
        for promise in reversed(tables.waiting(change.session, change.number))
        if promise.audience in audiences
    }
    titles_by_time: dict[str, list[str]] = {}
    for promise in sorted(next_updates.values(), key=lambda promise: promise.due_at):
        title = escape(audiences[promise.audience].title)
        titles_by_time.setdefault(wording.told_at(promise, change.now), []).append(title)
    sentence = wording.told_when(titles_by_time)
    # A status set on a resolved incident also reopens it: two events of one change.
    if sentence not in change.answers:
        change.answers.append(sentence)


def _say_what_is_left_out(change: Change) -> None:
    """Add to the answer what audiences outside the company will not read of the impact."""
    names = {promise.audience for promise in tables.waiting(change.session, change.number)}
    known_names = names.intersection(change.services.floor.audiences)
    note = composition.left_out_note(change.session, change.services, change.incident.impact, sorted(known_names))
    if note:
        change.answers.append(note.strip())
