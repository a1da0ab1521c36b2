"""What has happened since a moment, in plain words that a person goes on writing from."""

from datetime import datetime

from sqlmodel import Session

from bot.directory import tables as directory
from bot.incidents.tables import Incident
from bot.timeline import tables as timeline
from bot.timeline import wording

NEWS_KINDS = ("severity", "status", "resolved", "reopened", "closed", "impact", "step_done", "message")
MAX_LINES = 8
MAX_LINE = 250


def news_since(session: Session, incident: Incident, since: datetime) -> str:
    """A line for each thing that matters: changes, finished steps, messages that somebody marked."""
    entries = [
        entry
        for entry in timeline.since(session, incident.number, since, NEWS_KINDS)
        if entry.kind != "message" or (entry.facts.get("marked_by") and not entry.facts.get("deleted_at"))
    ][-MAX_LINES:]
    people = {entry.actor_id for entry in entries if entry.actor_id}
    people |= {who for entry in entries for who in wording.user_ids_in(entry.facts)}
    names = directory.display_names(session, people)

    def name(user_id: str) -> str:
        return names.get(user_id, "someone")

    lines = [wording.corrected_sentence(entry, name) for entry in entries]
    return "\n".join(" ".join(line.split())[:MAX_LINE] for line in lines)
