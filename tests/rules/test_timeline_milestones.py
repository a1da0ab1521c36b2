"""Milestones are read from the timeline; corrections by people count, impossible ones are refused."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.timeline import erasure, milestones
from bot.timeline.milestones import ImpossibleOrder, MilestoneInFuture, MilestoneName

T0 = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)


@dataclass
class Entry:
    number: int
    kind: str
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    actor_id: str | None = "U1"


def story(*entries: tuple[str, int, dict[str, Any]]) -> list[Entry]:
    """Return entries from kind, minutes after the beginning and facts."""
    return [
        Entry(number, kind, T0 + timedelta(minutes=minute), facts)
        for number, (kind, minute, facts) in enumerate(entries, 1)
    ]


def minutes(entries: list[Entry]) -> dict[str, float]:
    return {
        str(name): (milestone.at - T0).total_seconds() / 60
        for name, milestone in milestones.milestones_from(entries).items()
    }


FULL_STORY = story(
    ("shortcut_message", -5, {}),
    ("declared", 0, {}),
    ("role_taken", 3, {}),
    ("on_my_way", 4, {}),
    ("update_sent", 15, {}),
    ("update_sent", 30, {}),
    ("status", 40, {"new": "mitigated"}),
    ("status", 50, {"new": "monitoring"}),
    ("resolved", 60, {}),
    ("closed", 90, {}),
)


def test_an_alert_before_the_declaration_is_how_it_was_detected() -> None:
    entries = story(("alert_fired", -2, {}), ("declared", 0, {}), ("alert_fired", 1, {}))
    assert minutes(entries) == {"detected": -2, "declared": 0}
    assert milestones.milestones_from(entries)[MilestoneName.DETECTED].how == "alert"
    assert minutes(story(("declared", 0, {}), ("alert_fired", 1, {}))) == {"declared": 0}
    assert minutes(story(("declared", 0, {}), ("alert_fired", 0, {}))) == {"detected": 0, "declared": 0}


def test_the_first_sign_of_each_milestone_counts() -> None:
    assert minutes(FULL_STORY) == {
        "started": -5,
        "detected": -5,
        "declared": 0,
        "acknowledged": 3,
        "first_update": 15,
        "mitigated": 40,
        "resolved": 60,
        "closed": 90,
    }
    found_milestones = milestones.milestones_from(FULL_STORY)
    assert found_milestones[MilestoneName.STARTED].is_estimated
    assert found_milestones[MilestoneName.STARTED].basis == "the message it was declared from"
    assert (found_milestones[MilestoneName.DETECTED].how, found_milestones[MilestoneName.MITIGATED].entry) == (
        "floor",
        7,
    )
    assert found_milestones[MilestoneName.MITIGATED].at - found_milestones[MilestoneName.STARTED].at == timedelta(
        minutes=45
    )


def test_milestones_that_nobody_recorded_are_unknown() -> None:
    found_milestones = milestones.milestones_from(story(("declared", 0, {})))

    assert list(found_milestones) == [MilestoneName.DECLARED]


def test_reopening_removes_the_end_and_keeps_the_first_mitigation() -> None:
    again = story(("reopened", 100, {}), ("status", 110, {"new": "mitigated"}), ("resolved", 120, {}))

    assert minutes([*FULL_STORY, *again])["resolved"] == 120
    assert minutes([*FULL_STORY, *again])["mitigated"] == 40
    assert "closed" not in minutes([*FULL_STORY, *again])


def test_a_status_set_after_the_end_removes_the_end_like_reopening() -> None:
    again = story(("declared", 0, {}), ("resolved", 10, {}), ("status", 20, {"new": "monitoring"}))

    assert minutes(again) == {"declared": 0, "mitigated": 20}


def test_a_correction_counts_until_the_next_one() -> None:
    facts = {
        "milestone": "mitigated",
        "reached_at": (T0 + timedelta(minutes=35)).isoformat(),
        "reason": "the log says so",
    }
    later = facts | {"reached_at": (T0 + timedelta(minutes=36)).isoformat(), "how": ""}

    corrected = milestones.milestones_from([*FULL_STORY, *story(("milestone", 100, facts))])[
        MilestoneName.MITIGATED
    ]

    assert (corrected.is_corrected, corrected.basis) == (True, "the log says so")
    assert minutes([*FULL_STORY, *story(("milestone", 100, facts))])["mitigated"] == 35
    assert minutes([*FULL_STORY, *story(("milestone", 100, facts), ("milestone", 101, later))])["mitigated"] == 36


@pytest.mark.parametrize(
    ("name", "minute", "sentence"),
    [
        ("mitigated", 61, "resolved before it was mitigated. Put “Resolved” right first"),
        ("resolved", 39, "resolved before it was mitigated. Put “Mitigated” right first"),
        ("started", 1, "detected before it was started. Put “Detected” right first"),
        ("closed", 59, "closed before it was resolved"),
    ],
)
def test_an_impossible_order_is_refused_with_what_to_do(name: str, minute: int, sentence: str) -> None:
    known = milestones.milestones_from(FULL_STORY)

    with pytest.raises(ImpossibleOrder, match=sentence):
        milestones.check_order(known, MilestoneName(name), T0 + timedelta(minutes=minute), T0 + timedelta(days=1))


def test_the_future_is_refused() -> None:
    with pytest.raises(MilestoneInFuture):
        milestones.check_order({}, MilestoneName.STARTED, T0 + timedelta(minutes=2), T0)


@given(
    st.dictionaries(st.sampled_from(list(MilestoneName)), st.integers(0, 300)), st.permutations(list(MilestoneName))
)
def test_no_sequence_of_corrections_leads_to_an_impossible_order(
    wanted: dict[MilestoneName, int], order: list[MilestoneName]
) -> None:
    entries: list[Entry] = []
    for name in (name for name in order if name in wanted):
        at = T0 + timedelta(minutes=wanted[name])
        known = milestones.milestones_from(entries)
        try:
            milestones.check_order(known, name, at, T0 + timedelta(days=1))
        except ImpossibleOrder:
            continue
        facts = {"milestone": str(name), "reached_at": at.isoformat()}
        entries += [Entry(len(entries) + 1, "milestone", T0 + timedelta(hours=len(entries)), facts)]

    final = milestones.milestones_from(entries)
    for earlier, later in milestones.ORDER:
        if earlier in final and later in final:
            assert final[later].at - final[earlier].at > -milestones.CLOCK_TOLERANCE


def test_a_milestone_is_still_read_after_the_purge_of_peoples_text() -> None:
    facts = {"milestone": "started", "reached_at": T0.isoformat(), "reason": "Ben saw it", "how": "floor"}

    bare = erasure.without_text(facts)

    assert "Ben" not in str(bare)
    assert milestones.milestones_from([Entry(1, "milestone", T0, bare)])[MilestoneName.STARTED].at == T0
