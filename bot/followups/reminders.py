"""Sends reminders of follow-ups by direct message, and the weekly digest in the incidents channel."""

import logging
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import directory, outbox
from bot.directory.lookup import channel_id
from bot.followups import messages, rules, tables, views
from bot.followups.actions import schedule_reminder
from bot.services import Services
from bot.slack.errors import SlackRefused

log = logging.getLogger(__name__)
A_WEEK = timedelta(days=7)
DIGEST_LIMIT = 100


def send_due_reminders(services: Services, now: datetime) -> None:
    """Send each due reminder once, to the follow-up's owner, and schedule the next."""
    with services.database.reading() as session:
        due = tables.due_reminders(session, now)
    for number in due:
        with services.database.transaction() as session:
            follow_up = tables.locked(session, number)
            if follow_up.remind_at is None or follow_up.remind_at > now:
                continue
            schedule_reminder(services, follow_up, now)
            messages.notify_responsible(session, follow_up, now, messages.REMINDER)
            session.flush()
            messages.mark_stale(session, follow_up)


def post_digest(services: Services, now: datetime) -> None:
    """Post the weekly digest of open and late follow-ups in the incidents channel, unless there is no news."""
    digest = services.floor.followups.digest
    if digest is None:
        return
    due_at = rules.last_weekly(digest.weekday, digest.at, digest.zone, now)
    with services.database.reading() as session:
        if tables.is_digest_settled(session, due_at):
            return
        week = _week_facts(session, due_at, now)
        has_news = bool(week.open or week.done) and not tables.is_first_digest(session)
    channel = _incidents_channel(services) if has_news else None
    with services.database.transaction() as session:
        if tables.mark_digest_settled(session, due_at) and channel:
            text, blocks = views.digest(week)
            key = f"{tables.DIGEST_KEY}{due_at:%Y-%m-%d}"
            outbox.post(session, key, channel, text, now, blocks=blocks)


def _incidents_channel(services: Services) -> str | None:
    """Return the channel's id; None if Slack refuses access, which is reported to administrators elsewhere."""
    try:
        return channel_id(services, services.floor.incidents_channel)
    except SlackRefused as refusal:
        log.warning("no channel for the follow-ups of the week", extra={"reason": refusal.error})
        return None


def _week_facts(session: Session, due_at: datetime, now: datetime) -> views.Week:
    opened, late, done = tables.public_counts(session, now, due_at - A_WEEK)
    due = tables.public_open(session, now + A_WEEK, DIGEST_LIMIT)
    names = directory.display_names(session, {follow_up.owner_id for follow_up, _ in due if follow_up.owner_id})
    return views.Week(opened, late, done, due, names, now)
