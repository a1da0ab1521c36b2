"""The escalation ladder as rules: whose turn comes when, and what changes it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.escalation import rules
from bot.escalation.rules import Ladder, State, StopsOn
from bot.escalation.tables import Answer, Page
from bot.escalation.views import EscalationFacts, page_message
from bot.incidents.tables import Incident

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def ladder(*tiers: tuple[int, str]) -> Ladder:
    """Return a ladder planned at noon from pairs of minutes and name."""
    return rules.plan_ladder(((minutes * MINUTE, (who,), StopsOn.COMMANDER) for minutes, who in tiers), NOON)


def minutes(planned: Ladder) -> list[float | None]:
    """Return when each rung is due, in minutes after noon."""
    return [(rung.due_at - NOON) / MINUTE if rung.due_at else None for rung in planned]


def test_a_person_told_several_times_is_named_once_when_they_are_on_the_way() -> None:
    incident = Incident(id=1, title="IVR", severity="S1", declared_key="k", declared_by="U0CHLOE", declared_at=NOON)
    answers = [("U0ANA", Answer.COMING), ("U0ANA", Answer.COMING), ("U0ERIK", Answer.NONE)]
    paged = [
        Page(id=tier, incident_id=1, occasion=f"tier {tier}", user_id=who, tier=tier, told_at=NOON, answer=answer)
        for tier, (who, answer) in enumerate(answers)
    ]
    facts = EscalationFacts(incident, [], paged, has_commander=True, now=NOON)
    _, blocks = page_message(facts, paged[-1])
    assert blocks[-1]["text"]["text"] == "<@U0ANA> is on the way; you are no longer needed."


def test_without_tiers_there_is_no_ladder() -> None:
    assert ladder() == []


def test_the_top_is_reached_five_minutes_after_the_last_tier() -> None:
    assert minutes(ladder((0, "@ana"), (4, "@ben"))) == [0, 4, 9]


def test_hurrying_a_tier_brings_the_later_ones_forward() -> None:
    hurried = rules.bring_forward(
        rules.mark_told(ladder((2, "@ana"), (4, "@ben"), (10, "@erik")), 0), NOON + 2 * MINUTE
    )

    assert minutes(hurried) == [None, 2, 8, 13]


def test_the_clock_resumes_after_a_stop_from_the_rung_it_had_reached() -> None:
    stopped = rules.stop_clock(rules.mark_told(ladder((2, "@ana"), (6, "@ben")), 0), StopsOn.COMMANDER)
    assert minutes(stopped) == [None, None, None]

    assert minutes(rules.resume_clock(stopped, NOON + 60 * MINUTE)) == [None, 64, 69]


def test_the_clock_resumes_from_the_highest_of_the_tiers_that_were_told() -> None:
    told = rules.mark_told(rules.mark_told(ladder((2, "@ana"), (6, "@ben"), (20, "@erik")), 0), 1)
    stopped = rules.stop_clock(told, StopsOn.ACKNOWLEDGED)

    assert minutes(rules.resume_clock(stopped, NOON + 60 * MINUTE)) == [None, None, 74, 79]


def test_a_tier_whose_clock_ran_on_keeps_its_time_when_the_others_resume() -> None:
    planned = rules.plan_ladder(
        [(MINUTE, ("@ana",), StopsOn.COMMANDER), (3 * MINUTE, ("@ben",), StopsOn.ACKNOWLEDGED)], NOON
    )
    stopped = rules.stop_clock(planned, StopsOn.COMMANDER)

    assert minutes(rules.resume_clock(stopped, NOON + MINUTE)) == [2, 3, 8]


def test_while_somebody_leads_only_tiers_that_wait_for_an_answer_or_were_asked_for_go_on() -> None:
    assert minutes(rules.stop_while_led(ladder((2, "@ana"), (6, "@ben")))) == [None, None, None]
    hurried = rules.bring_forward(ladder((2, "@ana"), (6, "@ben")), NOON, "nobody can come")
    assert minutes(rules.stop_while_led(hurried)) == [0, None, None]


def test_the_reason_is_that_of_the_tier_that_is_brought_forward_and_stays_with_it_once_told() -> None:
    hurried = rules.bring_forward(ladder((2, "@ana"), (6, "@ben")), NOON, "nobody can come")
    assert [rung.early_because for rung in hurried] == ["nobody can come", "", ""]
    again = rules.bring_forward(hurried, NOON + MINUTE)
    assert [rung.early_because for rung in again] == ["nobody can come", "", ""]

    stopped = rules.stop_clock(rules.bring_forward(rules.mark_told(again, 0), NOON, "still"), StopsOn.ACKNOWLEDGED)
    assert [rung.early_because for rung in stopped] == ["nobody can come", "", ""]

    graver = rules.plan_ladder([(MINUTE, ("@erik",), StopsOn.COMMANDER)], NOON)
    raised = rules.merge_higher_ladder(rules.mark_told(again, 0), graver, NOON)
    assert raised[0].early_because == "", "it has its turn again for another reason"


def test_a_commander_does_not_stop_tiers_that_wait_for_an_answer() -> None:
    planned = rules.plan_ladder(
        [(MINUTE, ("@ana",), StopsOn.COMMANDER), (2 * MINUTE, ("@ben",), StopsOn.ACKNOWLEDGED)], NOON
    )

    assert minutes(rules.stop_clock(planned, StopsOn.COMMANDER)) == [None, 2, 7]
    assert minutes(rules.stop_clock(planned, StopsOn.ACKNOWLEDGED)) == [None, None, None]


def test_a_graver_ladder_adds_people_to_tiers_and_tiers_to_the_ladder() -> None:
    lesser = rules.mark_told(ladder((2, "@ana"), (30, "@ben")), 0)
    later = NOON + 3 * MINUTE
    graver = rules.plan_ladder(
        ((m * MINUTE, (who,), StopsOn.COMMANDER) for m, who in ((1, "@ana"), (4, "@chloe"), (8, "@erik"))), later
    )

    raised = rules.merge_higher_ladder(lesser, graver, later)

    assert [rung.tell for rung in raised] == [("@ana",), ("@ben", "@chloe"), ("@erik",), ()]
    assert minutes(raised) == [None, 7, 11, 16]
    assert raised[0].state == State.TOLD


def test_a_graver_ladder_starts_tiers_that_stood_still_and_leaves_those_that_were_told() -> None:
    graver = rules.plan_ladder([(7 * MINUTE, ("@erik",), StopsOn.COMMANDER)], NOON + 30 * MINUTE)

    stopped = rules.stop_clock(ladder((5, "@ana"), (10, "@ben"), (20, "@chloe")), StopsOn.COMMANDER)
    assert minutes(rules.merge_higher_ladder(stopped, graver, NOON + 30 * MINUTE)) == [37, 40, 50, 55]

    told = rules.mark_told(rules.mark_told(ladder((5, "@ana"), (10, "@ben"), (40, "@chloe")), 0), 1)
    raised = rules.merge_higher_ladder(told, graver, NOON + 30 * MINUTE)
    assert minutes(raised) == [37, None, 40, 45]
    # The first tier keeps the shorter of its delays, so the third comes 35 minutes after it.
    assert minutes(rules.bring_forward(raised, NOON + 31 * MINUTE)) == [31, None, 66, 71]


def test_the_top_is_not_reached_a_second_time_when_a_graver_ladder_adds_nobody() -> None:
    told = ladder((2, "@ana"))
    for position in range(2):
        told = rules.mark_told(told, position)

    assert rules.merge_higher_ladder(told, ladder((1, "@ana")), NOON) == told


def test_tiers_asked_for_by_hand_go_on_while_somebody_leads_and_the_severity_rises() -> None:
    asked = rules.bring_forward(ladder((5, "@a"), (10, "@b")), NOON, "more people", is_reason_of_all=True)

    raised = rules.merge_higher_ladder(asked, ladder((5, "@a"), (10, "@c")), NOON)

    assert minutes(rules.stop_while_led(raised))[:2] == [0, 5]
    assert [rung.early_because for rung in raised[:2]] == ["more people", "more people"]


def test_a_paged_tier_that_gains_people_has_its_turn_again() -> None:
    lesser = rules.mark_told(ladder((2, "@ana")), 0)
    later = NOON + 3 * MINUTE

    raised = rules.merge_higher_ladder(
        lesser, rules.plan_ladder([(MINUTE, ("@erik",), StopsOn.COMMANDER)], later), later
    )

    assert raised[0].is_waiting
    assert raised[0].tell == ("@ana", "@erik")


def test_nobody_is_next_in_an_incident_that_is_over_until_it_is_reopened() -> None:
    over = rules.end_ladder(ladder((2, "@ana")))
    assert rules.next_rung(over) is None

    assert rules.bring_forward(over, NOON) == over

    reopened = rules.resume_clock(rules.reopen_ladder(over), NOON + 60 * MINUTE)
    assert minutes(reopened) == [62, 67]


def test_those_who_were_told_before_the_end_are_not_told_again_when_the_incident_is_reopened() -> None:
    hurried = rules.bring_forward(ladder((2, "@ana"), (6, "@ben")), NOON, "more people", is_reason_of_all=True)
    reopened = rules.reopen_ladder(rules.end_ladder(rules.mark_told(hurried, 0)))

    assert [rung.state for rung in reopened] == [State.TOLD, State.WAITING, State.WAITING]
    assert [rung.early_because for rung in reopened] == ["more people", "", ""]


@pytest.mark.parametrize(("gap", "expected"), [(3, 3), (20, 5)])
def test_silence_counts_after_five_minutes_or_when_the_next_tier_is_told(gap: int, expected: int) -> None:
    ladder_after_first_page = rules.mark_told(ladder((0, "@ana"), (gap, "@ben")), 0)

    assert rules.answer_by(ladder_after_first_page, NOON) == NOON + expected * MINUTE


def test_a_tier_that_is_late_itself_or_stands_still_leaves_people_their_five_minutes() -> None:
    later = NOON + 5 * MINUTE
    overdue = rules.mark_told(ladder((0, "@ana"), (3, "@ben"), (5, "@erik"), (9, "@chloe")), 0)
    assert rules.answer_by(overdue, later) == NOON + 9 * MINUTE
    assert rules.answer_by(rules.stop_clock(overdue, StopsOn.COMMANDER), later) == NOON + 10 * MINUTE
