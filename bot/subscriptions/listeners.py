"""Subscriptions: `/incident subscribe`, `unsubscribe`, `subscriptions`, and their buttons: parse, act, answer."""

from slack_bolt import App

from bot.incidents import ids as incident_ids
from bot.incidents import listening, parse
from bot.incidents.access import incident_number_here
from bot.incidents.parse import Payload, SlashCommand
from bot.incidents.responses import Response
from bot.incidents.tables import NoIncidentHere
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.subscriptions import actions, ids
from bot.subscriptions.rules import ScopeMissing


def register(app: App, services: Services) -> None:
    """Register handlers for the buttons on the digest message, on updates by direct message and on the list."""

    listening.on_click(app, services, incident_ids.SUBSCRIBE, actions.subscribe)
    listening.on_click(app, services, incident_ids.UNSUBSCRIBE, actions.unsubscribe)

    def drop(body: Payload) -> Response:
        return actions.end_subscription(services, parse.clicked_number(body), parse.user_id(body))

    listening.on_action(app, services, ids.DROP, drop)


def subscribe(services: Services, command: SlashCommand) -> Response:
    """`/incident subscribe`, `/incident subscribe S1 Manila`: get updates by direct message: of this incident, or
    of every incident like that."""
    if command.argument:
        return actions.subscribe_to(services, command.argument, command.user_id, utcnow())
    try:
        number = incident_number_here(services, command)
    except NoIncidentHere:
        actions.check_may_choose(services, command.user_id)
        raise ScopeMissing() from None
    return actions.subscribe(services, number, command.user_id, utcnow())


def unsubscribe(services: Services, command: SlashCommand) -> Response:
    """`/incident unsubscribe`, `/incident unsubscribe S1 Manila`: end a subscription, or choose one from the
    list."""
    if command.argument:
        return actions.unsubscribe_from(services, command.argument, command.user_id)
    try:
        number = incident_number_here(services, command)
    except NoIncidentHere:
        return actions.subscription_list(services, command.user_id)
    return actions.unsubscribe(services, number, command.user_id, utcnow())


def show_subscriptions(services: Services, command: SlashCommand) -> Response:
    """`/incident subscriptions`: list your subscriptions, each with a button that ends it."""
    return actions.subscription_list(services, command.user_id, parse.page_number(command.argument))
