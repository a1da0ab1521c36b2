"""The auditor reports whatever Watchfloor itself forgot to the administrators once, and in /healthz."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.alarms import audit
from bot.alarms.tables import open_alarms
from bot.errors import TryLater
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.outbox.rules import MANY_FAILURES
from bot.runtime.clock import utcnow
from bot.runtime.waiting import wait_until
from bot.runtime.workflows import flow
from bot.services import Services
from bot.updates import promise_actions as promises
from bot.web import health
from tests.floor import PATIENCE_S, TestFloor
from tests.stories.command_line import Typed
from tests.stories.seen_escalations import happened

PLAYBOOKS = Path(__file__).parent / "playbooks"
FLOOR = Path(__file__).parent / "floors" / "escalation.yaml"
ALARM = "🚨"


class Errand(BaseModel):
    """Workflow input: a file to wait for."""

    until: Path


@flow
def an_errand_that_waits(services: Services, errand: Errand) -> None:
    """Retry until a file exists."""
    if not errand.until.exists():
        raise TryLater("not yet", wait_s=0.1)


@flow
def an_errand_that_fails(services: Services, errand: Errand) -> None:
    """Always fail."""
    raise ValueError(str(errand.until))


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=FLOOR) as floor:
        yield floor
        floor.nothing_was_malformed()


def minute_passes(floor: TestFloor) -> None:
    """Let a minute pass, after which the auditor checks."""
    audit.audit_at(floor.services, utcnow())
    floor.settle()


def alarms(floor: TestFloor) -> list[str]:
    """The alarms sent to the administrators."""
    return [message.visible_text for message in floor.ana.sees("operations") if ALARM in message.visible_text]


def test_nothing_is_said_when_all_is_well(floor: TestFloor) -> None:
    floor.declares("S0 every line is dead", who="ana")

    minute_passes(floor)

    assert alarms(floor) == []
    assert health.alarms(floor.services.database).is_ok


def test_an_open_incident_without_a_next_update_raises_one_alarm_until_it_has_one(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down", who="ana")
    with floor.services.database.transaction() as session:
        promises.end(Change(session, floor.services, incidents.by_number_locked(session, 1), "", utcnow()))

    minute_passes(floor)
    minute_passes(floor)

    (alarm,) = alarms(floor)
    assert "Incident 1 (S1) has no next update" in alarm
    # The address is public: it says how many problems there are, not which incident they concern.
    open_alarms = health.alarms(floor.services.database)
    assert (open_alarms.is_ok, open_alarms.sentence) == (
        False,
        "The auditor found 1 problem; `watchfloor doctor` names them.",
    )
    floor.says("ana", "/incident severity S0 worse", channel)
    minute_passes(floor)
    assert health.alarms(floor.services.database).is_ok
    assert len(alarms(floor)) == 1


def test_a_ladder_without_a_next_tier_raises_an_alarm(floor: TestFloor) -> None:
    channel = floor.declares("S3 a screen is slow", who="ana")
    floor.passes(minutes=70)

    minute_passes(floor)

    assert "nobody is next" in alarms(floor)[0]
    floor.says("ana", "/incident claim commander", channel)
    minute_passes(floor)
    assert health.alarms(floor.services.database).is_ok


def test_an_abandoned_flow_is_reported_until_somebody_acts(
    floor: TestFloor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor.services.flows.most_failures = 1
    floor.services.flows.start_once("errand:2", an_errand_that_fails, Errand(until=tmp_path))
    floor.settle()

    minute_passes(floor)
    floor.services.flows.delete_finished(timedelta())
    minute_passes(floor)

    (alarm,) = [words for words in alarms(floor) if "given up" in words]
    assert "`watchfloor flows retry KEY`" in alarm
    assert not health.alarms(floor.services.database).is_ok
    command_line = Typed(floor, monkeypatch, tmp_path)
    assert "errand:2" in command_line.types("flows", "list").output
    assert "There is no" in command_line.types("flows", "drop", "errand:3").output
    assert command_line.types("flows", "drop", "errand:2").exit_code == 0
    assert "No flow was given up." in command_line.types("flows", "list").output
    floor.start_bot()
    minute_passes(floor)
    assert health.alarms(floor.services.database).is_ok


def test_a_flow_that_does_not_finish_is_reported(floor: TestFloor, tmp_path: Path) -> None:
    done_file = tmp_path / "done"
    floor.services.flows.start_once("errand:1", an_errand_that_waits, Errand(until=done_file))

    assert wait_until(lambda: floor.services.flows.stuck(0.5) == ["errand:1"], PATIENCE_S)
    audit.audit_at(floor.services, utcnow(), stuck_after=timedelta(seconds=0.5))

    assert not health.alarms(floor.services.database).is_ok
    assert floor.sandbox.wait_for(lambda: any("errand:1" in words for words in alarms(floor)))
    assert any("errand:1" in words for words in alarms(floor))
    done_file.touch()
    floor.settle()
    minute_passes(floor)
    assert health.alarms(floor.services.database).is_ok


def test_an_outbox_row_undelivered_for_long_raises_an_alarm_until_it_is_delivered(floor: TestFloor) -> None:
    floor.sandbox.fault("conversations.setTopic", "error", error="internal_error", count=MANY_FAILURES + 2)
    floor.declares("S3 a screen is slow", who="ana")
    for _ in range(MANY_FAILURES):
        floor.passes(minutes=16)

    minute_passes(floor)

    [alarm] = [words for words in alarms(floor) if "could not be delivered" in words]
    assert "`topic` of incident 1 could not be delivered in 8 tries or more: the reason is in the log." in alarm
    for _ in range(3):
        floor.passes(minutes=16)
    minute_passes(floor)
    with floor.services.database.reading() as session:
        assert not [alarm for alarm in open_alarms(session) if "could not be delivered" in alarm.text]


def test_a_page_to_a_person_who_has_left_is_given_up_after_the_alarm(floor: TestFloor) -> None:
    channel = floor.declares("S3 a screen is slow", who="ana")
    floor.ben.user.deleted = True  # the event is lost
    floor.says("ana", "/incident page <@U0BEN> please look", channel)
    for _ in range(MANY_FAILURES - 1):
        floor.passes(minutes=16)
    minute_passes(floor)
    [alarm] = [words for words in alarms(floor) if "`page` of incident 1 could not be delivered" in words]
    assert "channel_not_found" in alarm
    assert "for a person who is gone, once more" in alarm

    floor.passes(minutes=16)
    tries = len([call for call in floor.sandbox.calls_of("chat.postMessage") if call.args["channel"] == "U0BEN"])
    for _ in range(3):
        floor.passes(minutes=16)
        minute_passes(floor)

    calls = [call for call in floor.sandbox.calls_of("chat.postMessage") if call.args["channel"] == "U0BEN"]
    assert len(calls) == tries == MANY_FAILURES + 1
    assert happened(floor, 1).count("trouble") == 1
    assert len([words for words in alarms(floor) if "could not be delivered" in words]) == 1
    with floor.services.database.reading() as session:
        assert not [alarm for alarm in open_alarms(session) if "could not be delivered" in alarm.text]
