"""After a gap in listening, messages are read back from Slack once and marked, whatever interrupts it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import bootstrap
from bot.channels import early, recovery
from bot.channels.listening import Listening
from bot.runtime.clock import utcnow
from bot.runtime.waiting import wait_until
from slack_sandbox.model.team import TEAM_ID
from tests.floor import TestFloor
from tests.locks import brief_lock_waits, locked_database
from tests.stories.record import rows, timeline


def texts(floor: TestFloor) -> list[str]:
    entries = sorted(timeline(floor, "message"), key=lambda row: str(row["at"]))
    return [words_of(row) for row in entries]


def heard_channels(floor: TestFloor) -> list[str]:
    with floor.services.database.reading() as session:
        return [heard.channel_id for heard in early.all_heard(session)]


def words_of(row: dict[str, Any]) -> str:
    return str(json.loads(row["facts"])["text"])


def test_messages_sent_while_the_bot_was_down_are_read_back_once_with_threads_edits_and_marks(
    floor: TestFloor,
) -> None:
    channel = floor.declares()
    floor.ben.joins(channel)
    earlier_message = floor.ana.says("heard before", channel=channel)
    unmarked_message = floor.ana.says("marked before", channel=channel)
    floor.ben.reacts("pushpin", channel=channel, ts=unmarked_message.ts)
    floor.settle()
    floor.stop_bot()
    floor.passes(minutes=20)
    messages = [floor.ben.says(f"in the dark {number}", channel=channel) for number in range(33)]
    floor.ana.says("an answer", channel=channel, thread_ts=earlier_message.ts)
    for number in range(17):
        floor.ana.says(f"deeper {number}", channel=channel, thread_ts=messages[3].ts)
    floor.ana.edits(channel, earlier_message.ts, "put right in the dark")
    floor.ben.reacts("scales", channel=channel, ts=messages[5].ts)
    floor.ben.unreacts("pushpin", channel=channel, ts=unmarked_message.ts)
    floor.passes(minutes=20)

    floor.start_bot()
    floor.tick()

    assert len(texts(floor)) == 2 + 33 + 1 + 17
    assert "put right in the dark" in texts(floor)
    recovered_rows = [row for row in timeline(floor, "message") if '"recovered": true' in row["facts"]]
    assert len(recovered_rows) == 33 + 1 + 17
    [decision] = [row for row in timeline(floor, "message") if row["label"] == "decision"]
    assert words_of(decision) == "in the dark 5"
    assert [row["is_marked"] for row in timeline(floor, "message") if row["message_ts"] == unmarked_message.ts] == [
        0
    ]
    [gap] = timeline(floor, "gap")
    assert '"found": 51' in gap["facts"]
    assert "40 min" in gap["facts"]
    floor.restart_bot()
    floor.tick()
    assert len(timeline(floor, "gap")) == 1, "a short restart is no gap"
    assert len(texts(floor)) == 53
    floor.says("ana", "/incident timeline messages", channel=channel)
    assert "[recovered; in a thread]" in floor.ephemeral("ana", channel)[-1]


def test_a_rate_limit_and_a_restart_midway_lose_and_duplicate_nothing(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.stop_bot()
    floor.passes(minutes=5)
    for number in range(40):
        floor.ana.says(f"in the dark {number}", channel=channel)
    floor.passes(minutes=5)
    floor.sandbox.fault("conversations.history", "rate_limited", retry_after=1)
    floor.sandbox.fault("conversations.history", "lost_answer")

    floor.start_bot()
    floor.restart_bot()
    floor.tick()

    assert sorted(texts(floor)) == sorted(f"in the dark {number}" for number in range(40))
    assert [row["state"] for row in rows(floor, "timeline_gaps")] == ["filled"]


def test_a_removed_bot_reads_back_missed_messages_when_it_is_invited_again(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.ana.kicks(channel, "watchfloor")
    floor.settle()
    floor.passes(minutes=10)
    floor.ana.says("you are not here", channel=channel)
    floor.settle()
    assert texts(floor) == []
    floor.passes(minutes=10)

    floor.ana.invites(channel, "watchfloor")
    floor.settle()
    floor.tick()

    assert texts(floor) == ["you are not here"]


def test_messages_that_slack_held_back_because_there_were_too_many_are_read_back_once(floor: TestFloor) -> None:
    channel = floor.declares()
    workspace = floor.sandbox.workspace
    deliver_event = workspace.deliver_event
    workspace.deliver_event = lambda event: None
    for number in range(3):
        minute = int(utcnow().timestamp()) // 60 * 60
        limited = {"type": "app_rate_limited", "team_id": TEAM_ID, "minute_rate_limited": minute}
        for _ in range(2):
            floor.sandbox.deliveries.send("events_api", limited)
        floor.settle()
        floor.passes(seconds=30)
        floor.ana.says(f"held back {number}", channel=channel)
        floor.passes(seconds=30)
    assert texts(floor) == []
    workspace.deliver_event = deliver_event

    floor.passes(minutes=2)
    floor.tick()
    floor.settle()

    assert texts(floor) == ["held back 0", "held back 1", "held back 2"]
    [gap] = timeline(floor, "gap")
    assert '"found": 3' in gap["facts"]


def test_history_withheld_by_slack_is_reported_once(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.stop_bot()
    floor.passes(minutes=10)
    floor.ana.says("lost words", channel=channel)
    floor.passes(minutes=10)
    floor.sandbox.fault("conversations.history", "error", error="missing_scope")

    floor.start_bot()
    floor.tick()
    floor.tick()

    assert texts(floor) == []
    [refusal] = timeline(floor, "gap_refused")
    assert "missing_scope" in refusal["facts"]
    messages = [
        message.visible_text
        for message in floor.ana.direct_messages()
        if "I missed the messages" in message.visible_text
    ]
    assert len(messages) == 1


def test_messages_sent_before_the_channel_is_known_are_read_back(floor: TestFloor) -> None:
    floor.sandbox.fault("conversations.create", "delay", seconds=1.5)
    floor.ana.types("/incident declare S1 IVR down", channel="general")
    channel = "inc-1-ivr-down"
    assert wait_until(lambda: channel in [candidate.name for candidate in floor.ben.channels()], 10)
    floor.ben.joins(channel)
    floor.ben.says("said before anybody knew the channel", channel=channel)
    floor.settle()

    floor.passes_until(lambda: "said before anybody knew the channel" in texts(floor))

    assert len(texts(floor)) == 1


def test_early_messages_are_remembered_while_slack_keeps_the_declaration_waiting(floor: TestFloor) -> None:
    floor.sandbox.fault("conversations.create", "lost_answer")
    floor.sandbox.fault("users.conversations", "rate_limited", retry_after=1, count=99)
    floor.ana.types("/incident declare S1 IVR down", channel="general")
    channel = "inc-1-ivr-down"
    assert wait_until(lambda: channel in [candidate.name for candidate in floor.ben.channels()], 10)
    floor.ben.joins(channel)
    floor.ben.says("said before anybody knew the channel", channel=channel)
    assert wait_until(lambda: bool(heard_channels(floor)), 10)
    floor.sandbox.clock_offset_s += 3600
    recovery.read_back_early(floor.services, utcnow())

    floor.sandbox.faults.clear()
    floor.settle()
    floor.passes_until(lambda: "said before anybody knew the channel" in texts(floor))


def test_a_delayed_look_reads_back_early_messages_sent_since_it_began(tmp_path: Path) -> None:
    with TestFloor(tmp_path, tick_every_s=3600) as floor:
        floor.sandbox.fault("conversations.create", "lost_answer")
        floor.sandbox.fault("users.conversations", "rate_limited", retry_after=1, count=99)
        floor.ana.types("/incident declare S1 IVR down", channel="general")
        channel, began_at = "inc-1-ivr-down", utcnow()
        assert wait_until(lambda: channel in [candidate.name for candidate in floor.ben.channels()], 10)
        floor.sandbox.clock_offset_s += 360
        floor.ben.joins(channel)
        floor.ben.says("said before anybody knew the channel", channel=channel)
        assert wait_until(lambda: bool(heard_channels(floor)), 10)
        floor.sandbox.faults.clear()
        floor.settle()

        recovery.read_back_early(floor.services, began_at)
        floor.settle()

        assert texts(floor) == ["said before anybody knew the channel"]


def test_a_start_while_the_database_is_busy_continues_and_counts_nothing_as_heard(floor: TestFloor) -> None:
    floor.declares()
    floor.stop_bot()
    floor.passes(minutes=20)
    starting_bot = bootstrap.build(floor.settings())
    database = starting_bot.services.database
    with brief_lock_waits(database), locked_database(database):
        recovery.begin_listening(starting_bot.services, utcnow())
    assert not starting_bot.services.get(Listening).is_sure(timedelta(hours=1))
    database.close()

    floor.start_bot()
    floor.tick()

    assert len(timeline(floor, "gap")) == 1
