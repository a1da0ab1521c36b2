"""Handovers: `/incident handover`, the form, and the buttons of its messages: parse, act, answer."""

import re

from slack_bolt import Ack, App

from bot.handovers import actions, ids, shift_listeners, views
from bot.incidents import ids as incident_ids
from bot.incidents import parse, responses
from bot.incidents.access import incident_number_here
from bot.incidents.parse import SlashCommand
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Payload, Response
from bot.runtime.clock import utcnow
from bot.services import Services

PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def register_commands(registry: Registry) -> None:
    """`/incident handover`."""
    registry.command("handover", hand_over)
    registry.help(
        Section.CHANNEL,
        6,
        "`/incident handover @ana` command, with a summary · `/incident handover scribe @ana` a role at once",
    )
    registry.help(
        Section.ANYWHERE,
        32,
        "`/incident handover shift` your shift, item by item · `/incident handover watch the trunks` · "
        "`/incident handover export`",
    )


def hand_over(services: Services, typed: SlashCommand) -> Response:
    """`/incident handover @ana`, `/incident handover scribe @ana`, `/incident handover shift`: hand over command
    with a summary, a role at once, or what the next shift takes over."""
    if parse.first_word(typed.rest)[0].lower() in shift_listeners.COMMANDS:
        return shift_listeners.shift_command(services, typed)
    number = incident_number_here(services, typed.channel_id, typed.user_id)
    person = PERSON.search(typed.raw)
    named_role = typed.raw[: person.start()] if person else typed.raw.partition("@")[0]
    if named_role.strip():
        role, to = parse.role_and_person(typed.raw, list(services.floor.roles), "handover")
        return actions.hand_over_role(services, number, role, to, typed.user_id, utcnow())
    if typed.raw.strip() and person is None:
        raise parse.PersonMissing(example="handover")
    view = actions.offer_form(services, number, typed.user_id, utcnow(), person[1] if person else None)
    services.slack.open_view(typed.trigger_id, view)
    return None


def register(app: App, services: Services) -> None:
    """Listen to the card's button, the form, and what the incoming person presses."""
    _register_offers(app, services)
    _register_answers(app, services)


def _register_offers(app: App, services: Services) -> None:
    @app.action(incident_ids.HAND_OVER)
    @app.action(ids.OFFER_AGAIN)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = actions.offer_form(services, parse.clicked_number(body), parse.user_id(body), utcnow())
            services.slack.open_view(body["trigger_id"], view)

        responses.answer_click(services, body, act, ack)

    @app.view(ids.OFFER_FORM)
    def offer(ack: Ack, body: Payload) -> None:
        def act() -> None:
            to, note = parse.field_value(body, ids.PERSON), parse.field_value(body, ids.NOTE)
            actions.offer(services, parse.form_number(body), to, note, parse.user_id(body), utcnow())

        responses.answer_form(services, body, ids.PERSON, act, ack)

    @app.action(ids.WITHDRAW)
    def take_back(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            return actions.take_back(services, parse.clicked_number(body), parse.user_id(body), utcnow())

        responses.answer_click(services, body, act, ack)


def _register_answers(app: App, services: Services) -> None:
    @app.action(ids.ACCEPT)
    def accept(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            return actions.accept(services, parse.clicked_number(body), parse.user_id(body), utcnow())

        responses.answer_click(services, body, act, ack)

    @app.action(ids.SEND_BACK)
    def ask(ack: Ack, body: Payload) -> None:
        def act() -> None:
            handover = actions.readable(services, parse.clicked_number(body), parse.user_id(body))
            services.slack.open_view(body["trigger_id"], views.question_form(handover))

        responses.answer_click(services, body, act, ack)

    @app.action(ids.READ)
    def read(ack: Ack, body: Payload) -> None:
        def act() -> None:
            handover = actions.readable(services, parse.clicked_number(body), parse.user_id(body))
            services.slack.open_view(body["trigger_id"], views.summary_view(handover))

        responses.answer_click(services, body, act, ack)

    @app.view(ids.QUESTION_FORM)
    def send_back(ack: Ack, body: Payload) -> None:
        def act() -> None:
            question = parse.field_value(body, ids.QUESTION)
            actions.send_back(services, parse.form_number(body), question, parse.user_id(body), utcnow())

        responses.answer_form(services, body, ids.QUESTION, act, ack)
