"""Records messages: merges each observation of a message with what is known, in any order of arrival."""

from typing import Any

from sqlmodel import Session

from bot.slack.text import time_of_ts
from bot.timeline import log, observed_message
from bot.timeline.observed_message import MessagePolicy, ObservedMessage
from bot.timeline.tables import MESSAGE, TimelineEntry
from bot.timeline.timeline import add_once, by_source, locked_by_source


def record_message(session: Session, incident_id: int, observed: ObservedMessage, policy: MessagePolicy) -> bool:
    """Record an observation of a message; False if it adds nothing new."""
    observed = policy.kept(observed_message.merge(observed, observed))
    fresh = TimelineEntry(
        incident_id=incident_id,
        at=time_of_ts(observed.ts),
        kind=MESSAGE,
        message_ts=observed.ts,
        source_key=f"message:{observed.ts}",
        **_columns(observed, policy),
    )
    if add_once(session, fresh):
        return True
    entry = locked_by_source(session, incident_id, f"message:{observed.ts}")
    assert entry is not None
    return _merge_into_entry(session, entry, observed, policy)


def known_message(session: Session, incident_id: int, message_ts: str) -> ObservedMessage | None:
    """Return what is known of a message, or None."""
    entry = by_source(session, incident_id, f"message:{message_ts}")
    return observed_message.from_json(entry.heard) if entry and entry.heard else None


def _merge_into_entry(
    session: Session, entry: TimelineEntry, observed: ObservedMessage, policy: MessagePolicy
) -> bool:
    recorded_message = observed_message.from_json(entry.heard) if entry.heard else ObservedMessage(observed.ts)
    merged = policy.kept(observed_message.merge(recorded_message, observed))
    if merged == recorded_message:
        return False
    for name, value in _columns(merged, policy).items():
        setattr(entry, name, value)
    entry.is_shown = entry.is_shown and entry.hiding is None
    if len(merged.versions) < len(recorded_message.versions):
        log.erase(session, entry, log.Operation("erased", reason="deleted in Slack"))
    else:
        log.record_change(session, entry, log.Operation("heard"))
    return True


def _columns(observed: ObservedMessage, policy: MessagePolicy) -> dict[str, Any]:
    return {
        "actor_id": observed.author or None,
        "facts": observed_message.facts_of(observed, policy),
        "heard": observed_message.as_json(observed),
        "is_marked": observed_message.is_marked(observed, policy),
        "label": observed_message.label_of(observed, policy),
        "is_shown": observed.is_confirmed,
    }
