"""Reminds the author of a post-mortem two days before it is due, and when it is late."""

from datetime import datetime

from sqlmodel import Session

from bot import directory, outbox
from bot.incidents import incidents
from bot.postmortems import copies, review, tables, views
from bot.postmortems.messages import facts
from bot.postmortems.rules import State
from bot.postmortems.tables import PostMortem
from bot.services import Services

OPEN = (State.DRAFT, State.IN_REVIEW)


def send_due_reminders(services: Services, now: datetime) -> None:
    """Send every due reminder of a post-mortem, each once across all replicas."""
    with services.database.reading() as session:
        due = tables.due_reminders(session, now)
    for postmortem_id in due:
        with services.database.transaction() as session:
            _remind(session, services, tables.locked(session, postmortem_id), now)


def _remind(session: Session, services: Services, postmortem: PostMortem, now: datetime) -> None:
    if postmortem.remind_at is None or postmortem.remind_at > now or postmortem.due_at is None:
        return
    if postmortem.state not in OPEN:
        postmortem.remind_at = None
        return
    _post_reminder(session, services, postmortem, now)
    if now >= postmortem.due_at:
        postmortem.reminders += 1
    postmortem.remind_at = review.next_reminder(postmortem.due_at, now, postmortem.reminders)


def _post_reminder(session: Session, services: Services, postmortem: PostMortem, now: datetime) -> None:
    """Remind the author, or, while there is none, the first recipient of the draft."""
    copies_held = copies.with_readers(session, copies.of_postmortem(session, postmortem.number))
    if not copies_held:
        return
    gone_places = directory.gone(session, [copy.place for copy in copies_held])
    reachable_copies = [copy for copy in copies_held if copy.place not in gone_places] or copies_held
    copy_to_remind = next(
        (copy for copy in reachable_copies if copy.place == postmortem.author_id), reachable_copies[0]
    )
    incident = incidents.by_number(session, postmortem.incident_id)
    text, blocks = views.reminder(facts(session, services, incident, copy_to_remind))
    moment = postmortem.remind_at or now
    key = f"postmortem-due:{postmortem.number}:{moment:%Y%m%dT%H%M%S}"
    outbox.post(session, key, copy_to_remind.place, text, now, incident_id=postmortem.incident_id, blocks=blocks)
