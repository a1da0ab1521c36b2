"""What people decide about cases: each decision with its reason is one transaction and one work note."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import outbox
from bot.cases import escalating, following, notes, tables
from bot.cases.rules.states import ENDED
from bot.cases.tables import Case, CaseNote
from bot.directory.lookup import person_of
from bot.errors import WatchfloorError
from bot.incidents.permissions import check_member, check_permission
from bot.services import Services
from bot.slack.text import mention, near_time, one_line

LONGEST_SNOOZE = timedelta(days=14)
NOTES_SHOWN = 3


class ReasonMissing(WatchfloorError):
    """Please write why: the reason goes to the case's work notes."""


class CaseEnded(WatchfloorError):
    """{name} is {phase} already, so there is nothing left to decide. `/incident board` lists the open ones."""


class CannotTake(WatchfloorError):
    """{person} cannot take cases here. Choose a colleague with a full account."""


class SnoozeTooLong(WatchfloorError):
    """Choose a moment from now on, at most 14 days ahead."""


@dataclass(frozen=True)
class Decision:
    """A case in the transaction that decides about it."""

    session: Session
    services: Services
    case: Case
    by: str
    now: datetime

    def note(self, kind: str, text: str, occasion: str) -> None:
        """Write it down, once for each occasion."""
        key = f"{kind}:{self.case.number}:{occasion}"
        note = CaseNote(case_id=self.case.number, key=key, kind=kind, by=self.by, at=self.now, text=text)
        notes.add(self.session, self.services, self.case, note)


@contextmanager
def deciding(services: Services, number: int, by: str, now: datetime) -> Iterator[Decision]:
    """A transaction on an open case by somebody who may decide about cases; the board is drawn again afterwards."""
    check_member(services, by)
    with services.database.transaction() as session:
        check_permission(services, session, by, "cases")
        case = tables.locked(session, number)
        if case.phase in ENDED:
            raise CaseEnded(name=one_line(case.name, 60), phase=case.phase)
        yield Decision(session, services, case, by, now)
        case.touched_at = now
        session.add(case)
        following.after_rows(session, services.floor, now)


def readable_case(services: Services, number: int, by: str, now: datetime) -> tuple[Case, str]:
    """A case and what was decided about it lately, for somebody who may decide about cases."""
    check_member(services, by)
    with services.database.reading() as session:
        check_permission(services, session, by, "cases")
        case, earlier = tables.case(session, number), tables.notes_of(session, number, NOTES_SHOWN)
    lines = [
        f"{near_time(each.at, now)} {mention(each.by) if each.by else 'Watchfloor'} {one_line(each.text, 200)}"
        for each in earlier
    ]
    return case, "\n".join(lines)


def take(services: Services, number: int, occasion: str, by: str, now: datetime) -> str:
    """The person who presses it works on the case. Gives back what to answer."""
    with deciding(services, number, by, now) as decision:
        case = decision.case
        if case.owner_id == by:
            return f"{one_line(case.name, 60)} is yours already."
        _give(decision, by)
        decision.note("taken", "took the case", occasion)
    return f"{one_line(case.name, 60)} is yours."


def assign(services: Services, number: int, to: str, reason: str, occasion: str, by: str, now: datetime) -> str:
    """Give the case to a colleague, who hears of it. Gives back what to answer."""
    if not person_of(services, to).may_act:
        raise CannotTake(person=mention(to))
    _check_reason(reason)
    with deciding(services, number, by, now) as decision:
        case = decision.case
        _give(decision, to)
        decision.note("assigned", f"assigned the case to {mention(to)}: {reason}", occasion)
        name = one_line(case.name, 60)
        text = f"{mention(by)} assigned {name} to you: {one_line(case.title, 150)}\nWhy: {one_line(reason, 500)}"
        outbox.post(decision.session, f"case:{number}:assigned:{occasion}", to, text, now)
    return f"{mention(to)} has {name} now, and has been told."


def _give(decision: Decision, to: str) -> None:
    decision.case.owner_id = to
    decision.case.snoozed_until = None
    escalating.end(decision.session, decision.case.number, escalating.UNASSIGNED, decision.now)
    escalating.end(decision.session, decision.case.number, escalating.NOT_ACTIONED, decision.now)


def note(services: Services, number: int, text: str, occasion: str, by: str, now: datetime) -> str:
    """Write into the case's work notes. Gives back what to answer."""
    _check_reason(text)
    with deciding(services, number, by, now) as decision:
        decision.note("note", text.strip(), occasion)
        escalating.end(decision.session, number, escalating.NOT_ACTIONED, now)
    return f"Your note is on {one_line(decision.case.name, 60)}."


def snooze(
    services: Services, number: int, until: datetime | None, reason: str, occasion: str, by: str, now: datetime
) -> str:
    """Take it off the board until then; when it breaches it is back. Gives back what to answer."""
    _check_reason(reason)
    if until is None or not now < until <= now + LONGEST_SNOOZE:
        raise SnoozeTooLong()
    with deciding(services, number, by, now) as decision:
        decision.case.snoozed_until = until
        # Work notes are read elsewhere: there it is a time of the day in UTC.
        decision.note("snoozed", f"snoozed it until {until:%Y-%m-%d %H:%M} UTC: {reason}", occasion)
    return f"{one_line(decision.case.name, 60)} is back on the board {near_time(until, now)}, or when it breaches."


def escalate(services: Services, number: int, reason: str, occasion: str, by: str, now: datetime) -> str:
    """Tell the team's manager at once, and whoever comes after when nobody acts. Gives back what to answer."""
    _check_reason(reason)
    with deciding(services, number, by, now) as decision:
        decision.note("escalated", f"escalated it: {reason}", occasion)
        people = escalating.begin_by_hand(decision.session, services, decision.case, reason, by, now)
    if not people:
        return (
            f"The escalation of {one_line(decision.case.name, 60)} is on record, but floor.yaml names nobody "
            "to tell. Ask your administrator for `cases: teams: … manager`."
        )
    return f"{', '.join(people)} has been told about {one_line(decision.case.name, 60)}."


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing()
