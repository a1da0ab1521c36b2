"""What callers hear, and routing faults: what may be recorded of them, and when people are asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.frontdoor import rules
from bot.frontdoor.rules import Wording

NOON, MINUTE = datetime(2026, 11, 22, 12, tzinfo=UTC), timedelta(minutes=1)


def test_lines_are_read_as_people_separate_them_each_once() -> None:
    assert rules.read_lines(" Billing ,Orders;  Out of\thours\n\nBilling\n") == (
        "Billing",
        "Orders",
        "Out of hours",
    )
    assert len(rules.read_lines(",".join(map(str, range(rules.MOST_LINES))))) == rules.MOST_LINES
    with pytest.raises(rules.TooManyLines, match=str(rules.MOST_LINES + 1)):
        rules.read_lines(",".join(map(str, range(rules.MOST_LINES + 1))))
    with pytest.raises(rules.LinesMissing):
        rules.read_lines(" ,;\n")


def test_a_message_has_a_text_and_a_line() -> None:
    rules.check_wording(Wording("inform", ("Billing",), {"es": "", "en": "We are looking into it."}))
    with pytest.raises(rules.TextMissing):
        rules.check_wording(Wording("inform", ("Billing",), {"es": ""}))
    with pytest.raises(rules.TextMissing):
        rules.check_wording(Wording("inform", ("Billing",)))
    with pytest.raises(rules.LinesMissing):
        rules.check_wording(Wording("inform", (), {"en": "We are looking into it."}))


def test_the_text_is_that_of_the_first_language_that_has_one() -> None:
    wording = Wording("inform", ("Billing",), {"es": "", "en": "Hello", "de": "Hallo"})
    assert [wording.text("es", "de", "en"), wording.text("fr"), Wording("inform").text("en")] == ["Hallo", "", ""]
    assert rules.languages_of("en", ["es", "en"], ["de", "fr", "pl"]) == ("en", "es", "de", "fr")


@pytest.mark.parametrize(
    ("on_at", "look_at", "error"),
    [
        (NOON, NOON, rules.LookInPast),
        (NOON + MINUTE, NOON + MINUTE, None),
        (NOON + MINUTE + timedelta(seconds=1), NOON + 5 * MINUTE, rules.InFuture),
        (NOON - MINUTE, NOON + timedelta(seconds=1), None),
    ],
)
def test_a_message_is_on_since_a_past_time_and_looked_at_again_later(
    on_at: datetime, look_at: datetime, error: type[Exception] | None
) -> None:
    _refused_with(error, lambda: rules.check_times(on_at, look_at, NOON, MINUTE))


def _refused_with(error: type[Exception] | None, check: Callable[[], None]) -> None:
    if error is None:
        check()
        return
    with pytest.raises(error):
        check()


def test_the_minutes_that_callers_heard_a_message_are_whole_ones_up_to_its_end_or_now() -> None:
    assert rules.minutes_on(NOON, NOON + 5 * MINUTE, NOON + 9 * MINUTE) == 5
    assert rules.minutes_on(NOON, None, NOON + timedelta(seconds=119)) == 1
    assert rules.minutes_on(NOON, NOON - MINUTE, NOON) == 0


def test_after_a_reminder_others_are_told_and_then_it_begins_again() -> None:
    assert rules.next_due(None, NOON, 10 * MINUTE, 30 * MINUTE) == NOON + 10 * MINUTE
    assert rules.next_due(NOON, NOON, 10 * MINUTE, 30 * MINUTE) == NOON + 30 * MINUTE


@pytest.mark.parametrize(
    ("wrong", "since", "answer_by", "error"),
    [
        (" \n", NOON, NOON + MINUTE, rules.WrongMissing),
        ("x", NOON + 2 * MINUTE, NOON + MINUTE, rules.SinceInFuture),
        ("x", NOON + MINUTE, NOON, rules.DueInPast),
        ("x", NOON + MINUTE, NOON + timedelta(seconds=1), None),
    ],
)
def test_a_routing_fault_says_what_is_wrong_since_when_and_leaves_time(
    wrong: str, since: datetime, answer_by: datetime, error: type[Exception] | None
) -> None:
    _refused_with(error, lambda: rules.check_fault(wrong, since, answer_by, NOON, MINUTE))
