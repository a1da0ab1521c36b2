"""Follow-ups as time passes: reminders in the owner's morning, the weekly message, private incidents."""

from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.followups import ids
from bot.runtime.clock import utcnow
from slack_sandbox.errors import NothingToClick
from tests.floor import TestFloor
from tests.stories.record import rows, seen_by_all
from tests.stories.seen_followups import channel_messages, direct_messages, follow_ups, happened, is_shown, is_told

LONDON = ZoneInfo("Europe/London")


def moves_to(floor: TestFloor, moment: datetime) -> None:
    """Move the clock to that moment and let it tick."""
    floor.passes(seconds=(moment - utcnow()).total_seconds())


def change_of_clocks() -> datetime:
    """Noon of the last Sunday of the next March or October in London that is at least a week away."""
    moment = datetime.combine(utcnow().date(), time(12), LONDON) + timedelta(days=7)
    while moment.dst() == (moment - timedelta(days=1)).dst():
        moment += timedelta(days=1)
    return moment


def digests(floor: TestFloor) -> list[str]:
    return [words for words in seen_by_all(floor)["incidents"] if "Follow-ups this week" in words]


def test_reminders_stay_in_the_owners_morning_across_a_clock_change(floor: TestFloor) -> None:
    change_day = change_of_clocks()
    moves_to(floor, change_day - timedelta(days=5))
    channel = floor.declares()
    due_on = change_day.date() + timedelta(days=2)  # a Tuesday; the reminder before it falls on the Sunday
    floor.says("ana", f"/incident followup @ben mend the trunk by {due_on}", channel)
    is_told(floor, "ben", "yours to do")

    def goes_to(days: int, at: time) -> None:
        moves_to(floor, datetime.combine(due_on + timedelta(days=days), at, LONDON))

    goes_to(-1, time(8, 55))
    assert len(direct_messages(floor, "ben")) == 1, "nobody is reminded on a Sunday or before nine"
    goes_to(-1, time(9, 1))
    is_told(floor, "ben", "A reminder")
    goes_to(0, time(9, 1))
    floor.stop_bot()
    goes_to(9, time(9, 1))
    floor.start_bot()
    floor.tick()
    is_told(floor, "ben", "This is late")

    assert len(direct_messages(floor, "ben")) == 4, "reminders missed while the bot was off become one"
    assert all("Done" not in words for words in direct_messages(floor, "ben")[:-1]), "only the newest has buttons"
    is_shown(floor, channel, "late")
    floor.ben.clicks(ids.DONE, channel="dm")
    is_told(floor, "ben", "Done by")
    floor.passes(days=30)
    assert len(direct_messages(floor, "ben")) == 4
    assert follow_ups(floor)[0]["remind_at"] is None

    floor.says("ana", "/incident followups", channel)
    floor.ana.clicks(ids.CHANGE, channel=channel)
    floor.ana.fills("Who does it?", "U0DEVI")
    floor.ana.fills("By which day?", str(utcnow().date() + timedelta(days=9)))
    assert floor.ana.submits().closed
    floor.passes(days=10)
    assert follow_ups(floor)[0]["owner_id"] == "U0DEVI"
    assert direct_messages(floor, "devi") == [], "it is done: nobody is told or reminded"


def test_the_weekly_message_is_sent_once_without_private_items_and_not_when_it_is_empty(floor: TestFloor) -> None:
    floor.tick()
    public, private = floor.declares("S2 IVR down"), _private(floor)
    floor.says("ana", "/incident followup @ben mend the <!here> trunk", public)
    floor.says("ana", "/incident followup tell the board", private)

    floor.passes(days=21)
    floor.tick()
    [message] = digests(floor)
    assert "1 open, 1 late, 0 done" in message
    assert "mend the" in message
    assert "Ben Okafor" in message
    assert "board" not in message
    assert "<!here>" not in floor.live_markup("incidents")

    floor.ben.clicks(ids.DONE, channel="dm")
    floor.settle()
    floor.passes(days=7)
    assert len(digests(floor)) == 2
    assert "0 open, 0 late, 1 done" in digests(floor)[1]
    floor.passes(days=7)
    floor.passes(days=7)
    assert len(digests(floor)) == 2, "no message without follow-ups"


def test_the_weekly_message_forgets_the_words_of_an_incident_that_becomes_private(floor: TestFloor) -> None:
    floor.tick()
    first, second = floor.declares("S2 IVR down"), floor.declares("S2 The payroll is slow", who="ben")
    floor.says("ana", "/incident followup @ben mend the trunk", first)
    floor.says("ben", "/incident followup @ben tell the board", second)
    floor.passes(days=21)
    floor.tick()
    [message] = digests(floor)
    assert "tell the board" in message

    floor.says("ben", "/incident private names of agents are in it", second)
    floor.passes(minutes=1)

    [message] = digests(floor)
    assert "tell the board" not in message
    assert "mend the trunk" in message


def _private(floor: TestFloor) -> str:
    floor.says("ana", "/incident declare S2")
    floor.ana.fills("What is wrong?", "The payroll leaked")
    floor.ana.fills("Who may see it?", ["private"])
    assert floor.ana.submits().closed
    floor.settle()
    return "inc-2-the-payroll-leaked"


def test_private_follow_ups_stay_with_the_people_in_the_channel(floor: TestFloor) -> None:
    floor.declares("S3 a first one")
    channel = _private(floor)
    assert "Invite them there first" in floor.says("ana", "/incident followup @ben tell the board", channel)
    floor.ana.invites(channel, "ben")
    floor.settle()
    floor.says("ana", "/incident followup @ben tell the board", channel)
    is_told(floor, "ben", "tell the board")
    assert "payroll" not in direct_messages(floor, "ben")[0], "the incident's title stays in its channel"

    floor.says("erik", "/incident followups overdue")
    floor.passes(days=17)
    assert "None of the follow-ups" in floor.says("erik", "/incident followups overdue")
    floor.ben.leaves(channel)
    floor.settle()
    floor.passes(days=6)  # three days and a weekend: a reminder comes, whatever day it is today
    assert floor.sandbox.wait_for(
        lambda: "its text is in the channel" in direct_messages(floor, "ben")[-1], timeout=30
    )
    with pytest.raises(NothingToClick):
        floor.ben.clicks(ids.DONE, channel="dm")
    with_others = {name: words for name, words in seen_by_all(floor).items() if not name.startswith(("inc-2", "D"))}
    assert "board" not in str(with_others)


def test_archiving_the_channel_after_the_close_stops_nothing(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.says("ana", "/incident followup @ben mend the trunk", channel)
    is_told(floor, "ben", "yours to do")
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident close", channel)
    floor.ana.archives(channel)
    floor.settle()

    floor.ben.clicks(ids.DONE, channel="dm")
    is_told(floor, "ben", "Done by")

    assert [row["kind"] for row in rows(floor, "timeline_entries") if row["kind"] == "channel_lost"] == []
    assert not any("can no longer write" in message.visible_text for message in floor.ana.direct_messages())


def test_a_guests_reaction_creates_nothing_and_is_answered(floor: TestFloor, tmp_path: Path) -> None:
    channel = floor.declares()
    message = floor.ana.says("Who pays?", channel=channel)
    floor.ana.invites(channel, "gus")
    floor.settle()

    floor.gus.reacts("bookmark_tabs", channel, message.ts)

    assert floor.sandbox.wait_for(
        lambda: any("Guests" in answer.visible_text for answer in floor.gus.direct_messages())
    )
    assert follow_ups(floor) == []
    assert channel_messages(floor, channel) == []


def test_follow_ups_of_an_owner_who_is_gone_go_back_to_their_author(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.says("ana", "/incident followup mend the trunk", channel)
    is_told(floor, "ana", "yours to do")
    is_shown(floor, channel, "mend the trunk")
    floor.sandbox.fault("chat.postMessage", "error", error="user_disabled")
    floor.ana.clicks(ids.CHANGE, channel=channel)
    floor.ana.fills("Who does it?", "U0BEN")
    assert floor.ana.submits().closed

    is_told(floor, "ana", "Nobody has this follow-up")
    is_shown(floor, channel, "nobody yet")
    assert follow_ups(floor)[0]["owner_id"] is None
    assert "followup_ownerless" in happened(floor)


def test_a_deactivated_owners_follow_ups_go_back_at_once_to_somebody_who_is_there(floor: TestFloor) -> None:
    channel = floor.declares(who="ben")
    floor.ana.joins(channel)
    floor.says("ana", "/incident claim commander", channel)
    floor.says("ben", "/incident followup @chloe mend the trunk", channel)
    is_told(floor, "chloe", "yours to do")

    for name in ("ben", "chloe"):
        floor.sandbox.workspace.deactivate(floor.sandbox.person(name).user)
        floor.settle()

    is_told(floor, "ana", "Nobody has this follow-up")
    is_shown(floor, channel, "nobody yet")
    floor.sandbox.workspace.deactivate(floor.ana.user)
    floor.settle()
    assert follow_ups(floor)[0]["asked_id"] is None
    floor.passes(days=20)
    assert not [
        call for call in floor.sandbox.calls_of("chat.postMessage") if "channel_not_found" in str(call.answer)
    ]
