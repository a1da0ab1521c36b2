"""What most buttons and forms do, said once: parse the click, act, answer who clicked."""

import re
from collections.abc import Callable
from datetime import datetime

from slack_bolt import Ack, App

from bot.incidents import parse, responses
from bot.incidents.responses import Payload, Response
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block

Name = str | re.Pattern[str]
# What most functions of a noun take: the number of what they are about, who acts, and when.
Act = Callable[[Services, int, str, datetime], Response]
Build = Callable[[Services, int, str, datetime], Block]


def one_of_many(name: str) -> re.Pattern[str]:
    """A button that stands in a message several times has a number behind its name."""
    return re.compile(rf"^{re.escape(name)}(\.|$)")


def on_click(app: App, services: Services, button: Name, act: Act) -> None:
    """A button about the thing whose number it carries."""

    def of_number(body: Payload) -> Response:
        return act(services, parse.clicked_number(body), parse.user_id(body), utcnow())

    on_action(app, services, button, of_number)


def on_action(app: App, services: Services, button: Name, act: Callable[[Payload], Response]) -> None:
    """Likewise, from the whole click."""

    @app.action(button)
    def click(ack: Ack, body: Payload) -> None:
        responses.answer_click(services, body, lambda: act(body), ack)


def opens_form(app: App, services: Services, button: Name, build: Build) -> None:
    """A button that opens a form about the thing whose number it carries."""

    def of_number(body: Payload) -> Block:
        return build(services, parse.clicked_number(body), parse.user_id(body), utcnow())

    opens_view(app, services, button, of_number)


def opens_view(app: App, services: Services, button: Name, build: Callable[[Payload], Block]) -> None:
    """Likewise, built from the whole click."""

    @app.action(button)
    def open_view(ack: Ack, body: Payload) -> None:
        def run() -> None:
            services.slack.open_view(body["trigger_id"], build(body))

        responses.answer_click(services, body, run, ack)


def on_form(app: App, services: Services, form: str, field: str, act: Callable[[Payload], Response]) -> None:
    """A form that was sent: a refusal stands beside `field`."""

    @app.view(form)
    def take(ack: Ack, body: Payload) -> None:
        responses.answer_form(services, body, field, lambda: act(body), ack)
