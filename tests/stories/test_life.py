"""Incidents that are renamed, declined, merged, drills, past or made private."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.channels import early
from bot.incidents import awaited_channels, ids, incidents
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.stories.record import post_mortems, rows, timeline
from tests.stories.test_lost_things import ends_from_her_direct_message


def joined_channels(floor: TestFloor, who: str) -> list[str]:
    """The incident channels that a person is in."""
    person = floor.sandbox.person(who)
    return [
        channel.name
        for channel in person.channels()
        if channel.name.startswith("inc-") and person.id in channel.members
    ]


def test_a_new_title_is_shown_everywhere_and_the_channel_is_renamed(floor: TestFloor) -> None:
    floor.declares("S1 IVR down")
    floor.ben.creates_channel("inc-1-ivr-and-chat-down")

    floor.says("ana", "/incident rename IVR and chat down <!here>", "inc-1-ivr-down")
    floor.says("ana", "/incident rename “IVR and chat down”", joined_channels(floor, "ana")[0])

    [channel] = joined_channels(floor, "ana")
    assert channel == "inc-1-ivr-and-chat-down-2"
    assert "🟠 S1 · IVR and chat down" in floor.card(channel)
    assert "IVR and chat down" in floor.visible_text("incidents")
    assert "IVR and chat down" in floor.sandbox.workspace.channel(channel).topic["value"]
    assert len(timeline(floor, "renamed")) == 2
    assert "Please say what it is called now" in floor.says("ana", "/incident rename", channel)


@pytest.mark.parametrize(
    ("command", "change", "field", "chosen", "meanwhile"),
    [
        ("severity", "S0 all lines", ids.SEVERITY, "S3", "S0"),
        ("status", "mitigated", ids.STATUS, "identified", "mitigated"),
    ],
)
def test_a_form_does_not_undo_what_somebody_else_changed_meanwhile(
    floor: TestFloor, command: str, change: str, field: str, chosen: str, meanwhile: str
) -> None:
    channel = floor.declares("S2 IVR down")
    floor.ben.joins(channel)
    floor.says("ana", f"/incident {command}", channel)
    floor.says("ben", f"/incident {command} {change}", channel)

    floor.ana.fills(field, chosen)
    floor.ana.fills(ids.REASON, "only one site")
    refusal = floor.ana.submits().errors[field]

    assert refusal.startswith(f"Meanwhile it became {meanwhile}, so nothing was changed.")
    floor.ana.closes()
    floor.says("ana", f"/incident {command}", channel)
    floor.ana.fills(field, chosen)
    floor.ana.fills(ids.REASON, "only one site")
    assert not floor.ana.submits().errors


def test_a_new_title_that_names_more_places_says_how_to_add_them(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down in Manila")

    answer = floor.says("ana", "/incident rename IVR down in Manila and Cebu for Northline", channel)

    assert "Not among its sites and partners: Cebu, Northline. `/incident edit` adds them." in answer
    [channel] = joined_channels(floor, "ana")
    assert "Not among" not in floor.says("ana", "/incident rename IVR silent in Manila", channel)


def test_a_false_alarm_is_announced_to_everyone_told_before_and_ends_all_promises(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down in Manila for Northline")
    floor.passes(minutes=70)

    assert "say why it is a false alarm" not in floor.says("ana", "/incident decline", channel), (
        "a form asks for it"
    )
    floor.ana.fills("Why is it a false alarm?", "a probe was misconfigured")
    assert floor.ana.submits().closed
    floor.settle()

    assert "false alarm" in floor.visible_text("executives")
    assert "a probe was misconfigured" in floor.visible_text("executives")
    for audience in ("front-line", "partners"):
        last_message = floor.ana.sees(audience)[-1].visible_text
        assert "It was a false alarm" in last_message, audience
        assert "a probe was misconfigured" not in last_message, audience
    assert "It was a false alarm." in floor.visible_text("partner-northline")
    assert "a probe was misconfigured" not in floor.visible_text("partner-northline")
    assert "🚫 declined" in floor.visible_text("incidents")
    message_count = len(floor.ana.sees("executives"))
    floor.passes(hours=5)
    assert len(floor.ana.sees("executives")) == message_count
    assert not [row for row in rows(floor, "promises") if row["state"] == "waiting"]
    assert not rows(floor, "postmortems")
    floor.says("ana", "/incident reopen it is real", channel)
    assert "🔎 investigating" in floor.card(channel)
    for audience in ("executives", "front-line", "partners"):
        assert "It is not over after all" in floor.ana.sees(audience)[-1].visible_text, audience


def test_a_merged_incident_points_to_the_incident_that_continues(floor: TestFloor) -> None:
    first = floor.declares("S1 IVR down in Manila", who="ana")
    second = floor.declares("S2 Calls drop in Cebu", who="ben")
    floor.says("ben", "/incident claim commander", second)
    floor.erik.clicks(ids.SUBSCRIBE, channel="incidents", value="2")
    floor.settle()
    floor.passes(minutes=70)

    assert floor.says("ben", "/incident merge 9", second).startswith(
        "There is no such incident, or you may not see it."
    )
    assert "This is incident" in floor.says("ben", "/incident merge #2", second)
    floor.says("ben", "/incident impact one call in three <!here>", second)
    floor.says("ben", "/incident related 1", second)
    assert "*Related* #1" in floor.card(second, who="ben")
    assert "Incident 2 is merged into incident 1" in floor.says("ben", "/incident merge inc-1", second)

    assert "🔗 merged" in floor.card(second, who="ben")
    assert "Take command" not in floor.card(second, who="ben"), "it is led in the other channel"
    assert "*Merged into* #1" in floor.card(second, who="ben")
    assert "Manila · Cebu" in floor.card(first)
    assert "*Merged into this one* #2" in floor.card(first)
    assert (
        "<@U0BEN> merged #2 Calls drop in Cebu into this incident. Its impact: one call in three @here"
        in floor.live_markup(first)
    ), "people there see what was known in the other one"
    assert "*Related*" not in floor.card(first) + floor.card(second, who="ben"), "each is named once"
    assert first in joined_channels(floor, "ben"), "role holders continue in the other channel"
    assert "goes on in another incident" in floor.visible_text(second, who="ben")
    assert [(row["user_id"], row["incident_id"]) for row in rows(floor, "subscriptions")] == [
        (floor.erik.id, 2),
        (floor.erik.id, 1),
    ]
    assert {row["incident_id"] for row in rows(floor, "promises") if row["state"] == "waiting"} == {1}
    ended = "You get no updates of incident 1 by direct message."
    assert ended in floor.says("ben", "/incident unsubscribe", second), "not of the one that is over"

    floor.chloe.clicks(ids.JOIN, channel="incidents", value="1")
    floor.settle()
    assert first in joined_channels(floor, "chloe")
    assert "was merged into another one" in floor.says("ben", "/incident severity S1", second)
    panel = str(floor.ben.types("/incident", channel=second).blocks)
    assert "It continues in incident 1" in panel
    assert ids.REOPEN in panel, "a merge by mistake can be undone"
    third = floor.declares("S3 Headsets hum", who="devi")
    assert "Incident 2 is merged, so nothing can be merged into it" in floor.says(
        "devi", "/incident merge 2", third
    )


def test_an_incident_merged_by_mistake_becomes_one_of_its_own_again(floor: TestFloor) -> None:
    target = floor.declares("S1 IVR down in Manila", who="ana")
    channel = floor.declares("S1 Calls drop for Northline", who="ben")
    floor.says("ben", "/incident claim", channel)
    floor.passes(minutes=70)
    floor.says("ben", "/incident merge 1", channel)
    assert "goes on in another incident" in floor.visible_text("executives")

    answer = floor.says("ben", "/incident reopen another <!here> outage", channel)
    floor.passes(seconds=10)  # Slack takes about one message a second in each channel

    assert answer.startswith("Incident 2 is one of its own again. Its cases, alerts, caller messages,"), answer
    assert "🔎 investigating" in floor.card(channel, who="ben")
    assert "Commander* <@U0BEN>" in floor.card(channel, who="ben")
    assert "Merged into" not in floor.card(channel, who="ben") + floor.card(target)
    assert "<@U0BEN> took #2 Calls drop for Northline out of this incident again: another @here outage." in (
        floor.live_markup(target)
    )
    assert [row["incident_id"] for row in timeline(floor, "unmerged")] == [1]
    assert [row["incident_id"] for row in timeline(floor, "reopened")] == [2]
    assert {row["incident_id"] for row in rows(floor, "promises") if row["state"] == "waiting"} == {1, 2}
    assert "It is not over after all" not in floor.visible_text("executives")
    last_update = floor.ana.sees("executives")[-1].visible_text
    assert last_update.startswith("🟠 *S1 · Calls drop for Northline* – investigating"), "told at once"
    assert "It is an outage of its own after all: another @here outage" in last_update
    partner_texts = floor.visible_text("partner-northline")
    assert "It is an outage of its own after all: the notice above is open again." in partner_texts
    assert "It is not over after all" not in partner_texts

    assert "nothing to reopen" in floor.says("ben", "/incident reopen again", channel)
    assert "Incident 2 is merged into incident 1" in floor.says("ben", "/incident merge 1", channel)
    floor.passes(seconds=10)
    assert floor.visible_text(channel, who="ben").count("This incident was merged into #1.") == 2, "each is told"


def test_the_channel_of_a_merge_that_was_undone_forgets_the_words_of_an_incident_that_becomes_private(
    floor: TestFloor,
) -> None:
    target = floor.declares("S1 IVR down in Manila", who="ana")
    channel = floor.declares("S1 Names are leaked", who="ben")
    floor.says("ben", "/incident impact the board reads them", channel)
    floor.says("ben", "/incident merge 1", channel)
    floor.says("ben", "/incident reopen the payroll is another matter", channel)
    floor.passes_until(lambda: "payroll" in floor.visible_text(target), seconds=5)

    floor.says("ben", "/incident private names of agents are in it", channel)
    floor.passes_until(lambda: "payroll" not in floor.visible_text(target), seconds=5)

    shown_text = floor.live_markup(target)
    assert "<@U0BEN> merged #2 into this incident." in shown_text
    assert "<@U0BEN> took #2 out of this incident again." in shown_text
    assert not [words for words in ("leaked", "the board reads") if words in shown_text]


def test_a_merge_into_a_less_severe_incident_says_how_to_raise_it(floor: TestFloor) -> None:
    target = floor.declares("S3 Chat is slow")
    floor.says("ana", "/incident merge 1", floor.declares("S1 IVR down in Manila"))

    assert "It was S1; `/incident severity S1` raises this one." in floor.visible_text(target)


def test_customers_are_told_nothing_of_a_merge_by_mistake_and_nothing_of_its_end(floor: TestFloor) -> None:
    floor.declares("S1 IVR down in Manila", who="ana")
    channel = floor.declares("S2 Chat is slow", who="ben")
    floor.says("ben", "/incident update we look at it", channel)
    message_count = len(floor.ana.sees("front-line"))

    floor.says("ben", "/incident merge 1", channel)
    last_text = floor.ana.sees("front-line")[-1].visible_text
    assert last_text.endswith("This is the same outage as another one. Updates go on with that one.")
    assert "next update" not in last_text.lower()
    floor.says("ben", "/incident reopen another outage", channel)
    floor.passes(seconds=10)

    assert len(floor.ana.sees("front-line")) == message_count
    assert "same outage" not in floor.ana.sees("front-line")[-1].visible_text
    assert "next update" in floor.ana.sees("front-line")[-1].visible_text


def test_private_incidents_are_never_merged_into_public_ones_or_named_on_public_cards(floor: TestFloor) -> None:
    floor.says("ana", "/incident declare S1")
    floor.ana.fills("What is wrong?", "Customer data leaked")
    floor.ana.fills("Who may see it?", ["private"])
    floor.ana.submits()
    floor.settle()
    public = floor.declares("S2 CRM is slow", who="ana")
    [private] = [name for name in joined_channels(floor, "ana") if name.startswith("inc-1-")]

    assert "merging would show everyone" in floor.says("ana", "/incident merge 2", private)
    assert "Make this one private first" in floor.says("ana", "/incident merge 1", public)
    floor.chloe.joins(public)
    assert "There is no such incident, or you may not see it" in floor.says("chloe", "/incident merge 1", public)

    floor.says("ana", "/incident related 2", private)
    assert "*Related* #2" in floor.card(private)
    assert "Related" not in floor.card(public)
    assert not timeline(floor, "related")[1:], "nothing is recorded in the public one"
    floor.says("ana", "/incident related remove 2", private)
    assert "Related" not in floor.card(private)

    # Two private incidents may have different people.
    floor.says("ana", "/incident private customers are named", public)
    floor.tick()
    [target] = [name for name in joined_channels(floor, "ana") if name.startswith("inc-2-") and name != public]
    assert "is merged into incident 2" in floor.says("ana", "/incident merge 2", private)
    assert "merged #1 into this incident" in floor.visible_text(target)
    assert "Customer data leaked" not in floor.visible_text(target)


def test_a_drill_is_marked_everywhere_calls_nobody_and_is_counted_nowhere(floor: TestFloor) -> None:
    floor.says("ben", "/incident drill S0 IVR down in Manila for Northline")
    [channel] = joined_channels(floor, "ben")
    floor.passes(minutes=45)

    assert channel.startswith("inc-1-drill-ivr-down-in-manila")
    assert "🔴 S0 · DRILL: IVR down in Manila" in floor.card(channel, who="ben")
    assert "🧪 drill" in floor.visible_text("incidents")
    for audience in ("engineering", "front-line", "executives"):
        sent = [
            message.visible_text
            for message in floor.ana.sees(audience)
            if message.user == floor.sandbox.workspace.bot.id
        ]
        assert sent, audience
        assert all("This is a drill." in words for words in sent), audience
    assert not floor.ana.direct_messages(), "nobody is paged"
    assert channel not in joined_channels(floor, "chloe"), "no group is invited"
    assert not floor.visible_text("partner-northline")
    assert "This is a drill, so nobody is paged." in floor.says("ben", "/incident page @chloe come", channel)
    assert "Opening an incident" in floor.says("devi", "/incident declare S3 IVR down in Manila")

    floor.says("ben", "/incident rename CRM down", channel)
    assert "DRILL: CRM down" in floor.visible_text("incidents")


def test_a_past_incident_can_be_declared_and_calls_nobody(floor: TestFloor) -> None:
    now = int(utcnow().timestamp())
    floor.says("ben", "/incident declare S0")
    floor.ben.fills("What is wrong?", "IVR was down")
    floor.ben.fills("Only if it is over: when did it start?", now - 7200)
    assert "Please say when it ended" in str(floor.ben.submits().errors)
    floor.ben.fills("And when did it end?", now - 9000)
    assert "cannot have ended before it started" in str(floor.ben.submits().errors)
    floor.ben.fills("And when did it end?", now - 3600)
    assert floor.ben.submits().closed
    floor.settle()
    floor.passes(hours=3)

    card = floor.card("inc-1-ivr-was-down", who="ben")
    assert "✅ resolved" in card
    assert "1 h 00 min" in card
    assert not rows(floor, "promises")
    assert not rows(floor, "playbook_runs")
    assert not floor.ana.direct_messages()
    assert "inc-1-ivr-was-down" not in joined_channels(floor, "chloe")
    assert "Closed." in floor.says("ben", "/incident close", "inc-1-ivr-was-down")


def test_times_typed_at_three_in_the_morning_refer_to_the_persons_own_day(floor: TestFloor) -> None:
    floor.passes(hours=10)  # 03:00 of the 14th in Manila, 19:00 of the 13th in UTC

    floor.says("ana", "/incident declare afterwards S2 IVR was down from 23:10 to 00:20")
    floor.says("ana", "/incident declare afterwards S2 CRM was slow from today 01:05 to 02:40")
    floor.says("ana", "/incident declare afterwards S2 Chat was down from yesterday 22:00 to 23:00")
    refusal = floor.says("ana", "/incident declare afterwards S2 Mail was down from today 02:00 to 03:30")
    assert "That time is still to come." in refusal
    milestones = [json.loads(str(entry["facts"])) for entry in timeline(floor, "milestone")]
    started = [entry["reached_at"][:16] for entry in milestones if entry["milestone"] == "started"]
    assert started == ["2026-05-13T15:10", "2026-05-13T17:05", "2026-05-13T14:00"]

    channel = "inc-1-ivr-was-down"
    assert "Added to the timeline" in floor.says("ana", "/incident note restarted it at 23:50", channel)
    [note] = timeline(floor, "note")
    assert str(note["at"])[:16] == "2026-05-13 15:50"
    floor.says("ana", f"/incident correct {note['id']}", channel)
    at = datetime.fromisoformat(str(note["at"])).replace(tzinfo=UTC)
    assert f"'initial_date_time': {int(at.timestamp())}" in str(floor.ana.modal)


def test_one_line_declares_a_drill_a_private_or_a_past_incident(floor: TestFloor) -> None:
    answer = floor.says("ben", "/incident declare afterwards S1 IVR was down from 07:05 to 08:20")
    assert "Opening an incident for “IVR was down”" in answer
    assert "✅ resolved" in floor.card("inc-1-ivr-was-down", who="ben")
    assert "1 h 15 min" in floor.card("inc-1-ivr-was-down", who="ben")
    [confirmation] = [text for text in floor.ephemeral("ben") if "Incident 1 is recorded as resolved" in text]
    assert re.search(r"resolved, from <.*06:05 UTC> to <.*07:20 UTC>: <#", confirmation), confirmation
    assert "That time is still to come. If it is not over, declare it without times." in floor.says(
        "ben", "/incident declare afterwards CRM slow 07:05-23:20"
    )

    floor.says("ben", "/incident declare afterwards S3 CRM was slow")
    assert floor.ben.submits().errors, "the form asks when it began and ended"
    floor.ben.fills("When did it start?", int(utcnow().timestamp()) - 7200)
    floor.ben.fills("When did it end?", int(utcnow().timestamp()) - 3600)
    assert floor.ben.submits().closed
    floor.settle()
    assert "🔵 S3 · CRM was slow" in floor.card("inc-2-crm-was-slow", who="ben")
    assert "✅ resolved" in floor.card("inc-2-crm-was-slow", who="ben")

    floor.says("ben", "/incident declare private S2 customer data in CRM")
    assert floor.ben.submits().closed
    floor.settle()
    assert floor.sandbox.workspace.channel("inc-3-customer-data-in-crm").is_private

    for typed in ("drill private S1 Data leaked", "declare afterwards private S1 Data leaked 07:05-08:20"):
        assert "Begin with only one of" in floor.says("ben", f"/incident {typed}")

    floor.says("ben", "/incident declare drill S1 IVR down in Manila")
    assert "DRILL: IVR down in Manila" in floor.card("inc-4-drill-ivr-down-in-manila", who="ben")


def test_an_incident_made_private_continues_in_a_private_channel_and_is_retracted_elsewhere(
    floor: TestFloor,
) -> None:
    old_channel = floor.declares("S1 CRM shows data of others at Northline")
    other_channel = floor.declares("S3 Headsets hum")
    floor.says("ana", "/incident claim commander", old_channel)
    floor.says("ana", "/incident related 2", old_channel)
    floor.chloe.joins(old_channel)
    floor.chloe.says("I see invoices of strangers", channel=old_channel)
    merged_channel = floor.declares("S1 Logins fail", who="ben")
    floor.passes(minutes=70)
    floor.says("ben", "/incident merge 1", merged_channel)
    assert "CRM shows data" in floor.visible_text("executives")
    assert "It is the same outage as #1 CRM shows data" in floor.visible_text("executives")
    assert floor.visible_text("partner-northline")

    old_id = floor.sandbox.workspace.channel(old_channel).id
    floor.sandbox.fault("conversations.rename", "late", answer="wait", after_call="conversations.create")
    floor.ana.types("/incident rename CRM shows data of strangers", channel=old_channel)
    floor.sandbox.wait_for(lambda: floor.sandbox.late_requests.calls)
    answer = floor.says("ana", "/incident private personal data", old_id)
    assert "This incident is private now." in answer
    assert "Incidents that were merged into it become private, too: #3." in answer
    floor.passes(minutes=5)
    floor.passes(minutes=5)

    assert floor.sandbox.workspace.channel(old_id).name == "inc-1-crm-shows-data-of-strangers"
    [private] = [
        channel.name
        for channel in floor.ana.channels()
        if channel.name.startswith("inc-1-") and channel.id != old_id and floor.ana.id in channel.members
    ]
    assert floor.sandbox.workspace.channel(private).is_private
    [incident] = [row for row in rows(floor, "incidents") if row["id"] == 1]
    assert incident["channel_id"] == floor.sandbox.workspace.channel(private).id
    assert "🟠 S1 · CRM shows data" in floor.card(private)
    assert private in joined_channels(floor, "chloe"), "members of the old channel are in the new one"
    assert "What people wrote in" in floor.visible_text(private)
    for place in ("incidents", "executives", "engineering", "front-line", "partners", "partner-northline"):
        assert "CRM" not in floor.visible_text(place), place
        assert "Northline" not in floor.visible_text(place), place
        assert "Logins" not in floor.visible_text(place), place
    assert floor.sandbox.workspace.channel(merged_channel).is_archived
    assert "goes on in another incident" not in floor.visible_text(merged_channel, who="ben")
    [merged_private] = [
        name for name in joined_channels(floor, "ben") if name.startswith("inc-3-") and name != merged_channel
    ]
    assert floor.sandbox.workspace.channel(merged_private).is_private
    private_id = floor.sandbox.workspace.channel(private).id
    assert f"*Merged into* #1 <#{private_id}>" in floor.card(merged_private, who="ben")
    [role_text] = [text for text in floor.direct_texts("ana") if "*commander* of incident 1" in text]
    assert f"<#{private_id}>" in role_text, "what people were told directly leads to the new channel"
    assert "There is no such incident" in floor.says("hana", "/incident 3")
    assert "Related" not in floor.card(other_channel)
    channel = floor.sandbox.workspace.channel(old_id)
    assert channel.is_archived
    bot_id = floor.sandbox.workspace.bot.id
    assert not [
        message.visible_text for message in channel.messages.values() if message.user == bot_id and message.blocks
    ]
    assert "No incident matches." in floor.says("hana", "/incident search data")
    message_count = len(floor.ana.sees("executives"))
    floor.passes(hours=3)
    assert len(floor.ana.sees("executives")) == message_count
    assert "private already" in floor.says("ana", "/incident private again", private)
    assert "private already" in floor.says("ana", "/incident private", private)
    floor.chloe.says("They are gone now", channel=private)
    floor.settle()
    floor.says("ana", "/incident timeline messages", private)
    shown_page = str(floor.ana.sees(private)[-1].blocks)
    [old_ts, new_ts] = [str(entry["message_ts"]).replace(".", "") for entry in timeline(floor, "message")]
    assert f"/{old_id}/p{old_ts}|" in shown_page, "the message stays in the old channel"
    assert f"/{incident['channel_id']}/p{new_ts}|" in shown_page
    floor.says("ana", "/incident postmortem", private)
    [draft] = post_mortems(floor, "ana")
    assert f"/{old_id}/p{old_ts}" in draft
    assert f"/{incident['channel_id']}/p{new_ts}" in draft


def test_a_message_whose_answer_was_lost_is_deleted_from_the_old_channel_of_a_private_incident(
    floor: TestFloor,
) -> None:
    channel = floor.declares("S1 CRM shows data of others")
    old = floor.sandbox.workspace.channel(channel)
    floor.sandbox.fault("chat.postMessage", "lost_answer")
    floor.ana.types("/incident playbook start wrong-bills", channel=channel)
    floor.sandbox.wait_for(lambda: any("*Wrong bills" in text for text in bot_texts(floor, old.id)))
    floor.says("ana", "/incident private personal data", old.id)
    for _ in range(3):
        floor.passes(minutes=5)

    assert old.is_archived
    assert bot_texts(floor, old.id) == []


def bot_texts(floor: TestFloor, channel_id: str) -> list[str]:
    """What the bot's messages in a channel say, with buttons or without."""
    bot_id = floor.sandbox.workspace.bot.id
    messages = floor.sandbox.workspace.channel(channel_id).messages.values()
    return [message.visible_text for message in messages if message.user == bot_id and message.blocks]


def test_an_incident_whose_private_channel_cannot_be_made_is_led_and_ended_without_one(floor: TestFloor) -> None:
    channel = floor.declares("S1 CRM shows data of others")
    floor.says("ana", "/incident claim commander", channel)
    floor.sandbox.fault("conversations.create", "error", error="restricted_action")

    floor.says("ana", "/incident private", channel)
    assert "This cannot be undone." in str(floor.ana.modal)
    assert not rows(floor, "incidents")[0]["is_private"], "only the form does it"
    floor.ana.fills("Why?", "personal data")
    assert floor.ana.submits().closed
    floor.settle()

    assert "I could not make a private channel for it" in floor.ana.direct_messages()[-1].visible_text
    assert "CRM shows data" in floor.says("ana", "/incident 1")
    floor.ben.says("how is the CRM?", channel="general")
    floor.settle()
    with floor.services.database.reading() as session:
        assert not early.all_heard(session), "no other channel can become this incident's"
        assert not awaited_channels.count_before(session, floor.ana.id, 2), "nobody waits behind it"
    ends_from_her_direct_message(floor)


def test_an_incident_at_more_sites_than_a_menu_preselects_keeps_the_others_when_it_is_edited(
    tmp_path: Path,
) -> None:
    sites = [f"Site {number:03}" for number in range(130)]
    file = tmp_path / "floor.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(Path("floor.yaml").read_text()) | {"sites": sites}))
    with TestFloor(tmp_path, floor_file=file) as floor:
        channel = floor.declares("S2 Headsets hum")
        with floor.services.database.transaction() as session:
            incidents.by_number(session, 1).sites = sites

        floor.says("ana", "/incident edit", channel)
        assert "100 of 130 are shown; the others stay." in str(floor.ana.modal)
        floor.ana.fills(ids.SITES, sites[1:100])
        assert floor.ana.submits().closed
        floor.settle()

        with floor.services.database.reading() as session:
            assert incidents.by_number(session, 1).sites == sites[1:]
