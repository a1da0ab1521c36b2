"""The outgoing person offers a shift, item by item, and answers the incoming person's questions."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.directory.lookup import person_of
from bot.errors import WatchfloorError
from bot.handovers import tables as item_tables
from bot.handovers.rules import CannotTakeOver, Kind, State
from bot.handovers.shift import accountability, draft, forms, rules, tables, views, watching
from bot.handovers.shift.rules import ShiftState
from bot.handovers.shift.tables import ShiftHandover
from bot.handovers.shift.wording import translator_for
from bot.handovers.tables import Handover
from bot.incidents.facts import ABSENT_UNTIL, NEXT_ON_SHIFT
from bot.incidents.handover_items import HandoverItem
from bot.incidents.permissions import changing_as, check_member, reading_as
from bot.incidents.registry import Registry
from bot.outbox import kinds
from bot.runtime.database import insert_new
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import mention, mentions, near_time


def offer_form(services: Services, by: str, now: datetime, person: str | None = None) -> Block:
    """Return the form with everything that would be handed over, for the outgoing person to read first."""
    with reading_as(services, by) as session:
        items = draft.of_person(session, services, by, now)
        if not items:
            raise _why_nothing(session, services, now)
        if person is None:
            person = next(iter(services.get(Registry).ask(NEXT_ON_SHIFT)(session, services, by, now)), None)
        translate = translator_for(session, services, by)
        earlier_offer = next(iter(tables.offered_by(session, by)), None)
    return forms.offer_form(items, person, earlier_offer, translate, now)


def _why_nothing(session: Session, services: Services, now: datetime) -> WatchfloorError:
    """Why a person has no items to hand over: nothing is open, or others are accountable for all of it."""
    holders = accountability.of_items(session)
    people = dict.fromkeys(
        holders[item.key] for item in draft.gather(session, services, now) if item.key in holders
    )
    if not people:
        return rules.NothingToHandOver()
    return rules.OthersAreAccountable(people=mentions(people))


def offer(
    services: Services,
    to: str,
    risks: str,
    contingencies: str,
    watched: str,
    by: str,
    now: datetime,
    key: str | None = None,
) -> str:
    """Offer everything to the colleague who takes over. Return the answer. `key` identifies the form, so that
    sending it twice makes one offer."""
    check_member(services, by)
    if to == by:
        raise rules.NotToYourself()
    if not person_of(services, to).may_act:
        raise CannotTakeOver(person=mention(to))
    with services.database.transaction() as session:
        if until := services.get(Registry).ask(ABSENT_UNTIL)(session, to, now):
            raise rules.AbsentNow(person=mention(to), when=near_time(until, now))
        earlier_offers = tables.offered_by(session, by)
        accept_by = now + services.floor.shifts.handover.accepted_within
        shift = ShiftHandover(key=key, from_id=by, to_id=to, offered_at=now, due_at=accept_by)
        shift.risks, shift.contingencies = risks.strip(), contingencies.strip()
        if insert_new(session, shift):
            watching.add(session, watched, by, now)
            _offer_items(session, services, shift, earlier_offers, now)
        translate = translator_for(session, services, by)
    return translate(
        "{person} has your handover. You stay accountable for each item until they accept it.", person=mention(to)
    )


def _offer_items(
    session: Session,
    services: Services,
    shift: ShiftHandover,
    earlier_offers: Sequence[ShiftHandover],
    now: datetime,
) -> None:
    by = shift.from_id
    asked = _end_earlier_offers(session, services, earlier_offers, shift, now)
    items = draft.take(session, services, by, now)
    if not items:
        raise _why_nothing(session, services, now)
    for item in items:
        insert_new(session, _new_offer(shift, item, by, now))
    unasked_items = [item for item in items if (item.key, item.owner_id) not in asked]
    _ask_for_next_steps(session, services, unasked_items, shift, now)
    _enqueue_messages(session, shift, now)


def _end_earlier_offers(
    session: Session,
    services: Services,
    earlier_offers: Sequence[ShiftHandover],
    shift: ShiftHandover,
    now: datetime,
) -> set[tuple[str, str | None]]:
    """End earlier offers that were not accepted; their items are offered again. Return the items whose owner was
    asked for the next step, with the owner."""
    asked = set[tuple[str, str | None]]()
    by, to = shift.from_id, shift.to_id
    for earlier_offer in earlier_offers:
        earlier_offer.state, earlier_offer.due_at = ShiftState.ENDED, None
        if earlier_offer.to_id != to:
            text = views.instead_text(by, to, translator_for(session, services, earlier_offer.to_id))
            outbox.post(session, f"shift_handover:{earlier_offer.number}:instead", earlier_offer.to_id, text, now)
        for handover in tables.items(session, earlier_offer.number):
            item = rules.from_json(handover.content or {})
            if rules.lacks_next_step(item):
                asked.add((item.key, item.owner_id))
            if handover.is_pending:
                accountability.withdraw(session, handover, now)
            accountability.close_question(session, handover, now)
    for pending_item in tables.pending_of(session, by):
        if pending_item.from_id == by:
            accountability.withdraw(session, pending_item, now)
    return asked


def _new_offer(shift: ShiftHandover, item: HandoverItem, by: str, now: datetime) -> Handover:
    return Handover(
        kind=Kind.SHIFT,
        incident_id=item.incident_id,
        item=item.key,
        from_id=by,
        to_id=shift.to_id,
        offered_at=now,
        shift_id=shift.number,
        content=rules.to_json(item),
        fingerprint=rules.fingerprint(item),
    )


def _ask_for_next_steps(
    session: Session, services: Services, items: Sequence[HandoverItem], shift: ShiftHandover, now: datetime
) -> None:
    for item in items:
        if rules.lacks_next_step(item) and item.owner_id:
            translate = translator_for(session, services, item.owner_id)
            text, blocks = views.next_step_question(item, shift, translate)
            key = accountability.next_step_key(shift.number, item.key)
            outbox.post(session, key, item.owner_id, text, now, blocks=blocks)


def _enqueue_messages(session: Session, shift: ShiftHandover, now: datetime) -> None:
    number = str(shift.number)
    for user_id in (shift.to_id, shift.from_id):
        key, subject = f"shift_handover:{number}:{user_id}", f"{number}:{user_id}"
        outbox.enqueue(
            session, kinds.SHIFT_HANDOVER, key, now, subject=subject, channel_id=user_id, priority=outbox.URGENT
        )


def answer(services: Services, handover_id: int, text: str, by: str, now: datetime) -> str:
    """Answer a question about an item and offer the item again. Return the answer."""
    if not text.strip():
        raise rules.AnswerMissing()
    with changing_as(services, by) as session:
        handover = item_tables.get(session, handover_id)
        shift = tables.locked(session, handover.shift_id or 0)
        holder = tables.accountable(session, handover.item)
        if holder is None or holder.user_id != by:
            person = mention(holder.user_id) if holder else "Nobody"
            raise rules.NotAccountable(person=person)
        if handover.state != State.RETURNED or not shift.is_offered:
            raise rules.ItemAnswered(state=handover.state)
        new_offer = _new_offer(shift, _current_item(session, services, handover, now), by, now)
        new_offer.note, new_offer.question = text.strip(), handover.question
        if not insert_new(session, new_offer):
            raise rules.ItemAnswered(state="offered again")
        if shift.due_at is None:
            shift.due_at = now + services.floor.shifts.handover.accepted_within
        accountability.close_question(session, handover, now)
        answer_text = views.answer_text(new_offer, translator_for(session, services, shift.to_id))
        outbox.post(session, f"shift_item:{new_offer.number}:answer", shift.to_id, answer_text, now)
        outbox.edit_about(session, kinds.SHIFT_HANDOVER, str(shift.number), now)
        translate = translator_for(session, services, by)
    return translate("{person} has your answer and can accept it now.", person=mention(handover.to_id))


def _current_item(session: Session, services: Services, handover: Handover, now: datetime) -> HandoverItem:
    """Return the item as it is now, or as it was offered if it is over."""
    matching = (item for item in draft.gather(session, services, now) if item.key == handover.item)
    return next(matching, rules.from_json(handover.content or {}))


def add_next_step(services: Services, shift_id: int, key: str, text: str, by: str, now: datetime) -> str:
    """Record an item's next step in the handover. Return the answer."""
    if not text.strip():
        raise rules.NextStepMissing()
    with changing_as(services, by) as session:
        shift = tables.locked(session, shift_id)
        if not shift.is_offered:
            # The same items may have been offered to somebody else since the question.
            newer_offers = tables.offered_by(session, shift.from_id)
            shift = tables.locked(session, newer_offers[0].number) if newer_offers else shift
        for handover in tables.items(session, shift.number):
            if handover.item == key:
                owner_id = str((handover.content or {}).get("owner_id") or "")
                if by not in (owner_id, shift.from_id, shift.to_id):
                    raise rules.NotYourQuestion(person=mention(owner_id))
                content = {**(handover.content or {}), "next_step": text.strip()}
                handover.content = content
                handover.fingerprint = rules.fingerprint(rules.from_json(content))
                accountability.show_next_step(session, services, handover, owner_id, shift_id, now)
        session.flush()
        outbox.edit_about(session, kinds.SHIFT_HANDOVER, str(shift.number), now)
        translate = translator_for(session, services, by)
    return translate("Thank you. Your next step is in the handover.")


def start_call(services: Services, shift_id: int, by: str, now: datetime) -> str:
    """Post the agenda with the call's link in the operations channel. Return the answer."""
    with changing_as(services, by) as session:
        shift = tables.get(session, shift_id)
        if by not in (shift.from_id, shift.to_id):
            raise rules.NotYourShift(person=mention(shift.to_id))
        subject = f"{shift.number}:call"
        outbox.enqueue(session, kinds.SHIFT_CALL, f"shift_call:{shift.number}", now, subject=subject)
        translate = translator_for(session, services, by)
    return translate("The agenda of the handover call is in the operations channel.")


def join_call(services: Services, shift_id: int, by: str, now: datetime) -> str | None:
    """Record that a person is in the call. Return the answer."""
    with changing_as(services, by) as session:
        shift = tables.locked(session, shift_id)
        if by not in shift.present:
            shift.present = [*shift.present, by]
            session.flush()
        outbox.edit_about(session, kinds.SHIFT_CALL, str(shift.number), now)
    return None
