"""Messages written down: whatever is heard of one is joined with what is known, in whatever order it comes."""

from typing import Any

from sqlmodel import Session

from bot.slack.text import moment
from bot.timeline import log, messages
from bot.timeline.messages import Heard, Manner
from bot.timeline.tables import MESSAGE, TimelineEntry, add_once, by_source, locked_by_source


def hear(session: Session, incident_id: int, heard: Heard, manner: Manner) -> bool:
    """Write down what was heard of a message; False when all of it was known."""
    heard = manner.kept(messages.merged(heard, heard))
    fresh = TimelineEntry(
        incident_id=incident_id,
        at=moment(heard.ts),
        kind=MESSAGE,
        message_ts=heard.ts,
        source_key=f"message:{heard.ts}",
        **_shown(heard, manner),
    )
    if add_once(session, fresh):
        return True
    entry = locked_by_source(session, incident_id, f"message:{heard.ts}")
    assert entry is not None
    return _join(session, entry, heard, manner)


def known(session: Session, incident_id: int, message_ts: str) -> Heard | None:
    """What is known of a message; None when nothing is."""
    entry = by_source(session, incident_id, f"message:{message_ts}")
    return messages.from_json(entry.heard) if entry and entry.heard else None


def _join(session: Session, entry: TimelineEntry, heard: Heard, manner: Manner) -> bool:
    before = messages.from_json(entry.heard) if entry.heard else Heard(heard.ts)
    joined = manner.kept(messages.merged(before, heard))
    if joined == before:
        return False
    for name, given in _shown(joined, manner).items():
        setattr(entry, name, given)
    entry.is_shown = entry.is_shown and entry.hiding is None
    session.add(entry)
    if len(joined.versions) < len(before.versions):
        log.erase(session, entry, log.Deed("erased", reason="deleted in Slack"))
    else:
        log.note(session, entry, log.Deed("heard"))
    return True


def _shown(heard: Heard, manner: Manner) -> dict[str, Any]:
    return {
        "actor_id": heard.author or None,
        "facts": messages.facts_of(heard, manner),
        "heard": messages.as_json(heard),
        "is_marked": messages.is_marked(heard, manner),
        "label": messages.label_of(heard, manner),
        "is_shown": heard.is_said,
    }
