"""Requests to a colleague to take a shift or an open time: one transaction each, until both have agreed."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot import outbox
from bot.errors import WatchfloorError
from bot.incidents.permissions import changing_as, reading_as
from bot.runtime.database import insert
from bot.services import Services
from bot.shifts import asked_times, offers, people, swap_tables, tables, views
from bot.shifts.open_time_tables import OpenTime
from bot.shifts.swap_tables import NotYourShift, State, Swap, TooLate, WhomMissing
from bot.shifts.tables import Shift
from bot.shifts.wording import translator_for
from bot.slack.blocks import context
from bot.slack.phrases import Translator
from bot.slack.text import mention


def propose(
    services: Services, own_shift_id: int, other_shift_id: int | None, to: str, by: str, now: datetime
) -> str:
    """Ask a colleague to take a shift, with or without one of theirs in exchange. Return the answer."""
    with reading_as(services, by) as session:
        to = (tables.get(session, other_shift_id).user_id if other_shift_id else to) or ""
    if to in ("", by):
        raise WhomMissing()
    people.check_can_take(services, to)
    with services.database.transaction() as session:
        shift = tables.get(session, own_shift_id)
        for_shift = tables.get(session, other_shift_id) if other_shift_id else None
        _check_swap(session, shift, for_shift, by, to, now, by)
        swap = Swap(from_id=by, to_id=to, shift_id=own_shift_id, for_shift_id=other_shift_id)
        asked_times.note(swap, shift, for_shift)
        check_not_asked(session, swap)
        insert(session, swap)
        translate_for_colleague = translator_for(session, services, to)
        text, blocks = views.swap_message(
            shift, for_shift, by, swap.number, services.floor, translate_for_colleague
        )
        outbox.post(session, f"shift_swap:{swap.number}", to, text, now, blocks=blocks)
        translate = translator_for(session, services, by)
    return translate("{person} has been asked. The shift stays yours until they agree.", person=mention(to))


def _check_swap(
    session: Session, shift: Shift, for_shift: Shift | None, giver: str, taker: str, now: datetime, by: str
) -> None:
    if shift.user_id != giver:
        raise NotYourShift(person=views.person(shift))
    if for_shift and for_shift.user_id != taker:
        raise NotYourShift(person=views.person(for_shift))
    if min(each.starts_at for each in (shift, for_shift) if each) <= now:
        raise TooLate()
    exchanged = (shift.id, for_shift.id if for_shift else None)
    offers.check_free(session, taker, (shift.starts_at, shift.ends_at), exchanged, by)
    if for_shift:
        offers.check_free(session, giver, (for_shift.starts_at, for_shift.ends_at), exchanged, by)


def agree(services: Services, number: int, by: str, now: datetime) -> str:
    """Accept a request and change the roster. Return the answer."""
    with changing_as(services, by) as session:
        tables.roster_changed(session, now)
        swap = swap_tables.asked(session, number, by)
        swap.state = swap_tables.State.AGREED
        text: Callable[[Translator], str]
        translate = translator_for(session, services, by)
        if swap.open_time_id:
            open_time = offers.open_time_to_fill(session, swap.open_time_id, translate, now)
            asked_times.keep_to(swap, open_time)
            offers.fill(session, open_time, by, now)
            text = partial(_taken_text, open_time, by)
        else:
            text = _exchange(session, services, swap, now)
        agreed_text = text(translator_for(session, services, swap.from_id))
        outbox.post(session, f"shift_swap:{number}:agreed", swap.from_id, agreed_text, now)
        return text(translate)


def _taken_text(open_time: OpenTime, by: str, translate: Translator) -> str:
    when = views.times(open_time.starts_at, open_time.ends_at)
    return f"✅ {translate('{person} takes it: {when}.', person=mention(by), when=when)}"


def _exchange(session: Session, services: Services, swap: Swap, now: datetime) -> Callable[[Translator], str]:
    """Exchange the shifts; return a function from a translator to the message about it."""
    shifts = tables.locked(session, [each for each in (swap.shift_id, swap.for_shift_id) if each])
    by_id = {shift.id: shift for shift in shifts}
    shift, for_shift = by_id[swap.shift_id], by_id.get(swap.for_shift_id)
    _check_swap(session, shift, for_shift, swap.from_id, swap.to_id, now, swap.to_id)
    asked_times.check(swap, shift, for_shift)
    _set_person(shift, swap.to_id, now)
    if for_shift:
        _set_person(for_shift, swap.from_id, now)
    settle_requests(session, services, by_id, now)
    return lambda translate: views.swapped_text(shift, for_shift, services.floor, translate)


def _set_person(shift: Shift, user_id: str, now: datetime) -> None:
    shift.rostered = shift.rostered or shift.person
    shift.person, shift.user_id, shift.changed_at = user_id, user_id, now


def decline(services: Services, number: int, by: str, now: datetime) -> str:
    """Decline a request and tell the person who asked. Return the answer."""
    with changing_as(services, by) as session:
        swap = swap_tables.asked(session, number, by)
        swap.state = swap_tables.State.DECLINED
        translate_for_colleague = translator_for(session, services, swap.from_id)
        advice = "Ask somebody else: `/incident oncall gaps`" if swap.open_time_id else "The shift stays yours."
        refusal = translate_for_colleague("{person} can't take it.", person=mention(by))
        text = f"{refusal} {translate_for_colleague(advice)}"
        outbox.post(session, f"shift_swap:{number}:declined", swap.from_id, text, now)
        translate = translator_for(session, services, by)
    return translate("{person} has been told that you can't.", person=mention(swap.from_id))


class AlreadyAsked(WatchfloorError):
    """{person} has been asked for that already. Wait for the answer, or ask somebody else."""

    es = "Ya se lo has pedido a {person}. Espera su respuesta, o pídeselo a otra persona."


def check_not_asked(session: Session, swap: Swap) -> None:
    """Raise `AlreadyAsked` if the same person was asked for the same times; an older request is replaced."""
    for other in swap_tables.asked_about(session, [swap.shift_id]):
        if (other.to_id, other.shift_id, other.for_shift_id) != (swap.to_id, swap.shift_id, swap.for_shift_id):
            continue
        if _times(other) == _times(swap):
            raise AlreadyAsked(person=mention(swap.to_id))
        other.state = State.OVER


def settle_requests(session: Session, services: Services, shift_ids: Collection[int | None], now: datetime) -> None:
    """End the other requests about shifts that have changed hands, and take the buttons off their messages."""
    for other in swap_tables.asked_about(session, shift_ids):
        other.state = State.OVER
        translate = translator_for(session, services, other.to_id)
        row = outbox.by_key(session, f"shift_swap:{other.number}")
        if row and row.payload:
            blocks = [block for block in row.payload["blocks"] if block["type"] != "actions"]
            note = context(translate("The shift has changed hands meanwhile; there is nothing left to answer."))
            outbox.edit(session, row, [*blocks, note], now)


def _times(swap: Swap) -> tuple[datetime | None, ...]:
    return swap.starts_at, swap.ends_at, swap.for_starts_at, swap.for_ends_at
