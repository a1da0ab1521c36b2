"""Looking without changing: the panel, the list, the home tab."""

from bot.directory.lookup import who
from bot.directory.rules import NotForGuests
from bot.followups import screens as followup_screens
from bot.incidents import forms
from bot.incidents import tables as incidents
from bot.incidents.access import incident, incident_here
from bot.incidents.permissions import check_member
from bot.incidents.tables import NoIncidentHere
from bot.playbooks import tables as playbooks
from bot.playbooks import views as playbook_views
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block, section
from bot.updates import tables as updates

Screen = tuple[str, list[Block]]


def panel(services: Services, channel_id: str, user_id: str) -> Screen | None:
    """The control panel of the incident whose channel this is, if it is one."""
    try:
        number = incident_here(services, channel_id, user_id)
    except NoIncidentHere:
        return None
    return panel_of(services, number, user_id)


def panel_of(services: Services, number: int, user_id: str) -> Screen:
    """The control panel of an incident."""
    found = incident(services, number, user_id)
    with services.store.reading() as session:
        due = [promise.due_at for promise in updates.waiting(session, number)]
    return forms.panel(found, min(due, default=None), utcnow())


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
    if not who(services, user_id).may_act:
        services.slack.publish_home(user_id, [section(NotForGuests().sentence)])
        return
    with services.store.reading() as session:
        blocks = forms.home(list(incidents.active(session, user_id, limit=30)), services.floor)
    blocks += steps_of_person(services, user_id)[1]
    blocks += followup_screens.of_home(services, user_id, utcnow())
    services.slack.publish_home(user_id, blocks)


def steps_of_person(services: Services, user_id: str) -> Screen:
    """Every open step of a person, over all incidents."""
    check_member(services, user_id)
    with services.store.reading() as session:
        held = incidents.roles_of(session, user_id)
        steps = playbooks.open_steps_of(session, user_id, held)
        channels = incidents.channels(session, {step.incident_id for step in steps})
    return playbook_views.my_steps(steps, channels, utcnow())
