"""News since the last update to an audience, grouped; and what is news for it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from sqlmodel import Session

from bot import directory
from bot.config.floor import Audience
from bot.incidents import situation_tables
from bot.incidents.rules import NO_REASON
from bot.incidents.situation import SituationField
from bot.runtime.templates import TemplateBroken
from bot.services import Services
from bot.slack.text import one_line, to_plain_text
from bot.slack.text import time_of_ts as moment_of
from bot.timeline import timeline
from bot.timeline.observed_message import from_json
from bot.timeline.rules import CUSTOMER_IMPACT, DECISION, RULED_OUT
from bot.timeline.tables import TimelineEntry
from bot.timeline.wording import corrected_facts, user_ids_in
from bot.updates import variables

MARKED_KIND = "message"
# Typed notes with a label, as people give one to a message with a reaction.
LABELS = (DECISION, RULED_OUT, CUSTOMER_IMPACT)
STATUS_KINDS = ("status", "resolved", "reopened", "closed")
# Endings that an update's headline states by itself; they are not listed among its changes.
ENDED_OTHERWISE_KINDS = ("declined", "merged")
COMMAND_KIND = "handover_accepted"
ROLE_LEFT = "role_left"
ROLE_KINDS = ("role_given", "role_taken", "role_handed_over", ROLE_LEFT, COMMAND_KIND)
# Entries shown by the situation's own lines in an update, which mark them as new.
SITUATION_KINDS = {
    "impact": "impact",
    "cause": "cause",
    "cause_unknown": "cause",
    "actions": "actions",
    "needs": "needs",
    "nothing_needed": "needs",
}
CLEARED = "situation_cleared"
FIGURE_KINDS = ("figures_typed", "figures_warning")
CALLER_KINDS = ("front_door_on", "front_door_changed", "front_door_off")
REPORTED_KINDS = (
    *("severity", *STATUS_KINDS, *ENDED_OTHERWISE_KINDS, *SITUATION_KINDS, CLEARED),
    *("step_done", *ROLE_KINDS, *FIGURE_KINDS, *CALLER_KINDS),
)
# Every update has them in its first line or its main sentence.
HEADLINE_KINDS = ("severity", *STATUS_KINDS, *ENDED_OTHERWISE_KINDS)
# The kinds of entries that are shown by a variable of the templates.
SHOWN_BY: dict[str, tuple[str, ...]] = {
    "impact": ("impact",),
    "cause": ("cause", "cause_unknown", CLEARED),
    "actions": ("actions", CLEARED),
    "needs": ("needs", "nothing_needed", CLEARED),
    "done": ("step_done", *ROLE_KINDS),
    "said": LABELS,
    "figures": FIGURE_KINDS,
    "queue_figures": FIGURE_KINDS,
    "callers_hear": CALLER_KINDS,
}
SHOWN_OUTSIDE = ("impact", "callers_hear")


class News(Struct, frozen=True):
    """Everything that happened since a moment, each thing once; texts are already escaped."""

    changes: list[dict[str, str]] = field(default_factory=list)
    # Finished steps, grouped by the person who finished them.
    done: list[dict[str, Any]] = field(default_factory=list)
    more_done: int = 0
    said: list[dict[str, str]] = field(default_factory=list)
    new_fields: list[str] = field(default_factory=list)


def news_inside(session: Session, number: int, since: datetime) -> News:
    """News for colleagues, with the names of those who acted."""
    entries = timeline.since(session, number, since, (*REPORTED_KINDS, "step_undone"))
    marked_entries = [entry for entry in timeline.marked(session, number) if _is_news(session, entry, since)]
    told_entries = sorted([*marked_entries, *_labelled_notes(session, number, since)], key=lambda entry: entry.at)
    names = directory.display_names(session, _user_ids([*entries, *told_entries]))
    finished_entries = _finished_steps(entries)
    return News(
        changes=_changes(entries, names),
        done=_steps_by_person(finished_entries[-variables.STEPS_LISTED :], names),
        more_done=max(0, len(finished_entries) - variables.STEPS_LISTED),
        said=[_words_of(entry, names) for entry in told_entries],
        new_fields=list(dict.fromkeys(SITUATION_KINDS[e.kind] for e in entries if e.kind in SITUATION_KINDS)),
    )


def cause_before(session: Session, number: int, since: datetime | None) -> str:
    """The cause that the last update told, as typed, if another one has been recorded since; else empty."""
    causes = [
        row
        for row in situation_tables.all_rows(session, number)
        if row.field == SituationField.CAUSE and row.language == situation_tables.ORIGINAL
    ]
    told_causes = [row.text for row in causes if since and row.at <= since]
    return told_causes[-1] if told_causes and causes[-1].text not in ("", told_causes[-1]) else ""


def is_any_marked(session: Session, number: int, since: datetime) -> bool:
    """True if a colleague has marked a message since then."""
    return any(_is_news(session, entry, since) for entry in timeline.marked(session, number))


def _labelled_notes(session: Session, number: int, since: datetime) -> list[TimelineEntry]:
    """Decisions, hypotheses ruled out and customer impact that somebody typed instead of marking a message."""
    return list(timeline.since(session, number, since, LABELS))


def _is_news(session: Session, entry: TimelineEntry, since: datetime) -> bool:
    """True if a colleague marked the message since then, however old it is; deleted messages are left out."""
    if entry.kind != MARKED_KIND or entry.facts.get("deleted_at") or not entry.heard:
        return False
    marks = from_json(entry.heard).marks
    marked_by = {mark.by for mark in marks if mark.is_on and moment_of(mark.ts) > since}
    # When marks are read afterwards, Slack does not always say who set them.
    people = directory.people(session, marked_by)
    return bool(marked_by.difference(facts.id for facts in people if facts.is_guest or facts.is_stranger))


def _user_ids(entries: Iterable[TimelineEntry]) -> set[str]:
    user_ids = {user_id for entry in entries for user_id in (entry.actor_id, *user_ids_in(entry.facts))}
    return {user_id for user_id in user_ids if user_id}


def _changes(entries: Sequence[TimelineEntry], names: dict[str, str]) -> list[dict[str, str]]:
    """One change each of severity, status and every role, from the first old value to the current one, in the order
    of the last ones.

    A severity that came back is told from the value in between, which the line below the last update has named.
    """
    newest_entries: dict[str, TimelineEntry] = {}
    first_old_values: dict[str, str] = {}
    for entry in entries:
        topic = _topic(entry)
        if topic:
            first_old_values.setdefault(topic, str(entry.facts.get("old") or ""))
            newest_entries.pop(topic, None)
            newest_entries[topic] = entry
    severity_entry = newest_entries.get("severity")
    if severity_entry and first_old_values["severity"] == severity_entry.facts.get("new"):
        first_old_values["severity"] = str(severity_entry.facts.get("old") or "")
    return [
        _change_facts(entry, first_old_values[topic], names)
        for topic, entry in newest_entries.items()
        if first_old_values[topic] != entry.facts.get("new") or topic.startswith("role")
    ]


def _topic(entry: TimelineEntry) -> str:
    if entry.kind == "severity":
        return "severity"
    if entry.kind in STATUS_KINDS:
        return "status"
    return f"role {entry.facts.get('role')}" if entry.kind in ROLE_KINDS else ""


def _change_facts(entry: TimelineEntry, old: str, names: dict[str, str]) -> dict[str, str]:
    is_role = entry.kind in ROLE_KINDS
    kind = "role" if is_role and entry.kind != ROLE_LEFT else entry.kind
    # In a handover of command, `user` is the person who was relieved.
    holder = (entry.kind != COMMAND_KIND and entry.facts.get("user")) or entry.actor_id or ""
    reason = str(entry.facts.get("reason") or "")
    values = {
        "who": names.get(entry.actor_id or "", ""),
        "user": names.get(str(holder), "") if is_role else "",
        "role": str(entry.facts.get("role") or ""),
        "old": old,
        "new": str(entry.facts.get("new") or ""),
        "reason": "" if reason == NO_REASON else reason,
    }
    return {"kind": kind} | {name: one_line(text, variables.CHANGE) for name, text in values.items()}


def _finished_steps(entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """Each finished step once, without undone ones and those finished by filling a role, which is a change."""
    finished_entries: dict[tuple[Any, Any], TimelineEntry] = {}
    for entry in entries:
        step = (entry.facts.get("playbook"), entry.facts.get("step_key") or entry.facts.get("step"))
        if entry.kind == "step_undone":
            finished_entries.pop(step, None)
        elif entry.kind == "step_done" and not entry.facts.get("filled"):
            finished_entries[step] = entry
    return list(finished_entries.values())


def _steps_by_person(entries: Sequence[TimelineEntry], names: dict[str, str]) -> list[dict[str, Any]]:
    steps_by_person: dict[str, list[str]] = {}
    for entry in entries:
        person_name = one_line(names.get(entry.actor_id or "", ""), variables.STEP)
        steps_by_person.setdefault(person_name, []).append(
            one_line(str(entry.facts.get("step") or ""), variables.STEP)
        )
    return [{"who": person_name, "steps": titles} for person_name, titles in steps_by_person.items()]


def _words_of(entry: TimelineEntry, names: dict[str, str]) -> dict[str, str]:
    """The words of a marked message or a note, as corrected since."""
    values = {
        "who": names.get(entry.actor_id or "", ""),
        "text": to_plain_text(str(corrected_facts(entry).get("text") or ""), names.get),
        "label": entry.kind if entry.kind in LABELS else entry.label or "",
    }
    return {name: one_line(text, variables.CHANGE) for name, text in values.items()}


class NewsFilter(Struct, frozen=True):
    """The kinds of entries that are news, and whether messages that people marked are."""

    kinds: tuple[str, ...]
    has_marked: bool


def filter_for(services: Services, audience: Audience, name: str) -> NewsFilter:
    """What is news for the audience of that name."""
    used = _variables(services, variables.template_of(audience.template or name, audience.languages[0]))
    return filter_of_template(used, is_outside=audience.outside)


def filter_of_template(used: Collection[str], *, is_outside: bool) -> NewsFilter:
    """What a template shows that uses these variables."""
    shown_variables = [name for name in SHOWN_BY if name in used and (name in SHOWN_OUTSIDE or not is_outside)]
    kinds = [kind for name in shown_variables for kind in SHOWN_BY[name]]
    return NewsFilter((*HEADLINE_KINDS, *dict.fromkeys(kinds)), "said" in shown_variables)


def is_unchanged(session: Session, number: int, since: datetime, news_filter: NewsFilter) -> bool:
    """True if nothing that the audience reads has happened since then."""
    if timeline.since(session, number, since, news_filter.kinds):
        return False
    return not (news_filter.has_marked and is_any_marked(session, number, since))


def _variables(services: Services, template: str) -> Collection[str]:
    try:
        return services.templates.variables(template)
    except TemplateBroken:
        return variables.EXAMPLE
