"""Sections of the record: key moments, impact, communications, decisions, playbooks, the timeline. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from bot.incidents.facts import CallerMessageRow
from bot.postmortems import figures, rules
from bot.postmortems.document import Day, Heading, Lines, Moment, Part, Section, Statement, Table
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import Entry, KeptPromises, Milestone, Promise, Proposal, Record, Run, Step
from bot.postmortems.summary_sections import communication_statement, unknown_statement
from bot.slack.text import shorten

# A message may have 40,000 characters; its number links to the full text in Slack.
MAX_ENTRY_TEXT = 3_000
FRONT_DOOR_KINDS = ("front_door", "front_door_on", "front_door_changed", "front_door_off", "front_door_waived")
IMPACT_KINDS = ("impact", "customer_impact")
MOST_MOMENTS = 12
LONGEST_TEXT = 200
# Milestones that every incident has, and that decide nothing: named only if there is room.
ROUTINE_MILESTONES = (figures.ACKNOWLEDGED, figures.COMMANDER, figures.FIRST_UPDATE, figures.CLOSED)


def impact_section(record: Record, phrases: Phrases) -> Section:
    """Return the impact as described over time, with questions for missing facts."""
    impact_entries = [entry for entry in record.entries if entry.kind in IMPACT_KINDS or entry.tag in IMPACT_KINDS]
    lines = [_entry_line(entry, phrases) for entry in impact_entries]
    if record.description:
        declared = record.first("declared")
        refs = (declared.number,) if declared else ()
        lines.insert(0, Statement(phrases("impact_reported", description=record.description), refs))
    if not impact_entries:
        lines.append(unknown_statement(phrases, record.commander, phrases("ask_impact")))
    lines += [Statement(line, nature="note") for line in (*record.customers, *record.money)]
    has_figures = bool(record.customers or record.interval_notes)
    if not (has_figures and record.money):
        question = "ask_money" if has_figures else "ask_customers"
        lines.append(unknown_statement(phrases, phrases("role_queue_manager"), phrases(question)))
    return Section("impact", phrases("section_impact"), [Lines([*lines, *_interval_notes(record)])])


def _interval_notes(record: Record) -> list[Statement]:
    return [Statement(note, nature="note") for note in record.interval_notes]


def interval_sections(record: Record, phrases: Phrases) -> list[Section]:
    """Return the queues' figures by interval; they come from imports, not from entries."""
    if not record.interval_rows:
        return []
    rows = [[Statement(cell, nature="note") for cell in row] for row in record.interval_rows]
    return [Section("intervals", phrases("heading_intervals"), [Table(record.interval_head, rows)])]


def _entry_line(entry: Entry, phrases: Phrases) -> Statement:
    text = f"{phrases.moment(entry.at)} {shorten(entry.sentence, MAX_ENTRY_TEXT)}"
    return Statement(text, (entry.number,))


def _note_line(entry: Entry, phrases: Phrases) -> Statement:
    """Return the line of a note, whose kind the heading gives, or of a message with that label."""
    return _entry_line(replace(entry, sentence=f"{entry.who}: {entry.text}") if entry.text else entry, phrases)


def communications_section(record: Record, phrases: Phrases) -> Section:
    """Return promised and sent updates, answers of partners, and messages that callers heard."""
    parts: list[Part] = [Lines([communication_statement(record, phrases)])]
    if record.promises:
        parts += [_kept_promises(record, phrases), _promises(record, phrases)]
    else:
        parts.append(Lines([Statement(phrases("no_promises"), nature="note")]))
    if record.partners:
        parts += [Heading(phrases("heading_partners")), _partners(record, phrases)]
    heard_entries = record.all(*FRONT_DOOR_KINDS)
    if heard_entries:
        entries = Lines([_entry_line(entry, phrases) for entry in heard_entries])
        parts += [Heading(phrases("heading_front_door")), *_callers_heard(record, phrases), entries]
    return Section("communications", phrases("section_communications"), parts)


def _callers_heard(record: Record, phrases: Phrases) -> list[Part]:
    if not record.caller_messages:
        return []
    keys = ("callers_heard", "lines", "on_since", "off_since", "minutes", "approved_by", "heard_at")
    rows = [_caller_message_row(message, phrases) for message in record.caller_messages]
    return [Table([phrases(f"head_{key}") for key in keys], rows)]


def _caller_message_row(message: CallerMessageRow, phrases: Phrases) -> list[Statement]:
    cells = [
        message.text or phrases("wording_unknown"),
        message.lines or "–",
        phrases.moment(message.on_at),
        phrases.moment(message.off_at) if message.off_at else phrases("still_on"),
        str(message.minutes),
        message.approved_by or "–",
        phrases.moment(message.heard_at) if message.heard_at else "–",
    ]
    return [Statement(cell, nature="note") for cell in cells]


def _kept_promises(record: Record, phrases: Phrases) -> Table:
    head = [phrases(f"head_{key}") for key in ("audience", "on_time", "missed")]
    rows = [_kept_row(audience, record.promises, phrases) for audience in record.kept_promises]
    return Table(head, rows)


def _kept_row(audience: KeptPromises, promises: Sequence[Promise], phrases: Phrases) -> list[Statement]:
    own_promises = [promise for promise in promises if promise.audience == audience.audience]
    refs = tuple(promise.entry for promise in own_promises if promise.is_by_clock and promise.entry)
    on_time = phrases("none_promised")
    if audience.promised:
        on_time = phrases("kept_of", kept=audience.kept, due=audience.promised)
    missed = str(sum(promise.missed_before for promise in own_promises))
    return [
        Statement(audience.audience, nature="note"),
        _with_evidence(on_time, refs),
        _with_evidence(missed, refs),
    ]


def _with_evidence(text: str, refs: tuple[int, ...]) -> Statement:
    return Statement(text, refs) if refs else Statement(text, nature="note")


def _promises(record: Record, phrases: Phrases) -> Table:
    keys = ("audience", "promised_for", "sent", "late_by", "missed", "by")
    return Table(
        [phrases(f"head_{key}") for key in keys], [_promise_row(promise, phrases) for promise in record.promises]
    )


def _promise_row(promise: Promise, phrases: Phrases) -> list[Statement]:
    lateness = rules.lateness(promise.due_at, promise.sent_at)
    cells = [
        promise.audience,
        phrases.moment(promise.due_at) if promise.is_by_clock else "–",
        phrases.moment(promise.sent_at) if promise.sent_at else phrases("not_sent"),
        (phrases.length(lateness) if lateness else "–")
        + (f" ({promise.late_because})" if promise.late_because else ""),
        str(promise.missed_before or "–"),
        promise.asked_by or phrases("automatic"),
    ]
    if promise.entry is None:
        return [Statement(cell, nature="note") for cell in cells]
    return [Statement(cell, (promise.entry,)) for cell in cells]


def _partners(record: Record, phrases: Phrases) -> Table:
    head = [phrases(f"head_{key}") for key in ("partner", "told", "received", "agents")]
    rows = []
    for partner in record.partners:
        received = phrases.moment(partner.received_at) if partner.received_at else phrases("not_received")
        agents = str(partner.agents) if partner.agents is not None else "–"
        cells = [
            partner.partner,
            phrases.moment(partner.told_at) if partner.told_at else phrases("not_told"),
            received,
            agents,
        ]
        refs = (partner.entry,) if partner.entry else ()
        rows.append([Statement(cell, refs, "fact" if refs else "note") for cell in cells])
    return Table(head, rows)


def decisions_section(record: Record, phrases: Phrases) -> Section:
    """Return decisions and ruled-out hypotheses, as marked at the time."""
    parts: list[Part] = []
    for tag, open_question in (("decision", "ask_decisions"), ("ruled_out", "ask_ruled_out")):
        lines = [_note_line(entry, phrases) for entry in record.entries if tag in (entry.tag, entry.kind)]
        parts += [Heading(phrases("heading_ruled_out"))] if tag == "ruled_out" else []
        parts.append(Lines(lines or [unknown_statement(phrases, record.commander, phrases(open_question))]))
    return Section("decisions", phrases("section_decisions"), parts)


def playbook_section(record: Record, phrases: Phrases) -> Section:
    """Return how the playbooks were followed, step by step, and changes proposed by their last runs."""
    parts = [part for run in record.runs for part in _run(run, phrases)]
    no_playbook = Lines([Statement(phrases("no_playbook"), nature="note")])
    waived = [_entry_line(entry, phrases) for entry in record.all("step_waived", "step_skipped")]
    reasons: list[Part] = [Heading(phrases("heading_waived")), Lines(waived)] if waived else []
    return Section("playbook", phrases("section_playbook"), [*(parts or [no_playbook]), *reasons])


def _run(run: Run, phrases: Phrases) -> Iterable[Part]:
    refs = (run.entry,) if run.entry else ()
    yield Heading(run.title)
    yield Lines([Statement(_counts(run, phrases), refs, "fact" if refs else "note")])
    if run.steps:
        keys = ("step", "state", "who", "when", "note")
        yield Table([phrases(f"head_{key}") for key in keys], [_step_row(step, run, phrases) for step in run.steps])
    if run.proposals:
        proposed = [Statement(_proposal(proposal, phrases), nature="note") for proposal in run.proposals]
        yield Lines([Statement(phrases("proposals"), nature="note"), *proposed])


def _counts(run: Run, phrases: Phrases) -> str:
    counts = [phrases(f"steps_{key}", n=number) for key, number in run.counts.items() if number]
    lateness_text = ""
    if run.average_lateness_s is not None:
        lateness_text = phrases("steps_lateness", length=phrases.length(timedelta(seconds=run.average_lateness_s)))
    return ", ".join(filter(None, [*counts, lateness_text])) or phrases("steps_none")


def _step_row(step: Step, run: Run, phrases: Phrases) -> list[Statement]:
    notes = [step.reason, phrases("out_of_order") if step.is_out_of_order else ""]
    state = phrases(f"state_{step.state}") + (f", {phrases('late')}" if step.is_late else "")
    cells = [
        step.title,
        state,
        step.who or "–",
        phrases.moment(step.finished_at) if step.finished_at else "–",
        "; ".join(filter(None, notes)) or "–",
    ]
    # The evidence for an open step is the start of its playbook.
    entry = step.entry or run.entry
    return [Statement(cell, (entry,) if entry else (), "fact" if entry else "note") for cell in cells]


def _proposal(proposal: Proposal, phrases: Phrases) -> str:
    facts = {"file": proposal.file, "key": proposal.step_key, "title": proposal.title}
    return phrases(f"proposal_{proposal.kind}", times=proposal.times, runs=proposal.runs, **facts)


def timeline_section(record: Record, phrases: Phrases) -> Section:
    """Return the whole timeline, day by day."""
    days = groupby(record.entries, key=lambda entry: phrases.local(entry.at).date())
    parts = [
        Day(day.strftime("%Y-%m-%d"), [_timeline_line(entry, phrases) for entry in entries])
        for day, entries in days
    ]
    return Section("timeline", phrases("section_timeline"), parts)


def _timeline_line(entry: Entry, phrases: Phrases) -> Moment:
    return Moment(
        entry.number,
        phrases.clock(entry.at),
        shorten(entry.sentence, MAX_ENTRY_TEXT),
        entry.is_speech,
        entry.is_marked,
    )


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
