"""Updates follow the incident as it changes, within that change's transaction; what is due goes out after it."""

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
from bot.incidents.rules import is_higher
from bot.updates import cadence_actions, draft_answers, draft_recipients, promise_changes, record, tables
from bot.updates import promise_actions as promises
from bot.updates.promise_actions import RequestedUpdate
from bot.updates.scheduling import drop_promise
from bot.updates.sending import start_due


def begin(change: Change, event: Declared) -> None:
    """The first updates are promised."""
    promises.promise_first_updates(change)


def send_first(change: Change, event: ChannelOpened) -> None:
    """What is due at once waited for the channel alone."""
    _send_what_is_due(change)


def follow_severity(change: Change, event: SeverityChanged) -> None:
    """Promises move to the rhythm of the new severity."""
    draft_answers.withdraw_nothing_new(change)
    promises.reschedule(change, is_raised=is_higher(event.new, event.old))
    _send_what_is_due(change)


def follow_status(change: Change, event: StatusChanged) -> None:
    """Audiences that are told of changes hear of it; updates begin again when it was resolved."""
    draft_answers.withdraw_nothing_new(change)
    if event.is_open_again:
        # The last update may still wait to be composed: it would promise a series of its own.
        promises.end(change)
        promises.promise_first_updates(change)
    promises.on_change(change)
    promises.quicken(change)
    _send_what_is_due(change)


def follow_situation(change: Change, event: SituationChanged) -> None:
    """Audiences informed less often because nothing was new are informed at the usual pace again."""
    draft_answers.withdraw_nothing_new(change)
    promises.quicken(change)


def send_last_update(change: Change, event: Resolved) -> None:
    """The last update goes to everyone who was told."""
    cadence_actions.end_pause(change)
    promises.send_now_to_all(change, RequestedUpdate(f"{promises.RESOLVED}:{event.key}", change.by))
    _send_what_is_due(change)


def say_false_alarm(change: Change, event: Declined) -> None:
    """Nothing more is promised; every audience that was told hears of it, those inside with the reason."""
    audiences = change.services.floor.audiences
    informed = tables.informed_audiences(change.session, change.number)
    promises.end(change)
    for is_outside, reason in ((False, event.reason), (True, "")):
        request = RequestedUpdate(f"{promises.DECLINED}:{event.key}", change.by, reason)
        names = {name for name in informed if name in audiences and audiences[name].outside == is_outside}
        promises.send_now_to_all(change, request, only=names)
    _send_what_is_due(change)


def say_merged(change: Change, event: Merged) -> None:
    """Nothing more is promised here; colleagues who were told hear where it goes on.

    Outside audiences hear of the other incident alone: to them it is one outage.
    """
    audiences = change.services.floor.audiences
    informed = tables.informed_audiences(change.session, change.number) if event.was_open else set()
    promises.end(change)
    where = f"#{event.into}" if change.incident.is_private else f"#{event.into} {event.title}"
    request = RequestedUpdate(f"{promises.MERGED}:{event.into}", change.by, where)
    names = {name for name in informed if name in audiences and not audiences[name].outside}
    promises.send_now_to_all(change, request, only=names)
    _send_what_is_due(change)


def withdraw_outside(change: Change, event: MadePrivate) -> None:
    """Only those in its channel are promised anything from now on."""
    informed = audiences_of(change.services, change.incident)
    for promise in tables.waiting(change.session, change.number):
        if promise.audience not in informed:
            drop_promise(change.session, promise)
    promise_changes.drop_on_their_way(change.session, change.number, informed)


def send_at_close(change: Change, event: Closed) -> None:
    """Nothing more is promised; audiences that are told at the end hear of it."""
    promises.at_close(change)
    _send_what_is_due(change)


def promise_again(change: Change, event: Reopened) -> None:
    """Updates are promised as after a declaration."""
    promises.end(change)
    promises.promise_first_updates(change)
    promises.on_change(change)
    _send_what_is_due(change)


def end_promises(change: Change, event: Withdrawn) -> None:
    """Nothing more is promised."""
    promises.end(change)


def reassign_drafts(change: Change, event: RoleChanged) -> None:
    """Open drafts go to whoever decides now."""
    draft_recipients.reassign_drafts(change)


def set_cadence(change: Change, event: CadenceRequested) -> None:
    """Every audience that is told by the clock is told at this pace."""
    cadence_actions.set_cadence(change, event.cadence)
    _send_what_is_due(change)


def send_to_one(change: Change, event: UpdateRequested) -> None:
    """A message for one audience goes out at once."""
    promises.send_now_to_one(change, event.audience, RequestedUpdate(event.key, change.by, event.text))
    _send_what_is_due(change)


def _send_what_is_due(change: Change) -> None:
    change.after_commit("send updates", partial(start_due, change.services, change.now))


def next_update(session: Session, number: int, audiences: Collection[str] | None = None) -> datetime | None:
    """When the next update is due: to any audience, or to one of those named."""
    waiting = tables.waiting(session, number)
    due = [promise.due_at for promise in waiting if audiences is None or promise.audience in audiences]
    return min(due, default=None)


def updates_kept(session: Session, number: int) -> UpdatesKept:
    """How many updates were promised by the clock, and how many were sent in time."""
    kept = record.adherence(tables.concluded_of(session, number))
    return UpdatesKept(kept.kept, kept.promised)


def updates_kept_of_many(session: Session, numbers: Sequence[int]) -> dict[int, UpdatesKept]:
    """The same of many incidents, by their numbers; those to which nothing was promised are left out."""
    adherence = {number: record.adherence(own) for number, own in tables.concluded_by_incident(session, numbers)}
    return {number: UpdatesKept(kept.kept, kept.promised) for number, kept in adherence.items()}
