"""A person's home tab: what is open, and what nouns add to it."""

from functools import partial

from bot.directory.lookup import who
from bot.directory.rules import NotForGuests
from bot.incidents import forms
from bot.incidents import tables as incidents
from bot.incidents.parse import Payload
from bot.incidents.registry import Registry
from bot.services import Services
from bot.slack.blocks import section

SHOWN = 30


def show_home(services: Services, user_id: str) -> None:
    """Bring a person's home tab up to date."""
    if not who(services, user_id).may_act:
        services.slack.publish_home(user_id, [section(NotForGuests().sentence)])
        return
    with services.store.reading() as session:
        blocks = forms.home(list(incidents.active(session, user_id, limit=SHOWN)), services.floor)
    for part in services.get(Registry).home:
        blocks += part(services, user_id)
    services.slack.publish_home(user_id, blocks)


def open_home(services: Services, event: Payload) -> None:
    """Someone looks at their home tab."""
    user_id = event["user"]
    services.soon.do(f"home:{user_id}", partial(show_home, services, user_id))
