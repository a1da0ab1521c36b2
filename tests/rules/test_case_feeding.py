"""Cases of sources on the board: the deadline is the SLA's own, whichever system saw its pauses."""

from datetime import UTC, datetime, timedelta

from bot.cases.feeding import case_row
from bot.sources.port import Case, ServiceTarget

START = datetime(2026, 11, 26, 1, tzinfo=UTC)


def case(*targets: ServiceTarget, is_open: bool = True) -> Case:
    return Case("id", "INC1", "card refused", "P2", "In Progress", START, START, is_open=is_open, targets=targets)


def test_the_deadline_is_the_sources_whichever_system_saw_the_pauses() -> None:
    due = START + timedelta(hours=4, minutes=35)
    target = ServiceTarget("resolution", START, due, paused_s=2100)
    unseen = case_row(case(target), timedelta())
    assert unseen.started_at is not None and unseen.target is not None
    assert unseen.started_at + unseen.target == due
    # The board adds the pauses that it saw itself.
    seen = case_row(case(target), timedelta(minutes=35))
    assert seen.started_at is not None and seen.target is not None
    assert seen.started_at + timedelta(minutes=35) + seen.target == due
    assert seen.target == timedelta(hours=4)


def test_the_target_that_breaks_first_counts_and_no_target_gives_no_deadline() -> None:
    late = ServiceTarget("resolution", START, START + timedelta(hours=8))
    soon = ServiceTarget("response", START, START + timedelta(hours=1))
    assert case_row(case(late, soon), timedelta()).target == timedelta(hours=1)
    assert case_row(case(ServiceTarget("open end", START, None)), timedelta()).target is None
    assert case_row(case(is_open=False), timedelta()).ended_at == START
