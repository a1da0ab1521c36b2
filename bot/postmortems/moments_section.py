"""The key moments of the incident: milestones, reopenings, decisions, causes, marked entries, severities. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from bot.postmortems import figures
from bot.postmortems.document import Lines, Section, Statement
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import Entry, Milestone, Record
from bot.slack.text import shorten

MOST_MOMENTS = 12
LONGEST_TEXT = 200
# Milestones that every incident has, and that decide nothing: named only if there is room.
ROUTINE_MILESTONES = (figures.ACKNOWLEDGED, figures.COMMANDER, figures.FIRST_UPDATE, figures.CLOSED)


class _Moment(Struct, frozen=True):
    at: datetime
    text: str
    entry: int


def moments_section(record: Record, reached: Mapping[str, Milestone], phrases: Phrases) -> Section:
    """Return at most twelve moments in order of time; `_candidates` has the most important first."""
    moments_by_entry: dict[int, _Moment] = {}
    for moment in _candidates(record, reached, phrases):
        if len(moments_by_entry) < MOST_MOMENTS:
            moments_by_entry.setdefault(moment.entry, moment)
    lines = [
        Statement(f"{phrases.moment(moment.at)} {moment.text}", (moment.entry,))
        for moment in sorted(moments_by_entry.values(), key=lambda moment: (moment.at, moment.entry))
    ]
    return Section("moments", phrases("section_moments"), [Lines(lines)])


def _candidates(record: Record, reached: Mapping[str, Milestone], phrases: Phrases) -> Iterator[_Moment]:
    reached_moments = {
        key: _Moment(
            milestone.at,
            f"{phrases(f'milestone_{key}')}{f' ({milestone.note})' if milestone.note else ''}",
            milestone.entry,
        )
        for key, milestone in reached.items()
    }
    decisions = [entry for entry in record.entries if "decision" in (entry.tag, entry.kind)]
    marked_entries = [entry for entry in record.entries if entry.is_marked or entry.tag]
    yield from (moment for key, moment in reached_moments.items() if key not in ROUTINE_MILESTONES)
    for entry in (*_reopenings(record), *decisions, *record.all("cause"), *marked_entries, *record.all("severity")):
        yield _Moment(entry.at, shorten(entry.sentence, LONGEST_TEXT), entry.number)
    yield from (moment for key, moment in reached_moments.items() if key in ROUTINE_MILESTONES)


def _reopenings(record: Record) -> Iterator[Entry]:
    """Each reopening, with the end before it that turned out to be none."""
    last_end: list[Entry] = []
    for entry in record.all("resolved", "reopened"):
        if entry.kind == "reopened":
            yield from (*last_end, entry)
        last_end = [entry] if entry.kind == "resolved" else []
