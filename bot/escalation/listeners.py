"""Escalation: `/incident page`, `/incident escalate`, *On my way* and *Can't*: parse, act, answer."""

import re
from contextlib import suppress

from slack_bolt import Ack, App

from bot.escalation import escalate, ids, page_answers, page_by_hand
from bot.incidents import parse
from bot.incidents import responses as answering
from bot.incidents.access import incident_here
from bot.incidents.parse import Typed
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Payload, Words
from bot.incidents.rules import clean_title
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.text import spoken

PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
GROUP = re.compile(r"<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>")


def register(app: App, services: Services) -> None:
    """Listen to the buttons of pages."""

    @app.action(ids.ON_MY_WAY)
    def on_my_way(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            return page_answers.on_my_way(services, parse.number_clicked(body), parse.user(body), utcnow())

        answering.click(services, body, act, ack)

    @app.action(ids.CANNOT)
    def cannot(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            return page_answers.cannot(services, parse.number_clicked(body), parse.user(body), utcnow())

        answering.click(services, body, act, ack)


def register_commands(registry: Registry) -> None:
    """`/incident page` and `/incident escalate`."""
    registry.command("page", page)
    registry.command("escalate", escalate_now)
    registry.help(
        Section.CHANNEL,
        10,
        "`/incident page @ana why` asks for a person, a group or a role · "
        "`/incident escalate why` tells the next tier now",
    )


def page(services: Services, typed: Typed) -> Words:
    """`/incident page @ana please look at the trunks`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    named, reason = addressed(typed.raw, list(services.floor.roles))
    return page_by_hand.ask_for(services, number, named, reason, typed.trigger_id, typed.user_id, utcnow())


def escalate_now(services: Services, typed: Typed) -> Words:
    """`/incident escalate reason`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return escalate.escalate(services, number, clean_title(typed.rest), typed.user_id, utcnow())


def addressed(raw: str, roles: list[str]) -> tuple[str, str]:
    """Whom the command names (a user's or group's id, `@name`, a role, else a loose word), and the reason."""
    words = raw.strip()
    for mentioned in (PERSON, GROUP):
        if found := mentioned.match(words):
            return found[1], _reason(words[found.end() :])
    first, _, rest = words.partition(" ")
    if not first.startswith("@"):
        with suppress(parse.UnknownRole):
            return parse.role(first, roles) if first else "", _reason(rest)
    return _reason(first), _reason(rest)


def _reason(words: str) -> str:
    return clean_title(spoken(words, lambda user_id: None))
