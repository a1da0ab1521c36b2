"""Looking without changing: the panel, the list, the home tab."""

from collections.abc import Callable

from bot.clock import utcnow
from bot.directory.rules import NotForGuests
from bot.flows import followup_screens
from bot.flows.directory import who
from bot.flows.ending import in_the_way
from bot.flows.permissions import check_member
from bot.incidents import forms, rules
from bot.incidents import tables as incidents
from bot.incidents.tables import Incident, NoIncidentHere
from bot.playbooks import tables as playbooks
from bot.playbooks import views as playbook_views
from bot.services import Services
from bot.slack.blocks import Block, section
from bot.updates import tables as updates

Screen = tuple[str, list[Block]]


def incident_here(services: Services, channel_id: str, user_id: str) -> int:
    """The number of the incident in whose channel somebody types; `NoIncidentHere` when it is none."""
    with services.store.reading() as session:
        found = incidents.by_channel(session, channel_id)
        is_missed = found.is_private and not incidents.takes_part(session, found.number, user_id)
    if is_missed:
        # Who types in a private channel is in it, though Slack's word of the joining never came.
        with services.store.transaction() as session:
            incidents.join(session, found.number, [user_id], utcnow())
    return found.number


def incident(services: Services, number: int, user_id: str) -> Incident:
    """The incident of that number, for somebody who may act in it."""
    check_member(services, user_id)
    with services.store.reading() as session:
        found = incidents.by_number(session, number)
        incidents.check_visible(session, found, user_id)
    return found


def open_about(
    services: Services, trigger_id: str, number: int, user_id: str, draw: Callable[[Incident], Block]
) -> None:
    """Open a form about an incident, for who may act and while there is something to do."""
    found = incident(services, number, user_id)
    rules.check_may_change(found.number, found.status)
    services.slack.open_view(trigger_id, draw(found))


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


def required_steps(services: Services, number: int, act: str) -> list[str]:
    """The titles of the steps that stand in the way of `resolve` or `close`; of `reopen` nothing does."""
    if act == "reopen":
        return []
    with services.store.reading() as session:
        return [step.title for step in in_the_way(session, number, act)]
