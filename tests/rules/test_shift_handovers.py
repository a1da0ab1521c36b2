"""Shift handovers: when one is complete, who hears that one is not, and what a form or a file may not do."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from sqlmodel import select

from bot import directory
from bot.cases.open_cases import OpenCases
from bot.cases.tables import Case
from bot.config.floor import Shifts
from bot.directory.cache import PeopleCache
from bot.directory.rules import PersonFacts
from bot.escalation.tables import Answer, Page
from bot.handovers.shift import accepting, accountability, draft, export, offering, rules, tables, views
from bot.handovers.shift.rules import AbsentNow, NothingToHandOver, OthersAreAccountable, ShiftState
from bot.handovers.shift.tables import WatchItem
from bot.handovers.shift.wording import translator
from bot.incidents import incidents
from bot.incidents.handover_items import HandoverItem
from bot.outbox.tables import OutboxRow
from bot.runtime.database import Database
from bot.runtime.waiting import wait_until
from bot.services import Services
from bot.shifts import absence_tables, absences
from bot.shifts.tables import Shift
from bot.slack.text import near_time
from bot.updates.tables import Promise
from tests.floor import PATIENCE_S
from tests.postgres import count_waiting
from tests.rules.playbook_builders import NOON, after, database, declared
from tests.rules.test_update_templates import services

BEN, ERIK, DEVI, FARAH = "UBEN", "UERIK", "UDEVI", "UFARAH"
PEOPLE = (BEN, ERIK, DEVI, FARAH)


def floor_with(database: Database) -> Services:
    floor_services = services(shifts=Shifts(fallback=(DEVI,), managers=(FARAH,)))
    parts = {PeopleCache: PeopleCache(), OpenCases: OpenCases(floor_services.floor.cases)}
    floor = replace(floor_services, database=database, parts={**floor_services.parts, **parts})
    with floor.database.transaction() as session:
        directory.save_people(session, [PersonFacts(each, each) for each in PEOPLE])
    return floor


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Services]:
    floor = floor_with(database(tmp_path))
    yield floor
    floor.database.close()


@pytest.fixture
def postgres_floor(prepared_postgres_url: str) -> Iterator[Services]:
    floor = floor_with(Database(prepared_postgres_url))
    yield floor
    floor.database.close()


def offered(floor: Services, count: int = 1, by: str = BEN, to: str = ERIK, at: datetime = NOON) -> list[int]:
    """Let a person offer that many incidents; return the numbers of the offers."""
    with floor.database.transaction() as session:
        for _ in range(count):
            accountability.begin(session, f"incident:{declared(session)}", by, at)
    offering.offer(floor, to, "", "", "", by, at)
    accepting.repeat(floor, 1, "The phones first", to, at)
    with floor.database.reading() as session:
        return [each.number for each in tables.items(session, 1)]


def texts(floor: Services, user_id: str) -> list[str]:
    """The messages to a person that are not rendered from the database."""
    query = select(OutboxRow).where(OutboxRow.channel_id == user_id).order_by(sa.text("id"))
    with floor.database.reading() as session:
        return [row.payload["text"] for row in session.exec(query) if row.payload and "text" in row.payload]


def message_to(floor: Services, user_id: str) -> str:
    """The text of the handover's message to a person."""
    with floor.database.reading() as session:
        shift, handovers = tables.get(session, 1), tables.items(session, 1)
    return views.handover_message(shift, handovers, 0, user_id, floor.floor, translator("en"), after(minutes=16))[0]


def is_absent(floor: Services, user_id: str, at: datetime) -> None:
    absences.enter(floor, user_id, (at, at + timedelta(hours=8)), "sick", "", user_id, at)


def state(floor: Services) -> str:
    with floor.database.reading() as session:
        return tables.get(session, 1).state


def test_the_updates_of_the_next_two_hours_are_named_in_the_language_of_the_floor(floor: Services) -> None:
    spanish_floor = replace(floor, floor=floor.floor.model_copy(update={"language": "es"}))
    with floor.database.transaction() as session:
        number = declared(session)
        for audience, minutes in (("customers", 30), ("operations", 121)):
            due_at = after(minutes=minutes)
            session.add(Promise(incident_id=number, audience=audience, promised_at=NOON, due_at=due_at))
        session.flush()
        (item,) = draft.gather(session, spanish_floor, NOON)
    assert item.updates == [f"{near_time(after(minutes=30), NOON)}: Primera línea"]


# Complete


@pytest.mark.parametrize("accepted", [0, 1])
def test_a_handover_whose_recipient_is_away_is_not_accepted(floor: Services, accepted: int) -> None:
    for number in offered(floor, 2)[:accepted]:
        accepting.accept_item(floor, number, ERIK, after(minutes=1))
    is_absent(floor, ERIK, after(minutes=5))
    accepting.escalate_due(floor, after(minutes=16))
    assert "what you offered them is still yours" in texts(floor, BEN)[-1]
    assert state(floor) == ShiftState.ENDED


@pytest.mark.parametrize("accepted", [0, 1])
def test_a_handover_is_complete_when_all_is_accepted_or_over_and_something_was_accepted(
    floor: Services, accepted: int
) -> None:
    for number in offered(floor, 2)[:accepted]:
        accepting.accept_item(floor, number, ERIK, after(minutes=1))
    with floor.database.transaction() as session:
        for item in ("incident:1", "incident:2")[accepted:]:
            accountability.end(session, item, after(minutes=2))
    accepting.escalate_due(floor, after(minutes=16))
    assert ("has accepted everything" in texts(floor, BEN)[-1]) == bool(accepted)
    assert state(floor) == (ShiftState.COMPLETE if accepted else ShiftState.ENDED)
    headline = "1 of 1 accepted. Complete" if accepted else "0 of 2 accepted. What was not"
    assert headline in message_to(floor, BEN), "what is over counts no more, unless nothing was accepted"


# Not accepted in time


def test_a_question_is_not_an_acceptance_and_an_answer_starts_the_time_again(floor: Services) -> None:
    first, second = offered(floor, 2)
    accepting.send_back(floor, first, "Who talks to the carrier?", ERIK, after(minutes=5))
    accepted = accepting.accept_item(floor, second, ERIK, after(minutes=6))
    assert accepted.startswith("You are accountable for *#2"), "several are accepted one after the other"
    accepting.escalate_due(floor, after(minutes=16))
    for person in (BEN, FARAH):
        assert "<@UERIK> has not accepted 1 item of <@UBEN>'s handover" in texts(floor, person)[-1]
        assert "Not accepted: #1. `/incident handover shift`" in texts(floor, person)[-1]
    assert "You have not accepted 1 item of <@UBEN>'s handover" in texts(floor, ERIK)[-1]
    assert texts(floor, ERIK)[-1].endswith("Not accepted: #1."), "he waits for an answer himself"
    offering.answer(floor, first, "Chloe does", BEN, after(minutes=20))
    assert "<@UBEN> answered about *#1" in texts(floor, ERIK)[-1]
    assert "Chloe does" not in texts(floor, ERIK)[-1], "the incident may become private"
    with floor.database.reading() as session:
        question = session.exec(select(OutboxRow).where(OutboxRow.key == f"shift_item:{first}:question")).one()
        assert "Answer" not in str((question.payload or {})["blocks"]), "there is nothing left to answer"
    accepting.escalate_due(floor, after(minutes=34))
    assert len(texts(floor, FARAH)) == 1
    accepting.escalate_due(floor, after(minutes=36))
    assert len(texts(floor, FARAH)) == 2


def test_an_offer_to_somebody_else_keeps_what_was_written_and_tells_the_first_person(floor: Services) -> None:
    with floor.database.transaction() as session:
        number = declared(session)
        incidents.give_role(session, number, "commander", FARAH, NOON)
        accountability.begin(session, f"incident:{number}", BEN, NOON)
    offering.offer(floor, ERIK, "The carrier's change", "If it rains, call Farah", "", BEN, NOON)

    form = str(offering.offer_form(floor, BEN, after(minutes=1)))
    for expected in ("<@UERIK> has your handover already", "The carrier's change'", "If it rains, call Farah"):
        assert expected in form.replace('"', "'")
    offering.offer(floor, DEVI, "", "", "", BEN, after(minutes=2))

    assert texts(floor, ERIK) == [
        "<@UBEN> hands the shift over to <@UDEVI> instead. What you have accepted stays yours."
    ]
    (question,) = texts(floor, FARAH)
    assert "has no next step" in question, "she is asked once"
    offering.add_next_step(floor, 1, "incident:1", "Fail over", FARAH, after(minutes=3))
    with floor.database.reading() as session:
        assert [(each.content or {})["next_step"] for each in tables.items(session, 2)] == ["Fail over"]


def test_what_was_not_accepted_in_time_names_the_person_who_is_accountable_now(floor: Services) -> None:
    offered(floor)
    is_absent(floor, BEN, after(minutes=5))
    accepting.escalate_due(floor, after(minutes=16))
    for person in (DEVI, ERIK, FARAH):
        assert "<@UBEN>'s handover" in texts(floor, person)[-1]
        assert "Accountable until then: <@UDEVI>." in texts(floor, person)[-1]
    assert "The handover above has *Accept*" in texts(floor, ERIK)[-1]


def test_nothing_is_offered_to_a_colleague_who_is_absent(floor: Services) -> None:
    is_absent(floor, ERIK, NOON)
    refusal = f"<@UERIK> is absent until {near_time(NOON + timedelta(hours=8), NOON)}"
    with pytest.raises(AbsentNow, match=re.escape(refusal)):
        offered(floor)
    with floor.database.reading() as session:
        assert not tables.offered_by(session, BEN)
    offered(floor, at=NOON + timedelta(hours=8))


def test_a_question_about_something_that_is_over_keeps_no_handover_open(floor: Services) -> None:
    first, second = offered(floor, 2)
    accepting.accept_item(floor, second, ERIK, after(minutes=4))
    accepting.send_back(floor, first, "Who talks to the carrier?", ERIK, after(minutes=5))
    with floor.database.transaction() as session:
        accountability.end(session, "incident:1", after(minutes=6))
    accepting.escalate_due(floor, after(minutes=16))
    assert state(floor) == ShiftState.COMPLETE
    assert texts(floor, FARAH) == []


# Private


def test_the_file_says_nothing_of_a_private_incident_but_that_it_is_private(floor: Services) -> None:
    (number,) = offered(floor)
    with floor.database.transaction() as session:
        incident = incidents.by_number(session, 1)
        incident.is_private = True
        session.add(incident)
    accepting.send_back(floor, number, "Is the payroll file public?", ERIK, after(minutes=1))
    offering.answer(floor, number, "Legal was called", BEN, after(minutes=2))
    with floor.database.reading() as session:
        (row,) = export.rows(session, NOON, after(days=1))
    assert row[8:] == ("incident:1", "private", "", "", "", "pending", None, "", "")


# Taking


def holders(floor: Services) -> dict[str, str]:
    with floor.database.reading() as session:
        return accountability.of_items(session)


def red_cases(floor: Services, count: int, due_at: datetime) -> None:
    """Import cases that are overdue, the first one most."""
    with floor.database.transaction() as session:
        before = len(session.exec(select(Case.id)).all())
        for number in range(before, before + count):
            moments: dict[str, Any] = dict.fromkeys(("opened_at", "started_at", "updated_at", "touched_at"), NOON)
            due = due_at + timedelta(seconds=number)
            name = f"C{number}"
            session.add(Case(source="crm", external_id=name, name=name, title=name, due_at=due, **moments))


def test_opening_the_form_makes_nobody_accountable_and_sending_it_does(floor: Services) -> None:
    red_cases(floor, 1, NOON)
    offering.offer_form(floor, FARAH, after(hours=1))
    assert holders(floor) == {}
    offered(floor, by=BEN, at=after(hours=1))
    assert holders(floor) == {"incident:1": BEN, "case:1": BEN}
    with pytest.raises(OthersAreAccountable, match="What is open is with <@UBEN>, so you have"):
        offering.offer_form(floor, FARAH, after(hours=1))


def test_with_nothing_open_there_is_nothing_to_hand_over(floor: Services) -> None:
    with pytest.raises(NothingToHandOver):
        offering.offer_form(floor, BEN, NOON)


def test_the_unanswered_pages_of_an_incident_are_one_item(floor: Services) -> None:
    with floor.database.transaction() as session:
        number = declared(session)
        for tier in (1, 2):
            for person in (DEVI, ERIK):
                page = Page(incident_id=number, occasion=f"tier:{tier}", user_id=person, told_at=NOON)
                page.answer = Answer.SILENT
                session.add(page)
        session.flush()
        _, item = draft.gather(session, floor, NOON)
    assert (item.title, item.situation) == ("2 people have not answered a page for #1", "UDEVI, UERIK")


def test_an_incident_that_began_with_nobody_on_duty_is_handed_over_by_the_point_of_contact(floor: Services) -> None:
    contact_floor = floor.floor.model_copy(update={"shifts": Shifts(roles={"gqm": "Manager"}, contact="gqm")})
    floor = replace(floor, floor=contact_floor)
    hours: dict[str, Any] = {"starts_at": after(hours=-1), "ends_at": after(hours=8), "changed_at": NOON}
    with floor.database.transaction() as session:
        session.add(Shift(source="x", external_id="1", person=BEN, user_id=BEN, role="gqm", **hours))
        accountability.begin(session, f"incident:{declared(session)}", ERIK, NOON, accountability.STAND_IN)
        session.add(WatchItem(text="The trunks", by=BEN, added_at=NOON))
    form = str(offering.offer_form(floor, BEN, after(hours=1))["blocks"])
    assert 0 < form.index("#1 ") < form.index("The trunks"), "the incident first"
    assert "#1 " not in str(offering.offer_form(floor, FARAH, after(hours=1))["blocks"])

    offering.offer(floor, DEVI, "", "", "", BEN, after(hours=1))

    assert holders(floor)["incident:1"] == BEN


def test_a_case_at_risk_keeps_its_accountable_person_however_many_others_are_worse(floor: Services) -> None:
    red_cases(floor, 1, NOON)
    offered(floor, by=ERIK, to=BEN, at=after(hours=1))
    red_cases(floor, 30, NOON - timedelta(hours=1))
    offering.offer(floor, FARAH, "", "", "", BEN, after(hours=2))
    assert holders(floor)["case:1"] == ERIK
    assert "C0" in str(offering.offer_form(floor, ERIK, after(hours=2)))


@pytest.mark.parametrize("minutes", [30, 60])
def test_an_absence_that_ended_while_the_bot_was_stopped_takes_nothing_from_a_person_who_is_back(
    floor: Services, minutes: int
) -> None:
    offered(floor)
    when = after(minutes=10), after(minutes=40)
    absences.enter(floor, BEN, when, "meeting", "", BEN, NOON)
    absences.begin_due(floor, after(minutes=minutes))
    assert holders(floor) == {"incident:1": DEVI if minutes < 40 else BEN}
    with floor.database.reading() as session:
        assert absence_tables.due(session, after(days=1)) == []


# At the same moment


def test_an_item_is_accepted_while_the_outgoing_person_becomes_absent(postgres_floor: Services) -> None:
    floor = postgres_floor
    [number] = offered(floor)
    with ThreadPoolExecutor() as threads:
        with floor.database.transaction() as session:
            [held] = tables.held_by(session, BEN)
            absence = threads.submit(is_absent, floor, BEN, NOON)
            assert wait_until(lambda: count_waiting(floor.database) == 1, PATIENCE_S)
            answer = threads.submit(accepting.accept_item, floor, number, ERIK, NOON)
            assert wait_until(lambda: count_waiting(floor.database) == 2, PATIENCE_S)
        absence.result()
        assert answer.result().startswith("You are accountable for *#1")

    with floor.database.reading() as session:
        assert accountability.of_items(session) == {held.item: ERIK}
        assert [each.state for each in tables.items(session, 1)] == ["accepted"]


def test_of_two_people_who_offer_the_same_thing_at_once_one_is_accountable(postgres_floor: Services) -> None:
    floor = postgres_floor
    with floor.database.transaction() as session:
        nobodys, eriks = (f"incident:{declared(session)}" for _ in range(2))
        accountability.begin(session, eriks, ERIK, NOON)
    with ThreadPoolExecutor() as threads:
        with floor.database.transaction() as session:
            draft.take(session, floor, BEN, NOON)
            answer = threads.submit(offering.offer, floor, DEVI, "", "", "", ERIK, NOON)
            assert wait_until(lambda: count_waiting(floor.database) == 1, PATIENCE_S)
        answer.result()

    with floor.database.reading() as session:
        assert accountability.of_items(session) == {nobodys: BEN, eriks: ERIK}
        assert [each.item for each in tables.items(session, 1)] == [eriks]


def test_the_gravest_comes_first_then_what_lacks_a_plan_then_incidents_then_what_is_due() -> None:
    soon, later = NOON, NOON + timedelta(hours=1)
    expected = [
        HandoverItem("incident:9", "S0", "S0"),
        HandoverItem("case:8", "P1 in need of a plan", "P1", needs_next_step=True),
        HandoverItem("case:7", "P1 soon", "P1", due_at=soon),
        HandoverItem("case:6", "P1 later", "P1", due_at=later),
        HandoverItem("case:5", "P1 whenever", "P1"),
        HandoverItem("incident:4", "S1 later", "S1", due_at=later),
        HandoverItem("followup:3", "S1 soon", "S1", due_at=soon),
        HandoverItem("followup:1", "without a severity"),
        HandoverItem("followup:2", "without a severity"),
    ]
    assert rules.in_order(reversed(expected)) == expected


def test_an_item_has_changed_only_when_more_than_its_next_updates_is_another() -> None:
    item = HandoverItem("case:1", "IVR", "P1", due_at=NOON, updates=["at noon: executives"])
    assert rules.fingerprint(item) == rules.fingerprint(replace(item, updates=[]))
    others = [replace(item, title="CRM"), replace(item, due_at=None), replace(item, next_step="Fail over")]
    assert len({rules.fingerprint(each) for each in (item, *others)}) == 4
    assert len(rules.fingerprint(item)) == 32
    for each in (item, *others):
        assert rules.from_json(json.loads(json.dumps(rules.to_json(each)))) == each


def test_a_next_step_is_missing_only_where_one_is_needed() -> None:
    item = HandoverItem("case:1", "IVR", next_step=" \n")
    assert not rules.lacks_next_step(item)
    assert rules.lacks_next_step(replace(item, needs_next_step=True))
    assert not rules.lacks_next_step(replace(item, needs_next_step=True, next_step="Fail over"))
