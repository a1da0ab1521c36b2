"""Open cases that their source has deleted, hidden or moved: a source tells nobody, so it is asked."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlmodel import col, select

from bot.cases.open_cases import OpenCases
from bot.cases.tables import Case, CaseNote, notes_of
from bot.config.floor import Source as Described
from bot.feeds import reading
from bot.feeds import tables as feeds
from bot.feeds.sources import Sources
from bot.incidents.registry import Registry
from bot.runtime.clock import utcnow
from bot.runtime.database import Database
from bot.runtime.network import Network
from bot.services import Services
from tests import prepared
from tests.rules.test_update_templates import services
from tests.sources.servicenow import ServiceNowStandIn
from tests.sources.stand_in import TOKEN, running

GONE = "Closed: support does not have it any more"


def text_of(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


@pytest.fixture
def support() -> Iterator[ServiceNowStandIn]:
    """A ticketing system with five open cases, the newest first."""
    stand_in = ServiceNowStandIn()
    for number in range(1, 6):
        stand_in.incident(number, text_of(utcnow() - timedelta(hours=number)), priority="1")
    with running(stand_in):
        yield stand_in


@pytest.fixture
def floor(tmp_path: Path, support: ServiceNowStandIn) -> Iterator[Services]:
    """A floor that has read the five."""
    base, database = services(), Database(prepared.database(tmp_path))
    options = {"query": "assignment_group=Billing"}
    access: dict[str, Any] = {"insecure": True, "allow_networks": ["127.0.0.0/8"], "options": options}
    described = Described(kind="servicenow", url=support.url, secret="SUPPORT", **access)
    sources = Sources({"support": described}, Network(), tmp_path, environment={"SUPPORT": TOKEN})
    parts = {**base.parts, Sources: sources, OpenCases: OpenCases(base.floor.cases)}
    floor = replace(base, database=database, parts=parts)
    reading.schedule_feeds(floor, utcnow())
    read(floor)
    yield floor
    database.close()


def read(floor: Services) -> None:
    while reading.read_next(floor, "support", "cases") == reading.MORE:
        pass


def cases(floor: Services) -> dict[str, Case]:
    """The cases by their numbers at the source."""
    with floor.database.reading() as session:
        return {str(int(each.external_id, 16)): each for each in session.exec(select(Case))}


def open_cases(floor: Services) -> list[str]:
    return sorted(number for number, case in cases(floor).items() if case.is_open)


def asked_next(floor: Services) -> timedelta:
    """In how long the source is asked, to the hour."""
    with floor.database.reading() as session:
        feed = feeds.feed(session, "support", "cases")
    assert feed
    assert feed.ask_at
    return timedelta(hours=round((feed.ask_at - utcnow()).total_seconds() / 3600))


def test_cases_that_their_source_no_longer_has_end_here_with_the_reason(
    floor: Services, support: ServiceNowStandIn
) -> None:
    assert open_cases(floor) == ["1", "2", "3", "4", "5"]
    assert cases(floor)["4"].due_at, "it has a deadline"
    records = support.tables["incident"]
    # The second is closed by another team, which its query does not read; the fourth deleted, the fifth hidden.
    records[1] |= {"assignment_group": "Network", "state": "Closed", "active": "false"}
    records[1] |= {"sys_updated_on": text_of(utcnow())}
    del records[3]
    support.hidden = {f"{5:032x}"}
    read(floor)
    assert open_cases(floor) == ["1", "2", "3", "4", "5"], "reading what has changed does not tell"

    reading.ask_due(floor, utcnow())
    assert asked_next(floor) == reading.ASK_AGAIN_AFTER, "if this process ends now"
    reading.ask(floor, "support")

    assert open_cases(floor) == ["1", "3"]
    known = cases(floor)
    assert (known["2"].state, known["2"].team) == ("Closed", "Network")
    for number in ("4", "5"):
        assert (known[number].state, known[number].due_at, known[number].is_breached) == (GONE, None, False)
        with floor.database.reading() as session:
            assert [note.text for note in notes_of(session, known[number].number)] == [GONE]
    assert asked_next(floor) == reading.ASK_EVERY

    reading.ask(floor, "support")
    with floor.database.reading() as session:
        assert len(session.exec(select(CaseNote).where(col(CaseNote.kind) == "gone")).all()) == 2
    support.hidden = set()
    records[3] |= {"sys_updated_on": text_of(utcnow() + timedelta(seconds=2))}
    read(floor)
    assert open_cases(floor) == ["1", "3", "5"], "one that comes back is open again"


@pytest.mark.parametrize("fault", ["hidden", "throttled", "down", "unauthorized", "captive portal"])
def test_a_source_that_answers_for_none_of_its_newest_cases_ends_no_case(
    floor: Services, support: ServiceNowStandIn, fault: str
) -> None:
    reading.ask_due(floor, utcnow())
    if fault == "hidden":
        # Its account has lost a right: the answer is an empty list.
        support.hidden = {record["sys_id"] for record in support.tables["incident"]}
    else:
        support.faults.append(fault)
    reading.ask(floor, "support")
    assert open_cases(floor) == ["1", "2", "3", "4", "5"]
    assert asked_next(floor) == reading.ASK_AGAIN_AFTER


def test_only_rows_that_are_asked_for_are_due(floor: Services) -> None:
    assert floor.get(Registry).asked_rows.keys() == {reading.CASES}
    with floor.database.transaction() as session:
        feeds.schedule_feeds(session, {("support", "cases"), ("support", "intervals")}, [reading.CASES], utcnow())
        assert [feed.stream for feed in feeds.to_ask(session, utcnow())] == [reading.CASES]
        feeds.schedule_feeds(session, {("support", "intervals")}, [reading.CASES], utcnow())
        assert not feeds.to_ask(session, utcnow())
