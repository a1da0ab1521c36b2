"""`/incident lockouts`, its form and buttons: parse, act, answer."""

from collections.abc import Callable
from datetime import datetime

from slack_bolt import Ack, App

from bot.incidents import parse, responses
from bot.incidents.parse import NotOurForm, SlashCommand
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Payload, Response
from bot.lockouts import actions, ids, unlocking
from bot.lockouts.rules import AccountAction, Release
from bot.lockouts.unlocking_views import PARTNER_UNKNOWN
from bot.runtime.clock import utcnow
from bot.services import Services

ADD = "add"
Act = Callable[[Services, int, str, datetime], str]


def register_commands(registry: Registry) -> None:
    """`/incident lockouts`."""
    registry.command("lockouts", lockouts)
    registry.help(
        Section.ANYWHERE,
        60,
        "`/incident lockouts` agents who are locked out of sign-on, `add` records some; with a login or a partner: "
        "why sign-ins failed",
    )


def lockouts(services: Services, typed: SlashCommand) -> Response:
    """`/incident lockouts`, `/incident lockouts add`, `/incident lockouts Northline`: which agents are locked out;
    of a login or a partner why sign-ins failed."""
    whose = typed.rest.strip()
    if whose.lower() == ADD:
        services.slack.open_view(typed.trigger_id, actions.form(services, typed.user_id))
        return None
    if whose:
        return actions.failures_of(services, whose, typed.user_id, utcnow())
    return actions.overview(services, typed.user_id, utcnow())


def register(app: App, services: Services) -> None:
    """Listen to the list's buttons, the proposal's, and the form."""
    acting: dict[str, Act] = {
        ids.CLAIM: actions.claim,
        ids.UNLOCK: unlocking.unlock,
        ids.RESET: unlocking.reset,
        ids.DECLINE: unlocking.decline,
        ids.DONE: actions.done,
        ids.DISMISS: actions.dismiss,
    }
    for action_id, act in acting.items():
        app.action(action_id)(_acts(services, act))

    _register_several(app, services)

    @app.action(ids.MORE)
    def more(ack: Ack, body: Payload) -> None:
        responses.answer_click(services, body, lambda: _more(services, body), ack)

    @app.action(ids.ADD)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            services.slack.open_view(body["trigger_id"], actions.form(services, parse.user_id(body)))

        responses.answer_click(services, body, act, ack)

    @app.action(ids.DECLARE)
    def declare(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            number, by = parse.clicked_number(body), parse.user_id(body)
            return actions.declare(services, number, by, body.get("response_url", ""), utcnow())

        responses.answer_click(services, body, act, ack)

    @app.view(ids.FORM)
    def add(ack: Ack, body: Payload) -> None:
        responses.answer_form(services, body, ids.LOGINS, lambda: _add(services, body), ack)


def _register_several(app: App, services: Services) -> None:
    @app.action(ids.MANY)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            services.slack.open_view(body["trigger_id"], unlocking.form(services, parse.user_id(body)))

        responses.answer_click(services, body, act, ack)

    @app.view(ids.MANY_FORM)
    def ask(ack: Ack, body: Payload) -> None:
        responses.answer_form(services, body, ids.ACCOUNTS, lambda: _ask_many(services, body), ack)

    @app.action(ids.APPROVE)
    def look(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = unlocking.approval_form(services, parse.clicked_number(body), parse.user_id(body))
            services.slack.open_view(body["trigger_id"], view)

        responses.answer_click(services, body, act, ack)

    @app.view(ids.APPROVAL_FORM)
    def approve(ack: Ack, body: Payload) -> None:
        def act() -> str:
            return unlocking.approve(services, parse.form_number(body), parse.user_id(body), utcnow())

        # The form has no field to put a refusal beside: it comes by direct message, as the answer does.
        responses.answer_click(services, body, act, ack)


def _more(services: Services, body: Payload) -> Response:
    """What was chosen behind an account's three dots."""
    choice, _, number = parse.action_value(body).partition(":")
    lockout_id, by = parse.parse_number(number), parse.user_id(body)
    if choice == ids.TOLD:
        return actions.record_partner_told(services, lockout_id, by, utcnow())
    if choice == ids.FAILURES:
        return actions.failures_of_account(services, lockout_id, by, utcnow())
    raise NotOurForm()


def _ask_many(services: Services, body: Payload) -> str:
    action, partner = parse.field_value(body, ids.ACTION), parse.field_value(body, ids.PARTNER)
    if action not in list(AccountAction):
        raise NotOurForm()
    numbers = [parse.parse_number(number) for number in parse.selected_values(body, ids.ACCOUNTS)]
    all_of = "" if partner == PARTNER_UNKNOWN else partner or None
    key, by = str(body["view"]["id"]), parse.user_id(body)
    return unlocking.ask_many(services, AccountAction(action), numbers, all_of, key, by, utcnow())


def _acts(services: Services, act: Act) -> Callable[..., None]:
    def listener(ack: Ack, body: Payload) -> None:
        responses.answer_click(
            services, body, lambda: act(services, parse.clicked_number(body), parse.user_id(body), utcnow()), ack
        )

    return listener


def _add(services: Services, body: Payload) -> str:
    partner, release = parse.field_value(body, ids.PARTNER), parse.field_value(body, ids.RELEASE)
    if partner not in services.floor.partner_names or release not in list(Release):
        raise NotOurForm()
    logins, key = parse.field_value(body, ids.LOGINS), str(body["view"]["id"])
    return actions.add(services, partner, logins, Release(release), key, parse.user_id(body), utcnow())
