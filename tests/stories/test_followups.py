"""Follow-ups from each way of creating them until they are done."""

from datetime import timedelta

import pytest

from bot.followups import ids
from bot.incidents import ids as incident_ids
from bot.playbooks import facts
from bot.playbooks import ids as playbook_ids
from bot.runtime.clock import utcnow
from slack_sandbox.errors import NothingToClick
from tests.floor import TestFloor
from tests.stories.record import rows, untouched
from tests.stories.seen_followups import channel_messages, follow_ups, happened, is_shown, is_told


def in_days(days: int) -> str:
    return (utcnow().date() + timedelta(days=days)).isoformat()


@pytest.mark.both_ways
def test_a_typed_follow_up_passes_from_person_to_person_until_it_is_done(floor: TestFloor) -> None:
    channel = floor.declares()
    words = f"/incident followup @ben prevent: alarm on trunk errors by {in_days(9)}"
    assert "Follow-up 1 added" in floor.says("ana", words, channel)

    is_shown(floor, channel, "alarm on trunk errors")
    is_told(floor, "ben", "yours to do")
    [row] = follow_ups(floor)
    assert (row["owner_id"], row["kind"], row["zone"]) == ("U0BEN", "prevent", "Europe/London")
    assert str(row["due_on"]) == in_days(9)

    floor.ben.clicks(ids.NOT_MINE, channel="dm")
    is_told(floor, "ben", "Nobody has it now")
    is_told(floor, "ana", "Nobody has this follow-up")
    is_shown(floor, channel, "nobody yet")

    floor.ana.clicks(ids.TAKE, channel=channel)
    is_told(floor, "ana", "yours to do")
    floor.ana.clicks(ids.DONE, channel="dm")
    is_shown(floor, channel, "done by <@U0ANA>")
    floor.ana.clicks(ids.REOPEN, channel=channel)
    is_told(floor, "ana", "yours to do")
    floor.ana.clicks(ids.DONE, channel=channel)
    is_told(floor, "ana", "Done by <@U0ANA>")

    assert len(channel_messages(floor, channel)) == 1
    expected = ["added", "declined", "given", "done", "reopened", "done"]
    assert happened(floor) == [f"followup_{kind}" for kind in expected]


def test_the_form_of_a_message_in_another_channel_asks_which_incident_it_is_about(floor: TestFloor) -> None:
    channel = floor.declares()
    message = floor.ben.says("We should <!here> rehearse *this* & <@U0ANA> knows how", channel="general")

    floor.ben.uses_message_shortcut(ids.FROM_MESSAGE, "general", message.ts)
    floor.ben.fills("Which incident is it about?", "1")
    floor.ben.fills("What is it for?", "process")
    floor.ben.fills("Link", "javascript:alert(1)")
    assert "https://" in floor.ben.submits().errors[ids.LINK]
    floor.ben.fills("Link", "https://tickets.example/7")
    floor.ben.fills("By which day?", in_days(-3))
    assert "has passed" in floor.ben.submits().errors[ids.DUE]
    floor.ben.fills("By which day?", in_days(3))
    assert floor.ben.submits().closed

    is_shown(floor, channel, "rehearse")
    is_told(floor, "ben", "rehearse")
    [row] = follow_ups(floor)
    assert row["text"] == "We should @here rehearse *this* & @Ana Reyes knows how"
    assert "<!here>" not in floor.live_markup(channel)
    assert "<https://tickets.example/7|link>" in floor.live_markup(channel)


def test_a_reaction_creates_one_follow_up_however_many_react_and_removing_it_cancels_it(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.ben.joins(channel)
    message = floor.ben.says("The trunk alarm was muted", channel=channel)
    floor.settle()

    floor.ana.reacts("bookmark_tabs", channel, message.ts)
    floor.settle()
    floor.ben.reacts("bookmark_tabs", channel, message.ts)
    is_shown(floor, channel, "The trunk alarm was muted")
    [row] = follow_ups(floor)
    assert (row["owner_id"], row["state"]) == ("U0ANA", "open")
    assert message.ts.replace(".", "") in row["link"]

    floor.ben.unreacts("bookmark_tabs", channel, message.ts)
    floor.settle()
    assert follow_ups(floor)[0]["state"] == "open"
    floor.ana.unreacts("bookmark_tabs", channel, message.ts)
    is_shown(floor, channel, "no longer needed")
    floor.ana.reacts("bookmark_tabs", channel, message.ts)
    is_shown(floor, channel, "due")
    assert len(follow_ups(floor)) == len(channel_messages(floor, channel)) == 1


def test_later_and_change_open_forms_and_every_message_follows(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.says("ana", "/incident followup write it down", channel)
    is_told(floor, "ana", "yours to do")

    floor.ana.clicks(ids.LATER, channel="dm")
    floor.ana.fills("When will it be done?", in_days(30))
    floor.ana.fills("Why later?", "Waiting for the carrier")
    assert floor.ana.submits().closed
    floor.settle()
    is_shown(floor, channel, "write it down")
    floor.ben.clicks(ids.CHANGE, channel=channel)
    floor.ben.fills("What is to be done?", "Write the runbook")
    floor.ben.fills("Who does it?", "U0BEN")
    floor.ben.fills("What is it for?", "document")
    assert floor.ben.submits().closed

    is_told(floor, "ben", "yours to do")
    is_shown(floor, channel, "Write the runbook")
    [row] = follow_ups(floor)
    assert (row["kind"], row["owner_id"], str(row["due_on"])) == ("document", "U0BEN", in_days(30))
    with pytest.raises(NothingToClick):
        floor.ana.clicks(ids.DONE, channel="dm")
    assert happened(floor) == [f"followup_{kind}" for kind in ("added", "moved", "changed", "given")]


def test_forbidden_and_impossible_commands_are_refused_and_change_nothing(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.says("ana", "/incident followup @ben write it down", channel)
    is_told(floor, "ben", "yours to do")
    floor.ben.clicks(ids.DONE, channel="dm")
    is_told(floor, "ben", "Done by")
    is_shown(floor, channel, "done by")

    with untouched(floor):
        assert "Guests" in floor.says("gus", "/incident followups")
        assert "Guests" in floor.says("ana", "/incident followup @gus pay it", channel)
        assert "what is to be done" in floor.says("ana", "/incident followup @ben", channel)
        assert "has passed" in floor.says("ana", "/incident followup x by 2020-01-01", channel)
        assert "two years" in floor.says("ana", "/incident followup x by 2999-01-01", channel)
        assert "not a day" in floor.says("ana", "/incident followup x by 2030-02-31", channel)
        assert "I do not know" in floor.says("ana", "/incident followups all", channel)
        assert "isn't an incident channel" in floor.says("ana", "/incident followup something")


def test_the_lists_contain_what_the_reader_may_see(floor: TestFloor) -> None:
    first, second = floor.declares("S1 IVR down"), floor.declares("S2 CRM slow", who="ben")
    floor.says("ana", "/incident followup @ben mend the trunk", first)
    floor.says("ben", "/incident followup @ana mend the desktop", second)
    floor.passes(days=17)

    assert floor.says("ben", "/incident followups") == "Your follow-ups: 1"
    assert floor.says("ben", "/incident followups mine", second) == "Your follow-ups: 1"
    assert floor.says("ben", "/incident followups", second) == "Follow-ups of incident 2: 1"
    assert floor.says("erik", "/incident followups overdue") == "Late follow-ups: 2"
    assert "no follow-up to do" in floor.says("erik", "/incident followups")
    floor.ben.opens_home()
    assert floor.sandbox.wait_for(lambda: "mend the trunk" in str(floor.ben.home))
    floor.ben.clicks(ids.CHANGE, surface="home")
    assert floor.ben.modal["title"]["text"] == "Follow-up 1"
    follow_up_list = floor.ephemeral("erik")[-2]
    assert "late" in follow_up_list
    assert "mend the trunk" in follow_up_list


def test_a_review_finding_is_proposed_for_a_playbook_and_a_person_decides(floor: TestFloor) -> None:
    channel = floor.declares("S2 IVR down in Manila")
    floor.says("ana", "/incident followup @ben check the <!here> carrier before the failover", channel)
    is_shown(floor, channel, "carrier before the failover")
    assert "Nothing is proposed" in floor.says("ana", "/incident playbook proposals")

    floor.ana.clicks(incident_ids.PROPOSE_FROM_FOLLOW_UP, channel=channel)
    assert "carrier before the failover" in str(floor.ana.modal)
    floor.ana.fills("Playbook", "outage")
    floor.ana.fills("Who changes it", "ben")
    floor.ana.fills("Who decides", "gus")
    assert "Guests" in floor.ana.submits().errors[playbook_ids.TEXT]
    floor.ana.fills("Who decides", "farah")
    assert floor.ana.submits().closed
    hears(floor, "farah", "asks you to decide")
    floor.says("farah", "/incident playbook proposals")
    proposal_list = floor.ephemeral("farah")[-1]
    assert "1 to be decided" in proposal_list
    assert "<@U0FARAH> decides" in proposal_list
    assert "<!here>" not in proposal_list

    floor.farah.clicks(playbook_ids.ACCEPT_PROPOSAL, channel="dm")
    hears(floor, "ben", "accepts it; <@U0BEN> changes `playbooks/outage.yaml`")
    hears(floor, "farah", "accepted by <@U0FARAH>")

    floor.says("ana", "/incident resolve failed over", channel)
    floor.says("ana", "/incident close", channel)
    floor.passes_until(
        lambda: any("For a playbook" in str(m.blocks) for m in floor.ana.direct_messages()), seconds=5
    )
    floor.ana.clicks(incident_ids.PROPOSE_FROM_REVIEW, channel="dm")
    floor.ana.fills("Playbook", "outage")
    floor.ana.fills("What to change", "Ask the vendor first")
    floor.ana.fills("Who decides", "farah")
    assert floor.ana.submits().closed
    hears(floor, "farah", "Ask the vendor first")
    floor.farah.clicks(playbook_ids.DECLINE_PROPOSAL, channel="dm")
    floor.farah.fills("Why?", "They never answer")
    assert floor.farah.submits().closed
    hears(floor, "ana", "declines it (They never answer)")
    assert [row["state"] for row in rows(floor, "playbook_proposals")] == ["accepted", "declined"]
    kinds = [row["kind"] for row in rows(floor, "timeline_entries") if "playbook_" in row["kind"]]
    proposed, accepted, declined = "playbook_proposed", "playbook_change_accepted", "playbook_change_declined"
    assert [kind for kind in kinds if kind in (proposed, accepted, declined)] == [
        *(proposed, accepted, proposed, declined),
    ]
    with floor.services.database.reading() as session:
        export_rows = facts.PROPOSALS.rows(session, 1, str)
    assert [(row[0], row[6], row[8]) for row in export_rows] == [
        ("outage", "accepted", ""),
        ("outage", "declined", "They never answer"),
    ]

    floor.says("ana", "/incident reopen it is back", channel)
    floor.says("ana", "/incident followup @hana read the contract", channel)
    hears(floor, "hana", "read the contract")
    floor.says("ana", "/incident private carrier contract", channel)
    hears(floor, "hana", "its text is in the channel")
    assert "read the contract" not in floor.direct_text("hana"), "she is not in the channel"
    assert "carrier before the failover" not in str(rows(floor, "playbook_proposals"))
    secret = next(
        candidate.name
        for candidate in floor.ana.channels()
        if candidate.is_private and candidate.name.startswith("inc-1")
    )
    floor.says("ana", "/incident followup call the lawyer", secret)
    is_shown(floor, secret, "lawyer")
    floor.ana.clicks(incident_ids.PROPOSE_FROM_FOLLOW_UP, channel=secret)
    assert floor.sandbox.wait_for(lambda: "everyone reads proposals" in floor.ephemeral("ana", secret)[-1])


def hears(floor: TestFloor, who: str, words: str) -> None:
    """Wait until some direct message contains the text; messages that can wait come once a minute."""
    person = floor.sandbox.person(who)
    floor.passes_until(
        lambda: any(words in f"{m.visible_text}{m.blocks}" for m in person.direct_messages()), seconds=10
    )
