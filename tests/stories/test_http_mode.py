"""The bot at an HTTP address of its own: Slack's signed requests, other requests, and its health."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import sqlalchemy as sa
from freezegun import freeze_time

from bot.alarms.tables import raise_alarm
from bot.channels.listening import Listening
from bot.commands.doctor import port
from bot.commands.doctor.database import check
from bot.incidents import ids
from bot.runtime.clock import utcnow
from bot.runtime.heartbeat import Heartbeat
from bot.runtime.waiting import wait_until
from bot.web import health
from tests.floor import TestFloor
from tests.tap import Tap, post


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    """A workspace that posts to the bot's address."""
    with TestFloor(tmp_path, over_http=True) as floor:
        yield floor
        floor.nothing_was_malformed()


def a_whole_incident(floor: TestFloor) -> str:
    channel = floor.declares("S1 IVR down in Manila")
    floor.ana.clicks(f"{ids.CLAIM}.commander", channel=channel)
    floor.settle()
    ts = floor.ana.says("The carrier confirms an outage", channel=channel).ts
    floor.ana.reacts("pushpin", channel=channel, ts=ts)
    floor.says("ana", "/incident severity S0 every site now", channel=channel)
    floor.says("ana", "/incident update Calls go to the partner until the carrier is back", channel=channel)
    ends(floor, ids.RESOLVE, channel, "the carrier is back")
    ends(floor, ids.CLOSE, channel, "")
    return channel


def ends(floor: TestFloor, button: str, channel: str, reason: str) -> None:
    """End the incident with the panel's form, which takes a reason for skipped playbook steps."""
    floor.says("ana", "/incident", channel=channel)
    floor.ana.clicks(button, channel=channel)
    if reason:
        floor.ana.fills(ids.REASON, reason)
    if ids.WAIVER in str(floor.ana.modal):
        floor.ana.fills(ids.WAIVER, "it was over before they were due")
    assert floor.ana.submits().closed
    floor.settle()


def healthz(floor: TestFloor) -> tuple[int, dict[str, Any]]:
    try:
        with urlopen(f"{floor.address}/healthz") as answer:
            return answer.status, json.load(answer)
    except HTTPError as unwell:
        return unwell.code, json.load(unwell)


def everything_kept(floor: TestFloor) -> dict[str, int]:
    """The number of rows in each table."""
    engine = floor.services.database.engine
    with engine.connect() as connection:
        return {
            table: connection.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one()
            for table in sa.inspect(engine).get_table_names()
        }


def test_a_whole_incident_runs_over_http(floor: TestFloor) -> None:
    channel = a_whole_incident(floor)

    assert "S0 · IVR down in Manila" in floor.card(channel)
    files = [file["name"] for message in floor.ana.direct_messages() for file in message.files]
    assert files == ["post-mortem-1.md", "post-mortem-1.html", "post-mortem-1-leadership.html"]


def test_requests_replayed_within_five_minutes_change_nothing(floor: TestFloor) -> None:
    with Tap(floor.address) as tap:
        floor.sandbox.events_url = tap.url
        channel = a_whole_incident(floor)
        # Let the clock record its first look now, so that it does not count as an effect of the replay.
        floor.tick()
        row_counts, channel_text = everything_kept(floor), floor.visible_text(channel)
        channels = [candidate.name for candidate in floor.ana.channels()]
        private_words = floor.direct_texts("ana")

        for request in list(tap.sent):
            assert post(floor.address, request)[0] == 200
        floor.settle()

    assert everything_kept(floor) == row_counts
    assert floor.visible_text(channel) == channel_text
    assert [candidate.name for candidate in floor.ana.channels()] == channels
    assert floor.direct_texts("ana") == private_words


def test_health_is_good_while_the_bot_works(floor: TestFloor) -> None:
    status, report = healthz(floor)

    assert (status, report["problems"]) == (200, [])


def test_an_alarm_is_among_the_problems_but_takes_no_replica_out_of_service(floor: TestFloor) -> None:
    raised_at = utcnow()
    with floor.services.database.transaction() as session:
        raise_alarm(session, "stuck:errand:1", "`errand:1` is not finished.", raised_at)

    assert wait_until(lambda: healthz(floor)[1]["problems"], 5)
    status, report = healthz(floor)

    assert (status, report["ok"]) == (200, False)
    assert report["problems"] == ["The auditor found 1 problem; `watchfloor doctor` names them."]
    problem = f"The auditor found: `errand:1` is not finished. Since {raised_at:%Y-%m-%d %H:%M} UTC."
    assert problem in str(next(check(floor.services.database.url)))


def test_health_and_doctor_over_http_say_when_slack_is_away_and_nothing_counts_as_heard(tmp_path: Path) -> None:
    with TestFloor(tmp_path, over_http=True) as floor:
        assert floor.bot
        assert floor.bot.server
        assert floor.bot.reachability
        reachability, listening = floor.bot.reachability, floor.services.get(Listening)
        floor.sandbox.offline = True
        reachability.check()
        assert listening.is_hearing, "one lost answer proves nothing yet"
        reachability.check()

        status, report = healthz(floor)
        assert status == 503
        assert report["problems"][0].startswith("Slack is not reached, and may not reach this bot: Slack does not")
        assert not listening.is_hearing
        doctor = [str(finding) for finding in port.check("127.0.0.1", floor.bot.server.port)]
        assert any("The running bot says: Slack is not reached" in line for line in doctor)

        floor.sandbox.offline = False
        reachability.check()
        assert listening.is_hearing
        assert wait_until(lambda: healthz(floor)[0] == 200, 20)


def test_health_says_when_the_clock_stands_still() -> None:
    with freeze_time() as frozen:
        ticks = Heartbeat()
        frozen.tick(14)
        assert health.clock(ticks, every_s=1).is_ok
        frozen.tick(2)
        assert not health.clock(ticks, every_s=1).is_ok


def test_health_says_when_the_database_is_gone(floor: TestFloor, tmp_path: Path) -> None:
    floor.services.database.close()
    (tmp_path / "watchfloor.sqlite").rename(tmp_path / "away")
    (tmp_path / "watchfloor.sqlite").mkdir()

    finding = health.database(floor.services.database)
    assert finding.sentence == "The database does not answer, or cannot be written."
