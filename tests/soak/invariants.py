"""The invariants that must hold when everything has come to rest, whatever was broken meanwhile."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.incidents.ids import COMMAND
from slack_sandbox import Sandbox
from slack_sandbox.model import Channel, Message
from tests.soak.evidence import WITHDRAWN, Entry, Evidence, Open, SentUpdate
from tests.soak.ledger import Ledger, Outcome
from tests.soak.people import NUMBER

ENDINGS = {"resolved": "resolved", "closed": "closed", "reopened": "investigating"}
# One tick may write several entries of these kinds that read alike: two pages of one person, two playbooks' steps
# of the same name, two updates promised for the same minute.
ALIKE = ("page_unanswered", "step_reminded", "update_late", "updates_missed")
SUBSCRIBING = {f"{COMMAND} subscribe": True, f"{COMMAND} unsubscribe": False}


@dataclass(frozen=True)
class Violation:
    """A broken invariant: what was seen, and the acts around it."""

    what: str
    around: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join([self.what, *(f"      {line}" for line in self.around)])


class Seen:
    """The content of Slack."""

    def __init__(self, sandbox: Sandbox) -> None:
        with sandbox.workspace.lock:
            self.channels: list[Channel] = list(sandbox.workspace.channels.values())
            self.messages: list[Message] = [m for channel in self.channels for m in channel.messages.values()]
            self.ephemerals: list[Message] = [m for channel in self.channels for m in channel.ephemerals]
        self._calls = list(sandbox.calls)
        self.keys = Counter(m.metadata["event_payload"]["key"] for m in self.messages if m.metadata)

    def attempts(self, key: str, ledger: Ledger) -> list[str]:
        """Return every call that sent this message, or tried to, and the troubles around each."""
        lines = []
        for call in self._calls:
            if key in str(call.args.get("metadata", "")):
                at_s = call.at - ledger.began_at
                answer = call.answer.get("ts") or call.answer.get("error") or "no answer"
                fault = f", fault {call.fault}" if call.fault else ""
                lines.append(f"{at_s:7.1f} s  {call.method} took {call.ms / 1000:.1f} s: {answer}{fault}")
                lines += ledger.troubles_around(at_s)
        return list(dict.fromkeys(lines))


def violations(sandbox: Sandbox, evidence: Evidence, ledger: Ledger) -> Iterator[Violation]:
    """Yield every violation. The database is read first, because everything sent by then is in Slack."""
    entries, incidents, sent = evidence.entries(), evidence.incidents(), evidence.sent_updates()
    seen = Seen(sandbox)
    yield from _one_of_everything(seen, evidence, incidents, ledger)
    yield from _newest_drafts(seen, evidence, ledger)
    yield from _written_once(entries)
    yield from _acknowledged_acts(entries, ledger)
    yield from _declarations(incidents, ledger)
    yield from _state(incidents, entries, ledger)
    yield from _subscriptions(sandbox, evidence, ledger)
    yield from _messages_kept(sandbox, incidents, entries, ledger)
    yield from _updates(seen, sent, evidence, ledger)
    yield from (Violation(f"the log does not verify: {mismatch}") for mismatch in evidence.broken_chains())
    yield from (Violation(f"not at rest: {what}") for what in evidence.left_over())
    yield from (Violation(f"a bot ended by itself: {what}") for what in ledger.unexplained_ends)
    yield from (Violation(f"given up: {what}") for what in evidence.gave_up())
    yield from (Violation(f"an alarm stands: {what}") for what in evidence.alarms())
    refused = [(call.method, call.answer, call.args) for call in sandbox.refusals]
    yield from (Violation(f"malformed: {call}") for call in refused)


def _one_of_everything(
    seen: Seen, evidence: Evidence, incidents: list[Open], ledger: Ledger
) -> Iterator[Violation]:
    for key, times in seen.keys.items():
        if times > 1:
            yield Violation(f"sent {times} times: {key}", seen.attempts(key, ledger))
    by_number: dict[int, list[Channel]] = {}
    for channel in seen.channels:
        if found := NUMBER.match(channel.name):
            by_number.setdefault(int(found[1]), []).append(channel)
    runs = evidence.runs()
    for incident in incidents:
        channels = by_number.pop(incident.number, [])
        if incident.status == WITHDRAWN:
            continue
        for problem in _problems(seen, incident, channels, runs[incident.number]):
            yield Violation(f"incident {incident.number}: {problem}", ledger.of_incident(incident.number))
    for number, orphans in by_number.items():
        yield Violation(f"{len(orphans)} channels of incident {number}, which is not in the database")


def _problems(seen: Seen, incident: Open, channels: list[Channel], runs: int) -> Iterator[str]:
    if len(channels) != 1:
        yield f"{len(channels)} channels"
        return
    (channel,) = channels
    number = incident.number
    expected = {f"card:{number}::0": 1, f"digest:{number}::0": 0 if incident.is_private else 1}
    for key, times in expected.items():
        if seen.keys[key] != times:
            yield f"{key} is there {seen.keys[key]} times"
    if len(channel.pins) != 1:
        yield f"{len(channel.pins)} pins"
    if len(channel.bookmarks) != 1:
        yield f"{len(channel.bookmarks)} bookmarks"
    if not channel.topic["value"]:
        yield "no topic"
    shown = len([key for key in seen.keys if key.startswith(f"run:{number}:")])
    if shown != runs:
        yield f"{shown} messages of {runs} playbook runs"
    answers = sum(f"Incident {number} is open: " in m.visible_text for m in [*seen.ephemerals, *seen.messages])
    if answers > 1:
        yield f"the declarer was answered {answers} times"


def _newest_drafts(seen: Seen, evidence: Evidence, ledger: Ledger) -> Iterator[Violation]:
    """Check that the canvas of a channel was written with the draft of the newest close."""
    canvases = {int(found[1]): c.canvas for c in seen.channels if (found := NUMBER.match(c.name))}
    for number, canvas_id in evidence.canvases().items():
        if canvas_id != canvases.get(number):
            what = f"the newest draft of incident {number} is in {canvas_id}, not in {canvases.get(number)}"
            yield Violation(what, ledger.of_incident(number))


def _written_once(entries: list[Entry]) -> Iterator[Violation]:
    written = Counter(
        (entry.incident, entry.kind, str(entry.facts), entry.at) for entry in entries if entry.kind not in ALIKE
    )
    for (incident, kind, facts, at), times in written.items():
        if times > 1:
            yield Violation(f"{times} times in the timeline of {incident}: {kind} {facts} at {at}")


def _acknowledged_acts(entries: list[Entry], ledger: Ledger) -> Iterator[Violation]:
    by_place: dict[tuple[str, int, str | None], list[Entry]] = {}
    for entry in entries:
        by_place.setdefault((entry.kind, entry.incident, entry.actor), []).append(entry)
    for trace, expected in ledger.expectations():
        here = by_place.get((trace.kind, trace.incident, trace.actor), [])
        times = sum(trace.fits(entry.kind, entry.incident, entry.actor, entry.facts) for entry in here)
        if not expected.allows(times):
            what = f"{expected.done} done and {expected.unsure} unsure, but {times} times in the timeline: {trace}"
            yield Violation(what, ledger.around(trace))


def _declarations(incidents: list[Open], ledger: Ledger) -> Iterator[Violation]:
    titles = Counter(incident.title for incident in incidents)
    for title, times in titles.items():
        if times > 1:
            yield Violation(f"{times} incidents by one declaration: {title}")
    for act in ledger.acts:
        if " declare " not in act.what:
            continue
        title = act.what.partition(" declare ")[2].partition(" ")[2]
        if act.outcome == "done" and not titles[title]:
            yield Violation(f"declared and acknowledged, but there is no incident: {title}", [str(act)])
        if act.outcome == "refused" and titles[title]:
            yield Violation(f"refused, but there is an incident: {title}", [str(act)])
    for incident in incidents:
        if incident.status != WITHDRAWN and not incident.has_channel:
            yield Violation(f"incident {incident.number} has no channel")


def _state(incidents: list[Open], entries: list[Entry], ledger: Ledger) -> Iterator[Violation]:
    """Check that an incident's state is the last one in its timeline."""
    severities: dict[int, str] = {}
    statuses: dict[int, str] = {}
    for entry in sorted(entries, key=lambda entry: entry.number):
        if entry.kind == "severity":
            severities[entry.incident] = entry.facts["new"]
        elif entry.kind == "status":
            statuses[entry.incident] = entry.facts["new"]
        elif entry.kind in ENDINGS:
            statuses[entry.incident] = ENDINGS[entry.kind]
    for incident in incidents:
        current = (incident.severity, incident.status)
        number = incident.number
        in_timeline = (severities.get(number, incident.severity), statuses.get(number, incident.status))
        if current != in_timeline and incident.status != WITHDRAWN:
            yield Violation(
                f"incident {number} is {current}, its timeline says {in_timeline}", ledger.of_incident(number)
            )


def _subscriptions(sandbox: Sandbox, evidence: Evidence, ledger: Ledger) -> Iterator[Violation]:
    """Check that people who subscribed last get updates, and people who unsubscribed last get none."""
    wanted: dict[tuple[str, int], bool | None] = {}
    for act in ledger.acts:
        match = NUMBER.match(act.channel)
        if match is None or act.what not in SUBSCRIBING or act.outcome == Outcome.REFUSED:
            continue
        place = (sandbox.person(act.person).id, int(match[1]))
        wanted[place] = SUBSCRIBING[act.what] if act.outcome == Outcome.DONE else None
    subscribed = evidence.subscriptions()
    for place, is_wanted in wanted.items():
        if is_wanted is not None and subscribed.get(place, False) != is_wanted:
            yield Violation(f"{place} should be subscribed: {is_wanted}", ledger.of_incident(place[1]))


def _messages_kept(
    sandbox: Sandbox, incidents: list[Open], entries: list[Entry], ledger: Ledger
) -> Iterator[Violation]:
    """Check that acknowledged words and marks in incidents' channels are in their timelines."""
    channels = sandbox.workspace.channels
    numbers = {incident.number for incident in incidents}
    recorded_text = {(entry.incident, entry.message_ts): entry.heard for entry in entries if entry.message_ts}
    # Slack's history shows a message as it is now, not as it was before it was edited.
    rewritten = {
        (entry.incident, entry.message_ts)
        for entry in entries
        if entry.facts.get("recovered") and entry.facts.get("edited_at")
    }
    for envelope in sandbox.envelopes:
        event = envelope.payload.get("event", {})
        if not envelope.acknowledged or event.get("bot_id") or event.get("user") == sandbox.workspace.bot.id:
            continue
        channel = channels.get(str(event.get("channel") or event.get("item", {}).get("channel")))
        match = NUMBER.match(channel.name) if channel else None
        if channel is None or match is None or int(match[1]) not in numbers:
            continue
        for ts, words in _message_in(event):
            ledger.counts["events checked"] += 1
            place = (int(match[1]), ts)
            is_replaced = event["type"] == "message" and place in rewritten and words != channel.messages[ts].text
            if words not in recorded_text.get(place, "") and not is_replaced:
                yield Violation(f"acknowledged, but not in the timeline of {match[1]}: {event}")


def _message_in(event: dict[str, object]) -> Iterable[tuple[str, str]]:
    """Return the time and the text, or the mark, of the message in an event."""
    kind, subtype = event.get("type"), event.get("subtype")
    if kind == "message" and not subtype:
        return [(str(event["ts"]), str(event["text"]))]
    if kind == "message" and subtype == "message_changed":
        message = event["message"]
        assert isinstance(message, dict)
        return [] if message.get("bot_id") else [(message["ts"], message["text"])]
    if kind == "reaction_added":
        item = event["item"]
        assert isinstance(item, dict)
        return [(item["ts"], str(event["reaction"]))]
    return []


def _updates(seen: Seen, sent: list[SentUpdate], evidence: Evidence, ledger: Ledger) -> Iterator[Violation]:
    begun: Counter[str] = Counter()
    for key in seen.keys:
        if key.startswith("update:"):
            begun[":".join(key.split(":")[:4])] += 1
    for update in sent:
        if not begun[update.key] and not update.messages.intersection(seen.keys):
            yield Violation(f"counts as sent, but is nowhere: {update.key}", ledger.of_incident(update.incident))
    for incident, audience in evidence.promised_twice():
        yield Violation(
            f"{audience} of incident {incident} have several updates promised", ledger.of_incident(incident)
        )
    words = evidence.words_of_updates()
    for number, promised in ledger.promised_words:
        if not any(number == incident and promised in update_text for incident, update_text in words):
            yield Violation(f"an update of {number} was on its way, but there is none with {promised}")
