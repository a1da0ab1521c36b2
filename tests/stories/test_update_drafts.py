"""Five minutes before an update is due the communications lead sees its draft and decides; silence sends it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.updates import ids
from tests.floor import TestFloor
from tests.stories.record import post_mortems, timeline
from tests.stories.seen_escalations import is_told, pages
from tests.stories.seen_updates import (
    drafts,
    led_incident,
    presses,
    promises,
    puts_off,
    row_of,
    update_messages,
    updates,
)

PLAYBOOKS = Path(__file__).parent / "playbooks"
TWO = Path(__file__).parent / "floors" / "updates.yaml"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    """A floor of three audiences, one of which waits for approval."""
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=TWO) as floor:
        yield floor
        floor.nothing_was_malformed()


def test_silence_sends_the_draft_on_its_minute_and_the_draft_says_so(floor: TestFloor) -> None:
    channel = led_incident(floor)
    floor.passes(minutes=24)
    assert drafts(floor, "ben") == []

    floor.passes(minutes=1)
    (draft,) = drafts(floor, "ben")
    assert "IVR down" in draft
    assert "sends automatically <!date^" in draft
    assert "Impact, Cause and Actions under way are not filled in" in draft
    floor.says("ana", "/incident impact Half the calls are lost", channel)
    (draft,) = drafts(floor, "ben")
    assert "*Impact:* Half the calls are lost" in draft, "it follows every change"
    assert "Cause and Actions under way are not filled in" in draft
    assert updates(floor, channel) == []
    floor.passes(minutes=5)

    assert len(updates(floor, channel)) == 1
    (draft,) = drafts(floor, "ben")
    assert "automatically" in draft
    assert "Send now" not in draft
    floor.passes(minutes=25)
    assert len(drafts(floor, "ben")) == 2, "the next one gets a draft of its own"


def test_the_draft_is_in_the_incidents_channel_when_nobody_leads(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.passes(minutes=25)

    assert sum("📣" in message.visible_text for message in floor.ana.sees(channel)) == 1
    presses(floor, "ana", ids.SEND_NOW, "operations", channel)

    assert len(updates(floor, channel)) == 1
    floor.passes(minutes=29)
    assert "no change since" not in updates(floor, channel)[0], "the next one is due from then"
    floor.passes(minutes=1)
    assert "no change since" in updates(floor, channel)[0]


def test_the_lead_edits_an_update_reports_nothing_new_and_postpones(floor: TestFloor) -> None:
    channel = led_incident(floor)
    floor.passes(minutes=25)
    presses(floor, "ben", ids.EDIT, "operations")
    floor.ben.fills(ids.TEXT, "The carrier <!channel> is on site & works")
    assert floor.ben.submits().closed
    floor.settle()
    assert updates(floor, channel) == [], "it goes out on its minute"
    floor.passes(minutes=5)
    (update_text,) = updates(floor, channel)
    assert "The carrier &lt;!channel&gt; is on site &amp; works" in update_text

    floor.passes(minutes=25)
    presses(floor, "ben", ids.NOTHING_NEW, "operations")
    floor.passes(minutes=5)
    (update_text,) = updates(floor, channel)
    assert "The carrier &lt;!channel&gt; is on site" in update_text
    assert "no change since" in update_text

    floor.passes(minutes=25)
    presses(floor, "ben", ids.NOTHING_NEW, "operations")
    floor.says("ana", "/incident status identified a trunk", channel)
    assert "nothing new, says" not in drafts(floor, "ben")[-1]
    floor.passes(minutes=5)
    assert "now identified: a trunk" in updates(floor, channel)[-1], "there is something new after all"

    floor.passes(minutes=25)
    puts_off(floor, "ben", "operations", "the carrier calls <!here> back")
    assert "put off by Ben" in drafts(floor, "ben")[-1]
    assert "Changed: next update <!date^" in updates(floor, channel)[-1], "its audience can read that"
    floor.passes(minutes=30)
    assert "Changed: next update <!date^" in updates(floor, channel)[-1]
    floor.passes(minutes=5)
    _, update_text = updates(floor, channel)
    assert "no change since" in update_text
    assert "Changed: next update" not in update_text
    assert "<!here>" not in floor.live_markup("dm", "ben").replace("&lt;!here&gt;", "")
    assert [row["state"] for row in promises(floor, "operations")] == ["sent"] * 3 + ["moved", "sent", "waiting"]
    assert len(timeline(floor, "update_moved")) == 1


def test_an_update_for_outsiders_is_edited_as_they_read_it_and_sent_as_it_was_saved(floor: TestFloor) -> None:
    channel = led_incident(floor, "S0 IVR down")
    floor.says("ana", "/incident impact Half the calls are lost. Chloe hopes for 15:00.", channel)
    floor.says("ana", "/incident status identified a trunk of ours", channel)
    floor.passes(minutes=15)
    draft = "\n".join(drafts(floor, "ben"))
    assert ">I am sorry for the trouble." in draft, "quoted once: Slack would show a second mark as it is"
    presses(floor, "ben", ids.EDIT, "customers")
    element = next(block["element"] for block in floor.ben.modal["blocks"] if block.get("block_id") == ids.TEXT)
    assert "*What is affected:* Half the calls are lost." in element["initial_value"]
    assert not any(
        internal in element["initial_value"] for internal in ("Chloe", "15:00", "trunk", "Ana", "<!date")
    )

    floor.ben.fills(ids.TEXT, "Half the calls are lost. Chloe fixes it. It is back by 15:00.")
    refusal = floor.ben.submits()
    assert "“Chloe fixes it.” “It is back by 15:00.”" in refusal.errors[ids.TEXT]
    floor.ben.fills(ids.TEXT, f"{element['initial_value']}\n\nPlease offer a call back & wait.")
    assert floor.ben.submits().closed
    floor.settle()
    floor.says("ana", "/incident pause the carrier calls back", channel)
    floor.says("ana", "/incident resume", channel)
    assert promises(floor, "customers")[-1]["approved_by"] == "U0BEN", "a pause keeps what was written and approved"
    floor.passes(minutes=5)

    (update_text,) = updates(floor, "front-line")
    assert "*What is affected:* Half the calls are lost.\n\nPlease offer a call back &amp; wait." in update_text
    assert "I am sorry for the trouble." in update_text
    assert not any(internal in update_text for internal in ("Chloe", "15:00", "trunk", "Ana"))


def test_a_person_who_decides_too_late_is_told_what_became_of_the_update(floor: TestFloor) -> None:
    led_incident(floor)
    floor.passes(minutes=25)
    row = row_of(floor, "operations")
    floor.ben.clicks(ids.LATER, channel="dm", value=row)
    floor.passes(minutes=5)

    floor.ben.fills(ids.REASON, "too late")
    refusal = floor.ben.submits()

    assert not refusal.closed
    assert "was sent" in str(refusal.errors)


def test_an_open_draft_moves_along_when_the_role_changes_hands(floor: TestFloor) -> None:
    channel = led_incident(floor)
    floor.passes(minutes=25)
    presses(floor, "ben", ids.EDIT, "operations")
    floor.ben.fills(ids.TEXT, "The carrier is on site")
    floor.ben.submits()
    floor.settle()

    floor.says("ana", "/incident assign comms <@U0CHLOE>", channel)

    (draft,) = drafts(floor, "chloe")
    assert "Send now" in draft
    assert "as Ben Okafor wrote it" in draft
    (earlier_draft,) = drafts(floor, "ben")
    assert earlier_draft.startswith("📣 #1 IVR down: the draft of an update due <!date^")
    assert earlier_draft.endswith("is with Chloe Martin now.")
    floor.says("chloe", "/incident handover comms <@U0BEN>", channel)
    assert "Send now" in drafts(floor, "ben")[0]
    assert drafts(floor, "chloe")[0].endswith("is with Ben Okafor now.")
    presses(floor, "ben", ids.SEND_NOW, "operations")
    assert "The carrier is on site" in updates(floor, channel)[0]
    for who in ("ben", "chloe"):
        (draft,) = drafts(floor, who)
        assert "sent <!date^" in draft, "each copy finally says what became of the update"


def test_a_draft_moves_from_the_channel_to_a_new_lead_and_back(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.passes(minutes=25)

    floor.says("ana", "/incident claim commander", channel)
    assert "Send now" in drafts(floor, "ana")[0]
    floor.says("ana", "/incident assign comms <@U0BEN>", channel)

    assert "Send now" in drafts(floor, "ben")[0]
    assert drafts(floor, "ana")[0].endswith("is with Ben Okafor now.")
    assert in_channel(floor, channel).endswith("is with Ben Okafor now.")
    floor.says("ben", "/incident leave comms", channel)
    assert "Send now" in drafts(floor, "ana")[0]
    floor.says("ana", "/incident leave commander", channel)
    assert "where anybody can decide" in drafts(floor, "ana")[0]
    assert "Send now" in in_channel(floor, channel)
    assert len(drafts(floor, "ana")) == len(drafts(floor, "ben")) == 1, "copies are edited, not repeated"

    floor.says("ana", "/incident private personal data", channel)
    (private,) = {each.name for each in floor.ana.channels() if each.name.startswith("inc-1-")} - {channel}
    assert "Send now" in in_channel(floor, private)


def restarts_with(floor: TestFloor, folder: Path, *changes: tuple[str, str]) -> None:
    """Restart the bot with a `floor.yaml` in which these texts are replaced."""
    text = TWO.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    floor.stop_bot()
    floor._settings["floor_file"] = folder / "floor.yaml"
    floor._settings["floor_file"].write_text(text)
    floor.start_bot()


def test_an_approver_of_one_of_the_updates_keeps_the_draft(floor: TestFloor, tmp_path: Path) -> None:
    restarts_with(floor, tmp_path, ("approval: true", "approval: commander"), ("S0: 20", "S0: 15"))
    channel = floor.declares("S0 IVR down")
    floor.says("ana", "/incident claim commander", channel)
    floor.passes(minutes=10)
    assert "2 updates are due" in drafts(floor, "ana")[0]

    floor.says("ana", "/incident assign comms <@U0BEN>", channel)

    assert "Approve" in drafts(floor, "ana")[0]
    assert "Send now" in drafts(floor, "ben")[0]
    presses(floor, "ana", ids.APPROVE, "customers")
    assert promises(floor, "customers")[0]["approved_by"] == "U0ANA"


def in_channel(floor: TestFloor, channel: str) -> str:
    """The only draft in an incident's channel."""
    (draft,) = [message.visible_text for message in floor.ana.sees(channel) if "📣" in message.visible_text]
    return draft


def test_an_update_that_needs_approval_waits_for_it_and_silence_is_escalated_once(floor: TestFloor) -> None:
    led_incident(floor, "S0 IVR down")
    floor.says("ana", "/incident assign commander <@U0CHLOE>", "inc-1-ivr-down")
    floor.passes(minutes=15)
    (draft,) = [words for words in drafts(floor, "ben") if "Front line" in words]
    assert "waits for approval" in draft
    floor.passes(minutes=5)
    assert updates(floor, "front-line") == []
    floor.passes(minutes=1)
    late_messages = [
        message.visible_text
        for message in floor.ben.direct_messages()
        if "did not go out in time" in message.visible_text
    ]
    assert len(late_messages) == 1
    assert "nobody has approved it" in late_messages[0]
    floor.passes(minutes=3)
    assert updates(floor, "front-line") == []

    presses(floor, "ben", ids.APPROVE, "customers")

    assert len(updates(floor, "front-line")) == 1
    assert promises(floor, "customers")[0]["approved_by"] == "U0BEN"
    later_messages = [
        message.visible_text
        for message in floor.ben.direct_messages()
        if "did not go out in time" in message.visible_text
    ]
    assert sum("Front line" in words for words in later_messages) == 1, "once for each promise"
    floor.says("ana", "/incident updates", "inc-1-ivr-down")
    assert "late: it waited for approval" in floor.ephemeral("ana", "inc-1-ivr-down")[-1]
    answer = floor.says("ana", "/incident update Calls go to Cebu", "inc-1-ivr-down")
    assert "on its way to Operations. For Front line it waits for approval" in answer
    floor.says("chloe", "/incident resolve carrier swapped", "inc-1-ivr-down")
    floor.says("chloe", "/incident close", "inc-1-ivr-down")
    (draft,) = post_mortems(floor, "chloe")
    assert "it waited for approval until " in draft
    assert "(nobody has approved it)" not in draft


def test_one_text_waits_for_approval_and_missing_it_leaves_the_people_just_paged_their_minutes(
    floor: TestFloor, tmp_path: Path
) -> None:
    cadence = "cadence: {S0: 20 min, S1: 20 min, S2: on change}\n    first: {S0: 5 min}"
    restarts_with(floor, tmp_path, ("cadence: {S0: 20 min}", cadence))
    channel = floor.declares("S1 IVR down")
    for severity in ("S2", "S0", "S1"):
        floor.says("ana", f"/incident severity {severity} as we learn more", channel)
    assert [row["state"] for row in promises(floor, "customers")] == ["dropped", "dropped", "waiting"]

    floor.passes(minutes=3)
    is_told(floor, "devi")
    floor.passes(minutes=2)
    floor.tick()

    assert len(timeline(floor, "update_late")) == 1
    is_told(floor, "devi")
    floor.passes(minutes=1)
    is_told(floor, "devi", times=2)
    assert pages(floor, "erik") == []
    floor.says("ana", "/incident claim commander", channel)
    floor.says("ana", "/incident resolve carrier swapped", channel)
    assert updates(floor, "front-line") == [], "nobody has approved that they hear of it, so not of its end either"
    assert promises(floor, "customers")[-1]["moved_why"] == "the incident is over"


def test_only_an_approver_can_approve(floor: TestFloor) -> None:
    channel = floor.declares("S0 IVR down")
    floor.passes(minutes=15)

    presses(floor, "ana", ids.APPROVE, "customers", channel)

    assert any("approves the updates for Front line" in words for words in floor.ephemeral("ana", channel))
    floor.says("ana", "/incident claim comms", channel)
    presses(floor, "ana", ids.APPROVE, "customers")
    assert updates(floor, "front-line") == []
    floor.passes(minutes=5)
    assert len(updates(floor, "front-line")) == 1


def test_an_approver_need_not_lead_but_must_be_in_the_channel_of_a_private_incident(
    floor: TestFloor, tmp_path: Path
) -> None:
    executives = 'approval: "@executives"'
    restarts_with(
        floor,
        tmp_path,
        ("approval: true", executives),
        ("channels: [incident]", f"channels: [incident]\n    {executives}"),
        ("lead: [anyone]", "lead: [commander]"),
    )
    old_channel = floor.declares("S0 payroll leaked")
    floor.says("ana", "/incident claim commander", old_channel)
    floor.passes(minutes=10)
    assert "Approve" in drafts(floor, "erik")[0]

    floor.says("ana", "/incident private personal data", old_channel)

    (draft,) = drafts(floor, "erik")
    assert draft.endswith("is with Ana Reyes now.")
    (channel,) = {channel.name for channel in floor.ana.channels() if channel.name.startswith("inc-1-")} - {
        old_channel
    }
    assert "not sent: this audience does not read of a private incident" in drafts(floor, "ana")[-1]
    floor.says("ana", "/incident updates add customers", channel)
    floor.passes(minutes=15)
    assert drafts(floor, "erik") == [draft]
    presses(floor, "ana", ids.APPROVE, "customers")
    assert "@executives approves the updates for Front line, and is not in this" in floor.ephemeral("ana", "dm")[-1]

    floor.ana.invites(channel, "erik")
    floor.settle()

    assert "Approve" in drafts(floor, "erik")[-1], "they get the draft that is open"
    presses(floor, "erik", ids.EDIT, "customers")
    floor.erik.fills(ids.TEXT, "Payslips come a day late.")
    assert floor.erik.submits().closed
    floor.settle()
    assert promises(floor, "customers")[-1]["approved_by"] == "U0ERIK"
    assert "Only commander may change an incident" in floor.says("erik", "/incident severity S1 less", channel)
    floor.passes(minutes=5)
    assert "Payslips come a day late." in updates(floor, "front-line")[0]
    assert any("Approve" in draft for draft in drafts(floor, "erik")), "the update for operations waits for them"
    floor.erik.leaves(channel)
    floor.says("ana", "/incident rename bank details leaked", channel)
    floor.passes(minutes=20)
    assert not any("Approve" in draft for draft in drafts(floor, "erik"))
    assert not any("bank details" in draft for draft in drafts(floor, "erik"))


def test_updates_to_one_audience_stay_in_order_and_none_is_sent_twice(floor: TestFloor) -> None:
    channel = led_incident(floor)
    for hour in range(6):
        floor.says("ana", f"/incident impact {hour} of ten calls are lost", channel)
        floor.passes(minutes=30)

    times = [message.ts for message in update_messages(floor, channel)]
    assert times == sorted(times)
    assert len(times) == len(set(times)) == 6
