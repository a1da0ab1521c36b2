"""Partners: `/incident partners`, and the buttons that a partner's people press in their channel."""

import re

from slack_bolt import Ack, App

from bot.incidents import parse
from bot.incidents import responses as answering
from bot.incidents.access import incident_here
from bot.incidents.parse import Typed
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Payload, Words
from bot.partners import answers as partner_answers
from bot.partners import ids
from bot.partners import matrix as partner_matrix
from bot.runtime.clock import utcnow
from bot.services import Services


def register(app: App, services: Services) -> None:
    """Listen to the notice's buttons, its form, and the matrix."""

    @app.action(ids.RECEIVED)
    def received(ack: Ack, body: Payload) -> None:
        def act() -> None:
            number, channel = parse.number_clicked(body), body["channel"]["id"]
            partner_answers.received(services, number, channel, parse.user(body), utcnow())

        answering.click(services, body, act, ack)

    @app.action(ids.AFFECTED)
    def affected(ack: Ack, body: Payload) -> None:
        def act() -> None:
            number, channel = parse.number_clicked(body), body["channel"]["id"]
            services.slack.open_view(body["trigger_id"], partner_answers.form(services, number, channel))
            partner_answers.affected(services, number, channel, parse.user(body), utcnow())

        answering.click(services, body, act, ack)

    @app.view(ids.AFFECTED_FORM)
    def counted(ack: Ack, body: Payload) -> None:
        def act() -> None:
            number, given = parse.number_in_form(body), parse.entered(body, ids.AGENTS)
            partner_answers.count_agents(services, number, given, parse.user(body), utcnow())

        answering.form(services, body, ids.AGENTS, act, ack)

    @app.action(re.compile(rf"^{re.escape(ids.TELL)}\."))
    def tell(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            return partner_matrix.told_by_button(services, parse.number_clicked(body), parse.user(body), utcnow())

        answering.click(services, body, act, ack)

    @app.action(re.compile(rf"^{re.escape(ids.PHONED)}\."))
    def phoned(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            return partner_matrix.phoned_by_button(services, parse.number_clicked(body), parse.user(body), utcnow())

        answering.click(services, body, act, ack)


def register_commands(registry: Registry) -> None:
    """`/incident partners`."""
    registry.command("partners", partners)
    registry.help(
        Section.CHANNEL,
        40,
        "`/incident partners` who was told what and who answered · `add NAME`, `tell`, `phoned NAME 12`",
    )


def partners(services: Services, typed: Typed) -> Words:
    """`/incident partners`, `partners add NAME`, `partners tell [NAME]`, `partners phoned NAME [agents]`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    word, _, rest = typed.rest.partition(" ")
    rest = rest.strip()
    if word.lower() == "add":
        return partner_matrix.add(services, number, rest, typed.user_id, utcnow())
    if word.lower() == "tell":
        return partner_matrix.tell(services, number, rest, typed.user_id, utcnow())
    if word.lower() == "phoned":
        name, agents = _name_and_agents(rest)
        return partner_matrix.phoned(services, number, name, agents, typed.user_id, utcnow())
    return partner_matrix.matrix(services, number, typed.user_id, utcnow())


def _name_and_agents(given: str) -> tuple[str, str]:
    name, _, last = given.rpartition(" ")
    return (name, last) if name and last[:1].isdigit() else (given, "")
