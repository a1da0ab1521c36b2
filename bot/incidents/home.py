"""A person's home tab: the open incidents and what nouns add."""

from functools import partial

from bot.directory.lookup import person_of
from bot.incidents import forms, incidents, wording
from bot.incidents.parse import Payload
from bot.incidents.registry import Registry
from bot.services import Services
from bot.slack.blocks import section

MAX_INCIDENTS = 30


def publish_home(services: Services, user_id: str) -> None:
    """Update a person's home tab."""
    person = person_of(services, user_id)
    if not person.may_act:
        text = wording.HOME_OF_GUESTS if person.is_guest and not person.is_stranger else wording.HOME_OF_STRANGERS
        services.slack.publish_home(user_id, [section(text)])
        return
    with services.database.reading() as session:
        shown_incidents = incidents.active(session, user_id, limit=MAX_INCIDENTS)
        is_cut = len(shown_incidents) == MAX_INCIDENTS
        total = incidents.count_active(session, user_id) if is_cut else len(shown_incidents)
        leaderless = incidents.without_commander(session, shown_incidents)
        blocks = forms.home(shown_incidents, services.floor, total, leaderless)
    for part in services.get(Registry).home:
        blocks += part(services, user_id)
    services.slack.publish_home(user_id, blocks)


def refresh_home(services: Services, event: Payload) -> None:
    """Refresh the home tab of a person who opened it."""
    user_id = event["user"]
    services.background.submit(f"home:{user_id}", partial(publish_home, services, user_id))
