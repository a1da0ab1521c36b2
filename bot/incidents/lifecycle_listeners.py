"""Resolve, close and reopen by button: each asks why first, and names what the playbook still wants."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from slack_bolt import Ack, App

from bot.incidents import forms, ids, parse
from bot.incidents import lifecycle as ending
from bot.incidents import responses as answering
from bot.incidents.access import incident
from bot.incidents.lifecycle import required_steps
from bot.incidents.responses import Payload
from bot.runtime.clock import utcnow
from bot.services import Services


@dataclass(frozen=True)
class Ending:
    """A button, the form it opens, and what the form does when it is submitted."""

    button: str
    form: str
    title: str
    question: str
    act: Callable[[Services, Payload, datetime], str]


def _resolve(services: Services, body: Payload, now: datetime) -> str:
    number, reason, waiver = _entered(body)
    return ending.resolve(services, number, reason, body["view"]["id"], parse.user(body), now, waiver)


def _close(services: Services, body: Payload, now: datetime) -> str:
    number, reason, waiver = _entered(body)
    return ending.close(services, number, reason, parse.user(body), now, waiver)


def _reopen(services: Services, body: Payload, now: datetime) -> str:
    number, reason, _ = _entered(body)
    return ending.reopen(services, number, reason, parse.user(body), now)


def _entered(body: Payload) -> tuple[int, str, str]:
    return parse.number_in_form(body), parse.entered(body, ids.REASON), parse.entered(body, ids.WAIVER)


ENDINGS = (
    Ending(ids.RESOLVE, ids.RESOLVE_FORM, "Resolve", "What ended the impact?", _resolve),
    Ending(ids.CLOSE, ids.CLOSE_FORM, "Close", "Anything to add?", _close),
    Ending(ids.REOPEN, ids.REOPEN_FORM, "Reopen", "Why is it open again?", _reopen),
)


def register(app: App, services: Services) -> None:
    """Listen to the three buttons and their forms."""
    for way in ENDINGS:
        _opens(app, services, way)
        _takes(app, services, way)


def _opens(app: App, services: Services, way: Ending) -> None:
    @app.action(way.button)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            found = incident(services, parse.number_clicked(body), parse.user(body))
            required = required_steps(services, found.number, way.title.lower())
            view = forms.ending_form(found, way.form, way.title, way.title, way.question, required)
            services.slack.open_view(body["trigger_id"], view)

        answering.click(services, body, act, ack)


def _takes(app: App, services: Services, way: Ending) -> None:
    @app.view(way.form)
    def take(ack: Ack, body: Payload) -> None:
        def act() -> None:
            way.act(services, body, utcnow())

        answering.form(services, body, ids.REASON, act, ack)
