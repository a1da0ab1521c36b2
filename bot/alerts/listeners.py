"""The buttons below a message about alerts, and its form: parse, act, answer."""

from slack_bolt import App

from bot.alerts import actions, forms, ids
from bot.incidents import listening, parse
from bot.incidents.parse import Payload, SlashCommand
from bot.incidents.responses import Response
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block

LONGEST_NUMBER = 10


def alerts(services: Services, command: SlashCommand) -> Response:
    """`/incident alerts 12`: list every alert of a message that names only the first ones; typed in its
    channel. Without a number, in an incident's channel: its alerts."""
    if not command.argument.strip():
        return actions.listing_of_incident(services, command.channel_id, command.user_id)
    number, _, page = command.argument.strip().partition(" ")
    group_id = int(number) if number.isascii() and number.isdigit() and len(number) < LONGEST_NUMBER else 0
    return actions.listing(services, group_id, command.channel_id, command.user_id, parse.page_number(page))


def register(app: App, services: Services) -> None:
    """Register the handlers of the buttons and the form."""

    def declare(body: Payload) -> Response:
        number, by = parse.clicked_number(body), parse.user_id(body)
        return actions.declare(services, number, by, body.get("response_url", ""), utcnow())

    def choose_incident(body: Payload) -> Block:
        return forms.belongs_form(*actions.choices(services, parse.clicked_number(body), parse.user_id(body)))

    def belongs(body: Payload) -> Response:
        number = parse.parse_number(parse.field_value(body, ids.INCIDENT))
        return actions.belongs_to(services, parse.form_number(body), number, parse.user_id(body), utcnow())

    listening.on_action(app, services, ids.DECLARE, declare)
    listening.opens_view(app, services, ids.BELONGS, choose_incident)
    listening.on_click(app, services, ids.IGNORE, actions.ignore)
    listening.on_form(app, services, ids.BELONGS_FORM, ids.INCIDENT, belongs)
