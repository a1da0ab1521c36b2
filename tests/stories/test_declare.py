"""Declaring an incident."""

import pytest

from tests.floor import TestFloor

MOST_CALLS = 8


def test_one_line_opens_a_channel_with_the_declarer_and_the_card_in_it(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down in Manila")

    assert channel == "inc-1-ivr-down-in-manila"
    assert "S1 · IVR down in Manila" in floor.card(channel)
    assert any("Incident 1 is open" in words for words in floor.whispered("ana"))


def test_the_declarer_is_invited_by_the_second_call_and_the_card_is_the_third(floor: TestFloor) -> None:
    floor.sandbox.clear_calls()

    floor.declares()

    methods = [call.method for call in floor.sandbox.calls if call.method != "response_url"]
    assert methods[:3] == ["conversations.create", "conversations.invite", "chat.postMessage"]
    assert len(methods) <= MOST_CALLS


def test_responders_are_invited_by_severity(floor: TestFloor) -> None:
    channel = floor.declares("S0 every line is dead", who="ben")

    assert floor.chloe.sees(channel), "S0 invites @telephony-oncall"
    assert floor.devi.sees(channel), "S0 invites @incident-analysts"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("電話が全部つながらない", "inc-1-"),
        ("🔥🔥🔥", "inc-1-incident"),
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


def test_a_second_declaration_of_the_same_thing_offers_to_join_the_first(floor: TestFloor) -> None:
    floor.declares("S1 IVR down in Manila", who="ana")

    floor.declares("S2 Manila IVR is down", who="ben")

    assert any("sounds like" in words and "IVR down in Manila" in words for words in floor.whispered("ben"))
    floor.ben.clicks("incident.join.1", channel="general")
    floor.settle()
    assert "inc-1-ivr-down-in-manila" in [channel.name for channel in floor.ben.channels()]
