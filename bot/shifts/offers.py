"""Filling open times: taken, or a colleague is asked; one transaction each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlmodel import Session

from bot import outbox
from bot.errors import WatchfloorError
from bot.incidents.permissions import changing_as, check_member, reading_as
from bot.runtime.database import insert
from bot.services import Services
from bot.shifts import (
    absence_tables,
    asked_times,
    coverage,
    open_time_messages,
    open_time_tables,
    open_time_views,
    people,
    tables,
    views,
)
from bot.shifts.open_time_tables import OpenTime, OpenTooLong, State
from bot.shifts.reading.rows import LONGEST
from bot.shifts.rules import AbsentThen, AlreadyOnShift, MayNotAsk, Problem, YouAreAbsentThen, is_free, to_minute
from bot.shifts.swap_tables import Swap
from bot.shifts.tables import BY_HAND, Shift
from bot.shifts.wording import translator_for
from bot.slack.phrases import Translator
from bot.slack.text import mention, mentions


class NotOpen(WatchfloorError):
    """That is no longer open. {outcome}"""

    es = "Eso ya no está pendiente. {outcome}"


class NotInRole(WatchfloorError):
    """Only people who are rostered as {role} can take it. Ask one of them, or add a shift: `/incident shift`."""

    es = (
        "Solo puede cubrirlo quien tiene turnos como {role}. Pregunta a alguien, o añade un turno con "
        "`/incident shift`."
    )


class OnlyManagers(WatchfloorError):
    """Only {who} can do that, because floor.yaml names them (`shifts: managers`). Ask one of them."""

    es = "Solo puede hacerlo {who}, porque así lo dice floor.yaml (`shifts: managers`). Pídeselo."


class AlreadyAnswered(WatchfloorError):
    """{answer}. To change that, ask them."""

    es = "{answer}. Para cambiarlo, habla con esa persona."


class AnswerMissing(WatchfloorError):
    """Please write who comes, or why nobody does."""

    es = "Escribe quién viene, o por qué no viene nadie."


def check_manager(services: Services, by: str, region: str = "") -> None:
    """Raise `OnlyManagers` unless the person is a manager in floor.yaml; without any managers, everyone may."""
    managers_by_region = people.managers(services)
    managers = {*managers_by_region[""], *managers_by_region.get(region, ())}
    if managers and by not in managers:
        raise OnlyManagers(who=mentions(sorted(managers)))


def take(
    services: Services, number: int, by: str, now: datetime, part: tuple[datetime, datetime] | None = None
) -> str:
    """Take an open time or the chosen part of it as a shift. Return the answer."""
    with changing_as(services, by) as session:
        tables.roster_changed(session, now)
        translate = translator_for(session, services, by)
        open_time = open_time_to_fill(session, number, translate, now)
        if not _is_in_role(session, open_time, by, now):
            raise NotInRole(role=views.place(services.floor, translate, open_time.role, ""))
        asked_times.keep_to_part(open_time, part, now)
        fill(session, open_time, by, now)
        when = views.times(open_time.starts_at, open_time.ends_at)
    return translate("It's yours: {when}. `/incident oncall mine` shows it.", when=when)


def _is_in_role(session: Session, open_time: OpenTime, user_id: str, now: datetime) -> bool:
    people_in_role = tables.people_in_role(session, open_time.role, now - coverage.ROSTERED_WITHIN)
    return user_id in {each for each, _ in people_in_role}


def open_time_to_fill(session: Session, number: int, translate: Translator, now: datetime) -> OpenTime:
    """Return an open time that somebody can take, locked. Raises `NotOpen`."""
    open_time = open_time_tables.get(session, number)
    if not open_time.is_open:
        raise NotOpen(outcome=open_time_views.outcome(open_time, translate, now))
    if open_time.ends_at <= now:
        raise NotOpen(outcome=translate("It has passed."))
    if open_time.problem == Problem.OVERLAP:
        raise NotOpen(outcome=translate("Nobody is missing there."))
    return open_time


def fill(session: Session, open_time: OpenTime, by: str, now: datetime) -> None:
    """Put a person on shift in an open time; if several are missing, it stays open for the others."""
    starts_at = max(open_time.starts_at, now.replace(second=0, microsecond=0))
    if (length := open_time.ends_at - starts_at) > LONGEST:
        raise OpenTooLong(hours=length // timedelta(hours=1))
    check_free(session, by, (starts_at, open_time.ends_at), (), by)
    shift = Shift(
        source=BY_HAND,
        external_id=f"open:{open_time.number}:{uuid4().hex}",
        person=by,
        user_id=by,
        role=open_time.role,
        region=open_time.region,
        site=open_time.site,
        starts_at=starts_at,
        ends_at=open_time.ends_at,
        changed_at=now,
    )
    session.add(shift)
    if open_time.missing > 1:
        open_time.people = sorted({*open_time.people, by})
    else:
        open_time.settle(State.FILLED, now, by)
    open_time_messages.redraw(session, open_time, now)


def check_free(
    session: Session, user_id: str, when: tuple[datetime, datetime], exchanged: Sequence[int | None], by: str
) -> None:
    """Raise `AlreadyOnShift` if the person has another shift then, apart from those that they give away.

    Raise `AbsentThen` if they are absent then. `by` is the person who reads that.
    """
    if any(absence.user_id == user_id for absence in absence_tables.between(session, *when)):
        raise YouAreAbsentThen() if user_id == by else AbsentThen(person=mention(user_id))
    duties = [shift.duty for shift in tables.of_person(session, user_id, *when) if shift.id not in exchanged]
    start, end = (to_minute(moment) for moment in when)
    if not is_free(duties, user_id, start, end):
        raise AlreadyOnShift(person=mention(user_id))


def ask(services: Services, number: int, to: str, by: str, now: datetime) -> str:
    """Ask a colleague to take an open time. Return the answer."""
    check_member(services, by)
    people.check_can_take(services, to)
    managers = people.managers(services)
    with services.database.transaction() as session:
        translate = translator_for(session, services, by)
        open_time = open_time_to_fill(session, number, translate, now)
        is_manager = by in {*managers[""], *managers.get(open_time.region, ())}
        if not is_manager and not _is_in_role(session, open_time, by, now):
            raise MayNotAsk(role=views.place(services.floor, translate, open_time.role, ""))
        check_free(session, to, (max(open_time.starts_at, now), open_time.ends_at), (), by)
        swap = Swap(from_id=by, to_id=to, open_time_id=number)
        asked_times.note(swap, open_time)
        insert(session, swap)
        translate_for_colleague = translator_for(session, services, to)
        text, blocks = open_time_views.asked_message(
            open_time, by, swap.number, services.floor, translate_for_colleague
        )
        outbox.post(session, f"shift_asked:{swap.number}", to, text, now, blocks=blocks)
    return translate("{person} has been asked. It stays open until they take it.", person=mention(to))


def answer_request(services: Services, number: int, answer: str, by: str, now: datetime) -> str:
    """Record a manager's answer to the request for more people; only one is accepted. Return the answer."""
    with reading_as(services, by) as session:
        region = open_time_tables.look_up(session, number).region
    check_manager(services, by, region)
    if not answer.strip():
        raise AnswerMissing()
    with services.database.transaction() as session:
        translate = translator_for(session, services, by)
        open_time = open_time_to_fill(session, number, translate, now)
        if open_time.answer:
            raise AlreadyAnswered(answer=open_time_views.answer_text(open_time, translate, now))
        open_time.answer, open_time.answered_by, open_time.answered_at = answer.strip(), by, now
        if open_time.problem == Problem.BELOW_LOAD:
            # The delivery manager has decided, so nobody is asked again before it begins.
            open_time.escalate_at = None
        open_time_messages.redraw(session, open_time, now)
    return translate("Your answer is on record, and everyone who was asked can see it.")
