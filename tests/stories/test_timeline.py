"""The timeline: viewed, added to, corrected, drawn; and marks by reactions and pins."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.timeline import ids, verification
from tests.floor import TestFloor
from tests.stories.record import post_mortems, rows, timeline
from tests.stories.seen_updates import updates


def private_answer(floor: TestFloor, who: str, channel: str) -> str:
    """The text of the person's last ephemeral message in the channel."""
    return floor.ephemeral(who, channel)[-1]


def nothing_was_tampered_with(floor: TestFloor) -> None:
    with floor.services.database.reading() as session:
        numbers = verification.incidents_with_a_timeline(session)
        assert [str(problem) for number in numbers for problem in verification.verify(session, number)] == []


def everyone_joins(floor: TestFloor, channel: str) -> None:
    for who in ("ben", "chloe", "devi"):
        floor.sandbox.person(who).joins(channel)
    floor.settle()


def say(floor: TestFloor, who: str, words: str, channel: str) -> str:
    ts = floor.sandbox.person(who).says(words, channel=channel).ts
    floor.settle()
    return str(ts)


def message_of(floor: TestFloor, ts: str) -> dict[str, Any]:
    [row] = [row for row in timeline(floor, "message") if row["message_ts"] == ts]
    return row


def test_reactions_and_pins_mark_what_matters_and_removing_them_unmarks_it(floor: TestFloor) -> None:
    channel = floor.declares()
    assert "React to a message to put it on record: :pushpin: important, :scales: decision" in floor.card(channel)
    everyone_joins(floor, channel)
    ts = say(floor, "ben", "We fail over to <#C0X|cebu> & tell *nobody*", channel)
    floor.chloe.reacts("scales", channel=channel, ts=ts)
    floor.ana.pins(channel=channel, ts=ts)
    floor.settle()

    assert (message_of(floor, ts)["label"], message_of(floor, ts)["is_marked"]) == ("decision", 1)
    decisions = floor.says("ana", "/incident timeline decisions", channel=channel)
    assert "Timeline of incident 1" in decisions
    assert "⚖️ Ben Okafor: We fail over to #cebu &amp; tell *nobody*" in floor.live_markup(channel)

    floor.chloe.unreacts("scales", channel=channel, ts=ts)
    floor.settle()
    assert (message_of(floor, ts)["label"], message_of(floor, ts)["is_marked"]) == (None, 1)
    floor.devi.unpins(channel=channel, ts=ts)
    floor.settle()
    assert message_of(floor, ts)["is_marked"] == 0
    nothing_was_tampered_with(floor)


def test_a_note_has_the_writers_time_and_mistakes_are_corrected_with_a_reason(floor: TestFloor) -> None:
    channel = floor.declares()
    everyone_joins(floor, channel)

    answer = floor.says("ana", "/incident note ruled out: not the <!channel> carrier at 00:01", channel=channel)
    assert "Added to the timeline: " in answer
    [entry] = timeline(floor, "ruled_out")
    refusal = floor.says("ben", f"/incident correct {entry['id']}", channel=channel)
    assert "Only the person who wrote entry" in refusal
    assert "There is no entry 4711" in floor.says("ana", "/incident correct 4711", channel=channel)

    floor.says("ana", f"/incident correct {entry['id']}", channel=channel)
    floor.ana.fills(ids.TEXT, "it was the carrier after all")
    floor.ana.fills(ids.REASON, "they called back")
    assert floor.ana.submits().closed
    floor.settle()
    [corrected] = timeline(floor, "ruled_out")
    assert "it was the carrier after all" in str(corrected["correction"])
    floor.says("ben", "/incident timeline decisions", channel=channel)
    assert "it was the carrier after all [corrected]" in private_answer(floor, "ben", channel)
    assert " · 1 entry · page 1 of 1" in private_answer(floor, "ben", channel)
    floor.says("ana", "/incident postmortem", channel=channel)
    [document] = post_mortems(floor, "ana")
    assert r"UTC Participant: it was the carrier after all \[corrected\]" in document
    states = [row["state"] for row in log_rows(floor) if row["entry_id"] == entry["id"]]
    assert "not the @channel carrier" in states[0], "the original stays in the log"

    floor.says("ana", "/incident timeline decisions", channel=channel)
    floor.ana.chooses(ids.AMEND, f"1:{entry['id']}", channel=channel)
    floor.ana.fills(ids.HIDE, "hide")
    floor.ana.fills(ids.REASON, "said by mistake")
    assert floor.ana.submits().closed
    floor.settle()
    floor.says("ben", "/incident timeline decisions", channel=channel)
    assert "carrier after all" not in private_answer(floor, "ben", channel)
    records = [row["change"] for row in log_rows(floor) if row["entry_id"] == entry["id"]]
    assert "said by mistake" not in str(records), "the hashed data contains nobody's words"
    nothing_was_tampered_with(floor)


def log_rows(floor: TestFloor) -> list[dict[str, Any]]:
    with floor.services.database.reading() as session:
        result = session.connection().execute(sa.text("SELECT * FROM timeline_log ORDER BY incident_id, position"))
        return [dict(row._mapping) for row in result]


def test_the_timeline_is_paged_filtered_and_edited_in_place(floor: TestFloor) -> None:
    channel = floor.declares()
    for number in range(9):
        floor.ana.says(f"message {number}", channel=channel)
    floor.settle()

    floor.says("ana", "/incident timeline messages", channel=channel)
    assert "message 8" in private_answer(floor, "ana", channel)
    assert "page 2 of 2" in private_answer(floor, "ana", channel)
    count_before = len(floor.ephemeral("ana", channel))
    floor.ana.clicks(f"{ids.PAGE}.earlier", channel=channel)
    floor.settle()
    assert len(floor.ephemeral("ana", channel)) == count_before, "it is edited, not sent again"
    assert "message 0" in private_answer(floor, "ana", channel)
    assert "message 8" not in private_answer(floor, "ana", channel)
    floor.ana.chooses(ids.FILTER, "1:people:0", channel=channel)
    floor.settle()
    assert "joined" in private_answer(floor, "ana", channel)
    assert "I cannot show `nonsense`" in floor.says("ana", "/incident timeline nonsense", channel=channel)


def test_milestones_are_set_by_events_and_corrected_with_a_reason(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.says("ana", "/incident claim commander", channel=channel)
    floor.passes(minutes=40)
    floor.says("ana", "/incident status mitigated", channel=channel)
    floor.passes(minutes=10)
    floor.says("ana", "/incident resolve over", channel=channel)
    floor.passes(minutes=10)
    declared_at = datetime.fromisoformat(rows(floor, "incidents")[0]["declared_at"]).replace(tzinfo=UTC)

    def sets(milestone: str, minutes: float, reason: str = "the graph", how: str = "") -> Any:
        floor.says("ana", "/incident milestones", channel=channel)
        floor.ana.fills(ids.MILESTONE, milestone)
        floor.ana.fills(ids.AT, int((declared_at + timedelta(minutes=minutes)).timestamp()))
        if how:
            floor.ana.fills(ids.HOW, how)
        floor.ana.fills(ids.REASON, reason)
        submission = floor.ana.submits()
        if not submission.closed:
            floor.ana.closes()
        floor.settle()
        return submission

    assert sets("started", -20, "drop in the graph of answered calls").closed
    assert sets("detected", -5, how="partner").closed
    assert sets("mitigated", 30).closed
    assert "resolved before it was mitigated" in str(sets("mitigated", 55).errors)
    assert "still to come" in str(sets("closed", 600).errors)

    mitigated = datetime.fromisoformat(rows(floor, "incidents")[0]["mitigated_at"]).replace(tzinfo=UTC)
    assert abs(mitigated - declared_at - timedelta(minutes=30)) < timedelta(minutes=1)
    floor.says("ana", "/incident timeline state", channel=channel)
    assert "Ana Reyes set when it started to" in private_answer(floor, "ana", channel)
    floor.says("ana", "/incident milestones", channel=channel)
    form = str(floor.ana.modal)
    assert "drop in the graph of answered calls" in form
    assert "by a partner" in form
    nothing_was_tampered_with(floor)


def test_executives_and_partners_read_since_when_it_has_really_lasted(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down at Northline")
    declared_at = datetime.fromisoformat(rows(floor, "incidents")[0]["declared_at"]).replace(tzinfo=UTC)
    started_at = int((declared_at - timedelta(minutes=20)).timestamp()) // 60 * 60
    floor.passes(minutes=15)
    floor.says("ana", "/incident milestones", channel=channel)
    floor.ana.fills(ids.MILESTONE, "started")
    floor.ana.fills(ids.AT, started_at)
    floor.ana.fills(ids.REASON, "the graph of answered calls")
    assert floor.ana.submits().closed
    floor.settle()
    floor.says("ana", "/incident impact half the calls are lost", channel)
    floor.passes(minutes=45)

    assert f"*Since:* <!date^{started_at}^" in floor.visible_text("partner-northline"), "the notice follows"
    assert f"investigating, since <!date^{started_at}^" in updates(floor, "executives")[-1]


def test_a_corrected_milestone_is_shown_on_the_card_and_in_updates(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.passes(minutes=40)
    floor.says("ana", "/incident status mitigated", channel=channel)
    floor.passes(minutes=20)
    floor.says("ana", "/incident resolve over", channel=channel)
    assert "1 h 00 min, resolved" in floor.card(channel)
    declared_at = datetime.fromisoformat(rows(floor, "incidents")[0]["declared_at"]).replace(tzinfo=UTC)

    floor.says("ana", "/incident milestones", channel=channel)
    floor.ana.fills(ids.MILESTONE, "declared")
    floor.ana.fills(ids.AT, int((declared_at - timedelta(minutes=30)).timestamp()))
    floor.ana.fills(ids.REASON, "it was told by phone first")
    assert floor.ana.submits().closed
    floor.settle()
    assert "1 h 30 min, resolved" in floor.card(channel)

    def corrects(kind: str, field: str, value: Any) -> None:
        [entry] = timeline(floor, kind)
        floor.says("ana", f"/incident correct {entry['id']}", channel=channel)
        floor.ana.fills(field, value)
        floor.ana.fills(ids.REASON, "the graph")
        assert floor.ana.submits().closed
        floor.settle()

    corrects("resolved", ids.AT, int((declared_at + timedelta(minutes=45)).timestamp()))
    assert "1 h 15 min, resolved" in floor.card(channel)
    corrects("status", ids.HIDE, "hide")
    assert rows(floor, "incidents")[0]["mitigated_at"] is None

    floor.says("ana", "/incident reopen not yet", channel=channel)
    floor.says("ana", "/incident update Calls go to Cebu", channel=channel)
    started = int((declared_at - timedelta(minutes=30)).timestamp())
    assert f"declared <!date^{started // 60 * 60}" in floor.visible_text("executives")


def test_the_picture_is_posted_in_the_channel_once(floor: TestFloor) -> None:
    channel = floor.declares()

    answer = floor.says("ana", "/incident timeline picture", channel=channel)
    floor.settle()

    assert "being drawn" in answer
    files = [file for message in floor.ana.sees(channel) for file in message.files]
    assert [file["name"] for file in files] == ["timeline-1.png"]
    assert floor.sandbox.workspace.files[files[0]["id"]].content.startswith(b"\x89PNG")
