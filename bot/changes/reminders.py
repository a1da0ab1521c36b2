"""Unverified changes: the verification contact is reminded, later the requester as well."""

from datetime import datetime

from bot import outbox
from bot.changes import rules, tables, views
from bot.services import Services


def remind(services: Services, now: datetime) -> None:
    """Send the due reminders, each of them once, however many replicas run this."""
    with services.database.reading() as session:
        due_ids = tables.due(session, now)
    for change_id in due_ids:
        _remind(services, change_id, now)


def _remind(services: Services, change_id: int, now: datetime) -> None:
    with services.database.transaction() as session:
        change = tables.locked(session, change_id)
        if change.remind_at is None or change.remind_at > now:
            return
        change.remind_at = rules.next_reminder(change.remind_at, now)
        change.reminders += 1
        text, blocks = views.reminder(change, now)
        people = [change.verifier, *([change.requester] if change.reminders >= rules.REQUESTER_FROM else [])]
        for person in dict.fromkeys(people):
            key = f"change:{change.number}:{change.reminders}:{person}"
            outbox.post(session, key, person, text, now, blocks=blocks)
