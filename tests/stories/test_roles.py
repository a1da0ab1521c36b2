"""Roles: claimed, given, handed over, left."""

from pathlib import Path

import pytest

from bot.incidents import ids
from tests.floor import TestFloor
from tests.stories.conftest import PLAYBOOKS
from tests.stories.record import rows, timeline, untouched

CLAIM_COMMANDER = f"{ids.CLAIM}.commander"


def holders(floor: TestFloor) -> dict[str, str]:
    return {row["role"]: row["user_id"] for row in rows(floor, "role_holders")}


@pytest.mark.both_ways
def test_a_new_commander_is_shown_on_the_card_and_told_what_the_role_asks(floor: TestFloor) -> None:
    channel = floor.declares()
    assert "*Commander* –" in floor.card(channel)

    floor.ana.clicks(CLAIM_COMMANDER, channel=channel)
    floor.settle()

    assert "*Commander* <@U0ANA>" in floor.card(channel)
    assert "You decide, others do." in floor.direct_text("ana")
    assert CLAIM_COMMANDER not in str(floor.ana.sees(channel))
    assert "You are commander of incident 1." in "\n".join(floor.ephemeral("ana", channel))


def test_when_two_people_claim_at_once_one_leads_and_the_other_is_told_who(floor: TestFloor) -> None:
    channel = floor.declares()
    # The second person still sees the button.
    floor.sandbox.fault("chat.update", "rate_limited", count=9, retry_after=30)

    floor.ana.clicks(CLAIM_COMMANDER, channel=channel)
    floor.devi.clicks(CLAIM_COMMANDER, channel=channel)
    floor.settle()

    assert holders(floor) == {"commander": "U0ANA"}
    assert any("<@U0ANA> is commander already" in words for words in floor.ephemeral("devi", channel))
    assert "You decide" not in floor.direct_text("devi")


def test_a_click_delivered_twice_is_one_claim(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.sandbox.deliver_twice("interactive")

    floor.ana.clicks(CLAIM_COMMANDER, channel=channel)
    floor.settle()

    assert len(timeline(floor, "role_taken")) == 1


def test_a_person_outside_the_channel_who_is_given_a_role_is_invited_and_told(floor: TestFloor) -> None:
    channel = floor.declares()

    answer = floor.says("ana", "/incident assign comms <@U0BEN|ben>", channel)

    assert answer == "<@U0BEN> is communications lead of incident 1 now and has been told."
    assert "every update goes out when it was promised" in floor.direct_text("ben")
    assert channel in [candidate.name for candidate in floor.ben.channels() if "U0BEN" in candidate.members]


def test_a_role_is_handed_over_by_its_holder(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.says("ana", "/incident claim", channel)

    refusal = floor.says("devi", "/incident handover commander <@U0BEN|ben>", channel)
    assert refusal.startswith("You are not commander of this incident")

    floor.says("ana", "/incident handover commander <@U0BEN|ben>", channel)
    assert "*Commander* <@U0BEN>" in floor.card(channel)
    assert "You decide, others do." in floor.direct_text("ben")


def test_a_responder_may_hand_over_to_another_responder(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.says("ana", "/incident claim responder", channel)
    floor.says("devi", "/incident claim responder", channel)

    floor.says("ana", "/incident handover responder <@U0DEVI|devi>", channel)

    assert [row["user_id"] for row in rows(floor, "role_holders")] == ["U0DEVI"]


def test_a_role_left_by_its_holder_is_free_to_claim(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.says("ana", "/incident claim", channel)

    answer = floor.says("ana", "/incident leave", channel)

    assert answer == "You are no longer commander. The role is free until somebody takes it."
    floor.devi.clicks(CLAIM_COMMANDER, channel=channel)
    floor.settle()
    assert "*Commander* <@U0DEVI>" in floor.card(channel)


def test_the_control_panel_suggests_resolving_once_the_impact_is_mitigated(floor: TestFloor) -> None:
    channel = floor.declares()

    def suggested() -> list[str]:
        floor.says("ana", "/incident", channel)
        buttons = [element for block in floor.ana.sees(channel)[-1].blocks for element in block.get("elements", [])]
        return [button["text"]["text"] for button in buttons if button.get("style") == "primary"]

    assert suggested() == []
    floor.says("ana", "/incident status mitigated", channel)
    assert suggested() == ["Resolve…"]


def test_a_role_can_be_given_from_the_control_panel(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.ana.clicks(ids.PANEL, channel=channel)
    floor.settle()

    floor.ana.clicks(ids.ASSIGN_ROLE, channel=channel)
    floor.ana.fills("Role", "scribe")
    floor.ana.fills("Person", "chloe")
    assert floor.ana.submits().closed
    floor.settle()

    assert "*Scribe* <@U0CHLOE>" in floor.card(channel)


def test_a_guest_cannot_be_given_a_role(floor: TestFloor) -> None:
    channel = floor.declares()

    with untouched(floor):
        answer = floor.says("ana", "/incident assign commander <@U0GUS|gus>", channel)
        assert "Guests, bots and people of other companies cannot take that on. Choose a colleague" in answer


def test_a_name_typed_without_a_mention_is_refused_with_an_example(floor: TestFloor) -> None:
    channel = floor.declares()

    with untouched(floor):
        answer = floor.says("ana", "/incident assign scribe chloe", channel)
        assert "`/incident assign scribe @ana`" in answer
        assert "`/incident handover commander @ana`" in floor.says(
            "ana", "/incident handover commander ben", channel
        )
        assert "`pilot` is not a role." in floor.says("ana", "/incident assign pilot chloe", channel)


def test_the_floors_permissions_cover_claiming_leaving_and_reopening(tmp_path: Path) -> None:
    shipped = Path("floor.yaml").read_text()
    file = tmp_path / "floor.yaml"
    shipped = shipped.replace("close: [anyone]", 'close: ["@executives"]')
    file.write_text(shipped.replace("lead: [anyone]", "lead: [commander]"))
    with TestFloor(tmp_path, floor_file=file, playbooks_dir=PLAYBOOKS) as floor:
        channel = floor.declares()
        assert "Only commander may" in floor.says("ana", "/incident severity S2 less", channel)
        assert "Only commander may" in floor.says("ana", "/incident claim scribe", channel)

        floor.says("ana", "/incident claim commander", channel)
        floor.says("ana", "/incident severity S2 less", channel)
        assert "Only commander may" in floor.says("devi", "/incident claim commander", channel)

        assert holders(floor) == {"commander": "U0ANA"}
        assert "S2" in floor.card(channel)

        floor.says("ana", "/incident assign scribe <@U0CHLOE>", channel)
        assert "You are no longer scribe." in floor.says("chloe", "/incident leave scribe", channel)
        assert "You are not" in floor.says("chloe", "/incident leave commander", channel)
        assert holders(floor) == {"commander": "U0ANA"}

        floor.erik.joins(channel)
        assert "Resolved." in floor.says("erik", "/incident resolve over", channel)
        refusal = floor.says("ana", "/incident status identified it is back", channel)
        assert "Only @executives may resolve, close or reopen incidents" in refusal
        assert "resolved" in floor.card(channel)
        floor.says("ana", "/incident assign commander <@U0ERIK>", channel)
        assert "Incident 1 is open again" in floor.says("erik", "/incident status investigating again", channel)
        floor.nothing_was_malformed()
