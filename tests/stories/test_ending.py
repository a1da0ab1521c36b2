"""Resolving, closing and reopening, and the post-mortem draft."""

from collections import Counter

import pytest

from bot.incidents import ids, incidents
from bot.incidents.change import Change
from bot.incidents.events import Reopened, Resolved
from bot.runtime.clock import utcnow
from bot.updates.tables import WAITING
from tests.floor import TestFloor
from tests.stories.record import post_mortems, rows, timeline
from tests.stories.seen_updates import updates
from tests.stories.test_full_incident import full_incident


@pytest.mark.both_ways
def test_a_resolved_incident_gets_its_last_update_and_its_draft_at_the_close(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down in Manila")
    floor.ana.clicks(f"{ids.CLAIM}.commander", channel=channel)
    floor.settle()
    floor.passes(minutes=12)

    floor.says("ana", "/incident", channel)
    floor.ana.clicks(ids.RESOLVE, channel=channel)
    floor.ana.fills("What ended the impact?", "Trunk replaced")
    assert floor.ana.submits().closed
    floor.settle()

    for place, says_how in ((channel, True), ("incidents", True), ("executives", False)):
        last = updates(floor, place)[-1]
        assert "resolved after 12 min" in last
        assert ("resolved: Trunk replaced (Ana Reyes)" in last) == says_how
        assert ("*What solved it:* Trunk replaced" in last) != says_how
        assert "This is the last update." in last
    assert "✅ resolved" in floor.card(channel)
    assert floor.ana.direct_messages()[-1].visible_text == (
        "Incident 1: Resolved. The last update is on its way. Type `/incident close` in its channel once nothing "
        "is left to do."
    )

    floor.ana.clicks(ids.CLOSE, channel=channel)
    assert floor.ana.submits().closed
    floor.settle()
    answers = [message.visible_text for message in floor.ana.direct_messages()]
    assert "Incident 1: Closed. The post-mortem draft goes to <@U0ANA> by direct message." in answers

    assert "🔒 closed" in floor.card(channel)
    [draft] = post_mortems(floor, "ana")
    assert draft.startswith("# Post-mortem 1: IVR down in Manila")


def test_when_two_people_resolve_at_the_same_time_the_second_is_told(floor: TestFloor) -> None:
    channel = floor.declares()
    people = (floor.ana, floor.devi)
    for person in people:
        person.types("/incident", channel=channel)
        person.clicks(ids.RESOLVE, channel=channel)
        person.fills("What ended the impact?", f"said by {person.id}")

    first, second = [person.submits() for person in people]

    assert first.closed
    assert second.errors == {"reason": "It is resolved already. `/incident close` closes it."}
    assert [row["facts"].count("said by") for row in timeline(floor, "resolved")] == [1]


def test_without_a_commander_the_draft_goes_to_the_declarer(floor: TestFloor) -> None:
    channel = floor.declares("S3 Headsets hum", who="hana")
    floor.says("hana", "/incident resolve replaced", channel)

    answer = floor.says("hana", "/incident close", channel)

    assert answer == "Closed. The post-mortem draft goes to <@U0HANA> by direct message."
    assert len(post_mortems(floor, "hana")) == 1


def test_an_unresolved_incident_cannot_be_closed(floor: TestFloor) -> None:
    channel = floor.declares()

    answer = floor.says("ana", "/incident close", channel)

    assert answer == (
        "Incident 1 is still investigating. Resolve it first with `/incident resolve`, then close it."
    )


def test_a_reopened_incident_gets_promises_again_and_closes_with_a_second_draft(floor: TestFloor) -> None:
    channel = full_incident(floor)
    update_count = len(updates(floor, channel))
    floor.passes(minutes=30)

    floor.ana.clicks(ids.REOPEN, channel=channel)
    floor.ana.fills("Why is it open again?", "The trunk fails again")
    assert floor.ana.submits().closed
    floor.settle()

    assert "🔎 investigating" in floor.card(channel)
    answer = floor.ana.direct_messages()[-1].visible_text
    assert answer.startswith("Incident 1 is open again. ")
    assert "hear of it now" in answer
    assert "<@U0ANA> opened this incident again: The trunk fails again" in floor.visible_text(channel)
    for place in (channel, "incidents", "executives"):
        again = updates(floor, place)[-1]
        assert "The trunk fails again" in again, place
        assert ("It is not over after all: The trunk fails again" in again) == (place == "executives")
    assert len(updates(floor, channel)) == update_count + 1
    floor.passes(minutes=15)
    assert "no change since" in updates(floor, channel)[-1]
    floor.ana.types("/incident resolve", channel=channel)
    floor.ana.fills("What ended the impact?", "carrier swapped")
    assert floor.ana.submits().closed
    floor.settle()
    floor.says("ana", "/incident close", channel)
    first, second = post_mortems(floor, "ana")
    assert "reopened it: The trunk fails again" not in first
    assert "reopened it: The trunk fails again" in second


def test_an_open_incident_cannot_be_reopened(floor: TestFloor) -> None:
    channel = floor.declares()

    answer = floor.says("ana", "/incident reopen why not", channel)

    assert answer == "Incident 1 is investigating, so there is nothing to reopen."


def test_an_incident_reopened_before_its_last_update_was_composed_promises_one_series(floor: TestFloor) -> None:
    floor.declares("S1 IVR down")
    services = floor.services
    with services.database.transaction() as session:
        change = Change(session, services, incidents.by_number_locked(session, 1), floor.ana.id, utcnow())
        change.incident.status = "resolved"
        change.publish(Resolved("a click"))
        change.incident.status = "investigating"
        change.publish(Reopened())
    floor.settle()

    floor.passes(minutes=31)

    waiting_counts = Counter(row["audience"] for row in rows(floor, "promises") if row["state"] == WAITING)
    assert set(waiting_counts.values()) == {1}, waiting_counts


def test_the_lead_is_asked_about_an_incident_in_which_nobody_records_anything(floor: TestFloor) -> None:
    channel = floor.declares("S2 Chat is slow")

    def asked() -> list[str]:
        texts = (message.visible_text for message in floor.ana.sees(channel))
        return [text for text in texts if "nobody has recorded anything in incident 1" in text]

    floor.passes(hours=3, minutes=30)
    floor.ben.joins(channel)
    floor.ben.says("the vendor looks at it", channel)
    floor.settle()
    floor.passes(hours=3, minutes=30)
    assert asked() == [], "somebody said something"
    floor.passes(minutes=31)
    [text] = asked()
    assert text.startswith(
        "<@U0ANA>, nobody has recorded anything in incident 1 for 4 h 01 min. Is it still going on?"
    )
    floor.passes(hours=12)
    assert len(asked()) == 1
    floor.passes(hours=12)
    assert len(asked()) == 2, "once a day while it stays so"

    floor.says("ana", "/incident resolve the vendor restarted it", channel)
    floor.passes(hours=24, minutes=1)
    [text] = asked()[2:]
    assert text.endswith("for 1 d, and it is resolved. If nothing is left to do, end it with `/incident close`.")
    for days, asked_by_then in ((1, 3), (1, 4), (2, 4), (2, 5), (5, 5)):
        floor.passes(days=days)
        assert len(asked()) == asked_by_then, "twice as long after each question"
    floor.says("ana", "/incident close", channel)
    floor.passes(days=30)
    assert len(asked()) == 5


def test_an_idle_incident_without_its_channel_is_asked_about_where_its_loss_was_told(floor: TestFloor) -> None:
    channel = floor.declares("S2 Chat is slow")
    floor.ana.archives(channel)
    floor.settle()

    floor.passes(hours=4, minutes=1)

    [question] = [text for text in floor.direct_texts("ana") if "nobody has recorded anything" in text]
    assert question.endswith("for a false alarm.\nControl panel")
    assert not [row for row in rows(floor, "outbox") if row["key"].startswith("idle:") and row["refused"]]
