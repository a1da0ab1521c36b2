"""Opens the forms and lists of follow-ups."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.followups import forms, tables, views
from bot.followups.actions import check_may_change, default_due_day, today_of
from bot.followups.tables import FollowUp
from bot.incidents import incidents
from bot.incidents.permissions import check_member, check_permission, reading_as
from bot.incidents.tables import Incident, NoIncidentHere
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import OPTIONS, Block, Message

A_WEEK = timedelta(days=7)
NONE_OF_INCIDENT = "There are no follow-ups here yet. `/incident followup` and what is to be done adds one."
NONE_OF_MINE = "You have no follow-up to do."
NONE_LATE = "None of the follow-ups that you can see is late."


def add_form(
    services: Services, number: int | None, user_id: str, now: datetime, *, text: str = "", link: str = ""
) -> Block:
    """Return the form for a new follow-up; it asks for the incident if `number` is None."""
    check_member(services, user_id)
    choices: list[Incident] = []
    with services.database.reading() as session:
        if number is None:
            choices = list(incidents.active(session, user_id, OPTIONS))
        else:
            incidents.check_visible(session, incidents.by_number(session, number), user_id)
            check_permission(services, session, user_id, "followups", number)
    if number is None and not choices:
        # There is nothing to choose from; incidents that are over are followed up in their own channels.
        raise NoIncidentHere()
    due_on = default_due_day(services, user_id, now)
    return forms.add_form(number, choices, text=text, link=link, owner_id=user_id, due_on=due_on)


def number_of_channel(services: Services, channel_id: str) -> int | None:
    """Return the number of the incident whose channel this is, if any."""
    with services.database.reading() as session:
        incident = incidents.of_channel(session, channel_id)
    return incident.number if incident else None


def change_form(services: Services, number: int, user_id: str, now: datetime) -> Block:
    """Return the form to change a follow-up, for a user who may change it."""
    return _form_for(services, number, user_id, forms.change_form)


def later_form(services: Services, number: int, user_id: str, now: datetime) -> Block:
    """Return the form to move a follow-up; it proposes a week from now or from the due day."""
    today = today_of(services, user_id, now)
    return _form_for(
        services,
        number,
        user_id,
        lambda follow_up: forms.later_form(follow_up, max(today, follow_up.due_on) + A_WEEK),
    )


def _form_for(services: Services, number: int, user_id: str, build_form: Callable[[FollowUp], Block]) -> Block:
    with reading_as(services, user_id) as session:
        follow_up = tables.get(session, number)
        check_may_change(services, session, follow_up, user_id)
    return build_form(follow_up)


def list_of_incident(services: Services, number: int, user_id: str, now: datetime, page: int = 1) -> Message:
    """Return the follow-ups of one incident, open ones first."""
    with reading_as(services, user_id) as session:
        incident = incidents.by_number(session, number)
        incidents.check_visible(session, incident, user_id)
        follow_ups = sorted(tables.of_incident(session, number), key=lambda one: (not one.is_open, one.due_at))
    pairs = [(follow_up, incident) for follow_up in follow_ups]
    listed = views.Listed(f"Follow-ups of incident {number}", NONE_OF_INCIDENT, "/incident followups", page)
    return views.listing(pairs, listed, now)


def list_of_mine(services: Services, user_id: str, now: datetime, page: int = 1) -> Message:
    """Return a person's open follow-ups over all incidents."""
    with reading_as(services, user_id) as session:
        pairs = tables.open_of(session, user_id)
    return views.listing(pairs, _mine(page), now)


def home_blocks(services: Services, user_id: str, now: datetime) -> list[Block]:
    """Return a person's open follow-ups for their home tab; empty if there are none."""
    with services.database.reading() as session:
        pairs = list(tables.open_of(session, user_id))
    return views.listing(pairs, _mine(1), now)[1] if pairs else []


def on_home(services: Services, user_id: str) -> list[Block]:
    """Return the same blocks as of now."""
    return home_blocks(services, user_id, utcnow())


def list_of_overdue(services: Services, user_id: str, now: datetime, page: int = 1) -> Message:
    """Return the late follow-ups over all incidents that this person may see."""
    with reading_as(services, user_id) as session:
        pairs = tables.overdue(session, user_id, now)
    listed = views.Listed("Late follow-ups", NONE_LATE, "/incident followups overdue", page)
    return views.listing(pairs, listed, now)


def _mine(page: int) -> views.Listed:
    return views.Listed("Your follow-ups", NONE_OF_MINE, "/incident followups mine", page)
