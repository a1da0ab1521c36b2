"""People archive, delete, rename and edit the bot's channels and messages; the incident goes on."""

from bot.incidents import ids
from slack_sandbox import posting
from tests.floor import TestFloor
from tests.stories.record import card_message, rows, timeline
from tests.stories.seen_updates import updates
from tests.stories.test_private import private_incident


def deletes(floor: TestFloor, channel: str, ts: str) -> None:
    """Let an administrator delete somebody else's message."""
    workspace = floor.sandbox.workspace
    with workspace.lock:
        target = workspace.channel(channel)
        posting.delete(workspace, target, target.messages[ts])
    floor.settle()


def ends_from_her_direct_message(floor: TestFloor) -> None:
    """Let Ana resolve and close the incident with the control panel of her direct message."""
    for button, reason in ((ids.RESOLVE, "Works again"), (ids.CLOSE, "")):
        floor.ana.clicks(ids.PANEL)
        floor.settle()
        floor.ana.clicks(button)
        if reason:
            floor.ana.fills("What ended the impact?", reason)
        assert floor.ana.submits().closed
        floor.settle()
    assert rows(floor, "incidents")[0]["status"] == "closed"


def test_a_topic_edited_by_hand_does_no_harm_and_is_set_again_at_the_next_change(floor: TestFloor) -> None:
    channel = floor.declares("S2 Chat is slow")
    floor.ana.sets_topic(channel, "our topic")

    floor.says("ana", "/incident severity S1 worse", channel)

    assert floor.sandbox.workspace.channel(channel).topic["value"] == "S1 · Chat is slow"


def test_a_deleted_card_is_redrawn_and_pinned_again(floor: TestFloor) -> None:
    channel = floor.declares()
    ts_before = card_message(floor, channel).ts

    deletes(floor, channel, ts_before)

    ts_after = card_message(floor, channel).ts
    assert ts_after != ts_before
    assert floor.sandbox.workspace.channel(channel).messages[ts_after].pinned
    floor.ana.clicks(f"{ids.CLAIM}.commander", channel=channel)
    floor.settle()
    assert "*Commander* <@U0ANA>" in floor.card(channel)


def test_a_deleted_digest_message_is_redrawn_even_if_it_has_replies(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.passes(minutes=30)
    [digest] = [message for message in floor.ana.sees("incidents") if "*IVR down*" in message.visible_text]
    assert digest.reply_count == 1, "the update"

    deletes(floor, "incidents", digest.ts)

    assert "*IVR down*" in floor.visible_text("incidents")
    floor.hana.clicks(ids.JOIN, channel="incidents")
    floor.says("ana", "/incident status identified a trunk", channel)
    floor.passes(minutes=30)
    assert len(updates(floor, "incidents")) == len(updates(floor, channel)) == 2
    [digest] = [message for message in floor.ana.sees("incidents") if "*IVR down*" in message.visible_text]
    assert floor.ana.sees("incidents")[-1].thread_ts == digest.ts


def test_a_renamed_channel_still_belongs_to_the_incident(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.ana.renames(channel, "war-room")

    floor.says("ana", "/incident status identified", "war-room")

    assert "🎯 identified" in floor.card("war-room")


def test_an_archived_channel_is_reported_to_the_lead_and_redrawn_when_it_is_back(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.says("ana", "/incident claim", channel)

    floor.ana.archives(channel)
    floor.settle()

    assert "it was archived. Unarchive it" in floor.direct_texts("ana")[-1]
    answer = floor.ana.types("/incident 1", channel="general")
    assert "I can no longer write into the channel of incident 1, <#" in answer.text
    assert "Control panel" in str(answer.blocks)
    floor.passes(minutes=60)
    assert "no change since" in updates(floor, "executives")[-1], "people outside the channel still get updates"
    floor.ana.unarchives(channel)
    floor.settle()
    floor.ana.says("The trunk is back", channel)
    floor.passes(minutes=30)
    assert len(timeline(floor, "channel_lost")) == len(timeline(floor, "channel_found")) == 1
    assert "The trunk is back" in str(timeline(floor, "message"))
    assert updates(floor, channel)
    floor.says("ana", "/incident resolve a new trunk", channel)
    floor.ana.archives(channel)
    floor.settle()
    assert "it was archived. Unarchive it" in floor.direct_texts("ana")[-1]
    assert "updates" not in floor.direct_texts("ana")[-1], "none follow"


def test_an_incident_whose_channel_was_deleted_can_be_ended_from_the_direct_message(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.ana.deletes_channel(channel)
    floor.settle()
    assert "it was deleted." in floor.direct_texts("ana")[-1]

    ends_from_her_direct_message(floor)

    assert "resolved after 1 min" in updates(floor, "executives")[-1]
    assert any(message.files for message in floor.ana.direct_messages())


def test_a_removed_bot_says_so_once_and_redraws_when_it_is_back(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.ana.kicks(channel, "watchfloor")
    floor.settle()
    floor.passes(minutes=60)

    assert len([words for words in floor.direct_texts("ana") if "I was removed from it" in words]) == 1

    floor.ana.invites(channel, "watchfloor")
    floor.settle()
    assert len(timeline(floor, "channel_found")) == 1
    floor.says("ana", "/incident status identified a trunk", channel)
    assert "🎯 identified" in floor.card(channel)


def test_joining_an_archived_channel_is_refused_with_the_reason(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.ana.archives(channel)
    floor.settle()

    floor.hana.clicks(ids.JOIN, channel="incidents")
    floor.settle()

    assert any("its channel is archived" in words for words in floor.ephemeral("hana", "incidents"))


def test_a_missed_removal_is_noticed_at_the_next_update(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.stop_bot()
    floor.ana.kicks(channel, "watchfloor")
    floor.start_bot()

    floor.passes(minutes=30)
    floor.passes(minutes=30)

    assert len([words for words in floor.direct_texts("ana") if "I was removed from it" in words]) == 1
    assert len(updates(floor, "incidents")) == 2


def test_a_private_channel_archived_unseen_is_not_called_deleted(floor: TestFloor) -> None:
    channel = private_incident(floor)
    floor.stop_bot()
    floor.ana.archives(channel)
    floor.start_bot()
    floor.ana.unarchives(channel)

    floor.says("ana", "/incident 1 status identified")
    floor.passes(minutes=30)

    [notice] = [words for words in floor.direct_texts("ana") if "can no longer write" in words]
    assert "it was archived or deleted, or I was removed from it" in notice
    floor.ana.invites(channel, "watchfloor")
    floor.settle()
    assert len(timeline(floor, "channel_found")) == 1
