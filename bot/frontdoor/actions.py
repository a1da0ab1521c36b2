"""Record, change, hear, keep on and switch off caller messages, in one transaction each.

The bot switches nothing itself: it records what people did at the telephone system, and who dialled in to hear it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from msgspec import Struct

from bot import outbox
from bot.directory.lookup import person_of
from bot.frontdoor import answer_wording, forms, ids, rules, tables, views
from bot.frontdoor.rules import Wording
from bot.frontdoor.tables import CallerMessage
from bot.incidents import incidents
from bot.incidents.access import visible_incident
from bot.incidents.change import Change, changing
from bot.incidents.events import FrontDoorSet, Merged
from bot.incidents.responses import FieldsRefused
from bot.incidents.rules import check_may_change
from bot.outbox import kinds
from bot.services import Services
from bot.slack.blocks import Block, Message
from bot.slack.text import near_time

# Users' clocks may be a little ahead of ours.
TOLERANCE = timedelta(minutes=1)


class TypedMessage(Struct, frozen=True):
    """What a user typed into the form; `key` identifies the form, so that sending it twice makes one message."""

    key: str
    wording: Wording
    on_at: datetime | None
    look_at: datetime | None
    is_heard: bool


def overview(services: Services, number: int, by: str, now: datetime) -> Message:
    """What callers hear because of an incident."""
    incident = visible_incident(services, number, by)
    with services.database.reading() as session:
        messages = tables.on(session, number)
        return views.overview(incident, messages, messages or tables.last_switched_off(session, number), now)


def form(services: Services, number: int, by: str, now: datetime) -> Block:
    incident = visible_incident(services, number, by, "lead")
    check_may_change(number, incident.status)
    return forms.message_form(incident, languages(services), now, now + services.floor.front_door.look_again_after)


def change_form(services: Services, message_id: int, by: str, now: datetime) -> Block:
    """The form for a message that is on."""
    with services.database.reading() as session:
        message = tables.get(session, message_id)
        incident = incidents.by_number(session, message.incident_id)
        incidents.check_visible(session, incident, by, tables.NoSuchMessage)
        wording = tables.wording_of(session, message)
    visible_incident(services, message.incident_id, by, "lead")
    _check_on(message, now)
    look_at = max(message.look_at, now + services.floor.front_door.look_again_after)
    return forms.message_form(incident, languages(services), now, look_at, message, wording)


def languages(services: Services) -> tuple[str, ...]:
    """The languages in which callers may be addressed."""
    floor = services.floor
    partner_languages = [partner.language for partner in floor.partners]
    return rules.languages_of(
        floor.language, *(audience.languages for audience in floor.audiences.values()), partner_languages
    )


def record(
    services: Services, number: int, message_id: int, typed_message: TypedMessage, by: str, now: datetime
) -> str:
    """Record a message that is on, or change the message `message_id`. Return the answer."""
    rules.check_wording(typed_message.wording)
    look_at = typed_message.look_at or now + services.floor.front_door.look_again_after
    rules.check_times(typed_message.on_at or now, look_at, now, TOLERANCE)
    approver_id = typed_message.wording.approved_by
    if approver_id != _stored_approver(services, message_id):
        check_named(services, ids.APPROVED_BY, approver_id)
    if message_id:
        return _change_message(services, message_id, typed_message, look_at, by, now)
    with changing(services, number, by, now) as change:
        check_may_change(number, change.incident.status)
        facts = _facts(change, typed_message.wording)
        if change.log_once(f"front_door:{typed_message.key}", "front_door_on", **facts):
            message = _add_message(change, typed_message.wording, typed_message.on_at or now, look_at)
            if typed_message.is_heard:
                _set_heard(change, message, now)
    return answer_wording.MESSAGE_RECORDED


def _stored_approver(services: Services, message_id: int) -> str:
    """Who approved the wording so far; an approval stays valid when the person leaves."""
    if not message_id:
        return ""
    with services.database.reading() as session:
        return tables.wording_of(session, tables.get(session, message_id)).approved_by


def _add_message(change: Change, wording: Wording, on_at: datetime, look_at: datetime) -> CallerMessage:
    message = CallerMessage(
        incident_id=change.number, on_by=change.by, on_at=min(on_at, change.now), look_at=look_at, due_at=look_at
    )
    tables.add(change.session, message, wording, change.by, change.now)
    outbox.add(change.session, kinds.FRONT_DOOR, change.number, change.now, str(message.number))
    return message


def _change_message(
    services: Services, message_id: int, typed_message: TypedMessage, look_at: datetime, by: str, now: datetime
) -> str:
    with _changing_message(services, message_id, by, now) as (change, message):
        _check_on(message, now)
        message.wait_until(look_at)
        message.on_at = typed_message.on_at or message.on_at
        if typed_message.wording != tables.wording_of(change.session, message):
            _reword(change, message, typed_message.wording)
        if typed_message.is_heard:
            _set_heard(change, message, now)
    return answer_wording.MESSAGE_SAVED.format(version=message.version)


def _reword(change: Change, message: CallerMessage, wording: Wording) -> None:
    """Add a version with a new wording, which has not been heard yet."""
    message.version += 1
    message.heard_by = message.heard_at = None
    tables.add_version(change.session, message, wording, change.by, change.now)
    _log(change, "front_door_changed", wording)


def record_heard(services: Services, message_id: int, by: str, now: datetime) -> str:
    """Record that this person dialled in and heard it. Return the answer."""
    with _changing_message(services, message_id, by, now) as (change, message):
        _check_on(message, now)
        _set_heard(change, message, now)
    return answer_wording.HEARD


def _set_heard(change: Change, message: CallerMessage, at: datetime) -> None:
    message.heard_by, message.heard_at = change.by or None, at
    change.log("front_door_heard")


def record_still_needed(services: Services, message_id: int, by: str, now: datetime) -> str:
    """Record that it is still needed, and ask again later. Return the answer."""
    with _changing_message(services, message_id, by, now) as (change, message):
        _check_on(message, now)
        message.wait_until(now + services.floor.front_door.look_again_after)
        change.log("front_door_kept")
    return answer_wording.MESSAGE_KEPT.format(ask_again=near_time(message.look_at, now))


def switch_off(services: Services, message_id: int, by: str, now: datetime) -> str:
    """Record that callers no longer hear it. Return the answer."""
    with _changing_message(services, message_id, by, now) as (change, message):
        _check_on(message, now)
        _switch_off(change, message)
    return answer_wording.SWITCHED_OFF


def _switch_off(change: Change, message: CallerMessage) -> None:
    message.off_by, message.off_at, message.due_at = change.by, change.now, None
    _log(change, "front_door_off", tables.wording_of(change.session, message))


def record_heard_gone(services: Services, message_id: int, by: str, now: datetime) -> str:
    """Record that this person dialled in and heard that it is gone. Return the answer."""
    with _changing_message(services, message_id, by, now) as (change, message):
        if message.is_on:
            raise rules.MessageOn()
        message.gone_by, message.gone_at = by, now
        change.log("front_door_gone")
    return answer_wording.HEARD_GONE


def follow_playbook(change: Change, event: FrontDoorSet) -> None:
    """Record that a playbook step switched the message on or off; the card asks for what the step does not say."""
    messages_on = tables.on(change.session, change.number)
    if event.state == rules.NORMAL:
        for message, _ in messages_on:
            _switch_off(change, message)
            if event.heard_at:
                message.gone_by, message.gone_at = change.by, event.heard_at
        return
    for message, wording in messages_on:
        if wording.variant != event.state:
            _reword(change, message, Wording(event.state, wording.lines, wording.texts, wording.approved_by))
    messages = [message for message, _ in messages_on] or [_message_of_step(change, event)]
    for message in messages:
        if event.heard_at:
            _set_heard(change, message, event.heard_at)


def _message_of_step(change: Change, event: FrontDoorSet) -> CallerMessage:
    look_at = change.now + change.services.floor.front_door.look_again_after
    wording = Wording(event.state)
    _log(change, "front_door_on", wording)
    return _add_message(change, wording, event.heard_at or change.now, look_at)


def follow_merge(change: Change, event: Merged) -> None:
    """Move the messages that are on to the other incident, whose lead is then asked about them."""
    target = incidents.by_number(change.session, event.into)
    for message, wording in tables.on(change.session, change.number):
        message.incident_id = event.into
        outbox.add(change.session, kinds.FRONT_DOOR, event.into, change.now, str(message.number))
        _log(Change(change.session, change.services, target, change.by, change.now), "front_door_on", wording)
    change.mark_stale(kinds.FRONT_DOOR, kinds.CARD)


@contextmanager
def _changing_message(
    services: Services, message_id: int, by: str, now: datetime
) -> Iterator[tuple[Change, CallerMessage]]:
    """A transaction on a message, for a person who may change its incident."""
    with services.database.reading() as session:
        number = tables.get(session, message_id).incident_id
        incidents.check_visible(session, incidents.by_number(session, number), by, tables.NoSuchMessage)
    with changing(services, number, by, now) as change:
        message = tables.get(change.session, message_id)
        yield change, message
        change.mark_stale(kinds.FRONT_DOOR, kinds.CARD)


def _check_on(message: CallerMessage, now: datetime) -> None:
    if message.off_at:
        raise rules.MessageOff(when=near_time(message.off_at, now))


def _log(change: Change, kind: str, wording: Wording) -> None:
    """Log in the timeline what callers hear from now on, and refresh the incident's card."""
    change.mark_stale(kinds.CARD)
    change.log(kind, **_facts(change, wording))


def _facts(change: Change, wording: Wording) -> dict[str, str]:
    text = wording.text(change.services.floor.language, *(wording.texts or {}))
    return {"variant": wording.variant, "lines": ", ".join(wording.lines), "text": text}


def check_named(services: Services, field: str, user_id: str) -> None:
    """Refuse a guest, a stranger or a person who has left, beside the field that names them."""
    if not person_of(services, user_id).may_act:
        raise FieldsRefused({field: answer_wording.NOT_OF_THE_FLOOR})
