"""Links to an incident's channel in messages that stay when the incident moves to another one."""

import json
from datetime import datetime

from sqlmodel import Session, col, select

from bot import outbox
from bot.incidents.tables import Incident
from bot.outbox.tables import OutboxRow
from bot.slack.text import channel_link


def follow(session: Session, incident: Incident, now: datetime) -> None:
    """Let them lead to the channel in which the incident continues."""
    old_link, new_link = channel_link(incident.former_channel_id or ""), channel_link(incident.channel_id or "")
    posts = select(OutboxRow).where(OutboxRow.incident_id == incident.number, OutboxRow.kind == outbox.MESSAGE)
    for row in session.exec(posts.where(col(OutboxRow.refused).is_(None))):
        payload_text = json.dumps(row.payload, ensure_ascii=False)
        if old_link in payload_text:
            payload = json.loads(payload_text.replace(old_link, new_link))
            outbox.edit(session, row, payload["blocks"], now, text=payload["text"])
