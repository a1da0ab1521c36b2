"""The key moments of the incident: milestones, decisions, marked entries and severity changes. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from bot.postmortems.document import Lines, Section, Statement
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import Milestone, Record
from bot.slack.text import shorten

MOST_MOMENTS = 12
LONGEST_TEXT = 200


class _Moment(Struct, frozen=True):
    at: datetime
    text: str
    entry: int


def moments_section(record: Record, reached: Mapping[str, Milestone], phrases: Phrases) -> Section:
    """Return at most twelve moments in order of time: milestones first, then decisions, marks, severity changes."""
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
    for key, milestone in reached.items():
        note = f" ({milestone.note})" if milestone.note else ""
        yield _Moment(milestone.at, f"{phrases(f'milestone_{key}')}{note}", milestone.entry)
    for entry in record.entries:
        if "decision" in (entry.tag, entry.kind):
            yield _Moment(entry.at, shorten(entry.sentence, LONGEST_TEXT), entry.number)
    for entry in record.entries:
        if entry.is_marked or entry.tag:
            yield _Moment(entry.at, shorten(entry.sentence, LONGEST_TEXT), entry.number)
    for entry in record.all("severity"):
        yield _Moment(entry.at, shorten(entry.sentence, LONGEST_TEXT), entry.number)
