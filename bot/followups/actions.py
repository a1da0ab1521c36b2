"""Adding follow-ups, and the frame of every change: one transaction, after which Slack is updated."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from pydantic import BaseModel
from sqlmodel import Session

from bot import directory, outbox
from bot.directory.lookup import person_of
from bot.directory.rules import GuestChosen
from bot.errors import WatchfloorError, require
from bot.followups import messages, rules, tables, wording
from bot.followups.rules import ReminderPlan
from bot.followups.tables import FollowUp
from bot.incidents import incidents, participants
from bot.incidents.permissions import changing_as, check_member, check_permission
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.services import Services
from bot.slack.text import day, escape, mention
from bot.timeline import timeline


class OwnerNotInChannel(WatchfloorError):
    """{who} is not in the channel of this private incident. Invite them there first, then give it to them."""


class UnknownPerson(WatchfloorError):
    """I can't find anyone called {given}. Please choose a person from the list that opens when you type @."""


class NewFollowUp(BaseModel):
    """A follow-up to be added. The `key` identifies the command, form or message it comes from."""

    key: str
    incident: int
    text: str
    by: str
    owner_id: str | None = None
    due_on: date | None = None
    kind: str = ""
    link: str = ""


def reminder_plan(services: Services) -> ReminderPlan:
    """Return the floor's plan for reminders."""
    settings = services.floor.followups
    return ReminderPlan(settings.at, settings.remind_before, settings.remind_every, settings.weekends)


def today_of(services: Services, user_id: str, now: datetime) -> date:
    """Return today's date in that person's time zone."""
    return rules.today(now, person_of(services, user_id).timezone)


def default_due_day(services: Services, user_id: str, now: datetime) -> date:
    """Return the due day of a follow-up for which no day is given."""
    return today_of(services, user_id, now) + services.floor.followups.due_within


def resolve_owner(services: Services, typed: str) -> str | None:
    """Return the user for an id or `@name`; None if none is given. Raises `UnknownPerson`."""
    if not typed.startswith("@"):
        return typed or None
    with services.database.reading() as session:
        user_id = directory.user_id_by_handle(session, typed.removeprefix("@"))
    return require(user_id, UnknownPerson, given=escape(typed[:40]))


def add(services: Services, new: NewFollowUp, now: datetime) -> str:
    """Add a follow-up and return the answer. Idempotent for the same command, form or message."""
    check_member(services, new.by)
    owner_id = new.owner_id or new.by
    zone = zone_of(services, owner_id)
    due_on = new.due_on or default_due_day(services, owner_id, now)
    rules.check_day(due_on, today_of(services, new.by, now))
    row = FollowUp(
        incident_id=new.incident,
        source_key=new.key,
        text=rules.check_text(new.text),
        kind=rules.read_kind(new.kind),
        link=rules.read_link(new.link),
        owner_id=owner_id,
        due_on=due_on,
        zone=zone,
        due_at=rules.time_of_day_in_zone(due_on, services.floor.followups.at, zone),
        added_by=new.by,
        added_at=now,
    )
    with services.database.transaction() as session:
        incident = incidents.by_number_locked(session, new.incident)
        incidents.check_visible(session, incident, new.by)
        check_permission(services, session, new.by, "followups", new.incident)
        check_owner_may_see(session, incident, owner_id)
        follow_up = tables.add(session, row)
        if follow_up is None:
            existing = tables.by_source(session, new.key)
            return wording.ADDED_AS.format(number=existing.number) if existing else wording.ADDED_ALREADY
        schedule_reminder(services, follow_up, now)
        messages.notify_responsible(session, follow_up, now)
        outbox.add(session, kinds.FOLLOW_UP, new.incident, now, str(follow_up.number))
        messages.mark_checklist_stale(session, new.incident)
        log_change(session, follow_up, "followup_added", now, new.by, user=owner_id, due=due_on.isoformat())
    return wording.ADDED.format(number=follow_up.number, owner=mention(owner_id), due=day(follow_up.due_at))


def zone_of(services: Services, owner_id: str) -> str:
    """Return the owner's time zone. Raises `GuestChosen`, because guests own no follow-ups."""
    owner = person_of(services, owner_id)
    if not owner.may_act:
        raise GuestChosen()
    return owner.timezone


def check_owner_may_see(session: Session, incident: Incident, owner_id: str) -> None:
    """Raise `OwnerNotInChannel` if the incident is private and the owner is not in its channel."""
    if incident.is_private and not participants.takes_part(session, incident.number, owner_id):
        raise OwnerNotInChannel(who=mention(owner_id))


@contextmanager
def changing_follow_up(services: Services, number: int, by: str) -> Iterator[tuple[Session, FollowUp]]:
    """A transaction on a follow-up by its owner or a permitted user; afterwards its messages are redrawn."""
    with changing_as(services, by) as session:
        follow_up = tables.locked(session, number)
        check_may_change(services, session, follow_up, by)
        yield session, follow_up
        session.flush()
        messages.mark_stale(session, follow_up)


def check_may_change(services: Services, session: Session, follow_up: FollowUp, by: str) -> None:
    """Raise unless the user may see the incident and is the owner or permitted."""
    incident = incidents.by_number(session, follow_up.incident_id)
    incidents.check_visible(session, incident, by, tables.NoSuchFollowUp)
    if by != follow_up.owner_id:
        check_permission(services, session, by, "followups", incident.number)


def schedule_reminder(services: Services, follow_up: FollowUp, now: datetime) -> None:
    """Set the due time and the owner's next reminder; none if it is finished."""
    due_on, zone = follow_up.due_on, follow_up.zone
    follow_up.due_at = rules.time_of_day_in_zone(due_on, services.floor.followups.at, zone)
    next_reminder_at = rules.next_reminder(due_on, zone, reminder_plan(services), now)
    follow_up.remind_at = next_reminder_at if follow_up.is_open else None


def log_change(
    session: Session, follow_up: FollowUp, kind: str, now: datetime, by: str | None, **facts: str | None
) -> None:
    """Record a change of the follow-up in the timeline."""
    entry_facts = {"number": follow_up.number, "text": follow_up.text, **facts}
    timeline.append(session, follow_up.incident_id, kind, now, by, **entry_facts)
