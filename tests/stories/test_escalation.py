"""The escalation ladder: the people told when nobody comes, and the effect of their answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.escalation import ids
from bot.incidents import ids as incident_ids
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.events import UpdateMissed
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.stories.record import rows
from tests.stories.seen_escalations import happened, is_told, line, pages

PLAYBOOKS = Path(__file__).parent / "playbooks"
FLOOR = Path(__file__).parent / "floors" / "escalation.yaml"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    """S0: Devi at 2 min, telephony (Chloe) at 4, Erik at 8. S1: the analysts (Ana, Devi) at 5, Ben at 10."""
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=FLOOR) as floor:
        yield floor
        floor.nothing_was_malformed()


def test_without_a_commander_each_tier_is_told_when_its_time_comes(floor: TestFloor) -> None:
    channel = floor.declares("S0 every line is dead", who="ana")

    floor.passes(minutes=2)
    is_told(floor, "devi")
    assert pages(floor, "chloe") == []
    floor.passes(minutes=2)
    is_told(floor, "chloe")
    floor.passes(minutes=4)
    is_told(floor, "erik")

    assert len(pages(floor, "devi")) == 1
    assert "tier 1" in line(floor, channel)
    assert "did not answer" in line(floor, channel)
    assert happened(floor, 1).count("paged") == 3
    assert happened(floor, 1).count("page_unanswered") == 2


def test_taking_command_stops_the_clock_and_leaving_command_restarts_it(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down", who="ana")
    floor.says("ana", "/incident claim commander", channel)
    floor.says("ana", "/incident severity S0 every line is dead", channel)
    floor.passes(minutes=30)
    assert pages(floor, "devi") == [], "a higher severity does not restart it while somebody leads"

    floor.says("ana", "/incident leave commander", channel)
    floor.passes(minutes=2)

    is_told(floor, "devi")
    assert "On my way" in pages(floor, "devi")[0]
    floor.says("ana", "/incident claim commander", channel)
    [page] = pages(floor, "devi")
    assert page.endswith("A commander is named; you are no longer needed.")

    # Asked for by hand, the next tier is told while somebody leads, and it is still needed.
    floor.says("ana", "/incident escalate", channel)
    is_told(floor, "chloe")
    [page] = pages(floor, "chloe")
    assert "More people are asked for" in page
    assert "On my way" in page
    floor.passes(minutes=4)
    is_told(floor, "erik")
    assert "More people are asked for" in pages(floor, "erik")[0]
    assert "On my way" in pages(floor, "erik")[0]


def test_escalating_by_hand_while_somebody_leads_goes_on_when_a_person_cannot_come(floor: TestFloor) -> None:
    channel = floor.declares("S0 every line is dead", who="ana")
    floor.says("ana", "/incident claim", channel)
    floor.says("ana", "/incident escalate two more <!here> for the trunks", channel)
    is_told(floor, "devi")

    floor.devi.clicks(ids.CANNOT, channel="dm")

    is_told(floor, "chloe")
    assert "More people are asked for: two more @here for the trunks" in pages(floor, "chloe")[0]
    floor.says("ana", "/incident leave commander", channel)
    floor.says("ana", "/incident claim", channel)
    floor.passes(minutes=30)
    assert pages(floor, "erik") == [], "a commander who is named afterwards stops it"


def test_a_page_of_an_incident_that_becomes_private_says_only_its_number(floor: TestFloor) -> None:
    channel = floor.declares("S0 every line is dead", who="ana")
    floor.passes(minutes=2)
    is_told(floor, "devi")
    assert "No commander is named yet" in pages(floor, "devi")[0]

    floor.says("ana", "/incident private a bomb threat", channel)

    [page] = pages(floor, "devi")
    assert page.startswith("🔔 *You are needed* in incident 1, which is private\n<#"), page


def test_on_my_way_stops_the_clock_invites_the_person_and_says_so(floor: TestFloor) -> None:
    channel = floor.declares("S0 every line is dead", who="ana")
    floor.passes(minutes=4)
    is_told(floor, "chloe")
    is_told(floor, "devi")

    floor.chloe.clicks(ids.ON_MY_WAY, channel="dm")
    floor.settle()
    floor.passes(minutes=30)

    assert channel in [candidate.name for candidate in floor.chloe.channels()]
    assert "on the way" in line(floor, channel)
    assert "You are on your way" in pages(floor, "chloe")[0]
    assert "no longer needed" in pages(floor, "devi")[0]
    assert pages(floor, "erik") == []
    assert happened(floor, 1).count("on_my_way") == 1


def test_once_somebody_comes_the_others_who_were_told_owe_no_answer(floor: TestFloor) -> None:
    floor.declares("S1 IVR down", who="ben")
    floor.passes(minutes=5)
    is_told(floor, "ana")
    is_told(floor, "devi")

    floor.ana.clicks(ids.ON_MY_WAY, channel="dm")
    floor.passes(minutes=6)

    assert "page_unanswered" not in happened(floor, 1)


def test_on_the_way_without_a_commander_is_asked_about_after_a_while_and_then_the_next_tier_is_told(
    floor: TestFloor,
) -> None:
    channel = floor.declares("S0 every line is dead", who="ana")
    floor.passes(minutes=2)
    is_told(floor, "devi")
    floor.devi.clicks(ids.ON_MY_WAY, channel="dm")
    floor.settle()
    assert "Nobody leads yet." in pages(floor, "devi")[0]
    assert "Without a commander it goes on" in line(floor, channel)

    floor.passes(minutes=3)
    is_told(floor, "devi", times=2)
    assert "You are on the way, and nobody leads yet" in pages(floor, "devi")[1]
    floor.devi.clicks(ids.ON_MY_WAY, channel="dm")
    floor.settle()
    floor.passes(minutes=3)
    is_told(floor, "devi", times=3)
    assert pages(floor, "chloe") == []
    floor.passes(minutes=5)
    floor.tick()

    is_told(floor, "chloe")
    assert "was on the way" in line(floor, channel)
    assert line(floor, channel).count("• <@U0DEVI>") == 1, "however often a person is told, they have one line"
    floor.chloe.clicks(ids.ON_MY_WAY, channel="dm")
    floor.settle()
    floor.passes(minutes=3)
    is_told(floor, "chloe", times=2)
    floor.chloe.clicks(f"{incident_ids.CLAIM}.commander", channel="dm")
    floor.settle()
    floor.passes(minutes=30)

    assert any("You are *commander*" in message.visible_text for message in floor.chloe.direct_messages())
    assert len(pages(floor, "chloe")) == 2
    assert pages(floor, "erik") == []
    floor.says("chloe", "/incident leave commander", channel)
    floor.passes(minutes=4)
    is_told(floor, "erik")


def test_a_commander_who_leaves_while_somebody_is_on_the_way_wakes_nobody_else_until_that_person_was_asked(
    floor: TestFloor,
) -> None:
    channel = floor.declares("S0 every line is dead", who="ana")
    floor.passes(minutes=2)
    is_told(floor, "devi")
    floor.devi.clicks(ids.ON_MY_WAY, channel="dm")
    floor.says("ana", "/incident claim commander", channel)
    floor.passes(minutes=10)
    assert len(pages(floor, "devi")) == 1

    floor.says("ana", "/incident leave commander", channel)
    floor.passes(minutes=3)

    is_told(floor, "devi", times=2)
    assert "You are on the way, and nobody leads yet" in pages(floor, "devi")[1]
    assert pages(floor, "chloe") == []
    floor.passes(minutes=5)
    floor.tick()
    is_told(floor, "chloe")


def test_cant_moves_on_at_once(floor: TestFloor) -> None:
    floor.declares("S0 every line is dead", who="ana")
    floor.passes(minutes=2)
    is_told(floor, "devi")

    floor.devi.clicks(ids.CANNOT, channel="dm")

    is_told(floor, "chloe")
    answer = floor.devi.direct_messages()[-1].visible_text
    assert answer == "Thank you for saying so. The next people are being paged."
    assert pages(floor, "erik") == []
    floor.passes(minutes=4)
    is_told(floor, "erik")
    assert "page_declined" in happened(floor, 1)


def test_people_who_are_away_or_in_do_not_disturb_are_passed_over(floor: TestFloor) -> None:
    floor.sandbox.person("devi").away = True
    floor.sandbox.person("chloe").do_not_disturb = True
    channel = floor.declares("S0 every line is dead", who="ana")

    floor.passes(minutes=2)
    floor.tick()
    floor.tick()

    is_told(floor, "erik")
    assert pages(floor, "devi") == pages(floor, "chloe") == []
    assert "away" in line(floor, channel)
    assert "Do Not Disturb" in line(floor, channel)
    assert happened(floor, 1).count("page_passed_over") == 2


def test_reaching_the_top_unanswered_is_reported_to_the_declarer_and_the_administrators(floor: TestFloor) -> None:
    floor.declares("S0 every line is dead", who="ana")
    for minutes in (2, 2, 4, 5):
        floor.passes(minutes=minutes)

    def nobody_came() -> bool:
        messages = [message.visible_text for message in floor.ana.direct_messages()]
        return any("nobody is on the way" in words for words in messages)

    assert floor.sandbox.wait_for(nobody_came)
    assert floor.visible_text("operations").count("Nobody on the escalation ladder") == 1
    assert happened(floor, 1).count("ladder_topped") == 1
    floor.passes(minutes=30)
    assert floor.visible_text("operations").count("Nobody on the escalation ladder") == 1


def test_a_higher_severity_adds_its_people_and_tells_nobody_twice_for_a_tier(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down", who="ana")
    floor.passes(minutes=5)
    is_told(floor, "devi")

    floor.says("ana", "/incident severity S0 it spreads", channel)
    floor.passes(minutes=4)

    is_told(floor, "chloe")
    assert len(pages(floor, "devi")) == 1
    assert len(pages(floor, "ben")) == 1, "the second tier of the S1 keeps its people"
    floor.passes(minutes=4)
    is_told(floor, "erik")


def test_a_page_after_a_missed_update_says_which_update_is_late(floor: TestFloor) -> None:
    floor.declares("S0 every line is dead", who="ana")
    with floor.services.database.transaction() as session:
        change = Change(session, floor.services, incidents.by_number_locked(session, 1), "", utcnow())
        change.publish(UpdateMissed(has_lead=False, audiences=("Front line",)))

    floor.tick()

    assert "The update for Front line is late, and nobody leads" in pages(floor, "devi")[0]


def test_resolving_ends_the_escalation(floor: TestFloor) -> None:
    channel = floor.declares("S0 every line is dead", who="ana")
    floor.passes(minutes=2)
    is_told(floor, "devi")

    floor.says("ana", "/incident resolve over", channel)
    floor.passes(minutes=30)

    assert pages(floor, "chloe") == []
    assert "is over" in pages(floor, "devi")[0]
    assert "is over" in line(floor, channel)


def test_an_empty_tier_is_reported_to_the_declarer_and_the_next_tier_is_told(tmp_path: Path) -> None:
    text = FLOOR.read_text(encoding="utf-8").replace('tell: ["@devi"]', 'tell: ["@telefony-oncall"]')
    (tmp_path / "floor.yaml").write_text(text, encoding="utf-8")
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=tmp_path / "floor.yaml") as floor:
        floor.declares("S0 every line is dead", who="ana")

        floor.passes(minutes=2)
        floor.tick()

        is_told(floor, "chloe")
        [message_text] = [
            message.visible_text
            for message in floor.ana.direct_messages()
            if "nobody left to page" in message.visible_text
        ]
        assert (
            "Tier 1 of the escalation ladder of incident 1 has nobody left to page: @telefony-oncall."
            in message_text
        )


def test_an_unaccepted_handover_pages_people_and_roles_of_the_next_tier_with_anybody(tmp_path: Path) -> None:
    text = FLOOR.read_text(encoding="utf-8").replace('tell: ["@devi"]', "tell: [scribe]")
    text = text.replace(
        'tell: ["@telephony-oncall"]', 'tell: ["@devi", communications_lead, "@gus", "@executives"]'
    )
    (tmp_path / "floor.yaml").write_text(text, encoding="utf-8")
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=tmp_path / "floor.yaml") as floor:
        channel = floor.declares("S0 every line is dead", who="ana")
        floor.says("ana", "/incident claim commander", channel)
        floor.says("ana", "/incident assign comms <@U0CHLOE|chloe>", channel)
        floor.says("ana", "/incident handover <@U0BEN|ben>", channel)
        assert floor.ana.submits().closed

        floor.passes(minutes=16)
        floor.passes(minutes=11)

        for who in ("devi", "chloe", "erik"):
            is_told(floor, who)
        paged = {row["user_id"] for row in rows(floor, "pages")}
        assert paged == {"U0DEVI", "U0CHLOE", "U0ERIK"}, "nobody is scribe, and guests cannot come"
