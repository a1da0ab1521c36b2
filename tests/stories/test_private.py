"""A private incident's text appears nowhere outside its channel."""

import logging

import pytest
from sqlmodel import select

from bot import outbox
from bot.impact import ids as impact_ids
from bot.incidents import ids, incidents
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.playbooks import ids as step_ids
from bot.runtime.clock import utcnow
from slack_sandbox.errors import NotVisible
from slack_sandbox.message_text import visible_text
from tests.floor import TestFloor
from tests.stories.playbook_driver import PlaybookDriver
from tests.stories.record import rows, seen_by_all, untouched
from tests.stories.seen_updates import drafts
from tests.stories.test_figures import csv_of, drop, figures, press, this_half_hour

SECRET = "payroll of the board leaked"
CHANNEL = "inc-1-payroll-of-the-board-leaked"


def private_incident(floor: TestFloor, who: str = "ana") -> str:
    """Declare a private incident; return its channel."""
    person = floor.sandbox.person(who)
    floor.says(who, "/incident declare S1")
    person.fills("What is wrong?", SECRET)
    person.fills("Who may see it?", ["private"])
    assert person.submits().closed
    floor.settle()
    return CHANNEL


@pytest.mark.both_ways
def test_words_of_a_private_incident_stay_in_its_channel(
    floor: TestFloor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    channel = private_incident(floor)
    floor.says("ana", "/incident claim", channel)
    floor.says("ana", "/incident severity S0 worse", channel)
    floor.says("ana", "/incident update It is contained", channel)
    floor.passes(minutes=45)
    floor.ben.opens_home()
    floor.says("ben", "/incident list")
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident close", channel)

    other_texts = {name: words for name, words in seen_by_all(floor).items() if name != channel}
    own_channel = floor.sandbox.workspace.direct_message(floor.ana.user)
    all_text = "\n".join(
        word
        for name, words in other_texts.items()
        if name not in (own_channel.name, own_channel.id)
        for word in words
    )
    assert SECRET not in all_text
    assert "contained" not in all_text
    assert SECRET not in visible_text("", floor.ben.home["blocks"])
    assert SECRET not in "\n".join(floor.ephemeral("ben"))
    assert SECRET not in caplog.text
    assert floor.sandbox.workspace.channel(channel).is_private
    with pytest.raises(NotVisible):
        floor.ben.sees(channel)


def test_queues_of_a_file_for_a_private_incident_are_named_nowhere_else(floor: TestFloor) -> None:
    channel = private_incident(floor)
    floor.says("ana", "/incident edit", channel)
    floor.ana.fills(ids.SITES, ["Manila"])
    assert floor.ana.submits().closed
    start = this_half_hour()
    drop(floor, channel, csv_of((start, "Payroll desk", 120, 60, 40)), "payroll.csv")
    press(floor, impact_ids.USE, channel)
    assert "Service level *50 %*" in figures(floor, channel)

    public_channel = floor.declares("S2 CRM slow in Manila")
    floor.tick()
    drop(floor, None, csv_of((start, "Billing", 100, 90, 40)), "billing.csv")
    floor.ana.clicks(impact_ids.USE, channel=None)
    floor.settle()
    floor.tick()
    floor.says("ana", "/incident whatif Pay: agents -6", public_channel)
    texts = [floor.card(public_channel), figures(floor, public_channel), floor.live_markup(public_channel)]
    assert "billing.csv" in texts[1]
    assert "Payroll" not in "".join(texts)
    assert "Payroll" not in "".join(floor.ephemeral("ana", public_channel))


def test_members_find_a_private_incident_in_their_list_and_home(floor: TestFloor) -> None:
    private_incident(floor)

    floor.ana.opens_home()
    floor.says("ana", "/incident list")

    assert SECRET in visible_text("", floor.ana.home["blocks"])
    assert SECRET in floor.ephemeral("ana")[-1]


def test_a_person_invited_by_hand_finds_a_private_incident_and_one_who_left_does_not(floor: TestFloor) -> None:
    channel = private_incident(floor)
    driver = PlaybookDriver(floor, channel)
    floor.ana.invites(channel, "ben")
    floor.settle()
    floor.says("ben", "/incident list")
    assert SECRET in floor.ephemeral("ben")[-1]
    driver.presses("ben", step_ids.STEP_TAKE, "Call the carrier")
    assert "1 open step" in floor.says("ben", "/incident steps")
    floor.says("ana", "/incident page <@U0BEN|ben> please look", channel)
    assert "On my way" in floor.direct_texts("ben")[-1]

    floor.ben.leaves(channel)
    floor.settle()
    floor.says("ben", "/incident list")
    assert SECRET not in floor.ephemeral("ben")[-1]
    assert floor.says("ben", "/incident steps") == "You have no open steps."
    assert floor.direct_texts("ben")[-1].endswith("You left its channel; you are no longer needed.")
    assert "left the channel" in floor.visible_text(channel)


def test_a_private_channel_that_cannot_be_created_leaves_nothing_public(floor: TestFloor) -> None:
    floor.sandbox.fault("conversations.create", "error", error="restricted_action", count=9)

    floor.says("ana", "/incident declare S1")
    floor.ana.fills("What is wrong?", SECRET)
    floor.ana.fills("Who may see it?", ["private"])
    floor.ana.submits()
    floor.settle()

    assert all(
        call.args.get("is_private") in ("1", "true") for call in floor.sandbox.calls_of("conversations.create")
    )
    assert SECRET not in "\n".join(floor.visible_text(place) for place in ("general", "incidents", "operations"))
    assert rows(floor, "incidents")[0]["status"] == "declined"
    assert any("The incident was not opened" in message.visible_text for message in floor.ana.direct_messages())


def test_a_form_redirected_to_a_private_incident_changes_and_reveals_nothing(floor: TestFloor) -> None:
    private_incident(floor)
    public = floor.declares("S2 Chat is slow", who="ben")
    floor.says("ben", "/incident severity", public)
    floor.sandbox.workspace.modals["U0BEN"][-1].body["private_metadata"] = "1"
    floor.ben.fills("Severity", "S4")
    floor.ben.fills("Why?", "curious")

    with untouched(floor):
        refusal = floor.ben.submits()

    assert refusal.errors["severity"].startswith("There is no such incident, or you may not see it.")


def test_a_form_redirected_to_a_step_of_a_private_incident_does_not_name_the_step(floor: TestFloor) -> None:
    private_driver = PlaybookDriver(floor, private_incident(floor))
    private_driver.does("ana", "Call the carrier")
    public_driver = PlaybookDriver(floor, floor.declares("S2 Chat is slow", who="ben"), "ben")
    public_driver.presses("ben", step_ids.STEP_SKIP, "Call the carrier")
    floor.sandbox.workspace.modals["U0BEN"][-1].body["private_metadata"] = str(
        private_driver.row("Call the carrier")["id"]
    )

    with untouched(floor):
        refusal = public_driver.submits("ben", {step_ids.REASON: "curious"})

    assert refusal.errors[step_ids.REASON].startswith("There is no such incident, or you may not see it.")
    floor.says("ana", "/incident playbook stop outage", private_driver.channel)
    refusal = public_driver.submits("ben", {})
    assert refusal.errors[step_ids.REASON].startswith("There is no such incident, or you may not see it.")


def test_a_person_working_in_a_private_channel_is_a_member_even_if_the_join_event_was_missed(
    floor: TestFloor,
) -> None:
    channel = private_incident(floor)
    floor.stop_bot()
    floor.ana.invites(channel, "ben")
    floor.sandbox.envelopes.clear()
    floor.start_bot()

    floor.says("ben", "/incident", channel)
    floor.ben.clicks(ids.CHANGE_STATUS, channel=channel)
    floor.ben.fills("Status", "identified")

    assert floor.ben.submits().closed


def test_a_private_incident_has_only_audiences_added_by_hand(floor: TestFloor) -> None:
    public = floor.declares("S1 IVR down")
    assert "is not private" in floor.says("ana", "/incident updates add executives", public)
    channel = private_incident(floor).replace("inc-1-", "inc-2-")
    assert "Choose from" in floor.says("ana", "/incident updates add nobody", channel)
    assert "Executives will get updates of this private incident" in floor.says(
        "ana", "/incident updates add Executives", channel
    )
    assert "already" in floor.says("ana", "/incident updates add executives", channel)
    # Their first update is due at once; until it is sent, the next one is not promised, and has no draft.
    floor.passes(seconds=1)
    floor.says("ana", "/incident claim communications_lead", channel)
    assert "30 min" in floor.says("ana", "/incident cadence executives 30 min", channel)
    floor.passes(minutes=25)
    assert any("→ #executives" in draft for draft in drafts(floor, "ana")), "the draft says where it goes"
    floor.says("ana", "/incident update It is contained", channel)

    assert sum("It is contained" in message.visible_text for message in floor.erik.sees("executives")) == 1
    for place in ("incidents", "engineering", "front-line", "partners"):
        assert not any("contained" in message.visible_text for message in floor.ana.sees(place))

    assert "no more updates" in floor.says("ana", "/incident updates remove executives", channel)
    floor.says("ana", "/incident updates", channel)
    assert "*Executives* sent" in floor.ephemeral("ana", channel)[-1], "named as in floor.yaml, though removed"
    floor.says("ana", "/incident update Still contained", channel)
    floor.passes(hours=2)
    assert not any("Still" in message.visible_text for message in floor.erik.sees("executives"))

    floor.says("ana", "/incident pause the lawyers read it", channel)
    message_count = len(floor.erik.sees("executives"))
    assert "from `/incident resume` on" in floor.says("ana", "/incident updates add executives", channel)
    floor.passes(minutes=10)
    assert len(floor.erik.sees("executives")) == message_count


def test_a_message_whose_deletion_an_older_version_planned_is_looked_for_and_deleted(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down in Manila")
    with floor.services.database.transaction() as session:
        incident = incidents.by_number(session, 1)
        outbox.post(session, "sent", incident.channel_id or "", SECRET, utcnow(), incident_id=1)
    floor.settle()
    assert SECRET in floor.visible_text(channel)

    with floor.services.database.transaction() as session:
        row = session.exec(select(OutboxRow).where(OutboxRow.key == "sent")).one()
        row.attempted_at = incident.declared_at
        payload = {"channel_id": incident.channel_id, "thread_ts": None, "row": row.id, "key": row.key}
        outbox.enqueue(session, kinds.DELETION, "delete:sent", utcnow(), payload=payload)
    floor.settle()

    assert SECRET not in floor.visible_text(channel)
