"""Decisions about cases: each one is one transaction and one work note with its reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from msgspec import Struct
from sqlmodel import Session

from bot import outbox
from bot.cases import escalating, escalation_tables, notes, storing, tables, views
from bot.cases.rules.escalation import BY_HAND, NOT_ACTIONED, UNASSIGNED
from bot.cases.rules.states import ENDED
from bot.cases.tables import Case, CaseNote
from bot.cases.wording import translator, translator_for, translator_of_reader
from bot.directory import display_names
from bot.directory.lookup import person_of
from bot.errors import WatchfloorError
from bot.incidents.permissions import changing_as, reading_as
from bot.services import Services
from bot.slack.phrases import Translator
from bot.slack.text import mention, mentioned_user_ids, near_time, one_line, to_plain_text

LONGEST_SNOOZE = timedelta(days=14)
NOTES_SHOWN = 3


class ReasonMissing(WatchfloorError):
    """Please write why: the reason goes to the case's work notes."""

    es = "Escribe el motivo: queda en las notas de trabajo del caso."


class CaseEnded(WatchfloorError):
    """{name} is {phase} already, so there is nothing left to decide. `/incident board` lists the open ones."""

    es = "{name} ya está terminado, así que no queda nada que decidir. `/incident board` muestra los abiertos."


class CannotTake(WatchfloorError):
    """{person} cannot take cases here. Choose a colleague with a full account."""

    es = "{person} no puede llevar casos aquí. Elige a alguien del equipo con una cuenta completa."


class SnoozeTooLong(WatchfloorError):
    """Choose a moment from now on, at most 14 days ahead."""

    es = "Elige un momento a partir de ahora, como mucho dentro de 14 días."


class Decision(Struct, frozen=True):
    """A case within the transaction that records a decision about it."""

    session: Session
    services: Services
    case: Case
    by: str
    now: datetime

    @property
    def translate(self) -> Translator:
        """The translator for replies to the person who decides."""
        return translator_for(self.session, self.services, self.by)

    @property
    def name(self) -> str:
        """The name of the case, shortened."""
        return one_line(self.case.name, 60)

    @property
    def translate_note(self) -> Translator:
        """The translator for work notes, which are in the floor's language."""
        return translator(self.services.floor.language)

    def note(self, kind: str, text: str, occasion: str) -> None:
        """Add a work note, once per occasion."""
        key = f"{kind}:{self.case.number}:{occasion}"
        note = CaseNote(case_id=self.case.number, key=key, kind=kind, by=self.by, at=self.now, text=text)
        notes.add(self.session, self.services, self.case, note)


@contextmanager
def deciding(services: Services, number: int, by: str, now: datetime) -> Iterator[Decision]:
    """A transaction on an open case for a user with the `cases` permission; schedules a redraw of the board."""
    with changing_as(services, by, "cases") as session:
        case = tables.locked(session, number)
        if case.phase in ENDED:
            raise CaseEnded(name=one_line(case.name, 60), phase=case.phase)
        yield Decision(session, services, case, by, now)
        case.touched_at = now
        storing.after_rows(session, services.floor, now)


def readable_case(services: Services, number: int, by: str, now: datetime) -> tuple[Case, str, Translator]:
    """Return a case, its latest notes and a translator, for a user with the `cases` permission."""
    with reading_as(services, by, "cases") as session:
        case, recent_notes = tables.case(session, number), tables.notes_of(session, number, NOTES_SHOWN)
        names = display_names(session, {user for each in recent_notes for user in mentioned_user_ids(each.text)})
    lines = [
        f"{near_time(each.at, now)} {mention(each.by) if each.by else 'Watchfloor'} "
        f"{one_line(to_plain_text(each.text, names.get), 200)}"
        for each in recent_notes
    ]
    return case, "\n".join(lines), translator_of_reader(services, by)


def take(services: Services, number: int, occasion: str, by: str, now: datetime) -> str:
    """Assign the case to the person who clicked. Return the answer."""
    with deciding(services, number, by, now) as decision:
        translate = decision.translate
        if decision.case.owner_id == by:
            return translate("{name} is yours already.", name=decision.name)
        _set_owner(decision, by)
        translate_note = decision.translate_note
        decision.note("taken", translate_note("took the case"), occasion)
    return translate("{name} is yours.", name=decision.name)


def assign(services: Services, number: int, to: str, reason: str, occasion: str, by: str, now: datetime) -> str:
    """Assign the case to a colleague and notify them. Return the answer."""
    if not person_of(services, to).may_act:
        raise CannotTake(person=mention(to))
    _check_reason(reason)
    with deciding(services, number, by, now) as decision:
        _set_owner(decision, to)
        translate_note, name = decision.translate_note, decision.name
        text = translate_note("assigned the case to {person}: {why}", person=mention(to), why=reason)
        decision.note("assigned", text, occasion)
        if to != by:
            _notify_new_owner(decision, to, reason, occasion)
        translate = decision.translate
    if to == by:
        return translate("{name} is yours.", name=name)
    return translate("{person} has {name} now, and has been told.", person=mention(to), name=name)


def _notify_new_owner(decision: Decision, to: str, reason: str, occasion: str) -> None:
    """Tell a colleague that a case is theirs, and why."""
    case, translate = decision.case, translator_for(decision.session, decision.services, to)
    title = one_line(case.title, 150)
    text = translate(
        "{person} assigned {name} to you: {title}", person=mention(decision.by), name=decision.name, title=title
    )
    deadline = views.deadline_text(case, translate, decision.now)
    facts_line = " · ".join([case.priority, *views.facts_of(case), deadline])
    reason_line = translate("Why: {why}", why=one_line(reason, 500))
    key = f"case:{case.number}:assigned:{occasion}"
    outbox.post(decision.session, key, to, f"{text}\n{facts_line}\n{reason_line}", decision.now)


def _set_owner(decision: Decision, to: str) -> None:
    decision.case.owner_id = to
    decision.case.snoozed_until = None
    for kind in (UNASSIGNED, NOT_ACTIONED, BY_HAND):
        escalation_tables.end(decision.session, decision.case.number, kind, decision.now)


def note(services: Services, number: int, text: str, occasion: str, by: str, now: datetime) -> str:
    """Add a note to the case's work notes. Return the answer."""
    _check_reason(text)
    with deciding(services, number, by, now) as decision:
        decision.note("note", text.strip(), occasion)
        escalation_tables.end_unanswered(decision.session, number, NOT_ACTIONED, now)
        translate = decision.translate
    return translate("Your note is on {name}.", name=decision.name)


def snooze(
    services: Services, number: int, until: datetime | None, reason: str, occasion: str, by: str, now: datetime
) -> str:
    """Hide the case from the board until `until`, or until it breaches. Return the answer."""
    _check_reason(reason)
    if until is None or not now < until <= now + LONGEST_SNOOZE:
        raise SnoozeTooLong()
    with deciding(services, number, by, now) as decision:
        decision.case.snoozed_until = until
        translate_note, translate = decision.translate_note, decision.translate
        # Work notes are read in another system, so the time is written out in UTC.
        text = translate_note("snoozed it until {when} UTC: {why}", when=f"{until:%Y-%m-%d %H:%M}", why=reason)
        decision.note("snoozed", text, occasion)
    snoozed_phrase = "{name} is back on the board {when}, or when it breaches."
    return translate(snoozed_phrase, name=decision.name, when=near_time(until, now))


def escalate(services: Services, number: int, reason: str, occasion: str, by: str, now: datetime) -> str:
    """Notify the team's manager at once, and the next levels if nobody acts. Return the answer."""
    _check_reason(reason)
    with deciding(services, number, by, now) as decision:
        translate_note, translate = decision.translate_note, decision.translate
        decision.note("escalated", translate_note("escalated it: {why}", why=reason), occasion)
        people, told_since = escalating.begin_by_hand(decision.session, services, decision.case, reason, by, now)
    if people:
        return translate("{people} has been told about {name}.", people=", ".join(people), name=decision.name)
    if told_since:
        told_phrase = "Everybody who can be told about {name} has been told already; it was escalated {when}."
        return translate(told_phrase, name=decision.name, when=near_time(told_since, now))
    nobody_phrase = (
        "The escalation of {name} is on record, but floor.yaml names nobody to tell. Ask your administrator for "
        "`cases: teams: … manager`."
    )
    return translate(nobody_phrase, name=decision.name)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing()
