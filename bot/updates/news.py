"""What has happened since a moment, in plain words that a person goes on writing from."""

from datetime import datetime

from sqlmodel import Session

from bot.directory import tables as directory
from bot.incidents.tables import Incident
from bot.timeline import tables as timeline
from bot.timeline import wording

TOLD_KINDS = ("severity", "status", "resolved", "reopened", "closed", "impact", "step_done", "message")
MOST = 8
LONGEST = 250


def news_since(session: Session, incident: Incident, since: datetime) -> str:
    """A line for each thing that matters: changes, finished steps, messages that somebody marked."""
    happened = [
        entry
        for entry in timeline.since(session, incident.number, since, TOLD_KINDS)
        if entry.kind != "message" or (entry.facts.get("marked_by") and not entry.facts.get("deleted_at"))
    ][-MOST:]
    people = {entry.actor_id for entry in happened if entry.actor_id}
    people |= {who for entry in happened for who in wording.people_in(entry.facts)}
    names = directory.names(session, people)

    def name(user_id: str) -> str:
        return names.get(user_id, "someone")

    lines = [wording.said(entry, name) for entry in happened]
    return "\n".join(" ".join(line.split())[:LONGEST] for line in lines)
