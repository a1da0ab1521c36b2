"""`/incident page` and `/incident escalate`: calling people by hand, and refusals."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.escalation import ids
from bot.incidents.registry import Registry
from tests.floor import TestFloor
from tests.stories.seen_escalations import happened, is_told, line, pages

PLAYBOOKS = Path(__file__).parent / "playbooks"
FLOOR = Path(__file__).parent / "floors" / "escalation.yaml"
QUIET_CHANNEL = "inc-1-a-screen-is-slow"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    """S0: Devi at 2 min, telephony (Chloe) at 4, Erik at 8. S1: the analysts (Ana, Devi) at 5, Ben at 10."""
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=FLOOR) as floor:
        yield floor
        floor.nothing_was_malformed()


@pytest.fixture(scope="module")
def quiet_floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestFloor]:
    """The same floor with an incident without a ladder, which every refusal leaves unchanged."""
    with TestFloor(tmp_path_factory.mktemp("floor"), playbooks_dir=PLAYBOOKS, floor_file=FLOOR) as floor:
        floor.declares("S3 a screen is slow", who="ana")
        yield floor
        floor.nothing_was_malformed()


def test_a_person_is_paged_by_name_with_the_reason(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down", who="ana")

    answer = floor.says("ana", "/incident page <@U0CHLOE|chloe> the trunks look dead", channel)
    is_told(floor, "chloe")

    assert answer == "Paging <@U0CHLOE>. Their answers appear in the escalation message in the channel."
    request_line, ladder_line = line(floor, channel).splitlines()[:2]
    assert request_line == "📟 <@U0ANA> asks for <@U0CHLOE>: the trunks look dead"
    assert ladder_line.startswith("📟 *Escalation* goes on: tier 1 (@incident-analysts) is told")
    assert "The trunks look dead" in pages(floor, "chloe")[0]
    floor.chloe.clicks(ids.ON_MY_WAY, channel="dm")
    floor.settle()
    assert "on the way" in line(floor, channel)
    assert channel in [candidate.name for candidate in floor.chloe.channels()]


def test_a_noun_can_register_a_name_of_its_own_for_people_to_page(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down", who="ana")
    registry = floor.services.get(Registry)
    on_duty = {"rota:lead": ["U0BEN"], "rota:late": []}
    registry.people.append(lambda session, number, name, now: on_duty.get(name))

    answer = floor.says("ana", "/incident page rota:lead the trunks look dead", channel)

    is_told(floor, "ben")
    assert "Paging <@U0BEN>" in answer
    assert "rota:night" in floor.says("ana", "/incident page rota:night anybody there?", channel)
    refusal = floor.says("ana", "/incident page rota:late anybody there?", channel)
    assert refusal.startswith("Nobody is `rota:late` at the moment, so name")


def test_a_group_and_a_role_are_paged_too(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down", who="ana")
    floor.says("ana", "/incident assign commander <@U0BEN|ben>", channel)

    floor.says("ana", "/incident page <!subteam^S0EXECUTIVES|@executives> we need a decision", channel)
    floor.says("ana", "/incident page commander are you there?", channel)

    is_told(floor, "erik")
    is_told(floor, "ben")
    assert happened(floor, 1).count("paged") == 2
    assert "Their answers appear in <https://" in floor.says("ana", "/incident page @erik this minute", channel)
    floor.settle()
    shown_lines = line(floor, channel).splitlines()
    assert [shown for shown in shown_lines if "📟" in shown] == [
        "📟 <@U0ANA> asks for <@U0ERIK>: we need a decision",
        "📟 <@U0ANA> asks for <@U0BEN>: are you there?",
        "📟 <@U0ANA> asks for <@U0ERIK>: this minute",
    ], "a commander is named and no tier was told, so the ladder has no part in it"
    assert len([shown for shown in shown_lines if shown.startswith("• <@U0ERIK>")]) == 1


def test_a_person_who_is_away_can_still_be_paged_by_hand_and_the_absence_is_shown(floor: TestFloor) -> None:
    floor.sandbox.person("chloe").away = True
    channel = floor.declares("S1 IVR down", who="ana")

    floor.says("ana", "/incident page @chloe", channel)

    is_told(floor, "chloe")
    assert "(away)" in line(floor, channel)
    for typed in ("Chloe Martin: please come", "chloe martin please come", "@Chloe please come"):
        assert floor.says("ana", f"/incident page {typed}", channel).startswith("Paging <@U0CHLOE>."), typed
    floor.settle()
    assert "asks for <@U0CHLOE>: please come" in line(floor, channel)
    assert "artin please" not in line(floor, channel), "a name in full is no part of the reason"


def test_the_refusal_of_a_page_by_hand_goes_to_the_person_who_asked(floor: TestFloor) -> None:
    channel = floor.declares("S3 a screen is slow", who="ana")
    floor.says("ana", "/incident page @chloe", channel)
    is_told(floor, "chloe")

    floor.chloe.clicks(ids.CANNOT, channel="dm")
    floor.settle()

    messages = [message.visible_text for message in floor.chloe.direct_messages()]
    assert "Thank you for saying so. <@U0ANA> is told." in messages
    assert "You said that you can't. Thank you; <@U0ANA> is told." in pages(floor, "chloe")[0]
    assert floor.ana.direct_messages()[-1].visible_text.startswith("<@U0CHLOE> can't come to incident 1: <#")


def test_an_unanswered_page_is_recorded_as_silence(floor: TestFloor) -> None:
    channel = floor.declares("S3 a screen is slow", who="ana")
    floor.says("ana", "/incident page @chloe", channel)
    is_told(floor, "chloe")

    floor.passes(minutes=5)

    assert happened(floor, 1).count("page_unanswered") == 1
    assert "did not answer" in line(floor, channel)
    floor.chloe.clicks(ids.ON_MY_WAY, channel="dm")
    floor.settle()
    assert "on the way" in line(floor, channel), "a late answer is an answer"


def test_escalating_to_a_person_is_refused_in_favour_of_a_page(floor: TestFloor) -> None:
    channel = floor.declares()

    assert "`/incident page @someone reason`" in floor.says("ana", "/incident escalate @ben", channel)

    assert not floor.direct_texts("ben")


def test_escalating_tells_the_next_tier_now_and_the_clock_continues_from_there(floor: TestFloor) -> None:
    channel = floor.declares("S0 every line is dead", who="ana")

    answer = floor.says("ana", "/incident escalate nobody picks up", channel)

    assert "Tier 1" in answer
    is_told(floor, "devi")
    floor.says("ana", "/incident escalate", channel)
    is_told(floor, "chloe")
    assert pages(floor, "erik") == []
    floor.passes(minutes=4)
    is_told(floor, "erik")
    assert "has been paged" in floor.says("ana", "/incident escalate", channel)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("/incident page", "Say whom"),
        ("/incident page @nobody-of-that-name", "I can't find anyone called `@nobody-of-that-name` to page"),
        ("/incident page communications_lead", "Nobody is communications lead of incident 1"),
        ("/incident page the moon", "I can't find anyone called `the moon` to page"),
        ("/incident page &lt;!channel&gt; look", "I can't find anyone called `!channel look` to page"),
        ("/incident page <@U0GUS|gus> look", "<@U0GUS> can't be paged: guests"),
        ("/incident page @gus look", "<@U0GUS> can't be paged: guests"),
        ("/incident page @ana look", "That names nobody but you, so nobody was paged."),
        ("/incident page <@U0NOBODY|no> look", "I can't find anyone called <@U0NOBODY> to page"),
        ("/incident escalate", "no escalation ladder"),
    ],
)
def test_impossible_requests_are_refused_with_a_sentence(quiet_floor: TestFloor, typed: str, refusal: str) -> None:
    assert refusal in quiet_floor.says("ana", typed, QUIET_CHANNEL)


@pytest.mark.parametrize("typed", ["", "the moon", "@nobody", "scribe"])
def test_a_refused_page_gives_an_example_that_works_here(quiet_floor: TestFloor, typed: str) -> None:
    refusal = quiet_floor.says("ana", f"/incident page {typed}", QUIET_CHANNEL)

    assert "a person, a group or a role that somebody holds" in refusal
    assert refusal.count(". ") == 0, "it is one sentence"
    (example,) = re.findall(r"`(/incident page .+?)`", refusal)
    assert "Paging" in quiet_floor.says("ana", example, QUIET_CHANNEL)


def test_the_example_is_a_role_when_somebody_else_holds_it(floor: TestFloor) -> None:
    channel = floor.declares("S3 a screen is slow", who="ana")
    floor.says("ana", "/incident assign commander <@U0BEN|ben>", channel)

    assert "`/incident page commander please" in floor.says("ana", "/incident page the moon", channel)
    assert "`/incident page commander please" not in floor.says("ben", "/incident page the moon", channel)


def test_guests_neither_page_nor_escalate_nor_turn_down(floor: TestFloor) -> None:
    channel = floor.declares("S0 every line is dead", who="ana")
    floor.ana.invites(channel, "gus")
    floor.settle()

    assert "Guests" in floor.says("gus", "/incident page @ben", channel)
    assert "Guests" in floor.says("gus", "/incident escalate", channel)
    assert pages(floor, "devi") == pages(floor, "ben") == []


def test_an_incident_keeps_the_ladder_it_was_declared_with(floor: TestFloor, tmp_path: Path) -> None:
    floor.declares("S0 every line is dead", who="ana")
    changed_floor = tmp_path / "floor.yaml"
    changed_floor.write_text(FLOOR.read_text().replace('["@devi"]', '["@farah"]'))
    floor.stop_bot()
    floor._settings["floor_file"] = changed_floor
    floor.start_bot()

    floor.passes(minutes=2)

    is_told(floor, "devi")
    assert pages(floor, "farah") == []
