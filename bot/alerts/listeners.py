"""The buttons under a message about alerts, and its form: parse, act, answer."""

from slack_bolt import Ack, App

from bot.alerts import actions, ids, views
from bot.incidents import parse, responses
from bot.incidents.responses import Payload, Response
from bot.runtime.clock import utcnow
from bot.services import Services


def register(app: App, services: Services) -> None:
    """Listen to them."""

    @app.action(ids.DECLARE)
    def declare(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            number, by = parse.clicked_number(body), parse.user_id(body)
            return actions.declare(services, number, by, body.get("response_url", ""), utcnow())

        responses.answer_click(services, body, act, ack)

    @app.action(ids.BELONGS)
    def choose_incident(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            group, incidents_offered = actions.choices(services, parse.clicked_number(body), parse.user_id(body))
            services.slack.open_view(body["trigger_id"], views.belongs_form(group, incidents_offered))
            return None

        responses.answer_click(services, body, act, ack)

    @app.action(ids.IGNORE)
    def ignore(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            actions.ignore(services, parse.clicked_number(body), parse.user_id(body), utcnow())
            return None

        responses.answer_click(services, body, act, ack)

    @app.view(ids.BELONGS_FORM)
    def belongs(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            number = parse.parse_number(parse.field_value(body, ids.INCIDENT))
            return actions.belongs_to(services, parse.form_number(body), number, parse.user_id(body), utcnow())

        responses.answer_form(services, body, ids.INCIDENT, act, ack)
