"""The figures of a post-mortem draft, and its typed text, which never becomes markup."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from bot.postmortems import rules
from bot.postmortems.rules import Change

START = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
lengths = st.lists(st.integers(0, 10_000), max_size=6).map(sorted)


@given(lengths)
def test_the_stretches_touch_and_fill_the_whole_time(minutes: list[int]) -> None:
    changes = [Change(START + timedelta(minutes=after), f"S{after % 5}") for after in minutes]
    end = START + timedelta(minutes=20_000)

    spans = rules.spans("S2", START, changes, end)

    assert spans[0].start == START
    assert spans[-1].end == end
    assert all(before.end == after.start for before, after in pairwise(spans))
    assert sum((span.end - span.start for span in spans), timedelta()) == end - START


@example("00.")
@example("0+.")
@given(st.text(max_size=200))
def test_nothing_typed_becomes_a_link_a_heading_or_html(words: str) -> None:
    shown = rules.escape_markdown(words)

    assert len(shown.splitlines()) <= 1
    # An escaped character stands for itself, so it still separates the text before it from the text after it.
    bare = re.sub(r"\\.", "x", shown)
    assert not set("`*_[]|<~") & set(bare)
    assert not re.match(r"[#+-]|\d+\.", bare)
