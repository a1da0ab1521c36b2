"""The incident's buttons, forms and shortcuts: parse, act, answer."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from slack_bolt import Ack, App

from bot.directory.lookup import names
from bot.incidents import actions as changes
from bot.incidents import forms, ids, parse, roles, rules
from bot.incidents import lifecycle as ending
from bot.incidents import responses as answering
from bot.incidents.access import incident, open_about
from bot.incidents.actions import open_declare_form, start
from bot.incidents.invitations import ask_to_join
from bot.incidents.responses import Payload, Words
from bot.incidents.tables import Incident
from bot.incidents.workflows import DeclareRequest
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import mentioned_people, moment, spoken

Drawing = Callable[[Incident], Block]


def register(app: App, services: Services) -> None:
    """Listen to the buttons, forms and shortcuts of incidents."""
    _declaring(app, services)
    _buttons(app, services)
    _forms(app, services)
    _endings(app, services)


def _declaring(app: App, services: Services) -> None:
    @app.shortcut(ids.DECLARE_SHORTCUT)
    @app.action(ids.DECLARE)
    def declare_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            open_declare_form(services, body["trigger_id"], parse.user(body))

        answering.click(services, body, act, ack)

    @app.shortcut(ids.DECLARE_FROM_MESSAGE)
    def declare_from_message(ack: Ack, body: Payload) -> None:
        def act() -> None:
            origin = parse.origin_of(body)
            words = spoken(origin.text, names(services, mentioned_people(origin.text)).get)
            user_id = parse.user(body)
            open_declare_form(services, body["trigger_id"], user_id, description=words, memory=origin.kept())

        answering.click(services, body, act, ack)

    @app.view(ids.DECLARE_FORM)
    def declare(ack: Ack, body: Payload) -> None:
        answering.form(services, body, ids.TITLE, lambda: start(services, _request(services, body)), ack)


def _request(services: Services, body: Payload) -> DeclareRequest:
    origin = parse.origin(body)
    return DeclareRequest(
        key=f"declare:{body['view']['id']}",
        user_id=parse.user(body),
        title=rules.clean_title(parse.entered(body, ids.TITLE)),
        severity=rules.read_severity(parse.entered(body, ids.SEVERITY)),
        type=parse.entered(body, ids.TYPE) or "other",
        sites=parse.several(body, ids.SITES),
        partners=parse.several(body, ids.PARTNERS),
        description=parse.entered(body, ids.DESCRIPTION),
        is_private="private" in parse.several(body, ids.PRIVATE),
        at=utcnow(),
        message_at=moment(origin.ts) if origin else None,
        message_text=origin.text if origin else "",
        message_link=services.slack.permalink(origin.channel_id, origin.ts) if origin else "",
        message_author=origin.author_id if origin else "",
    )


def _buttons(app: App, services: Services) -> None:
    @app.action(re.compile(rf"^{re.escape(ids.CLAIM)}\."))
    def claim(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            number, _, role = parse.value(body).partition(":")
            return roles.claim(services, parse.number(number), role, parse.user(body), utcnow())

        answering.click(services, body, act, ack)

    @app.action(re.compile(rf"^{re.escape(ids.JOIN)}(\.|$)"))
    def join_incident(ack: Ack, body: Payload) -> None:
        def act() -> None:
            ask_to_join(
                services,
                parse.number_clicked(body),
                parse.user(body),
                body["trigger_id"],
                body["response_url"],
            )

        answering.click(services, body, act, ack)

    _opens(app, services, ids.CHANGE_SEVERITY, lambda found: forms.severity_form(found, services.floor))
    _opens(app, services, ids.CHANGE_STATUS, forms.status_form)
    _opens(app, services, ids.DESCRIBE_IMPACT, forms.impact_form)
    _opens(app, services, ids.ASSIGN_ROLE, lambda found: forms.role_form(found, services.floor))


def _opens(app: App, services: Services, button: str, draw: Drawing) -> None:
    """A button that opens a form about its incident, for who may act and while there is something to do."""

    @app.action(button)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            open_about(services, body["trigger_id"], parse.number_clicked(body), parse.user(body), draw)

        answering.click(services, body, act, ack)


def _forms(app: App, services: Services) -> None:
    @app.view(ids.SEVERITY_FORM)
    def severity(ack: Ack, body: Payload) -> None:
        def act() -> None:
            wanted = rules.read_severity(parse.entered(body, ids.SEVERITY))
            reason = parse.entered(body, ids.REASON)
            changes.change_severity(
                services, parse.number_in_form(body), wanted, reason, parse.user(body), utcnow()
            )

        answering.form(services, body, ids.SEVERITY, act, ack)

    @app.view(ids.STATUS_FORM)
    def status(ack: Ack, body: Payload) -> None:
        def act() -> None:
            wanted = rules.read_status(parse.entered(body, ids.STATUS))
            reason = parse.entered(body, ids.REASON)
            ending.change_status(services, parse.number_in_form(body), wanted, reason, parse.user(body), utcnow())

        answering.form(services, body, ids.STATUS, act, ack)

    @app.view(ids.IMPACT_FORM)
    def impact(ack: Ack, body: Payload) -> None:
        def act() -> None:
            words = rules.clean_title(parse.entered(body, ids.IMPACT))
            changes.describe_impact(services, parse.number_in_form(body), words, parse.user(body), utcnow())

        answering.form(services, body, ids.IMPACT, act, ack)

    @app.view(ids.ROLE_FORM)
    def role(ack: Ack, body: Payload) -> None:
        def act() -> None:
            wanted = parse.role(parse.entered(body, ids.ROLE), list(services.floor.roles))
            person = parse.entered(body, ids.PERSON)
            roles.give(services, parse.number_in_form(body), wanted, person, parse.user(body), utcnow())

        answering.form(services, body, ids.PERSON, act, ack)


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


def _endings(app: App, services: Services) -> None:
    """Resolve, close and reopen: each asks why first, and names what is still to be done before."""
    for way in ENDINGS:
        _opens_ending(app, services, way)
        _takes_ending(app, services, way)


def _opens_ending(app: App, services: Services, way: Ending) -> None:
    @app.action(way.button)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            found = incident(services, parse.number_clicked(body), parse.user(body))
            required = ending.required_steps(services, found.number, way.title.lower())
            view = forms.ending_form(found, way.form, way.title, way.title, way.question, required)
            services.slack.open_view(body["trigger_id"], view)

        answering.click(services, body, act, ack)


def _takes_ending(app: App, services: Services, way: Ending) -> None:
    @app.view(way.form)
    def take(ack: Ack, body: Payload) -> None:
        def act() -> None:
            way.act(services, body, utcnow())

        answering.form(services, body, ids.REASON, act, ack)
