"""`/incident lockouts`, its form and buttons: parse, act, answer."""

from collections.abc import Callable
from datetime import datetime

from slack_bolt import Ack, App

from bot.incidents import parse
from bot.incidents import responses as answering
from bot.incidents.parse import NotOurForm, SlashCommand
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Payload, Response
from bot.lockouts import actions, ids
from bot.lockouts.rules import Release
from bot.runtime.clock import utcnow
from bot.services import Services

ADD = "add"
Act = Callable[[Services, int, str, datetime], str]


def register_commands(registry: Registry) -> None:
    """`/incident lockouts`."""
    registry.command("lockouts", lockouts)
    registry.help(
        Section.ANYWHERE, 60, "`/incident lockouts` agents who are locked out of sign-on, `add` records some"
    )


def lockouts(services: Services, typed: SlashCommand) -> Response:
    """`/incident lockouts`, `/incident lockouts add`: which agents are locked out, and who sees to it."""
    if typed.rest.strip().lower() == ADD:
        services.slack.open_view(typed.trigger_id, actions.form(services, typed.user_id))
        return None
    return actions.overview(services, typed.user_id, utcnow())


def register(app: App, services: Services) -> None:
    """Listen to the list's buttons, the proposal's, and the form."""
    acting: dict[str, Act] = {
        ids.CLAIM: actions.claim,
        ids.UNLOCK: actions.unlock,
        ids.DONE: actions.done,
        ids.TOLD: actions.told,
        ids.DISMISS: actions.dismiss,
    }
    for action_id, act in acting.items():
        app.action(action_id)(_acts(services, act))

    @app.action(ids.ADD)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            services.slack.open_view(body["trigger_id"], actions.form(services, parse.user_id(body)))

        answering.answer_click(services, body, act, ack)

    @app.action(ids.DECLARE)
    def declare(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            number, by = parse.clicked_number(body), parse.user_id(body)
            return actions.declare(services, number, by, body.get("response_url", ""), utcnow())

        answering.answer_click(services, body, act, ack)

    @app.view(ids.FORM)
    def add(ack: Ack, body: Payload) -> None:
        answering.answer_form(services, body, ids.LOGINS, lambda: _add(services, body), ack)


def _acts(services: Services, act: Act) -> Callable[..., None]:
    def listener(ack: Ack, body: Payload) -> None:
        answering.answer_click(
            services, body, lambda: act(services, parse.clicked_number(body), parse.user_id(body), utcnow()), ack
        )

    return listener


def _add(services: Services, body: Payload) -> str:
    partner, release = parse.field_value(body, ids.PARTNER), parse.field_value(body, ids.RELEASE)
    if partner not in services.floor.partner_names or release not in list(Release):
        raise NotOurForm()
    logins, key = parse.field_value(body, ids.LOGINS), str(body["view"]["id"])
    return actions.add(services, partner, logins, Release(release), key, parse.user_id(body), utcnow())
