"""Which incidents may be merged or related, how an incident is named, and which may be declared afterwards."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import WatchfloorError
from bot.incidents import merge_rules, rules
from bot.incidents.rules import Status

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Incident:
    number: int
    status: str = "investigating"
    is_private: bool = False
    merged_into: int | None = None


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=30))
def test_merges_never_form_a_circle_and_always_end_at_an_active_incident(
    merges: list[tuple[int, int]],
) -> None:
    incidents = {number: Incident(number) for number in range(1, 7)}
    for number, into in merges:
        with suppress(WatchfloorError):
            merge_rules.check_may_merge(incidents[number], incidents[into])
            incidents[number].status, incidents[number].merged_into = Status.MERGED, into

    for incident in incidents.values():
        seen = {incident.number}
        while incident.merged_into:
            incident = incidents[incident.merged_into]  # the chain of merges is followed to its end
            assert incident.number not in seen
            seen.add(incident.number)
        assert incident.status in rules.ACTIVE


@pytest.mark.parametrize("status", [status for status in Status if status not in rules.ACTIVE])
def test_an_incident_that_is_over_is_neither_merged_nor_merged_into(status: Status) -> None:
    with pytest.raises((rules.AlreadyOver, rules.AlreadyMerged)):
        merge_rules.check_may_merge(Incident(1, status), Incident(2))
    with pytest.raises(merge_rules.TargetOver):
        merge_rules.check_may_merge(Incident(1), Incident(2, status))


@pytest.mark.parametrize("one", [True, False])
@pytest.mark.parametrize("two", [True, False])
def test_only_incidents_with_the_same_readers_are_merged(one: bool, two: bool) -> None:
    refusal = {(True, False): merge_rules.WouldReveal, (False, True): merge_rules.TargetPrivate}.get((one, two))
    if refusal is None:
        merge_rules.check_may_merge(Incident(1, is_private=one), Incident(2, is_private=two))
        return
    with pytest.raises(refusal):
        merge_rules.check_may_merge(Incident(1, is_private=one), Incident(2, is_private=two))


@pytest.mark.parametrize(
    ("typed", "number", "channel_id"),
    [
        ("12", 12, None),
        ("#12 it is one outage", 12, None),
        ("inc-12-ivr-down", 12, None),
        ("#inc-12-ivr-down", 12, None),
        ("<#C0ABC|inc-12-ivr-down>", None, "C0ABC"),
        ("<#C0ABC>", None, "C0ABC"),
    ],
)
def test_an_incident_is_named_by_its_number_or_its_channel(
    typed: str, number: int | None, channel_id: str | None
) -> None:
    assert merge_rules.read_reference(typed, "merge") == (number, channel_id)


@pytest.mark.parametrize("typed", ["", "the other one", "12abc", "<@U1>"])
def test_text_that_names_no_incident_is_refused(typed: str) -> None:
    with pytest.raises(merge_rules.WhichIncident):
        merge_rules.read_reference(typed, "merge")


@pytest.mark.parametrize(
    ("started_at", "ended_at", "refusal"),
    [
        (None, None, None),
        (NOW - 2 * HOUR, NOW - HOUR, None),
        (NOW - HOUR, None, rules.EndMissing),
        (None, NOW - HOUR, rules.StartMissing),
        (NOW - HOUR, NOW - HOUR, rules.EndBeforeStart),
        (NOW - HOUR, NOW + HOUR, rules.StillToCome),
    ],
)
def test_an_incident_declared_afterwards_must_have_begun_and_ended_before(
    started_at: datetime | None, ended_at: datetime | None, refusal: type[WatchfloorError] | None
) -> None:
    if refusal is None:
        rules.check_past(started_at, ended_at, NOW)
        return
    with pytest.raises(refusal):
        rules.check_past(started_at, ended_at, NOW)
