"""The header of a report of figures: the line that names the most known columns."""

from collections.abc import Sequence
from pathlib import Path

from bot.impact.reading.vocabulary import COUNTS, NUMBERS, Meaning, meaning_of
from bot.sources.tabular.errors import FileRefused
from bot.sources.tabular.sheet import Header, Sheet, is_moment, open_sheet


def open_report(path: Path) -> Sheet:
    """Open the table of figures in a file. Raises `FileRefused`."""
    return open_sheet(path, HEADER)


def header_score(names: Sequence[str]) -> int:
    """How many known columns a line names; 0 if it names no figure and so is not a header."""
    meanings = [meaning_of(name) for name in names]
    moments = sum(is_moment(name) for name in names)
    known_count = len({meaning for meaning in meanings if meaning})
    has_figures = bool(NUMBERS & set(meanings)) or Meaning.CALL in meanings or (moments and known_count)
    has_counts = bool(COUNTS & set(meanings))
    return known_count + moments + has_counts if has_figures and known_count + moments >= 2 else 0


HEADER = Header(header_score, "*Date*, *Interval*, *Queue*, *Offered* and *Answered*")


class NoTimes(FileRefused):
    """No column of {name} says when its intervals begin. Export the date and the interval, too."""


class NoQueue(FileRefused):
    """No column of {name} says which queue it is about. Name the queue, or export it, too."""
