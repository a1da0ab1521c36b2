"""Subscriptions: `/incident subscribe`, `unsubscribe`, `subscriptions`, and their buttons: parse, act, answer."""

from slack_bolt import Ack, App

from bot.incidents import ids as incident_ids
from bot.incidents import parse
from bot.incidents import responses as answering
from bot.incidents.access import incident_here
from bot.incidents.parse import Typed
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Payload, Words
from bot.incidents.tables import NoIncidentHere
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.subscriptions import actions as subscriptions
from bot.subscriptions import ids
from bot.subscriptions.rules import NothingNamed


def register(app: App, services: Services) -> None:
    """Listen to the buttons on the digest message, on updates by direct message and on the list."""

    @app.action(incident_ids.SUBSCRIBE)
    def subscribed(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            return subscriptions.subscribe(services, parse.number_clicked(body), parse.user(body), utcnow())

        answering.click(services, body, act, ack)

    @app.action(incident_ids.UNSUBSCRIBE)
    def unsubscribed(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            return subscriptions.unsubscribe(services, parse.number_clicked(body), parse.user(body), utcnow())

        answering.click(services, body, act, ack)

    @app.action(ids.DROP)
    def dropped(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            return subscriptions.drop(services, parse.number_clicked(body), parse.user(body))

        answering.click(services, body, act, ack)


def register_commands(registry: Registry) -> None:
    """`/incident subscribe`, `unsubscribe` and `subscriptions`."""
    registry.command("subscribe", subscribe)
    registry.command("unsubscribe", unsubscribe)
    registry.command("subscriptions", show)
    registry.help(
        Section.ANYWHERE,
        10,
        "`/incident subscribe S1 Manila` updates by direct message · `/incident subscriptions` what you get",
    )
    registry.help(
        Section.CHANNEL,
        50,
        "`/incident subscribe` this incident's updates by direct message · `/incident unsubscribe`",
    )


def subscribe(services: Services, typed: Typed) -> Words:
    """`/incident subscribe` here, or `/incident subscribe S1 Manila`"""
    if typed.rest:
        return subscriptions.subscribe_to(services, typed.rest, typed.user_id, utcnow())
    return subscriptions.subscribe(services, _here(services, typed), typed.user_id, utcnow())


def unsubscribe(services: Services, typed: Typed) -> Words:
    """`/incident unsubscribe` here, or `/incident unsubscribe S1 Manila`"""
    if typed.rest:
        return subscriptions.unsubscribe_from(services, typed.rest, typed.user_id)
    return subscriptions.unsubscribe(services, _here(services, typed), typed.user_id, utcnow())


def show(services: Services, typed: Typed) -> Words:
    """`/incident subscriptions`"""
    return subscriptions.subscriptions(services, typed.user_id)


def _here(services: Services, typed: Typed) -> int:
    try:
        return incident_here(services, typed.channel_id, typed.user_id)
    except NoIncidentHere:
        raise NothingNamed() from None
