"""Opening sections of a post-mortem: summary, severities, milestones, figures; the page for leadership. Pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.postmortems import figures, rules
from bot.postmortems.document import Figure, Lines, Section, Statement, Table
from bot.postmortems.figures import MEASURES, Measure
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import FollowUp, Milestone, Record
from bot.postmortems.rules import Change, Span

Reached = Mapping[str, Milestone]
CHANGES_SHOWN = 3


def unknown_statement(phrases: Phrases, role: str, question: str = "") -> Statement:
    """Return a statement of what the record does not hold, and the role that would know."""
    return Statement(phrases.unknown(role, question), nature="open")


def summary(record: Record, reached: Reached, phrases: Phrases) -> list[Statement]:
    """Return at most ten lines, each with its evidence: what happened, impact, cause, duration, changes."""
    return [
        _what_happened(record, phrases),
        impact_statement(record, phrases),
        cause_statement(record, phrases),
        _duration_statement(record, reached, phrases),
        _ending_statement(record, phrases),
        *change_statements(record, phrases),
    ]


def _what_happened(record: Record, phrases: Phrases) -> Statement:
    declared = record.first("declared")
    facts = {
        "severity": gravest(record),
        "type": record.type,
        "title": record.title,
        "at": phrases.moment(record.declared_at),
        "who": declared.who if declared else phrases("unknown"),
        "places": ", ".join(record.places) or phrases("no_places"),
    }
    return Statement(phrases("summary_what", **facts), _present_numbers(declared.number if declared else None))


def impact_statement(record: Record, phrases: Phrases) -> Statement:
    """Return the impact as last described."""
    last_impact = record.last("impact")
    if record.impact and last_impact:
        return Statement(phrases("summary_impact", impact=record.impact), (last_impact.number,))
    return Statement(phrases("summary_impact_unknown", ask=phrases.unknown(record.commander)), nature="open")


def cause_statement(record: Record, phrases: Phrases, section: str = "summary") -> Statement:
    """Return the cause as last recorded, and whether it is known or suspected; `section` is where it is shown."""
    entry = record.last("cause", "cause_unknown")
    text = str(entry.facts.get("text") or "") if entry and entry.kind == "cause" else ""
    if entry is None or not text:
        return Statement(phrases(f"{section}_cause_unknown", ask=phrases.unknown(record.commander)), nature="open")
    certainty = "known" if entry.facts.get("certainty") == "known" else "suspected"
    return Statement(phrases(f"{section}_cause_{certainty}", cause=text), (entry.number,))


def change_statements(record: Record, phrases: Phrases) -> list[Statement]:
    """Return the changes that prevent a recurrence: the first follow-ups, with their owners."""
    if not record.follow_ups:
        ask = phrases.unknown(record.commander)
        return [Statement(phrases("summary_change_unknown", ask=ask), nature="open")]
    statements = [_change_statement(item, phrases) for item in record.follow_ups[:CHANGES_SHOWN]]
    hidden_count = len(record.follow_ups) - CHANGES_SHOWN
    if hidden_count > 0:
        refs = _present_numbers(*(item.entry for item in record.follow_ups[CHANGES_SHOWN:]))
        statements.append(
            Statement(phrases("summary_more_changes", n=hidden_count), refs, "fact" if refs else "note")
        )
    return statements


def _change_statement(item: FollowUp, phrases: Phrases) -> Statement:
    facts = {"title": item.title, "owner": item.owner or phrases("nobody")}
    refs = _present_numbers(item.entry)
    return Statement(phrases("summary_change", **facts), refs, "fact" if refs else "note")


def _duration_statement(record: Record, reached: Reached, phrases: Phrases) -> Statement:
    end = reached.get(figures.RESOLVED)
    if end is None:
        return Statement(
            phrases("summary_open", status=phrases(f"status_{record.status}")),
            _present_numbers(_last_change(record)),
        )
    start = reached.get(figures.STARTED) or reached[figures.DECLARED]
    first_milestone = figures.STARTED if figures.STARTED in reached else figures.DECLARED
    facts = {"length": phrases.length(end.at - start.at), "since": phrases(f"milestone_{first_milestone}").lower()}
    return Statement(phrases("summary_length", **facts), (start.entry, end.entry))


def _last_change(record: Record) -> int | None:
    last_change = record.last("status", "reopened", "declared")
    return last_change.number if last_change else None


def _ending_statement(record: Record, phrases: Phrases) -> Statement:
    resolved = record.last("resolved")
    if resolved and resolved.facts.get("reason"):
        return Statement(phrases("summary_end", reason=resolved.facts["reason"]), (resolved.number,))
    return Statement(phrases("summary_end_unknown", ask=phrases.unknown(record.commander)), nature="open")


def communication_statement(record: Record, phrases: Phrases) -> Statement:
    """Return how many updates were sent, and how many of those promised were on time."""
    sent_promises = [promise for promise in record.promises if promise.sent_at]
    if not sent_promises:
        return Statement(phrases("summary_untold"), nature="note")
    kept_count = sum(audience.kept for audience in record.kept_promises)
    promised_count = sum(audience.promised for audience in record.kept_promises)
    refs = tuple(promise.entry for promise in sent_promises if promise.entry)
    facts = {"sent": len(sent_promises), "kept": kept_count, "due": promised_count}
    key = "summary_told" if promised_count else "summary_told_unscheduled"
    return Statement(phrases(key, **facts), (refs[0], refs[-1]) if len(refs) > 1 else refs)


def gravest(record: Record) -> str:
    """Return the gravest severity the incident ever had; S0 is the gravest."""
    later_severities = [str(entry.facts.get("new")) for entry in record.all("severity")]
    return min([_first_severity(record), *later_severities])


def _first_severity(record: Record) -> str:
    declared = record.first("declared")
    return str(declared.facts.get("severity", record.severity)) if declared else record.severity


def _present_numbers(*numbers: int | None) -> tuple[int, ...]:
    return tuple(number for number in numbers if number)


def severity_section(record: Record, phrases: Phrases) -> Section:
    """Return each period at one severity, with its author and reason, and the total time at each."""
    changes = [
        Change(entry.at, str(entry.facts.get("new")), entry.who, str(entry.facts.get("reason") or ""), entry.number)
        for entry in record.all("severity")
        if entry.at <= record.ended_at
    ]
    declared = record.first("declared")
    entry = declared.number if declared else 0
    spans = rules.spans(_first_severity(record), record.declared_at, changes, record.ended_at, entry)
    head = [phrases(f"head_{key}") for key in ("severity", "from", "lasted", "changed_by", "why")]
    rows = [_span_row(span, phrases) for span in spans]
    totals = ", ".join(f"{name} {phrases.length(length)}" for name, length in rules.time_in_each(spans).items())
    refs = tuple(dict.fromkeys(span.entry for span in spans if span.entry))
    total = Statement(phrases("severity_totals", totals=totals), refs)
    return Section("severity", phrases("section_severity"), [Table(head, rows), Lines([total])])


def _span_row(span: Span, phrases: Phrases) -> list[Statement]:
    refs = _present_numbers(span.entry)
    length = phrases.length(span.end - span.start)
    cells = [span.name, phrases.moment(span.start), length, span.by or "–", span.reason or "–"]
    return [Statement(cells[0], refs), *(Statement(cell, refs) for cell in cells[1:])]


def milestone_section(record: Record, reached: Reached, phrases: Phrases) -> Section:
    """Return the milestones with their times and notes."""
    head = [phrases(f"head_{key}") for key in ("milestone", "when", "note")]
    rows = [_milestone_row(key, record, reached, phrases) for key in figures.MILESTONES]
    return Section("milestones", phrases("section_milestones"), [Table(head, rows)])


def _milestone_row(key: str, record: Record, reached: Reached, phrases: Phrases) -> list[Statement]:
    title = phrases(f"milestone_{key}")
    if key not in reached:
        question = phrases("ask_started") if key == figures.STARTED else ""
        open_one = unknown_statement(phrases, _role_that_knows(key, record), question)
        return [Statement(title, nature="note"), open_one, Statement("–", nature="note")]
    milestone = reached[key]
    refs = (milestone.entry,)
    return [Statement(text, refs) for text in (title, phrases.moment(milestone.at), milestone.note or "–")]


def _role_that_knows(milestone: str, record: Record) -> str:
    return record.communications_lead if milestone == figures.FIRST_UPDATE else record.commander


def figures_section(record: Record, reached: Reached, phrases: Phrases) -> Section:
    """Return the durations, each with its start and end."""
    head = [phrases(f"head_{key}") for key in ("figure", "counted", "value")]
    rows = [
        [Statement(figure.title, nature="note"), Statement(figure.definition, nature="note"), figure.value]
        for figure in (_figure(measure, record, reached, phrases) for measure in MEASURES)
    ]
    note = Statement(phrases("figures_note"), nature="note")
    return Section("figures", phrases("section_figures"), [Table(head, rows), Lines([note])])


def leading_figures(record: Record, reached: Reached, phrases: Phrases) -> list[Figure]:
    """Return the figures of the leadership page."""
    return [
        _figure(measure, record, reached, phrases)
        for measure in MEASURES
        if measure.key in figures.LEADERSHIP_MEASURES
    ]


def _figure(measure: Measure, record: Record, reached: Reached, phrases: Phrases) -> Figure:
    definition = f"{phrases(f'milestone_{measure.start}')} → {phrases(f'milestone_{measure.end}')}"
    return Figure(phrases(f"figure_{measure.key}"), definition, _value(measure, record, reached, phrases))


def _value(measure: Measure, record: Record, reached: Reached, phrases: Phrases) -> Statement:
    length: timedelta | None = figures.measure_length(measure, reached)
    if length is None:
        missing_milestone = figures.missing_milestone(measure, reached)
        question = phrases("ask_when", milestone=phrases(f"milestone_{missing_milestone}"))
        return unknown_statement(phrases, _role_that_knows(missing_milestone, record), question)
    return Statement(phrases.length(length), (reached[measure.start].entry, reached[measure.end].entry))


def leadership(record: Record, phrases: Phrases) -> list[Section]:
    """Return the four parts of the page."""
    customers = [impact_statement(record, phrases), *_known(record.customers or record.interval_notes)]
    if not (record.customers or record.interval_notes):
        customers.append(unknown_statement(phrases, phrases("role_queue_manager"), phrases("ask_customers")))
    money = _known(record.money) or [
        unknown_statement(phrases, phrases("role_queue_manager"), phrases("ask_money"))
    ]
    return [
        _section("cause", [cause_statement(record, phrases, "leadership")], phrases),
        _section("customers", customers, phrases),
        _section("money", money, phrases),
        _section("actions", change_statements(record, phrases), phrases),
    ]


def _section(key: str, statements: list[Statement], phrases: Phrases) -> Section:
    return Section(key, phrases(f"leadership_{key}"), [Lines(statements)])


def _known(lines: Sequence[str]) -> list[Statement]:
    """Return figures as notes, because they come from imports and forms, not from entries."""
    return [Statement(line, nature="note") for line in lines]
