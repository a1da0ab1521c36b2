"""Erases what people wrote from a timeline; who wrote, when, and the hashes stay."""

import re
from typing import Any

from msgspec.structs import replace
from sqlmodel import Session, col, select

from bot.timeline import log, observed_message
from bot.timeline.tables import TimelineEntry

REMOVED = "[removed]"
# Answers to playbook steps that are a number, or yes or no.
FIGURE = re.compile(r"-?[\d.,  ]{1,20}\s*%?|True|False")
ANSWERS = "answers"
AUTHOR_NAME = "author_name"
# What Slack refused. In entries of earlier versions it names the person who could not be invited.
WHAT, INVITE = "what", "invite "
CORRECTION_FACTS = frozenset(["by", "on", "was_at"])
ERASED = log.Operation("erased", reason="kept for as long as the floor wants")
# Facts that are figures, states, or the floor's own words; any other fact may hold text that a person wrote.
KEPT_FACTS = frozenset(
    [
        *("severity", "old", "new", "status", "role", "tier", "level", "minutes", "missed", "audience", "manner"),
        *(
            "user",
            "author",
            "number",
            "due",
            "reached_at",
            "old_at",
            "new_at",
            "due_at",
            "certainty",
            "field",
            "how",
            "milestone",
            "kind",
            "playbook",
            "step",
            "what",
            "length",
        ),
        *("thread_ts", "edited_at", "deleted_at", "marked_by", "recovered", "from", "until", "pages", "partner"),
    ]
)


def erase_text(session: Session, incident_id: int, after: int, limit: int) -> tuple[int, int | None]:
    """Erase the text of up to `limit` entries after number `after`.

    Return how many entries changed, and the number of the last one read, or None if none was left.
    """
    entries = session.exec(
        select(TimelineEntry)
        .where(TimelineEntry.incident_id == incident_id, col(TimelineEntry.id) > after)
        .order_by(col(TimelineEntry.id))
        .limit(limit)
        .with_for_update()
    ).all()
    erased_entries = [entry for entry in entries if _erase(entry)]
    for entry in erased_entries:
        log.erase(session, entry, ERASED)
    return len(erased_entries), entries[-1].number if entries else None


def _erase(entry: TimelineEntry) -> bool:
    erased_columns = {
        "facts": without_text(entry.facts),
        "heard": _without_message_text(entry.heard),
        "correction": without_text(entry.correction) if entry.correction else entry.correction,
        "hiding": without_text(entry.hiding) if entry.hiding else entry.hiding,
    }
    if all(getattr(entry, name) == value for name, value in erased_columns.items()):
        return False
    for name, value in erased_columns.items():
        setattr(entry, name, value)
    return True


def without_text(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts without what people wrote; a sentence made of them still says who, what and when."""
    erased_facts = {name: _erased_value(name, value) for name, value in facts.items() if name != AUTHOR_NAME}
    return {name: value for name, value in erased_facts.items() if value is not None or facts[name] is None}


def _erased_value(name: str, value: Any) -> Any:
    if name == WHAT and str(value).startswith(INVITE):
        return INVITE.strip()
    if name in KEPT_FACTS or name in CORRECTION_FACTS or not value:
        return value
    if name == ANSWERS and isinstance(value, dict):
        return keep_figures(value)
    if isinstance(value, (dict, list)):
        return None
    return REMOVED if isinstance(value, str) else value


def keep_figures(answers: dict[str, Any]) -> dict[str, Any]:
    """Return the answers, keeping only figures; the questions stay, as they are the playbook's own."""
    return {question: answer if FIGURE.fullmatch(str(answer)) else REMOVED for question, answer in answers.items()}


def _without_message_text(stored: dict[str, Any] | None) -> dict[str, Any] | None:
    if stored is None:
        return None
    return observed_message.as_json(
        replace(observed_message.without_text(observed_message.from_json(stored)), author_name="")
    )
