"""Looking at follow-ups: the forms as they open, and the lists."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.followups import forms, tables, views
from bot.followups.actions import today_of, usual_day
from bot.followups.tables import FollowUp
from bot.incidents import tables as incidents
from bot.incidents.permissions import check_member
from bot.incidents.tables import Incident, NoIncidentHere
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import OPTIONS, Block

LISTED = 20
FOUND = 200
A_WEEK = timedelta(days=7)
NOTHING_HERE = "There are no follow-ups here yet. `/incident followup` and what is to be done adds one."
NOTHING_MINE = "You have no follow-up to do."
NOTHING_LATE = "No follow-up that you may see is late."

Screen = tuple[str, list[Block]]


def add_form(
    services: Services, number: int | None, user_id: str, now: datetime, *, words: str = "", link: str = ""
) -> Block:
    """The form for a new follow-up; which incident it is about is asked when `number` is None."""
    check_member(services, user_id)
    found: list[Incident] = []
    with services.store.reading() as session:
        if number is None:
            found = list(incidents.active(session, user_id, OPTIONS))
        else:
            incidents.check_visible(session, incidents.by_number(session, number), user_id)
    if number is None and not found:
        # Nothing to choose from: what is over is followed up in its own channel.
        raise NoIncidentHere()
    due_on = usual_day(services, user_id, now)
    return forms.add_form(number, found, words=words, link=link, owner_id=user_id, due_on=due_on)


def number_of_channel(services: Services, channel_id: str) -> int | None:
    """The incident whose channel this is, if it is one."""
    with services.store.reading() as session:
        found = incidents.of_channel(session, channel_id)
    return found.number if found else None


def change_form(services: Services, number: int, user_id: str) -> Block:
    """Everything that can be changed of a follow-up, for who may see it."""
    return _drawn(services, number, user_id, forms.change_form)


def later_form(services: Services, number: int, user_id: str, now: datetime) -> Block:
    """Another day, a week from now or from when it was due."""
    today = today_of(services, user_id, now)
    return _drawn(
        services,
        number,
        user_id,
        lambda follow_up: forms.later_form(follow_up, max(today, follow_up.due_on) + A_WEEK),
    )


def _drawn(services: Services, number: int, user_id: str, draw: Callable[[FollowUp], Block]) -> Block:
    check_member(services, user_id)
    with services.store.reading() as session:
        follow_up = tables.get(session, number)
        incidents.check_visible(session, incidents.by_number(session, follow_up.incident_id), user_id)
    return draw(follow_up)


def of_incident(services: Services, number: int, user_id: str, now: datetime) -> Screen:
    """What is to be done after one incident, open ones first."""
    check_member(services, user_id)
    with services.store.reading() as session:
        incident = incidents.by_number(session, number)
        incidents.check_visible(session, incident, user_id)
        found = sorted(tables.of_incident(session, number), key=lambda one: (not one.is_open, one.due_at))
    pairs = [(follow_up, incident) for follow_up in found]
    return _listed(pairs, f"Follow-ups of incident {number}", NOTHING_HERE, now)


def mine(services: Services, user_id: str, now: datetime) -> Screen:
    """What a person has to do, over all incidents."""
    check_member(services, user_id)
    with services.store.reading() as session:
        found = tables.open_of(session, user_id, FOUND)
    return _listed(list(found), "Your follow-ups", NOTHING_MINE, now)


def of_home(services: Services, user_id: str, now: datetime) -> list[Block]:
    """What a person has to do, for their home tab; nothing when there is nothing."""
    with services.store.reading() as session:
        found = list(tables.open_of(session, user_id, FOUND))
    return _listed(found, "Your follow-ups", NOTHING_MINE, now)[1] if found else []


def on_home(services: Services, user_id: str) -> list[Block]:
    """The same as things stand now."""
    return of_home(services, user_id, utcnow())


def overdue(services: Services, user_id: str, now: datetime) -> Screen:
    """What is late, over all incidents that this person may see."""
    check_member(services, user_id)
    with services.store.reading() as session:
        found = tables.overdue(session, user_id, now, FOUND)
    return _listed(list(found), "Late follow-ups", NOTHING_LATE, now)


def _listed(found: list[tuple[FollowUp, Incident]], title: str, nothing: str, now: datetime) -> Screen:
    shown, left_out = found[:LISTED], len(found[LISTED:])
    return views.listing(shown, title, nothing, now, left_out=left_out)
