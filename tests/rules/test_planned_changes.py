"""Nesting and routing changes: two people, verification after the change, reminders, incidents nearby."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.changes.rules import (
    AlreadyAnswered,
    AlreadyMade,
    ApprovedByRequester,
    ChangeInThePast,
    NotMadeYet,
    Scope,
    State,
    check_answer,
    check_people,
    check_planned_at,
    first_reminder,
    may_explain,
    next_reminder,
)

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_change_needs_two_people_and_is_not_recorded_long_after():
    check_people("U1", "U2")
    with pytest.raises(ApprovedByRequester):
        check_people("U1", "U1")
    check_planned_at(NOW - 23 * HOUR, NOW)
    with pytest.raises(ChangeInThePast):
        check_planned_at(NOW - 25 * HOUR, NOW)


def test_a_change_is_verified_after_it_was_made_and_cancelled_only_before():
    check_answer(State.PLANNED, State.VERIFIED, NOW, NOW)
    check_answer(State.PLANNED, State.CANCELLED, NOW + HOUR, NOW)
    with pytest.raises(NotMadeYet):
        check_answer(State.PLANNED, State.ROLLED_BACK, NOW + HOUR, NOW)
    with pytest.raises(AlreadyMade):
        check_answer(State.PLANNED, State.CANCELLED, NOW, NOW)
    with pytest.raises(AlreadyAnswered, match="rolled back already"):
        check_answer(State.ROLLED_BACK, State.VERIFIED, NOW, NOW)


def test_reminders_are_hourly_and_missed_ones_are_skipped():
    assert first_reminder(NOW, NOW) == NOW + HOUR / 2
    assert first_reminder(NOW - 5 * HOUR, NOW) == NOW
    assert next_reminder(NOW, NOW) == NOW + HOUR
    assert next_reminder(NOW, NOW + 3.5 * HOUR) == NOW + 4 * HOUR


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Scope(), True),
        (Scope(sites=("Manila",)), True),
        (Scope(sites=("Cebu",)), False),
        (Scope(sites=("Cebu",), types=("telephony",)), True),
        (Scope(partners=("Telvia",)), False),
        (Scope(partners=("Telvia", "Northline")), True),
        (Scope(types=("payment",)), False),
        (Scope(types=("telephony",)), True),
    ],
)
def test_a_change_may_explain_an_incident_of_its_site_partner_or_type(change: Scope, expected: bool):
    assert may_explain(change, Scope(("Manila",), ("Northline",), ("telephony",))) == expected
