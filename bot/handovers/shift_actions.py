"""A shift is handed over item by item: offered, accepted, sent back, repeated; one transaction each.

The outgoing person stays accountable for an item until the other accepts it; both happen in one transaction.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from bot.directory.lookup import person_of
from bot.handovers import accountability, shift_draft, shift_rules, shift_tables, shift_views, tables
from bot.handovers.rules import CannotTakeOver, Kind, State
from bot.handovers.shift_rules import ShiftState
from bot.handovers.shift_tables import ShiftHandover, WatchItem
from bot.handovers.tables import Handover
from bot.incidents.facts import NEXT_ON_SHIFT
from bot.incidents.handover_items import HandoverItem
from bot.incidents.people import people
from bot.incidents.permissions import check_member
from bot.incidents.registry import Registry
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import mention

LONGEST_WATCHED = 300


def offer_form(services: Services, by: str, now: datetime, person: str | None = None) -> Block:
    """Everything that would be handed over, for the outgoing person to read first."""
    check_member(services, by)
    with services.database.transaction() as session:
        items = shift_draft.of_person(session, services, by, now)
        if person is None:
            person = next(iter(services.get(Registry).ask(NEXT_ON_SHIFT)(session, services, by, now)), None)
    if not items:
        raise shift_rules.NothingToHandOver()
    return shift_views.offer_form(items, person)


def offer(services: Services, to: str, risks: str, contingencies: str, watched: str, by: str, now: datetime) -> str:
    """Offer everything to the colleague who takes over. Gives back what to answer."""
    check_member(services, by)
    if to == by:
        raise shift_rules.NotToYourself()
    if not person_of(services, to).may_act:
        raise CannotTakeOver(person=mention(to))
    with services.database.transaction() as session:
        _watch(session, watched, by, now)
        items = shift_draft.of_person(session, services, by, now)
        if not items:
            raise shift_rules.NothingToHandOver()
        _end_earlier(session, by, now)
        accept_by = now + services.floor.shifts.handover.accepted_within
        shift = ShiftHandover(from_id=by, to_id=to, offered_at=now, due_at=accept_by)
        shift.risks, shift.contingencies = risks.strip(), contingencies.strip()
        session.add(shift)
        session.flush()
        for item in items:
            tables.add(session, _offered(shift, item, by, now))
        _ask_for_next_steps(session, items, shift, now)
        _show(session, shift, now)
    return f"{mention(to)} has your handover. You stay accountable for each item until they accept it."


def _watch(session: Session, lines: str, by: str, now: datetime) -> None:
    for line in lines.splitlines():
        if text := " ".join(line.split())[:LONGEST_WATCHED]:
            session.add(WatchItem(text=text, by=by, added_at=now))
    session.flush()


def _end_earlier(session: Session, by: str, now: datetime) -> None:
    """What was offered before and not accepted is offered anew."""
    for earlier in shift_tables.offered_by(session, by):
        earlier.state, earlier.due_at = ShiftState.ENDED, None
        session.add(earlier)
        for handover in shift_tables.items(session, earlier.number):
            if handover.is_pending:
                accountability.withdraw(session, handover, now)
    for pending in shift_tables.pending_of(session, by):
        if pending.from_id == by:
            accountability.withdraw(session, pending, now)


def _offered(shift: ShiftHandover, item: HandoverItem, by: str, now: datetime) -> Handover:
    return Handover(
        kind=Kind.SHIFT,
        incident_id=item.incident_id,
        item=item.key,
        from_id=by,
        to_id=shift.to_id,
        offered_at=now,
        shift_id=shift.number,
        content=shift_rules.to_json(item),
        fingerprint=shift_rules.fingerprint(item),
    )


def _ask_for_next_steps(
    session: Session, items: Sequence[HandoverItem], shift: ShiftHandover, now: datetime
) -> None:
    for item in items:
        if shift_rules.lacks_next_step(item) and item.owner_id:
            text, blocks = shift_views.next_step_question(item, shift)
            key = f"next_step:{shift.number}:{item.key}"
            outbox.post(session, key, item.owner_id, text, now, blocks=blocks)


def _show(session: Session, shift: ShiftHandover, now: datetime) -> None:
    number = str(shift.number)
    for user_id in (shift.to_id, shift.from_id):
        key, subject = f"shift_handover:{number}:{user_id}", f"{number}:{user_id}"
        outbox.enqueue(
            session, kinds.SHIFT_HANDOVER, key, now, subject=subject, channel_id=user_id, priority=outbox.URGENT
        )


def _changing(
    services: Services, shift_id: int, by: str, now: datetime, act: Callable[[Session, ShiftHandover], str]
) -> str:
    """Do something as the incoming person, in one transaction; both see how it stands afterwards."""
    check_member(services, by)
    with services.database.transaction() as session:
        shift = shift_tables.locked(session, shift_id)
        if shift.to_id != by:
            raise shift_rules.NotYourShift(person=mention(shift.to_id))
        answer = act(session, shift)
        _complete_if_done(session, shift, now)
        outbox.edit_about(session, kinds.SHIFT_HANDOVER, str(shift.number), now)
    return answer


def accept_item(services: Services, handover_id: int, by: str, now: datetime) -> str:
    """Take one item. Gives back what to answer."""

    def act(session: Session, shift: ShiftHandover) -> str:
        handover = _pending(session, handover_id)
        _check_repeated(session, services, shift, [handover])
        _accept(session, handover, now)
        return "You are accountable for it now."

    return _changing(services, _shift_of(services, handover_id), by, now, act)


def _check_repeated(session: Session, services: Services, shift: ShiftHandover, wanted: Sequence[Handover]) -> None:
    """The top items are accepted once they were repeated in the incoming person's own words."""
    keys = [each.item for each in shift_tables.items(session, shift.number)]
    first = shift_rules.top(keys, services.floor.shifts.handover.repeated)
    if not shift.repeated and any(each.item in first for each in wanted):
        raise shift_rules.RepeatFirst()


def _pending(session: Session, handover_id: int) -> Handover:
    handover = tables.get(session, handover_id)
    if not handover.is_pending or handover.kind != Kind.SHIFT:
        raise shift_rules.ItemAnswered(state=handover.state)
    return handover


def _accept(session: Session, handover: Handover, now: datetime) -> None:
    handover.decide(State.ACCEPTED, now)
    session.add(handover)
    accountability.give(session, handover.item, handover.to_id, accountability.ACCEPTED, now)


def accept_unchanged(services: Services, shift_id: int, by: str, now: datetime) -> str:
    """Take everything that was accepted before and has not moved since. Gives back what to answer."""

    def act(session: Session, shift: ShiftHandover) -> str:
        unchanged = unchanged_items(session, shift)
        _check_repeated(session, services, shift, unchanged)
        for handover in unchanged:
            _accept(session, handover, now)
        return f"{len(unchanged)} unchanged items are yours now."

    return _changing(services, shift_id, by, now, act)


def unchanged_items(session: Session, shift: ShiftHandover) -> list[Handover]:
    """Pending items that read as they did when somebody accepted them last."""
    pending = [each for each in shift_tables.items(session, shift.number) if each.is_pending]
    accepted = shift_tables.last_accepted(session, [each.item for each in pending])
    return [each for each in pending if accepted.get(each.item) == each.fingerprint]


def repeat(services: Services, shift_id: int, text: str, by: str, now: datetime) -> str:
    """The incoming person says the top items in their own words. Gives back what to answer."""
    if not text.strip():
        raise shift_rules.RepeatMissing()

    def act(session: Session, shift: ShiftHandover) -> str:
        shift.repeated = text.strip()
        session.add(shift)
        key = f"shift_handover:{shift.number}:repeated:{now.isoformat()}"
        outbox.post(session, key, shift.from_id, shift_views.repeated_text(shift), now)
        return f"{mention(shift.from_id)} reads it. Now accept the items."

    return _changing(services, shift_id, by, now, act)


def send_back(services: Services, handover_id: int, question: str, by: str, now: datetime) -> str:
    """Not yet: something of an item must be known first. Gives back what to answer."""
    if not question.strip():
        raise shift_rules.QuestionMissing()

    def act(session: Session, shift: ShiftHandover) -> str:
        handover = _pending(session, handover_id)
        handover.question = question.strip()
        handover.decide(State.RETURNED, now)
        session.add(handover)
        text, blocks = shift_views.question_message(handover)
        key = f"shift_item:{handover.number}:question"
        outbox.post(session, key, handover.from_id, text, now, blocks=blocks)
        return f"{mention(handover.from_id)} has your question and stays accountable."

    return _changing(services, _shift_of(services, handover_id), by, now, act)


def answer(services: Services, handover_id: int, text: str, by: str, now: datetime) -> str:
    """The outgoing person answers the question: the item is offered again. Gives back what to answer."""
    if not text.strip():
        raise shift_rules.AnswerMissing()
    check_member(services, by)
    with services.database.transaction() as session:
        handover = tables.get(session, handover_id)
        shift = shift_tables.locked(session, handover.shift_id or 0)
        held = shift_tables.accountable(session, handover.item)
        if held is None or held.user_id != by:
            person = mention(held.user_id) if held else "Nobody"
            raise shift_rules.NotAccountable(person=person)
        if handover.state != State.RETURNED or not shift.is_offered:
            raise shift_rules.ItemAnswered(state=handover.state)
        again = _offered(shift, _current(session, services, handover, now), by, now)
        again.note, again.question = text.strip(), handover.question
        if not tables.add(session, again):
            raise shift_rules.ItemAnswered(state="offered again")
        outbox.edit_about(session, kinds.SHIFT_HANDOVER, str(shift.number), now)
    return f"{mention(handover.to_id)} reads your answer and can accept it now."


def _current(session: Session, services: Services, handover: Handover, now: datetime) -> HandoverItem:
    """The item as it is now; as it was when it is over meanwhile."""
    found = (item for item in shift_draft.gather(session, services, now) if item.key == handover.item)
    return next(found, shift_rules.from_json(handover.content or {}))


def add_next_step(services: Services, shift_id: int, key: str, text: str, by: str, now: datetime) -> str:
    """The engineer says what comes next: it stands in the handover. Gives back what to answer."""
    if not text.strip():
        raise shift_rules.NextStepMissing()
    check_member(services, by)
    with services.database.transaction() as session:
        shift = shift_tables.locked(session, shift_id)
        for handover in shift_tables.items(session, shift_id):
            if handover.item == key:
                owner_id = str((handover.content or {}).get("owner_id") or "")
                if by not in (owner_id, shift.from_id, shift.to_id):
                    raise shift_rules.NotYourQuestion(person=mention(owner_id))
                content = {**(handover.content or {}), "next_step": text.strip()}
                handover.content = content
                handover.fingerprint = shift_rules.fingerprint(shift_rules.from_json(content))
                session.add(handover)
        session.flush()
        outbox.edit_about(session, kinds.SHIFT_HANDOVER, str(shift.number), now)
    return "Thank you: your next step stands in the handover."


def _complete_if_done(session: Session, shift: ShiftHandover, now: datetime) -> None:
    """Every item was accepted, or is over: the shift is handed over."""
    session.flush()
    states = {each.state for each in shift_tables.items(session, shift.number)}
    if shift.is_offered and not states & {State.PENDING, State.RETURNED}:
        shift.state, shift.completed_at, shift.due_at = ShiftState.COMPLETE, now, None
        session.add(shift)
        text = f"🤝 {mention(shift.to_id)} has accepted everything. Your shift is handed over; rest well."
        outbox.post(session, f"shift_handover:{shift.number}:complete", shift.from_id, text, now)


def _shift_of(services: Services, handover_id: int) -> int:
    with services.database.reading() as session:
        return tables.get(session, handover_id).shift_id or 0


def escalate_due(services: Services, now: datetime) -> None:
    """Handovers that nobody accepted in time: both are told, and the managers."""
    managers = people(services, 0, services.floor.shifts.managers)
    with services.database.transaction() as session:
        for shift in shift_tables.due(session, now):
            shift.due_at = None
            session.add(shift)
            _complete_if_done(session, shift, now)
            waiting = [each for each in shift_tables.items(session, shift.number) if each.is_pending]
            if not waiting:
                continue
            shift.escalated_at = now
            text = shift_views.unaccepted_text(shift, len(waiting), now)
            for user_id in dict.fromkeys((shift.to_id, shift.from_id, *managers)):
                outbox.post(session, f"shift_handover:{shift.number}:unaccepted:{user_id}", user_id, text, now)


def join_call(services: Services, shift_id: int, by: str, now: datetime) -> str | None:
    """Somebody is in the call. Gives back what to answer."""
    check_member(services, by)
    with services.database.transaction() as session:
        shift = shift_tables.locked(session, shift_id)
        if by not in shift.present:
            shift.present = [*shift.present, by]
            session.add(shift)
            session.flush()
        outbox.edit_about(session, kinds.SHIFT_CALL, str(shift.number), now)
    return None


def start_call(services: Services, shift_id: int, by: str, now: datetime) -> str:
    """Post the agenda with the link where operations read it. Gives back what to answer."""
    check_member(services, by)
    with services.database.transaction() as session:
        shift = shift_tables.get(session, shift_id)
        if by not in (shift.from_id, shift.to_id):
            raise shift_rules.NotYourShift(person=mention(shift.to_id))
        subject = f"{shift.number}:call"
        outbox.enqueue(session, kinds.SHIFT_CALL, f"shift_call:{shift.number}", now, subject=subject)
    return "The agenda of the handover call is in the operations channel."


def watch(services: Services, text: str, by: str, now: datetime) -> str:
    """Something to keep an eye on, until somebody says it is done. Gives back what to answer."""
    check_member(services, by)
    with services.database.transaction() as session:
        _watch(session, text, by, now)
    return "It is watched now, and every handover names it. `/incident handover watched` lists and ends it."


def watched(services: Services, by: str, page: int = 1) -> tuple[str, list[Block]]:
    """What is watched, page by page."""
    check_member(services, by)
    with services.database.reading() as session:
        return shift_views.watched_message(shift_tables.watched(session), page)


def end_watch(services: Services, number: int, by: str, now: datetime) -> str:
    """It need not be watched any more. Gives back what to answer."""
    check_member(services, by)
    with services.database.transaction() as session:
        item = session.get(WatchItem, number, with_for_update=True)
        if item is not None and item.done_at is None:
            item.done_by, item.done_at = by, now
            session.add(item)
            accountability.end(session, f"watch:{number}", now)
    return "Done: it is not handed over any more."
