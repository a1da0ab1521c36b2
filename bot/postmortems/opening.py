"""How a post-mortem opens: what happened in five lines, the severities, the milestones and the figures. Pure."""

from collections.abc import Mapping
from datetime import timedelta

from bot.postmortems import figures, rules
from bot.postmortems.document import Figure, Lines, Section, Statement, Table
from bot.postmortems.figures import MEASURES, Measure
from bot.postmortems.record import Milestone, Record
from bot.postmortems.rules import Change, Span
from bot.postmortems.words import Words

Reached = Mapping[str, Milestone]


def unknown(words: Words, role: str, what: str = "") -> Statement:
    """What the record does not hold, and who would know."""
    return Statement(words("unknown_ask", role=role) + (f": {what}" if what else ""), nature="open")


def summary(record: Record, reached: Reached, words: Words) -> list[Statement]:
    """The incident in five lines, each with its evidence."""
    return [
        _what(record, words),
        _who_felt_it(record, words),
        _how_long(record, reached, words),
        _what_ended_it(record, words),
        _how_it_was_told(record, words),
    ]


def _what(record: Record, words: Words) -> Statement:
    declared = record.first("declared")
    facts = {
        "severity": gravest(record),
        "type": record.type,
        "title": record.title,
        "at": words.moment(record.declared_at),
        "who": declared.who if declared else words("unknown"),
        "places": ", ".join(record.places) or words("no_places"),
    }
    return Statement(words("summary_what", **facts), _numbers(declared.number if declared else None))


def _who_felt_it(record: Record, words: Words) -> Statement:
    told = record.last("impact")
    if record.impact and told:
        return Statement(words("summary_impact", impact=record.impact), (told.number,))
    return Statement(
        words("summary_impact_unknown", ask=words("unknown_ask", role=record.commander)), nature="open"
    )


def _how_long(record: Record, reached: Reached, words: Words) -> Statement:
    end = reached.get(figures.RESOLVED)
    if end is None:
        return Statement(
            words("summary_open", status=words(f"status_{record.status}")), _numbers(_last_change(record))
        )
    start = reached.get(figures.STARTED) or reached[figures.DECLARED]
    since = figures.STARTED if figures.STARTED in reached else figures.DECLARED
    facts = {"length": words.length(end.at - start.at), "since": words(f"milestone_{since}").lower()}
    return Statement(words("summary_length", **facts), (start.entry, end.entry))


def _last_change(record: Record) -> int | None:
    last = record.last("status", "reopened", "declared")
    return last.number if last else None


def _what_ended_it(record: Record, words: Words) -> Statement:
    resolved = record.last("resolved")
    if resolved and resolved.facts.get("reason"):
        return Statement(words("summary_end", reason=resolved.facts["reason"]), (resolved.number,))
    return Statement(words("summary_end_unknown", ask=words("unknown_ask", role=record.commander)), nature="open")


def _how_it_was_told(record: Record, words: Words) -> Statement:
    sent = [promise for promise in record.promises if promise.sent_at]
    if not sent:
        return Statement(words("summary_untold"), nature="note")
    kept = sum(audience.kept for audience in record.adherence)
    due = sum(audience.promised for audience in record.adherence)
    refs = tuple(promise.entry for promise in sent if promise.entry)
    facts = {"sent": len(sent), "kept": kept, "due": due}
    return Statement(words("summary_told", **facts), (refs[0], refs[-1]) if len(refs) > 1 else refs)


def gravest(record: Record) -> str:
    """The gravest severity it ever had; S0 is the gravest."""
    changed = [str(entry.facts.get("new")) for entry in record.all("severity")]
    return min([_first_severity(record), *changed])


def _first_severity(record: Record) -> str:
    declared = record.first("declared")
    return str(declared.facts.get("severity", record.severity)) if declared else record.severity


def _numbers(*numbers: int | None) -> tuple[int, ...]:
    return tuple(number for number in numbers if number)


def severity_section(record: Record, words: Words) -> Section:
    """Each stretch at one severity with who changed it and why, and the time in each altogether."""
    changes = [
        Change(entry.at, str(entry.facts.get("new")), entry.who, str(entry.facts.get("reason") or ""), entry.number)
        for entry in record.all("severity")
        if entry.at <= record.ended_at
    ]
    declared = record.first("declared")
    entry = declared.number if declared else 0
    spans = rules.spans(_first_severity(record), record.declared_at, changes, record.ended_at, entry)
    head = [words(f"head_{key}") for key in ("severity", "from", "lasted", "changed_by", "why")]
    rows = [_span(span, words) for span in spans]
    totals = ", ".join(f"{name} {words.length(length)}" for name, length in rules.time_in_each(spans).items())
    refs = tuple(dict.fromkeys(span.entry for span in spans if span.entry))
    total = Statement(words("severity_totals", totals=totals), refs)
    return Section("severity", words("section_severity"), [Table(head, rows), Lines([total])])


def _span(span: Span, words: Words) -> list[Statement]:
    refs = _numbers(span.entry)
    length = words.length(span.end - span.start)
    cells = [span.name, words.moment(span.start), length, span.by or "–", span.reason or "–"]
    return [Statement(cells[0], refs), *(Statement(cell, refs) for cell in cells[1:])]


def milestone_section(record: Record, reached: Reached, words: Words) -> Section:
    """When it reached which point, and how it became known."""
    head = [words(f"head_{key}") for key in ("milestone", "when", "note")]
    rows = [_milestone(key, record, reached, words) for key in figures.MILESTONES]
    return Section("milestones", words("section_milestones"), [Table(head, rows)])


def _milestone(key: str, record: Record, reached: Reached, words: Words) -> list[Statement]:
    title = words(f"milestone_{key}")
    if key not in reached:
        asked = words("ask_started") if key == figures.STARTED else ""
        open_one = unknown(words, _who_knows(key, record), asked)
        return [Statement(title, nature="note"), open_one, Statement("–", nature="note")]
    milestone = reached[key]
    refs = (milestone.entry,)
    return [Statement(text, refs) for text in (title, words.moment(milestone.at), milestone.note or "–")]


def _who_knows(milestone: str, record: Record) -> str:
    return record.communications_lead if milestone == figures.FIRST_UPDATE else record.commander


def figures_section(record: Record, reached: Reached, words: Words) -> Section:
    """How long things took, each with what it is counted from."""
    head = [words(f"head_{key}") for key in ("figure", "counted", "value")]
    rows = [
        [Statement(figure.title, nature="note"), Statement(figure.definition, nature="note"), figure.value]
        for figure in (_figure(measure, record, reached, words) for measure in MEASURES)
    ]
    note = Statement(words("figures_note"), nature="note")
    return Section("figures", words("section_figures"), [Table(head, rows), Lines([note])])


def leading_figures(record: Record, reached: Reached, words: Words) -> list[Figure]:
    """The figures of the leadership page."""
    return [_figure(measure, record, reached, words) for measure in MEASURES if measure.key in figures.LEADING]


def _figure(measure: Measure, record: Record, reached: Reached, words: Words) -> Figure:
    counted = f"{words(f'milestone_{measure.start}')} → {words(f'milestone_{measure.end}')}"
    return Figure(words(f"figure_{measure.key}"), counted, _value(measure, record, reached, words))


def _value(measure: Measure, record: Record, reached: Reached, words: Words) -> Statement:
    length: timedelta | None = figures.measured(measure, reached)
    if length is None:
        wanted = figures.missing(measure, reached)
        asked = words("ask_when", milestone=words(f"milestone_{wanted}"))
        return unknown(words, _who_knows(wanted, record), asked)
    return Statement(words.length(length), (reached[measure.start].entry, reached[measure.end].entry))
