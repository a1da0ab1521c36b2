"""The pattern of most buttons and forms: parse the click, act, answer the person who clicked."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from slack_bolt import Ack, App

from bot.errors import WatchfloorError
from bot.incidents import parse, responses
from bot.incidents.parse import Payload
from bot.incidents.responses import Response
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block

Name = str | re.Pattern[str]
# The arguments of most functions of a noun: the number of their subject, the person who acts, and the time.
Act = Callable[[Services, int, str, datetime], Response]
ActOnText = Callable[[Services, int, str, str, datetime], Response]
Build = Callable[[Services, int, str, datetime], Block]


def one_of_many(name: str) -> re.Pattern[str]:
    """Match a button that occurs several times in a message, with a number after its name."""
    return re.compile(rf"^{re.escape(name)}(\.|$)")


def on_click(app: App, services: Services, button: Name, act: Act) -> None:
    """Listen to a button that carries the number of its subject."""

    def act_on_number(body: Payload) -> Response:
        return act(services, parse.clicked_number(body), parse.user_id(body), utcnow())

    on_action(app, services, button, act_on_number)


def on_action(app: App, services: Services, button: Name, act: Callable[[Payload], Response]) -> None:
    """Likewise, with the whole click payload."""

    @app.action(button)
    def click(ack: Ack, body: Payload) -> None:
        responses.answer_click(services, body, lambda: act(body), ack)


def on_question(app: App, services: Services, button: Name, act: Callable[[Payload], str]) -> None:
    """Likewise, for a button below a question: the answer takes its place."""

    @app.action(button)
    def click(ack: Ack, body: Payload) -> None:
        responses.answer_question(services, body, lambda: act(body), ack)


def opens_form(app: App, services: Services, button: Name, build: Build) -> None:
    """Listen to a button that opens a form about the subject whose number it carries."""

    def build_for_number(body: Payload) -> Block:
        return build(services, parse.clicked_number(body), parse.user_id(body), utcnow())

    opens_view(app, services, button, build_for_number)


def opens_view(app: App, services: Services, button: Name, build: Callable[[Payload], Block]) -> None:
    """Likewise, with the form built from the whole click payload."""
    app.action(button)(_opener(services, build))


def shortcut_opens_view(app: App, services: Services, shortcut: str, build: Callable[[Payload], Block]) -> None:
    """Likewise, for a shortcut, global or on a message."""
    app.shortcut(shortcut)(_opener(services, build))


def _opener(services: Services, build: Callable[[Payload], Block]) -> Callable[[Ack, Payload], None]:
    def open_view(ack: Ack, body: Payload) -> None:
        def act() -> None:
            services.slack.open_view(body["trigger_id"], build(body))

        responses.answer_click(services, body, act, ack)

    return open_view


def on_form(
    app: App,
    services: Services,
    form: str,
    field: str,
    act: Callable[[Payload], Response],
    other_fields: Mapping[type[WatchfloorError], str] | None = None,
) -> None:
    """Listen to a form's submission; a refusal is shown beside the field of its class, or else beside `field`."""

    @app.view(form)
    def submit_form(ack: Ack, body: Payload) -> None:
        responses.answer_form(services, body, field, lambda: act(body), ack, other_fields)


def on_text(app: App, services: Services, form: str, field: str, act: ActOnText) -> None:
    """Likewise, for a form about a numbered subject with one field, a text or a choice."""

    def act_on_text(body: Payload) -> Response:
        text = parse.field_value(body, field)
        return act(services, parse.form_number(body), text, parse.user_id(body), utcnow())

    on_form(app, services, form, field, act_on_text)
