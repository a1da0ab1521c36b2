"""Follow-ups written down, and the frame of every change: one transaction, then Slack is brought up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from pydantic import BaseModel
from sqlmodel import Session

from bot.directory import tables as directory
from bot.directory.lookup import who
from bot.directory.rules import NotForGuests
from bot.errors import WatchfloorError
from bot.followups import messages as followup_messages
from bot.followups import rules, tables
from bot.followups.rules import Plan
from bot.followups.tables import FollowUp
from bot.incidents import participants
from bot.incidents import tables as incidents
from bot.incidents.permissions import check, check_member
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.services import Services
from bot.slack.text import day, escape, mention
from bot.timeline import tables as timeline


class OwnerIsOutside(WatchfloorError):
    """{who} is not in the channel of this private incident. Invite them there first, then give it to them."""


class NobodyOfThatName(WatchfloorError):
    """I know nobody called {given}. Please choose a person from the list that opens when you type @."""


class NewFollowUp(BaseModel):
    """What is to be written down. The `key` is that of the command, form or message it is made from."""

    key: str
    incident: int
    words: str
    by: str
    owner_id: str | None = None
    due_on: date | None = None
    kind: str = ""
    link: str = ""


def reminding(services: Services) -> Plan:
    """When owners are reminded on this floor."""
    of_floor = services.floor.followups
    return Plan(of_floor.at, of_floor.remind_before, of_floor.remind_every, of_floor.weekends)


def today_of(services: Services, user_id: str, now: datetime) -> date:
    """The day it is where that person lives."""
    return rules.today(now, who(services, user_id).timezone)


def usual_day(services: Services, user_id: str, now: datetime) -> date:
    """By when a follow-up is to be done when nobody names a day."""
    return today_of(services, user_id, now) + services.floor.followups.due_within


def owner_named(services: Services, given: str) -> str | None:
    """Who is meant by a user's id or by `@name`; None when nobody was named."""
    if not given.startswith("@"):
        return given or None
    with services.store.reading() as session:
        found = directory.by_handle(session, given.removeprefix("@"))
    if found is None:
        raise NobodyOfThatName(given=escape(given[:40]))
    return found


def add(services: Services, new: NewFollowUp, now: datetime) -> str:
    """Write down what is to be done. The same command, form or message again changes nothing."""
    check_member(services, new.by)
    owner_id = new.owner_id or new.by
    zone = zone_of(services, owner_id)
    due_on = new.due_on or usual_day(services, owner_id, now)
    rules.check_day(due_on, today_of(services, new.by, now))
    wanted = FollowUp(
        incident_id=new.incident,
        source_key=new.key,
        words=rules.check_words(new.words),
        kind=rules.read_kind(new.kind),
        link=rules.read_link(new.link),
        owner_id=owner_id,
        due_on=due_on,
        zone=zone,
        due_at=rules.morning(due_on, services.floor.followups.at, zone),
        added_by=new.by,
        added_at=now,
    )
    with services.store.transaction() as session:
        incident = incidents.locked(session, new.incident)
        incidents.check_visible(session, incident, new.by)
        check(services, session, new.by, "followups", new.incident)
        check_inside(session, incident, owner_id)
        follow_up = tables.add(session, wanted)
        if follow_up is None:
            known = tables.by_source(session, new.key)
            return f"It is follow-up {known.number} already." if known else "It is written down already."
        plan(services, follow_up, now)
        followup_messages.tell(session, follow_up, now)
        outbox.add(session, kinds.FOLLOW_UP, new.incident, now, str(follow_up.number))
        write(session, follow_up, "followup_added", now, new.by, user=owner_id, due=due_on.isoformat())
    return f"Follow-up {follow_up.number} is written down: {mention(owner_id)}, due {day(follow_up.due_at)}."


def zone_of(services: Services, owner_id: str) -> str:
    """Where the owner lives; guests own nothing."""
    owner = who(services, owner_id)
    if not owner.may_act:
        raise NotForGuests()
    return owner.timezone


def check_inside(session: Session, incident: Incident, owner_id: str) -> None:
    """The words of a private incident are for those in its channel."""
    if incident.is_private and not participants.takes_part(session, incident.number, owner_id):
        raise OwnerIsOutside(who=mention(owner_id))


@contextmanager
def changing(services: Services, number: int, by: str) -> Iterator[tuple[Session, FollowUp]]:
    """A transaction on a follow-up by its owner or somebody who may; afterwards all of it is drawn again."""
    check_member(services, by)
    with services.store.transaction() as session:
        follow_up = tables.locked(session, number)
        incident = incidents.by_number(session, follow_up.incident_id)
        incidents.check_visible(session, incident, by)
        if by != follow_up.owner_id:
            check(services, session, by, "followups", incident.number)
        yield session, follow_up
        session.add(follow_up)
        session.flush()
        followup_messages.show(session, follow_up)


def plan(services: Services, follow_up: FollowUp, now: datetime) -> None:
    """When it is due and its owner next reminded."""
    at = services.floor.followups.at
    follow_up.due_at = rules.morning(follow_up.due_on, at, follow_up.zone)
    follow_up.remind_at = rules.next_reminder(follow_up.due_on, follow_up.zone, reminding(services), now)


def write(
    session: Session, follow_up: FollowUp, kind: str, now: datetime, by: str | None, **facts: str | None
) -> None:
    """What happened to it stands in the timeline."""
    told = {"number": follow_up.number, "text": follow_up.words, **facts}
    timeline.append(session, follow_up.incident_id, kind, now, by, **told)
