"""Intervals of several lengths on one timeline, compared with a model that looks at every quarter of an hour."""

from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.impact.rules.figures import Figures
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.lengths import by_length, merged

QUARTER, HALF_HOUR, HOUR, DAY = 900, 1800, 3600, 86_400
figure = st.one_of(st.none(), st.integers(0, 40).map(float))


class Row(NamedTuple):
    """What one import says of an interval."""

    starts_at: int
    length_s: int
    offered: float | None
    forecast_offered: float | None
    agents: float | None
    aht_s: float | None

    @property
    def quarters(self) -> range:
        return range(self.starts_at, self.starts_at + self.length_s, QUARTER)


rows = st.lists(
    st.builds(
        Row,
        st.integers(0, 7).map(lambda place: place * QUARTER),
        st.sampled_from((900, 1800, 2700, 3600)),
        *[figure] * 4,
    ),
    max_size=7,
)


def on_one_timeline(imports: list[Row]) -> list[QueueInterval]:
    """Merge the rows of imports numbered from 1."""
    stored = [
        (1, row.starts_at, number, row.length_s, *Figures(**dict(zip(row._fields[2:], row[2:], strict=True))))
        for number, row in enumerate(imports, 1)
    ]
    return list(merged(sorted(stored, key=lambda each: (each[1], each[2]))))


def last_that_knows(imports: list[Row], name: str, quarter: int) -> int | None:
    """Return the number of the last import that knows the figure for a quarter of an hour."""
    return next(
        (
            number
            for number in range(len(imports), 0, -1)
            if quarter in imports[number - 1].quarters and getattr(imports[number - 1], name) is not None
        ),
        None,
    )


@given(rows)
def test_no_time_counts_twice_and_plans_move_to_the_intervals_that_count(imports: list[Row]) -> None:
    # An import that repeats the interval of another corrects it, which is not what this is about.
    imports = list({(row.starts_at, row.length_s): row for row in imports}.values())
    intervals = on_one_timeline(imports)

    assert all(before.ends_at <= after.starts_at for before, after in pairwise(intervals))
    counted = {(row.starts_at, row.length_s): row.offered for row in imports if row.offered is not None}
    kept = {
        (each.starts_at, each.interval_s): each.figures.offered
        for each in intervals
        if each.figures.offered is not None
    }
    assert kept.items() <= counted.items(), "contacts are never divided or added up"
    left_out = [length_s for each in intervals for length_s in each.left_out]
    assert len(kept) + len(left_out) == len(counted)

    for interval in intervals:
        quarters = range(interval.starts_at, interval.ends_at, QUARTER)
        own = dict(zip(Figures._fields, interval.figures, strict=True))
        for name in ("forecast_offered", "agents", "aht_s"):
            numbers = [last_that_knows(imports, name, quarter) for quarter in quarters]
            parts = [
                getattr(imports[number - 1], name)
                / (imports[number - 1].length_s / QUARTER if name == "forecast_offered" else 1)
                for number in numbers
                if number
            ]
            source = interval.sources[Figures._fields.index(name)]
            if len(parts) < len(quarters):
                assert own[name] is None
            elif name != "aht_s":
                whole = sum(parts) if name == "forecast_offered" else sum(parts) / len(parts)
                assert own[name] == pytest.approx(whole, abs=1e-5)
                assert source == max(number for number in numbers if number)
            elif len(set(numbers)) == 1:
                assert (own[name], source) == (parts[0], numbers[0])
            else:
                reported = [row.aht_s for row in imports if row[:2] == (interval.starts_at, interval.interval_s)]
                assert own[name] in (None, *reported)


def test_plans_are_divided_like_the_intervals_that_came_last_wherever_nothing_came() -> None:
    came = Row(HOUR, HALF_HOUR, 30, None, None, 300)
    plan = [Row(place * HOUR, HOUR, None, 80, 12, 240) for place in range(3)]
    intervals = on_one_timeline([*plan, came])
    assert [(each.starts_at, each.interval_s) for each in intervals] == [
        (place * HALF_HOUR, HALF_HOUR) for place in range(6)
    ]
    assert {(each.figures.forecast_offered, each.figures.agents) for each in intervals} == {(40, 12)}
    assert [each.figures.aht_s for each in intervals] == [240, 240, 300, 240, 240, 240]

    quarters_later = on_one_timeline([*plan, came, Row(HOUR + HALF_HOUR, QUARTER, 30, None, None, None)])
    assert [each.interval_s for each in quarters_later if each.starts_at >= 2 * HOUR] == [QUARTER] * 4
    only_plans = on_one_timeline([plan[0], Row(HALF_HOUR, QUARTER, None, 30, None, None)])
    assert [each.figures.forecast_offered for each in only_plans] == [20, 20, 30, 20]

    talked = [Row(place * QUARTER, QUARTER, None, None, 10 * place, 200 + 100 * place) for place in range(2)]
    (half_hour,) = on_one_timeline([*talked, Row(0, HALF_HOUR, 30, None, None, None)])
    assert (half_hour.figures.agents, half_hour.figures.aht_s) == (5, None), (
        "two averages over contacts make no third"
    )

    a_day = Row(0, DAY, None, 2_400, 50, None)
    assert not [each for each in on_one_timeline([a_day, came]) if each.figures.forecast_offered]
    only_part = Row(HOUR, QUARTER, None, 10, None, None)
    assert [each.figures.forecast_offered for each in on_one_timeline([only_part, came])] == [None]


def test_of_two_intervals_that_overlap_the_later_import_counts_and_names_the_other() -> None:
    early, late = Row(0, HALF_HOUR, 20, None, None, None), Row(QUARTER, HALF_HOUR, 30, None, None, None)
    for imports in ([early, late], [late, early]):
        (only,) = on_one_timeline(imports)
        assert (only.figures.offered, only.left_out) == (imports[1].offered, (HALF_HOUR,))
    staffed = Row(0, HALF_HOUR, None, None, 9, None)
    both = on_one_timeline([late, staffed])
    assert [each.figures.offered for each in both if each.figures.offered] == [30], (
        "figures without contacts give way"
    )


@pytest.mark.parametrize(
    ("length_s", "history", "known"),
    [
        (QUARTER, [(0, HALF_HOUR, 20)], {0: 10, QUARTER: 10}),
        (QUARTER, [(0, HALF_HOUR, 20), (0, QUARTER, 12)], {0: 12, QUARTER: 10}),
        (QUARTER, [(0, HALF_HOUR, 20), (0, HALF_HOUR, 30)], {0: 15, QUARTER: 15}),
        (HALF_HOUR, [(0, QUARTER, 5), (QUARTER, QUARTER, 6)], {0: 11}),
        (HALF_HOUR, [(HALF_HOUR, QUARTER, 5), (3 * QUARTER, QUARTER, 6), (HOUR, QUARTER, 9)], {HALF_HOUR: 11}),
        (HOUR, [(0, HALF_HOUR, 5), (HALF_HOUR, QUARTER, 6)], {}),
        (HOUR, [(HOUR, HOUR, 40), (HOUR, QUARTER, 6)], {HOUR: 40}),
        # Contacts come evenly over an hour at most, and only a whole number of parts can be told apart.
        (HALF_HOUR, [(0, 2 * HOUR, 40)], {}),
        (HALF_HOUR, [(0, 2700, 40)], {}),
        (2 * HOUR, [(0, HOUR, 40), (HOUR, HOUR, 40)], {}),
        (HOUR, [], {}),
    ],
)
def test_past_contacts_are_known_for_other_lengths_where_all_of_the_time_is_known(length_s, history, known) -> None:
    assert by_length([length_s], history) == {length_s: known}


@pytest.mark.parametrize(
    ("figures", "visible_at", "reported_after_s"),
    [
        (Figures(offered=30), {7: 600}, 600),
        (Figures(offered=30), {7: 5}, 60),
        (Figures(offered=30), {7: -500}, 60),
        (Figures(offered=30), {7: HALF_HOUR}, None),
        # It is unknown when a figure of long ago arrived, and a plan arrives beforehand.
        (Figures(offered=30), {}, None),
        (Figures(forecast_offered=30), {7: 600}, None),
    ],
)
def test_an_interval_is_running_while_its_contacts_were_reported_before_its_end(
    figures: Figures, visible_at: dict[int, int], reported_after_s: int | None
) -> None:
    interval = QueueInterval(1, 0, HALF_HOUR, figures, sources=(7,) * len(figures))
    assert interval.reported(visible_at).reported_after_s == reported_after_s
