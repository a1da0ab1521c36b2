"""Lists of any length: a message holds one page, the rest is counted, and every row is on some page."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from bot.alerts import views as alerts
from bot.alerts.tables import Alert, AlertGroup
from bot.changes import views as changes
from bot.changes.rules import Kind
from bot.changes.tables import PlannedChange
from bot.config import floor
from bot.followups import views as followups
from bot.followups.tables import FollowUp
from bot.handovers.shift import views as shift_views
from bot.handovers.shift.tables import WatchItem
from bot.impact.forms import figures_form
from bot.impact.rules.assessment import Goal, QueueFacts
from bot.impact.whatif_actions import WhichQueue, choose
from bot.incidents import forms as incident_forms
from bot.incidents.tables import Incident
from bot.partners import views as partners
from bot.partners.tables import PartnerNotice
from bot.playbooks import views as playbooks
from bot.playbooks.tables import PlaybookStep
from bot.shifts import open_time_views, roster_views
from bot.shifts import views as shifts
from bot.shifts.open_time_tables import OpenTime
from bot.shifts.rules import Problem
from bot.shifts.tables import RosterState, Shift
from bot.slack.blocks import Block, fit_message
from bot.slack.pages import page_of
from bot.slack.phrases import Translator
from bot.subscriptions import views as subscriptions
from bot.subscriptions.tables import Subscription
from slack_sandbox.blockkit import check_blocks

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
FLOOR = floor.read(Path("floor.yaml"))
LONG = "x" * 60
ROW = re.compile(r"row (\d+)\. ")
Screen = tuple[str, Sequence[Block]]


@cache
def incident(number: int = 1) -> Incident:
    return Incident(
        id=number,
        declared_key=str(number),
        title=f"row {number}. {LONG}",
        severity="S1",
        status="investigating",
        declared_by="U1",
        declared_at=NOW,
        channel_id=f"C{number}",
    )


def partner_matrix(count: int, page: int) -> Screen:
    rows = [PartnerNotice(id=number, incident_id=1, partner=f"row {number}. {LONG}") for number in range(count)]
    return partners.matrix(partners.Matrix(incident(), rows, {}, NOW, page))


def subscription_list(count: int, page: int) -> Screen:
    rows = [Subscription(id=number, user_id="U1", key="", incident_id=number, since=NOW) for number in range(count)]
    return subscriptions.subscription_screen(rows, {n: incident(n) for n in range(count)}, FLOOR, page)


def my_steps(count: int, page: int) -> Screen:
    steps = [
        PlaybookStep(
            id=number,
            run_id=1,
            incident_id=1,
            step_key="a",
            position=1,
            phase="a",
            title=f"row {number}. {LONG}",
            owner_role="commander",
            due_at=NOW,
        )
        for number in range(count)
    ]
    return playbooks.my_steps(steps, {1: "C1"}, NOW, page)


def planned_changes(count: int, page: int) -> Screen:
    rows = [
        PlannedChange(
            id=number,
            key=str(number),
            kind=next(iter(Kind)),
            title=f"row {number}. {LONG}",
            planned_at=NOW,
            requester="U1",
            approver="U2",
            verifier="U3",
            recorded_by="U1",
        )
        for number in range(count)
    ]
    return changes.overview(rows, {}, NOW, page)


def open_times(count: int, page: int) -> Screen:
    rows = [
        OpenTime(
            id=number,
            problem=Problem.GAP,
            role="gqm",
            region=f"row {number}. {LONG}",
            starts_at=NOW,
            ends_at=NOW + timedelta(hours=1),
            found_at=NOW,
        )
        for number in range(count)
    ]
    return open_time_views.gaps_message(rows, {}, {}, FLOOR, Translator(), NOW, page)


def own_shifts(count: int, page: int) -> Screen:
    rows = [
        Shift(
            id=number,
            source="a",
            external_id=str(number),
            person="Ana",
            role="gqm",
            site=f"row {number}. {LONG}",
            starts_at=NOW,
            ends_at=NOW + timedelta(hours=8),
            changed_at=NOW,
        )
        for number in range(count)
    ]
    return shifts.own_shifts(FLOOR, Translator(), rows, [], NOW, page)


def no_shifts(count: int, page: int) -> Screen:
    left_out = [[f"row {number}. {LONG}", LONG * 3] for number in range(count)]
    state = RosterState(name="EMEA", content_hash="", read_at=NOW, by="", shifts=3, left_out=left_out)
    return roster_views.rosters_message([state], [], Translator(), NOW, page)


def watched(count: int, page: int) -> Screen:
    rows = [WatchItem(id=number, text=f"row {number}. {LONG}", by="U1", added_at=NOW) for number in range(count)]
    return shift_views.watched_message(rows, Translator(), page)


def follow_ups(count: int, page: int) -> Screen:
    pairs = [
        (
            FollowUp(
                id=number,
                incident_id=1,
                source_key=str(number),
                text=f"row {number}. {LONG}",
                due_on=NOW.date(),
                due_at=NOW,
                added_by="U1",
                added_at=NOW,
            ),
            incident(),
        )
        for number in range(count)
    ]
    return followups.listing(pairs, followups.Listed("Follow-ups", "None.", "/incident followups", page), NOW)


def alerts_of_a_group(count: int, page: int) -> Screen:
    group = AlertGroup(id=1, source_name="grafana", group_key="", title="Queues", began_at=NOW)
    rows = [
        Alert(id=n, group_id=1, source_name="grafana", alert_key=str(n), title=f"row {n}. {LONG}", fired_at=NOW)
        for n in range(count)
    ]
    return alerts.listing(group, rows, page)


LISTS: list[tuple[Callable[[int, int], Screen], int]] = [
    (partner_matrix, partners.PER_PAGE),
    (subscription_list, subscriptions.PER_PAGE),
    (my_steps, playbooks.MY_STEPS_PER_PAGE),
    (planned_changes, changes.SHOWN),
    (open_times, shifts.PER_PAGE),
    (own_shifts, shifts.PER_PAGE),
    (no_shifts, shifts.PER_PAGE),
    (watched, shift_views.WATCHED_PER_PAGE),
    (follow_ups, followups.LISTED_PER_PAGE),
    (alerts_of_a_group, alerts.PER_PAGE),
]


@pytest.mark.parametrize(("draw", "per_page"), LISTS, ids=lambda given: getattr(given, "__name__", None))
@pytest.mark.parametrize("beyond", [None, 0, 1])
def test_a_list_up_to_a_page_has_no_pages_and_a_longer_one_says_where_the_rest_is(
    draw: Callable[[int, int], Screen], per_page: int, beyond: int | None
) -> None:
    count = 0 if beyond is None else per_page + beyond
    text, blocks = draw(count, 1)

    assert text
    check_blocks(blocks)
    is_whole = fit_message(blocks) == list(blocks)
    assert is_whole
    assert ("Page 1 of 2" in str(blocks)) == (beyond == 1)


@pytest.mark.parametrize(("draw", "per_page"), LISTS, ids=lambda given: getattr(given, "__name__", None))
def test_the_last_of_a_thousand_rows_is_on_the_last_page(draw: Callable[[int, int], Screen], per_page: int) -> None:
    pages = -(-1_000 // per_page)
    _, blocks = draw(1_000, pages)
    check_blocks(blocks)
    shown = [int(number) for number in dict.fromkeys(ROW.findall(str(blocks)))]

    assert shown == list(range((pages - 1) * per_page, 1_000))
    assert f"Page {pages} of {pages}, 1000 in all" in str(blocks[-2:])


def test_each_of_a_thousand_rows_is_on_one_page() -> None:
    pages = [page_of(range(1_000), page, 40, "/incident list")[0] for page in range(1, 26)]

    assert [row for page in pages for row in page] == list(range(1_000))


@pytest.mark.parametrize("count", [0, 1, 29, 30, 1_000])
def test_the_home_tab_counts_what_it_does_not_show(count: int) -> None:
    listed = [incident(number) for number in range(min(count, 30))]

    blocks = incident_forms.home(listed, FLOOR, count)

    check_blocks(blocks)
    assert ("1000 are open" in str(blocks)) == (count > 30)


def test_each_of_many_queues_can_be_chosen_and_a_question_counts_the_queues_it_does_not_name() -> None:
    queues = [QueueFacts(number, f"Queue {number}", f"Queue {number}", "", "", Goal()) for number in range(1, 151)]

    form = figures_form(1, queues, [NOW], 1_800, None)

    assert [f'"value": "{number}"' in json.dumps(form) for number in (1, 99, 100, 150)] == [True] * 4
    with pytest.raises(WhichQueue, match=r"whatif Queue 1: aht \+25%`.*Queue 9, and 141 more"):
        choose(queues, "queue", "aht +25%")


@pytest.mark.parametrize(("asked", "shown"), [(0, [1, 2]), (1, [1, 2]), (2, [3, 4]), (3, [5]), (99, [5])])
def test_a_missing_page_becomes_the_nearest_one(asked: int, shown: list[int]) -> None:
    assert page_of([1, 2, 3, 4, 5], asked, 2, "/incident list")[0] == shown
