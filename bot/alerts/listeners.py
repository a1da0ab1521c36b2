"""The buttons under a message about alerts, and its form: parse, act, answer."""

from slack_bolt import Ack, App

from bot.alerts import actions, ids, views
from bot.incidents import parse
from bot.incidents import responses as answering
from bot.incidents.parse import SlashCommand
from bot.incidents.registry import Registry
from bot.incidents.responses import Payload, Response
from bot.runtime.clock import utcnow
from bot.services import Services

LONGEST_NUMBER = 10


def register_commands(registry: Registry) -> None:
    """`/incident alerts`, which the messages about alerts name."""
    registry.command("alerts", alerts)


def alerts(services: Services, typed: SlashCommand) -> Response:
    """`/incident alerts 12`: every alert of a message that names only the first, typed in its channel."""
    number, _, page = typed.rest.strip().partition(" ")
    group_id = int(number) if number.isascii() and number.isdigit() and len(number) < LONGEST_NUMBER else 0
    return actions.listing(services, group_id, typed.channel_id, typed.user_id, parse.page_number(page))


def register(app: App, services: Services) -> None:
    """Listen to them."""

    @app.action(ids.DECLARE)
    def declare(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            number, by = parse.clicked_number(body), parse.user_id(body)
            return actions.declare(services, number, by, body.get("response_url", ""), utcnow())

        answering.answer_click(services, body, act, ack)

    @app.action(ids.BELONGS)
    def choose_incident(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            group, found = actions.choices(services, parse.clicked_number(body), parse.user_id(body))
            services.slack.open_view(body["trigger_id"], views.belongs_form(group, found))
            return None

        answering.answer_click(services, body, act, ack)

    @app.action(ids.IGNORE)
    def ignore(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            actions.ignore(services, parse.clicked_number(body), parse.user_id(body), utcnow())
            return None

        answering.answer_click(services, body, act, ack)

    @app.view(ids.BELONGS_FORM)
    def belongs(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            number = parse.parse_number(parse.field_value(body, ids.INCIDENT))
            return actions.belongs_to(services, parse.form_number(body), number, parse.user_id(body), utcnow())

        answering.answer_form(services, body, ids.INCIDENT, act, ack)
