"""What was done: impact, communications, decisions, playbooks, the timeline itself. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from itertools import groupby

from bot.postmortems import rules
from bot.postmortems.document import Day, Heading, Lines, Moment, Part, Section, Statement, Table
from bot.postmortems.opening import unknown
from bot.postmortems.record import Adherence, Entry, Promise, Proposal, Record, Run, Step
from bot.postmortems.words import Words
from bot.slack.text import shorten

DASH = Statement("–", nature="note")
# A message may have 40,000 characters; the whole of it is in Slack, where its number leads.
LONGEST_MOMENT = 3_000
IMPACT = ("impact", "customer_impact")


def impact_section(record: Record, words: Words) -> Section:
    """Who felt what, as it was described from time to time; what would be needed besides is asked for."""
    told = [entry for entry in record.entries if entry.kind in IMPACT or entry.tag in IMPACT]
    lines = [_said(entry, words) for entry in told]
    if record.description:
        declared = record.first("declared")
        refs = (declared.number,) if declared else ()
        lines.insert(0, Statement(words("impact_reported", description=record.description), refs))
    if not told:
        lines.append(unknown(words, record.commander, words("ask_impact")))
    lines.append(unknown(words, words("role_queue_manager"), words("ask_customers")))
    return Section("impact", words("section_impact"), [Lines(lines)])


def _said(entry: Entry, words: Words) -> Statement:
    text = f"{words.moment(entry.at)} {shorten(entry.words, LONGEST_MOMENT)}"
    return Statement(text, (entry.number,))


def communications_section(record: Record, words: Words) -> Section:
    """What was promised to whom, what was sent when; what partners answered; what callers heard."""
    parts: list[Part] = []
    if record.promises:
        parts += [_adherence(record, words), _promises(record, words)]
    else:
        parts.append(Lines([Statement(words("no_promises"), nature="note")]))
    if record.partners:
        parts += [Heading(words("heading_partners")), _partners(record, words)]
    heard = record.all("front_door")
    if heard:
        parts += [Heading(words("heading_front_door")), Lines([_said(entry, words) for entry in heard])]
    return Section("communications", words("section_communications"), parts)


def _adherence(record: Record, words: Words) -> Table:
    head = [words(f"head_{key}") for key in ("audience", "on_time", "missed")]
    rows = [_kept(audience, record.promises, words) for audience in record.adherence]
    return Table(head, rows)


def _kept(audience: Adherence, promises: Sequence[Promise], words: Words) -> list[Statement]:
    mine = [promise for promise in promises if promise.audience == audience.audience]
    refs = tuple(promise.entry for promise in mine if promise.is_by_clock and promise.entry)
    on_time = words("none_promised")
    if audience.promised:
        on_time = words("kept_of", kept=audience.kept, due=audience.promised)
    missed = str(sum(promise.missed for promise in mine))
    return [Statement(audience.audience, nature="note"), _backed(on_time, refs), _backed(missed, refs)]


def _backed(text: str, refs: tuple[int, ...]) -> Statement:
    return Statement(text, refs) if refs else Statement(text, nature="note")


def _promises(record: Record, words: Words) -> Table:
    keys = ("audience", "promised_for", "sent", "late_by", "missed", "by")
    return Table([words(f"head_{key}") for key in keys], [_promise(promise, words) for promise in record.promises])


def _promise(promise: Promise, words: Words) -> list[Statement]:
    late = rules.lateness(promise.due_at, promise.sent_at)
    cells = [
        promise.audience,
        words.moment(promise.due_at),
        words.moment(promise.sent_at) if promise.sent_at else words("not_sent"),
        (words.length(late) if late else "–") + (f" ({promise.late_because})" if promise.late_because else ""),
        str(promise.missed or "–"),
        promise.asked_by or words("automatic"),
    ]
    if promise.entry is None:
        return [Statement(cell, nature="note") for cell in cells]
    return [Statement(cell, (promise.entry,)) for cell in cells]


def _partners(record: Record, words: Words) -> Table:
    head = [words(f"head_{key}") for key in ("partner", "told", "received", "agents")]
    rows = []
    for told in record.partners:
        received = words.moment(told.received_at) if told.received_at else words("not_received")
        agents = str(told.agents) if told.agents is not None else "–"
        cells = [told.partner, words.moment(told.told_at) if told.told_at else words("not_told"), received, agents]
        refs = (told.entry,) if told.entry else ()
        rows.append([Statement(cell, refs, "fact" if refs else "note") for cell in cells])
    return Table(head, rows)


def decisions_section(record: Record, words: Words) -> Section:
    """What was decided and what was ruled out, as it was marked at the time; and what was marked as important."""
    parts: list[Part] = []
    for tag, empty in (("decision", "ask_decisions"), ("ruled_out", "ask_ruled_out")):
        found = [_said(entry, words) for entry in record.entries if entry.tag == tag or entry.kind == tag]
        parts += [
            Heading(words(f"heading_{tag}")),
            Lines(found or [unknown(words, record.commander, words(empty))]),
        ]
    waived = [_said(entry, words) for entry in record.all("step_waived", "step_skipped")]
    if waived:
        parts += [Heading(words("heading_waived")), Lines(waived)]
    marked = [_said(entry, words) for entry in record.entries if entry.is_marked and not entry.tag]
    if marked:
        parts += [Heading(words("heading_marked")), Lines(marked)]
    return Section("decisions", words("section_decisions"), parts)


def playbook_section(record: Record, words: Words) -> Section:
    """How the playbooks were kept, step by step, and what their last runs propose to change."""
    parts = [part for run in record.runs for part in _run(run, words)]
    nothing = Lines([Statement(words("no_playbook"), nature="note")])
    return Section("playbook", words("section_playbook"), parts or [nothing])


def _run(run: Run, words: Words) -> Iterable[Part]:
    refs = (run.entry,) if run.entry else ()
    yield Heading(run.title)
    yield Lines([Statement(_counts(run, words), refs, "fact" if refs else "note")])
    if run.steps:
        keys = ("step", "state", "who", "when", "note")
        yield Table([words(f"head_{key}") for key in keys], [_step(step, run, words) for step in run.steps])
    if run.proposals:
        proposed = [Statement(_proposal(proposal, words), nature="note") for proposal in run.proposals]
        yield Lines([Statement(words("proposals"), nature="note"), *proposed])


def _counts(run: Run, words: Words) -> str:
    counted = [words(f"steps_{key}", n=number) for key, number in run.counts.items() if number]
    late = ""
    if run.average_lateness_s is not None:
        late = words("steps_lateness", length=words.length(rules.seconds(run.average_lateness_s)))
    return ", ".join(filter(None, [*counted, late])) or words("steps_none")


def _step(step: Step, run: Run, words: Words) -> list[Statement]:
    notes = [step.reason, words("out_of_order") if step.is_out_of_order else ""]
    state = words(f"state_{step.state}") + (f", {words('late')}" if step.is_late else "")
    cells = [
        step.title,
        state,
        step.who or "–",
        words.moment(step.finished_at) if step.finished_at else "–",
        "; ".join(filter(None, notes)) or "–",
    ]
    # What was left open is shown by the start of its playbook.
    entry = step.entry or run.entry
    return [Statement(cell, (entry,) if entry else (), "fact" if entry else "note") for cell in cells]


def _proposal(proposal: Proposal, words: Words) -> str:
    facts = {"file": proposal.file, "key": proposal.step_key, "title": proposal.title}
    return words(f"proposal_{proposal.kind}", times=proposal.times, runs=proposal.runs, **facts)


def timeline_section(record: Record, words: Words) -> Section:
    """Everything that happened, day by day."""
    days = groupby(record.entries, key=lambda entry: entry.at.astimezone(UTC).date())
    parts = [Day(day.strftime("%Y-%m-%d"), [_moment(entry) for entry in entries]) for day, entries in days]
    return Section("timeline", words("section_timeline"), parts)


def _moment(entry: Entry) -> Moment:
    at = entry.at.astimezone(UTC).strftime("%H:%M")
    return Moment(entry.number, at, shorten(entry.words, LONGEST_MOMENT), entry.is_speech, entry.is_marked)
