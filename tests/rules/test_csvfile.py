"""CSV: nothing that was typed runs in a spreadsheet, and nothing that was typed is lost."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runtime.csv_file import to_csv

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", "  =1", "＝1", "﹣1", '=HYPERLINK("http://x")')


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("words", FORMULAS)
def test_no_cell_begins_like_a_formula(words: str) -> None:
    [_, [cell, after]] = read(to_csv(("a", "b"), [(words, "x")]))

    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert cell.endswith(words.replace("\0", ""))
    assert after == "x"


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_texts_are_read_back_unchanged_but_for_an_apostrophe_in_front(row: list[str]) -> None:
    [_, cells] = read(to_csv([str(place) for place in range(len(row))], [row]))

    assert [cell.removeprefix("'") for cell in cells] == [
        words.replace("\0", "").removeprefix("'") for words in row
    ]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


def test_figures_stay_figures() -> None:
    assert read(to_csv(("a", "b", "c"), [(-5, 1.5, None)]))[1] == ["-5", "1.5", ""]
