"""Sending a stakeholder update: compose it from the incident's state, send it, and promise the next one."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, partial

from bot.incidents import audiences as known_audiences
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.events import UpdateComposed, UpdateDue
from bot.incidents.rules import OPEN
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block, Message
from bot.updates import (
    deliveries,
    delivery_order,
    drafts,
    due_promises,
    pauses,
    promise_changes,
    rules,
    scheduling,
    tables,
    views,
    wording,
)
from bot.updates.composition import compose, compose_in_languages
from bot.updates.footers import amended_blocks
from bot.updates.tables import Promise
from bot.updates.timing_facts import has_nothing_new


def compose_if_due(services: Services, promise_id: int) -> None:
    """In one transaction, compose the update, count what was missed, promise the next one and add the deliveries.

    An update that cannot be sent yet is picked up again by the tick.
    """
    now = utcnow()
    with services.database.transaction() as session:
        incident = incidents.by_number_locked(session, tables.get(session, promise_id).incident_id)
        # Read again under the lock: a user may have requested an update now, which replaces this one.
        promise = tables.locked(session, promise_id)
        is_ready = _should_send(services, promise, now) and incident.channel_id is not None
        if is_ready and not delivery_order.has_another_on_its_way(session, promise, now - rules.LATE_AFTER):
            _compose(Change(session, services, incident, promise.requested_by or "", now), promise)


def _should_send(services: Services, promise: Promise, now: datetime) -> bool:
    if promise.audience not in services.floor.audiences:
        promise_changes.drop_promise(promise, wording.NOT_IN_FLOOR_FILE)
        return False
    return promise.state == tables.WAITING and promise.due_at <= now and not promise.needs_approval


def _compose(change: Change, promise: Promise) -> None:
    session, services, incident, now = change.session, change.services, change.incident, change.now
    unsent_since = delivery_order.supersede(session, promise, now - rules.LATE_AFTER)
    if unsent_since or promise.occasion == tables.CLOCK:
        promise.missed = scheduling.missed_count(services, incident, promise, unsent_since or promise.due_at, now)
    waiting_promises = tables.waiting(session, incident.number, promise.audience)
    other_promises = [other for other in waiting_promises if other.row != promise.row]
    next_promise = _next_promise(change, promise, other_promises)
    # The next time this update states, kept to detect when that stops being true.
    promise.next_due_at = next_promise.due_at if next_promise else _already_promised(change, other_promises)
    change.publish(_due_event(change, promise))
    channels = known_audiences.channels_of(services, incident, promise.audience)
    with session.no_autoflush:
        short_text = _short_text(change, promise)
        text = compose(session, services, incident, promise, now)
        # The fallback for a broken template has several lines and is sent as it is.
        is_line = bool(short_text) and views.is_line(short_text)
        earlier_update = _find_amendable(change, promise, channels) if is_line else None
        typed_promise = promise.model_copy()
    promise.added_to = earlier_update.row if earlier_update else None
    promise.text = short_text if earlier_update else text
    promise.composed_at = promise.begun_at = now
    promise.state = tables.SENDING
    change.publish(_composed_event(change, promise, typed_promise, text, short_text))
    if next_promise:
        scheduling.add_promise(change, next_promise)
    drafts.mark_stale(session, promise)
    if earlier_update:
        deliveries.amend(session, earlier_update, now)
    else:
        deliveries.add_deliveries(session, services.floor, promise, channels, now)
    if not channels:
        # An audience that is told only below its partners' notices has no channel of its own.
        deliveries.conclude(session, services, promise, True, now)


def _next_promise(change: Change, promise: Promise, other_promises: Sequence[Promise]) -> Promise | None:
    """The unsaved promise of the update after this one; None if no scheduled one follows."""
    next_schedule = scheduling.next_update(change.session, change.services, change.incident, promise, change.now)
    # A series may have been promised while this one waited to be composed, such as when it was late: keep only one.
    if next_schedule is None or any(other.cadence_s for other in other_promises):
        return None
    due_at, cadence = next_schedule
    next_promise = Promise(
        incident_id=change.number,
        audience=promise.audience,
        due_at=due_at,
        promised_at=change.now,
        paced_by=promise.paced_by,
    )
    return scheduling.with_cadence(next_promise, cadence)


def _find_amendable(change: Change, promise: Promise, channels: Sequence[str]) -> Promise | None:
    """The message to which "no change" is added as a line: the last one, if it is recent and in every channel."""
    session = change.session
    last_update = tables.last_sent(session, change.number, promise.audience)
    if last_update is None or promise.missed:  # missed updates are news
        return None
    earlier_update = tables.get(session, last_update.shown_by)
    is_recent = earlier_update.composed_at is not None and rules.may_append_line(
        earlier_update.composed_at, change.now
    )
    return (
        earlier_update
        if is_recent and channels and set(channels) <= deliveries.reached_channels(session, earlier_update)
        else None
    )


def _already_promised(change: Change, other_promises: Sequence[Promise]) -> datetime | None:
    """When the audience's next update is due, if this update promises none itself."""
    due_times = [other.due_at for other in other_promises if other.due_at > change.now]
    if not due_times or change.incident.status not in OPEN or pauses.current(change.session, change.number):
        return None
    return min(due_times)


def _short_text(change: Change, promise: Promise) -> str:
    """The one-line "no change" text; empty if something has changed."""
    session, services, incident, now = change.session, change.services, change.incident, change.now
    audience = services.floor.audiences[promise.audience]
    if not has_nothing_new(session, services, incident, promise, audience, now):
        return ""
    short_promise = promise.model_copy(update={"choice": tables.Choice.NOTHING})
    return compose(session, services, incident, short_promise, now)


def _composed_event(
    change: Change, promise: Promise, typed_promise: Promise, text: str, short_text: str
) -> UpdateComposed:
    """The event, which renders the update as it was typed in other languages, too."""
    session, services, incident, now = change.session, change.services, change.incident, change.now

    @cache
    def text_in(languages: tuple[str, ...], *, is_short: bool) -> str:
        if languages == services.floor.audiences[promise.audience].languages:
            return short_text if is_short else text
        with session.no_autoflush:
            choice = tables.Choice.NOTHING if is_short else typed_promise.choice
            chosen_promise = typed_promise.model_copy(update={"choice": choice})
            return compose_in_languages(session, services, incident, chosen_promise, now, languages)

    def render(languages: tuple[str, ...]) -> Message:
        text_for_reader = text_in(languages, is_short=False)
        return text_for_reader, views.blocks(text_for_reader)

    def below_earlier(promise_id: int, shown_text: str, languages: tuple[str, ...]) -> list[Block]:
        line = views.line(text_in(languages, is_short=True))
        return amended_blocks(services, tables.get(session, promise_id), shown_text, line, languages)

    readers = drafts.get(session, promise.draft_id).user_ids if promise.draft_id else []
    return UpdateComposed(
        promise.row,
        promise.audience,
        text,
        render,
        frozenset(readers),
        below_earlier if short_text else None,
    )


def _due_event(change: Change, promise: Promise) -> UpdateDue:
    # Must run before the promise is composed: the text a user typed for it is still there to render per language.
    def render(language: str, reader: str) -> Message:
        text = compose_in_languages(
            change.session, change.services, change.incident, promise, change.now, (language,), reader
        )
        return text, views.blocks(text)

    return UpdateDue(promise.row, promise.audience, render, is_automatic=not promise.text.strip())


def start_due(services: Services, now: datetime) -> None:
    with services.database.reading() as session:
        promises = due_promises.due(session, now)
    for promise in promises:
        services.background.submit(f"update:{promise.row}", partial(compose_if_due, services, promise.row))
