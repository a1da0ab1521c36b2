"""Declaring an incident."""

from pathlib import Path

import pytest

from bot.incidents import ids
from slack_sandbox.message_text import visible_text
from tests.floor import TestFloor
from tests.stories.record import post_mortems, rows, timeline

MOST_CALLS = 8


@pytest.mark.both_ways
def test_one_line_opens_a_channel_with_the_declarer_and_the_card_in_it(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down in Manila")

    assert channel == "inc-1-ivr-down-in-manila"
    assert "S1 · IVR down in Manila" in floor.card(channel)
    assert any("Incident 1 is open" in words for words in floor.ephemeral("ana"))


def test_once_there_is_a_channel_the_declarer_is_invited_and_the_card_is_posted(floor: TestFloor) -> None:
    floor.sandbox.clear_calls()

    channel_id = floor.sandbox.workspace.channel(floor.declares()).id

    # The first update to executives, at once for an S1, is not counted.
    calls = [call for call in floor.sandbox.calls if "*Needed from you:*" not in call.args.get("text", "")]
    assert len(calls) <= MOST_CALLS
    # Other channels are told beside it, in no particular order.
    own_calls = [call for call in calls if call.args.get("channel") in (None, channel_id)]
    methods = [call.method for call in own_calls]
    assert methods[0] == "conversations.create"
    # Both at the same time, so either may come first.
    assert {"conversations.invite", "chat.postMessage"} <= set(methods[1:4])


def test_people_are_invited_by_type_too_and_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "floor.yaml"
    groups = "{telephony: ['@telephony-oncall'], data_exposure: ['@executives', '@telephony-oncall']}"
    file.write_text(f"{Path('floor.yaml').read_text()}\ninvited_by_type: {groups}\n")
    with TestFloor(tmp_path, floor_file=file) as floor:
        channel = floor.declares("S3 IVR crackles", who="ben")
        members = floor.sandbox.workspace.channel(channel).members
        assert "U0CHLOE" in members
        assert "U0ERIK" not in members

        answer = floor.says("ben", "/incident type data exposure", channel)

        assert answer.endswith(" Invited: @executives."), answer
        assert "U0ERIK" in members

        drill = floor.declares("drill S3 IVR crackles", who="ben")
        assert "U0CHLOE" not in floor.sandbox.workspace.channel(drill).members


def test_responders_are_invited_by_severity(floor: TestFloor) -> None:
    channel = floor.declares("S0 every line is dead", who="ben")

    assert floor.chloe.sees(channel), "S0 invites @telephony-oncall"
    assert floor.devi.sees(channel), "S0 invites @incident-analysts"


def test_signs_without_a_word_open_the_form_with_them_instead_of_an_incident(floor: TestFloor) -> None:
    floor.says("ana", "/incident declare S1 ???")

    assert floor.ana.modal is not None
    assert "???" in str(floor.ana.modal)
    assert rows(floor, "incidents") == []
    assert floor.ana.submits().closed, "a person who has looked at it may mean it"
    floor.settle()
    assert any(channel.name == "inc-1-incident" for channel in floor.ana.channels())


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("電話が全部つながらない", "inc-1-"),
        ("x" * 500, "inc-1-xxx"),
        ("<!channel> everything is down", "inc-1-channel-everything-is-down"),
    ],
)
def test_a_title_may_be_in_any_script_and_of_any_length(floor: TestFloor, title: str, name: str) -> None:
    channel = floor.declares(f"S2 {title}")

    assert channel.startswith(name)
    assert len(channel) <= 80
    assert channel != "inc-1-"
    assert "<!channel>" not in floor.live_markup(channel)
    assert "<!channel>" not in floor.live_markup("incidents")


@pytest.mark.both_ways
def test_the_form_asks_for_a_title_and_knows_everything_else(floor: TestFloor) -> None:
    floor.says("ana", "/incident declare")
    assert floor.ana.submits().errors == {"title": "Please complete this required field."}

    floor.ana.fills("What is wrong?", "Agents cannot sign on")
    floor.ana.fills("Severity", "S0")
    floor.ana.fills("What is it about?", "sign_on")
    floor.ana.fills("Sites affected", ["Manila", "Cebu"])
    floor.ana.fills("Partners affected", ["Telvia"])
    floor.ana.fills("What is known?", "Since the 06:00 shift change")
    assert floor.ana.submits().closed
    floor.settle()

    card = floor.card("inc-1-agents-cannot-sign-on")
    assert "🔴 S0 · Agents cannot sign on" in card
    assert "Sign-on and lockouts · Manila · Cebu · Telvia" in card
    assert "Since the 06:00 shift change" in card
    assert any("Incident 1 is open" in message.visible_text for message in floor.ana.direct_messages())


def test_values_read_from_the_title_are_shown_and_can_be_changed(floor: TestFloor) -> None:
    floor.says("ana", "/incident declare\u00a0S1, IVR down in Bogota for Telvia")

    card = floor.card("inc-1-ivr-down-in-bogota-for-telvia")
    assert "🟠 S1 · IVR down in Bogota for Telvia" in card
    assert "Telephony or IVR · Bogotá · Telvia" in card
    assert any(
        "Taken from the title: Telephony or IVR · Bogotá · Telvia." in text for text in floor.ephemeral("ana")
    )

    floor.ana.clicks(f"{ids.CHANGE_SCOPE}.guessed", channel="general")
    floor.ana.fills("Sites affected", ["Manila"])
    floor.ana.fills("Partners affected", ["Telvia", "Northline"])
    floor.ana.submits()
    floor.settle()

    assert "Telephony or IVR · Manila · Telvia · Northline" in floor.card("inc-1-ivr-down-in-bogota-for-telvia")
    assert [row["partner"] for row in rows(floor, "partner_notices")] == ["Telvia", "Northline"]
    assert [row["facts"] for row in timeline(floor, "sites")] == ['{"new": "Manila"}']


def test_the_form_takes_unchosen_values_from_the_title(floor: TestFloor) -> None:
    message = floor.chloe.says("Telvia hears nothing on the IVR in Cebu", channel="engineering")
    floor.ana.uses_message_shortcut(ids.DECLARE_FROM_MESSAGE, channel="engineering", ts=message.ts)
    assert "initial_option" in str(floor.ana.modal), "what the message tells is chosen already"
    floor.ana.fills("What is wrong?", "No sound in Manila or Cebu for Telvia")
    floor.ana.fills("Partners affected", [])
    floor.ana.submits()
    floor.settle()

    assert "Telephony or IVR · Cebu ·" in floor.card("inc-1-no-sound-in-manila-or-cebu-for-telvia")


def test_a_severity_alone_opens_the_form_with_it_chosen(floor: TestFloor) -> None:
    floor.says("ana", "/incident declare s0")

    floor.ana.fills("What is wrong?", "All lines dead")
    floor.ana.submits()
    floor.settle()

    assert "S0 · All lines dead" in floor.card("inc-1-all-lines-dead")


def test_a_form_submitted_twice_declares_once(floor: TestFloor) -> None:
    floor.says("ana", "/incident declare")
    floor.ana.fills("What is wrong?", "CRM is slow")
    floor.sandbox.deliver_twice("interactive")

    floor.ana.submits()
    floor.settle()

    assert [row["title"] for row in rows(floor, "incidents")] == ["CRM is slow"]
    assert len(floor.sandbox.calls_of("conversations.create")) == 1


def test_a_command_delivered_twice_declares_once(floor: TestFloor) -> None:
    floor.sandbox.deliver_twice("slash_commands")

    floor.declares("S1 IVR down")

    assert len(rows(floor, "incidents")) == 1


def test_the_global_shortcut_opens_the_form(floor: TestFloor) -> None:
    floor.hana.uses_shortcut(ids.DECLARE_SHORTCUT)

    floor.hana.fills("What is wrong?", "チャットが遅い")
    assert floor.hana.submits().closed
    floor.settle()

    assert len(rows(floor, "incidents")) == 1


def test_the_message_behind_a_shortcut_is_the_first_entry_word_for_word(floor: TestFloor) -> None:
    message = floor.chloe.says("Trunk 7 is <b>red</b> & <@U0BEN> knows why", channel="engineering")
    floor.passes(minutes=40)
    floor.ana.uses_message_shortcut(ids.DECLARE_FROM_MESSAGE, channel="engineering", ts=message.ts)
    floor.ana.fills("What is wrong?", "Trunk 7 down")
    floor.ana.fills("What is known?", "Carrier called")
    floor.ana.submits()
    floor.settle()

    floor.says("ana", "/incident resolve repaired", "inc-1-trunk-7-down")
    floor.says("ana", "/incident close", "inc-1-trunk-7-down")

    draft = post_mortems(floor, "ana")[0]
    entries = draft.split("## Timeline\n")[1].strip().splitlines()[2:]
    assert "It began with a message of third participant: Trunk 7 is" in entries[0]
    assert "@another participant knows why" in entries[0]
    assert f"p{message.ts.replace('.', '')}" in entries[0]
    assert "declared it as S2: Trunk 7 down" in entries[1]


def test_a_message_too_long_for_a_form_can_still_be_declared_from(floor: TestFloor) -> None:
    message = floor.chloe.says("é" * 20_000, channel="engineering")

    floor.ana.uses_message_shortcut(ids.DECLARE_FROM_MESSAGE, channel="engineering", ts=message.ts)
    floor.ana.fills("What is wrong?", "Something long")
    assert floor.ana.submits().closed
    floor.settle()

    assert len(timeline(floor, "shortcut_message")) == 1


def test_the_home_tab_lists_open_incidents_and_can_declare(floor: TestFloor) -> None:
    floor.declares("S1 IVR down")
    floor.ben.opens_home()
    floor.settle()
    assert "IVR down – investigating, *nobody leads*, declared" in visible_text("", floor.ben.home["blocks"])
    floor.says("ana", "/incident list")
    assert "investigating, *nobody leads*, declared" in floor.ephemeral("ana")[-1]
    floor.says("ana", "/incident claim commander", "inc-1-ivr-down")
    floor.says("ana", "/incident list")
    assert "nobody leads" not in floor.ephemeral("ana")[-1]

    floor.ben.clicks(ids.DECLARE, surface="home")
    floor.ben.fills("What is wrong?", "Chat down")
    assert floor.ben.submits().closed
    floor.settle()

    floor.ben.opens_home()
    floor.settle()
    assert "Chat down" in visible_text("", floor.ben.home["blocks"])


def test_declaring_from_the_conversation_with_the_bot_answers_there(floor: TestFloor) -> None:
    answer = floor.ana.types("/incident declare S3 Headsets hum", channel=None)
    floor.settle()

    assert "Opening an incident" in answer.text
    assert any("Incident 1 is open" in message.visible_text for message in floor.ana.direct_messages())


def test_a_declaration_without_a_severity_says_which_one_was_taken(floor: TestFloor) -> None:
    assert "It is S2 until you change it." in floor.says("ana", "/incident declare Chat is slow")


def test_a_name_that_is_taken_gets_a_number(floor: TestFloor) -> None:
    floor.ben.creates_channel("inc-1-ivr-down")

    assert floor.declares("S1 IVR down") == "inc-1-ivr-down-2"
