"""The incoming person accepts, sends back and repeats the items of a shift; one transaction each.

The outgoing person stays accountable for an item until it is accepted; both change in the same transaction.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.handovers import tables as item_tables
from bot.handovers.rules import Kind, State
from bot.handovers.shift import accountability, rules, tables, views
from bot.handovers.shift.rules import ShiftState
from bot.handovers.shift.tables import ShiftHandover
from bot.handovers.shift.wording import translator_for
from bot.handovers.tables import Handover
from bot.incidents.people import people
from bot.incidents.permissions import changing_as
from bot.outbox import kinds
from bot.services import Services
from bot.slack.text import mention


def accept_item(services: Services, handover_id: int, by: str, now: datetime) -> str:
    """Accept one item. Return the answer."""

    def act(session: Session, shift: ShiftHandover) -> str:
        handover = _pending_handover(session, handover_id)
        _check_repeated(session, services, shift, [handover])
        _accept(session, handover, now)
        translate = translator_for(session, services, by)
        return translate("You are accountable for *{item}* now.", item=views.short_name(handover, translate))

    return _answer_as_recipient(services, _shift_of(services, handover_id), by, now, act)


def accept_unchanged(services: Services, shift_id: int, by: str, now: datetime) -> str:
    """Accept every item that was accepted before and has not changed since. Return the answer."""

    def act(session: Session, shift: ShiftHandover) -> str:
        offers = sorted(each.number for each in unchanged_items(session, shift))
        unchanged = [offer for each in offers if (offer := item_tables.locked(session, each)).is_pending]
        _check_repeated(session, services, shift, unchanged)
        for handover in unchanged:
            _accept(session, handover, now)
        return translator_for(session, services, by)("{count} unchanged items are yours now.", count=len(unchanged))

    return _answer_as_recipient(services, shift_id, by, now, act)


def unchanged_items(session: Session, shift: ShiftHandover) -> list[Handover]:
    """Pending items whose content equals that of their last accepted handover."""
    pending = [each for each in tables.items(session, shift.number) if each.is_pending]
    accepted = tables.last_accepted(session, [each.item for each in pending])
    return [each for each in pending if accepted.get(each.item) == each.fingerprint]


def repeat(services: Services, shift_id: int, text: str, by: str, now: datetime) -> str:
    """Record the top items in the incoming person's own words. Return the answer."""
    if not text.strip():
        raise rules.RepeatMissing()

    def act(session: Session, shift: ShiftHandover) -> str:
        shift.repeated = text.strip()
        key = f"shift_handover:{shift.number}:repeated:{now.isoformat()}"
        repeated_text = views.repeated_text(shift, translator_for(session, services, shift.from_id))
        outbox.post(session, key, shift.from_id, repeated_text, now)
        translate = translator_for(session, services, by)
        return translate("{person} has it. Now accept the items.", person=mention(shift.from_id))

    return _answer_as_recipient(services, shift_id, by, now, act)


def send_back(services: Services, handover_id: int, question: str, by: str, now: datetime) -> str:
    """Send an item back with a question that must be answered first. Return the answer."""
    if not question.strip():
        raise rules.QuestionMissing()

    def act(session: Session, shift: ShiftHandover) -> str:
        handover = _pending_handover(session, handover_id)
        handover.question = question.strip()
        handover.decide(State.RETURNED, now)
        text, blocks = views.question_message(handover, translator_for(session, services, handover.from_id))
        outbox.post(session, accountability.question_key(handover), handover.from_id, text, now, blocks=blocks)
        translate = translator_for(session, services, by)
        return translate("{person} has your question and stays accountable.", person=mention(handover.from_id))

    return _answer_as_recipient(services, _shift_of(services, handover_id), by, now, act)


def escalate_due(services: Services, now: datetime) -> None:
    """Tell both people, who is accountable, and the managers of handovers that were not accepted in time."""
    managers = people(services, 0, services.floor.shifts.managers)
    with services.database.transaction() as session:
        for shift in tables.due(session, now):
            due_at, shift.due_at = shift.due_at, None
            _settle_if_answered(session, services, shift, now)
            outbox.edit_about(session, kinds.SHIFT_HANDOVER, str(shift.number), now)
            unaccepted = [each for each in tables.items(session, shift.number) if each.state in tables.UNACCEPTED]
            if not shift.is_offered or not unaccepted:
                continue
            shift.escalated_at = now
            # Perhaps not the outgoing person: the fallback, if they have become absent.
            holders = (tables.accountable(session, each.item) for each in unaccepted)
            accountable = list(dict.fromkeys(holder.user_id for holder in holders if holder))
            for user_id in dict.fromkeys((shift.to_id, shift.from_id, *accountable, *managers)):
                translate = translator_for(session, services, user_id)
                text = views.unaccepted_text(shift, unaccepted, accountable, user_id, translate, now)
                key = f"shift_handover:{shift.number}:unaccepted:{due_at}:{user_id}"
                outbox.post(session, key, user_id, text, now)


def _answer_as_recipient(
    services: Services, shift_id: int, by: str, now: datetime, act: Callable[[Session, ShiftHandover], str]
) -> str:
    """Run an action of the incoming person in one transaction and refresh the message of both people."""
    with changing_as(services, by) as session:
        shift = tables.locked(session, shift_id)
        if shift.to_id != by:
            raise rules.NotYourShift(person=mention(shift.to_id))
        reply = act(session, shift)
        _settle_if_answered(session, services, shift, now)
        outbox.edit_about(session, kinds.SHIFT_HANDOVER, str(shift.number), now)
    return reply


def _check_repeated(
    session: Session, services: Services, shift: ShiftHandover, handovers: Sequence[Handover]
) -> None:
    """Require the top items to be repeated in the incoming person's own words before they are accepted."""
    keys = [each.item for each in tables.items(session, shift.number)]
    top_keys = set(keys[: services.floor.shifts.handover.repeated])
    if not shift.repeated and any(each.item in top_keys for each in handovers):
        raise rules.RepeatFirst()


def _pending_handover(session: Session, handover_id: int) -> Handover:
    handover = item_tables.locked(session, handover_id)
    if not handover.is_pending or handover.kind != Kind.SHIFT:
        raise rules.ItemAnswered(state=handover.state)
    return handover


def _accept(session: Session, handover: Handover, now: datetime) -> None:
    handover.decide(State.ACCEPTED, now)
    accountability.transfer(session, handover.item, handover.to_id, accountability.ACCEPTED, now)


def _settle_if_answered(session: Session, services: Services, shift: ShiftHandover, now: datetime) -> None:
    """Settle the handover when no item is pending or sent back: complete if all that is still open was accepted."""
    handovers = tables.items(session, shift.number)
    if not shift.is_offered or any(each.state in tables.UNACCEPTED for each in handovers):
        return
    is_complete = any(each.state == State.ACCEPTED for each in handovers) and not any(
        each.state == State.WITHDRAWN and _is_with_another(session, each, shift.to_id) for each in handovers
    )
    shift.due_at = None
    if not is_complete:
        shift.state = ShiftState.ENDED
        return
    shift.state, shift.completed_at = ShiftState.COMPLETE, now
    text = views.complete_text(shift, translator_for(session, services, shift.from_id))
    outbox.post(session, f"shift_handover:{shift.number}:complete", shift.from_id, text, now)


def _is_with_another(session: Session, handover: Handover, user_id: str) -> bool:
    """Whether the item is still open and somebody other than this person is accountable for it."""
    holder = tables.accountable(session, handover.item)
    return holder is not None and holder.user_id != user_id


def _shift_of(services: Services, handover_id: int) -> int:
    with services.database.reading() as session:
        return item_tables.get(session, handover_id).shift_id or 0
