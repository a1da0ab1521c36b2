"""Looking without changing: the panel, the list, the home tab."""

from sqlmodel import Session

from bot.clock import utcnow
from bot.flows.ending import in_the_way
from bot.flows.permissions import check_member
from bot.incidents import forms
from bot.incidents import tables as incidents
from bot.incidents.tables import Incident, NoIncidentHere
from bot.playbooks import tables as playbooks
from bot.playbooks import views as playbook_views
from bot.services import Services
from bot.slack.blocks import Block, section
from bot.updates import tables as updates

Screen = tuple[str, list[Block]]


def incident_here(services: Services, channel_id: str) -> int:
    """The number of the incident whose channel this is; `NoIncidentHere` when it is none."""
    with services.store.reading() as session:
        return incidents.by_channel(session, channel_id).number


def incident(services: Services, number: int) -> Incident:
    """The incident of that number."""
    with services.store.reading() as session:
        return incidents.by_number(session, number)


def panel(services: Services, channel_id: str, user_id: str) -> Screen | None:
    """The control panel of the incident whose channel this is, if it is one."""
    with services.store.reading() as session:
        try:
            found = incidents.by_channel(session, channel_id)
        except NoIncidentHere:
            return None
        return _panel(session, found)


def panel_of(services: Services, number: int, user_id: str) -> Screen:
    """The control panel of an incident."""
    check_member(services, user_id)
    with services.store.reading() as session:
        return _panel(session, incidents.by_number(session, number))


def _panel(session: Session, found: Incident) -> Screen:
    due = [promise.due_at for promise in updates.waiting(session, found.number)]
    return forms.panel(found, min(due, default=None))


def open_incidents(services: Services, user_id: str) -> Screen:
    """What is open, as far as this person may see."""
    check_member(services, user_id)
    with services.store.reading() as session:
        return forms.open_list(list(incidents.active(session, user_id)), services.floor)


def help_words() -> Screen:
    """What can be typed."""
    words = forms.help_text()
    return words, [section(words)]


def show_home(services: Services, user_id: str) -> None:
    """Bring a person's home tab up to date."""
    with services.store.reading() as session:
        blocks = forms.home(list(incidents.active(session, user_id, limit=30)), services.floor)
    blocks += steps_of_person(services, user_id)[1]
    services.slack.publish_home(user_id, blocks)


def join(services: Services, number: int, user_id: str) -> str:
    """Invite who clicked into an incident everyone may see. Gives back what to answer."""
    check_member(services, user_id)
    found = incident(services, number)
    if found.is_private or found.channel_id is None:
        raise NoIncidentHere()
    refused = services.slack.invite(found.channel_id, [user_id])
    if refused:
        why = ", ".join(refused.values())
        return f"Slack did not let me invite you ({why}). The channel is <#{found.channel_id}>."
    return f"You are in <#{found.channel_id}>."


def steps_of_person(services: Services, user_id: str) -> Screen:
    """Every open step of a person, over all incidents."""
    check_member(services, user_id)
    with services.store.reading() as session:
        held = incidents.roles_of(session, user_id)
        steps = playbooks.open_steps_of(session, user_id, held)
        channels = incidents.channels(session, {step.incident_id for step in steps})
    return playbook_views.my_steps(steps, channels, utcnow())


def required_steps(services: Services, number: int, act: str) -> list[str]:
    """The titles of the steps that stand in the way of `resolve` or `close`; of `reopen` nothing does."""
    if act == "reopen":
        return []
    with services.store.reading() as session:
        return [step.title for step in in_the_way(session, number, act)]
