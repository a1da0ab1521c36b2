"""Report, take, answer or take back a routing fault; tell others if it is not answered in time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from msgspec import Struct
from sqlmodel import Session

from bot import outbox
from bot.frontdoor import actions, answer_wording, forms, ids
from bot.frontdoor import rules as rules
from bot.frontdoor import tables as tables
from bot.frontdoor import views as views
from bot.frontdoor.rules import FaultState
from bot.frontdoor.tables import RoutingFault
from bot.incidents import incidents, invitations
from bot.incidents.access import visible_incident
from bot.incidents.change import Change, changing, changing_by_clock
from bot.incidents.events import AnswerOverdue, Closed, Declined, Merged
from bot.incidents.permissions import reading_as
from bot.incidents.rules import REASON_SHOWN, check_may_change
from bot.outbox import kinds
from bot.runtime.database import insert
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import format_duration, mention, near_time, shorten

# Users' clocks may be a little ahead of ours.
TOLERANCE = timedelta(minutes=1)


class TypedFault(Struct, frozen=True):
    """What a user typed about a fault; `key` identifies the form, so that sending it twice asks once."""

    key: str
    wrong: str
    examples: str
    since: datetime | None
    workaround: str
    owner_id: str
    answer_by: datetime | None


def form(services: Services, number: int, by: str, now: datetime, wrong: str = "") -> Block:
    incident = visible_incident(services, number, by, "lead")
    check_may_change(number, incident.status)
    front_door = services.floor.front_door
    return forms.fault_form(
        number, front_door.routing_team or "", now, now + front_door.routing_answer_within, wrong
    )


def report(services: Services, number: int, typed_fault: TypedFault, by: str, now: datetime) -> str:
    """Report a fault: invite the team and post a card for its answer. Return the answer."""
    front_door = services.floor.front_door
    answer_by = typed_fault.answer_by or now + front_door.routing_answer_within
    rules.check_fault(typed_fault.wrong, typed_fault.since or now, answer_by, now, TOLERANCE)
    if typed_fault.owner_id:
        actions.check_named(services, ids.OWNER, typed_fault.owner_id)
    with changing(services, number, by, now) as change:
        check_may_change(number, change.incident.status)
        if change.log_once(f"routing:{typed_fault.key}", "routing_asked", text=typed_fault.wrong):
            _post_card(change, _add_fault(change, typed_fault, answer_by))
    return answer_wording.FAULT_ASKED.format(answer_by=near_time(answer_by, now))


def _add_fault(change: Change, typed_fault: TypedFault, answer_by: datetime) -> RoutingFault:
    fault = RoutingFault(
        incident_id=change.number,
        wrong=typed_fault.wrong.strip(),
        examples=typed_fault.examples.strip(),
        since=typed_fault.since or change.now,
        workaround=typed_fault.workaround.strip(),
        asked_by=change.by,
        asked_at=change.now,
        owner_id=typed_fault.owner_id or None,
        answer_by=answer_by,
        due_at=answer_by,
    )
    return insert(change.session, fault)


def _post_card(change: Change, fault: RoutingFault) -> None:
    """Post the fault's card in the incident's channel, and invite those who are to answer it."""
    outbox.add(change.session, kinds.ROUTING_FAULT, change.number, change.now, str(fault.number))
    team = change.services.floor.front_door.routing_team
    groups = [team] if team and not change.incident.is_private else []
    owners = [fault.owner_id] if fault.owner_id else []
    key = f"routing:{fault.number}:invited:{change.number}"
    invitations.invite(change.session, change.number, key, change.now, owners, groups=groups)


def take(services: Services, fault_id: int, by: str, now: datetime) -> str:
    """Take a fault, to look at it. Return the answer."""
    with _changing_fault(services, fault_id, by, now) as (change, fault):
        fault.owner_id = by
        change.log("routing_taken")
    return answer_wording.FAULT_TAKEN.format(answer_by=near_time(fault.answer_by, now))


def answer_form(services: Services, fault_id: int, by: str, now: datetime) -> Block:
    with reading_as(services, by) as session:
        fault = _visible_fault(session, fault_id, by)
    _check_open(fault, now)
    return forms.answer_form(fault)


def answer(services: Services, fault_id: int, reply: str, by: str, now: datetime) -> str:
    """Save what was found or done. Return the answer."""
    if not reply.strip():
        raise rules.ReplyMissing()
    with _changing_fault(services, fault_id, by, now) as (change, fault):
        _end(fault, FaultState.ANSWERED, by, now)
        fault.answer = reply.strip()
        fault.owner_id = fault.owner_id or by
        change.log("routing_answered", text=reply.strip())
        text = answer_wording.YOUR_FAULT_ANSWERED.format(person=mention(by), number=change.number)
        key = f"routing:{fault.number}:answered"
        if fault.asked_by != by:
            outbox.post(change.session, key, fault.asked_by, text, now, incident_id=change.number)
    return answer_wording.FAULT_ANSWERED


def withdraw(services: Services, fault_id: int, by: str, now: datetime) -> str:
    """Take back a fault that turned out not to be one. Return the answer."""
    with _changing_fault(services, fault_id, by, now) as (change, fault):
        _end(fault, FaultState.WITHDRAWN, by, now)
        change.log("routing_withdrawn")
    return answer_wording.FAULT_TAKEN_BACK


def _end(fault: RoutingFault, state: FaultState, by: str, now: datetime) -> None:
    fault.state, fault.answered_by, fault.answered_at, fault.due_at = state, by, now, None


def follow_merge(change: Change, event: Merged) -> None:
    """Move the open faults to the other incident, where they go on."""
    target = incidents.by_number(change.session, event.into)
    target_change = Change(change.session, change.services, target, change.by, change.now)
    for fault in tables.open_faults(change.session, change.number):
        fault.incident_id = event.into
        _post_card(target_change, fault)
        target_change.log("routing_moved", number=change.number, text=fault.wrong)
    change.mark_stale(kinds.ROUTING_FAULT)


def end_open(change: Change, event: Closed | Declined) -> None:
    """End the open faults of an incident that is over, and say so on their cards."""
    for fault in tables.open_faults(change.session, change.number):
        _end(fault, FaultState.ENDED, change.by, change.now)
        change.log("routing_ended", text=fault.wrong)
    change.mark_stale(kinds.ROUTING_FAULT)


def escalate(services: Services, now: datetime) -> None:
    """Tell others of every fault that was not answered in time, repeatedly until it is answered."""
    with services.database.reading() as session:
        due_faults = [(fault.number, fault.incident_id) for fault in tables.due_faults(session, now)]
    for fault_id, number in due_faults:
        with changing_by_clock(services, number, now) as change:
            _escalate(change, tables.get_fault(change.session, fault_id))


def _escalate(change: Change, fault: RoutingFault) -> None:
    if fault.due_at is None or fault.due_at > change.now:
        return
    fault.escalations += 1
    fault.due_at = change.now + change.services.floor.front_door.routing_answer_within
    key, text = f"routing:{fault.number}:{fault.escalations}", views.overdue_text(fault, change.now)
    if change.incident.channel_id:
        outbox.post(change.session, key, change.incident.channel_id, text, change.now, incident_id=change.number)
    change.log("routing_overdue", text=fault.wrong)
    asked_ids = (fault.owner_id,) if fault.owner_id else ()
    change.publish(AnswerOverdue(key, _page_reason(change, fault), asked_ids))
    change.mark_stale(kinds.ROUTING_FAULT)


def _page_reason(change: Change, fault: RoutingFault) -> str:
    """Why people are paged, and once more if nobody answers."""
    wrong = shorten(" ".join(fault.wrong.split()), REASON_SHOWN)
    length = format_duration(change.now - fault.asked_at)
    return answer_wording.fault_unanswered(length, wrong, is_again=fault.escalations > 1)


@contextmanager
def _changing_fault(
    services: Services, fault_id: int, by: str, now: datetime
) -> Iterator[tuple[Change, RoutingFault]]:
    """A transaction on an open fault, for any member who sees its incident."""
    with services.database.reading() as session:
        number = _visible_fault(session, fault_id, by).incident_id
    with changing(services, number, by, now, None) as change:
        fault = tables.get_fault(change.session, fault_id)
        _check_open(fault, now)
        yield change, fault
        change.mark_stale(kinds.ROUTING_FAULT)


def _visible_fault(session: Session, fault_id: int, by: str) -> RoutingFault:
    fault = tables.get_fault(session, fault_id)
    incident = incidents.by_number(session, fault.incident_id)
    incidents.check_visible(session, incident, by, tables.NoSuchFault)
    return fault


def _check_open(fault: RoutingFault, now: datetime) -> None:
    if fault.state != FaultState.OPEN:
        state = rules.PAST_STATES[FaultState(fault.state)]
        raise rules.NotOpen(state=state, when=near_time(fault.answered_at or now, now))
