"""`/incident lockouts`, its form and buttons: parse, act, answer."""

from slack_bolt import Ack, App

from bot.incidents import listening, parse, responses
from bot.incidents.parse import NotOurForm, Payload, SlashCommand
from bot.incidents.responses import CommandResponse, Response
from bot.lockouts import actions, ids, unlocking
from bot.lockouts.forms import PARTNER_UNKNOWN
from bot.lockouts.rules import AccountAction, Release
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block

ADD = "add"


def lockouts(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident lockouts`, `/incident lockouts add`, `/incident lockouts Northline`: list the agents who are
    locked out; with a login or a partner, show why sign-ins failed."""
    argument = command.argument.strip()
    if argument.lower() == ADD:
        return actions.form(services, command.user_id)
    if argument:
        return actions.failures_of(services, argument, command.user_id, utcnow())
    return actions.overview(services, command.user_id, utcnow())


def register(app: App, services: Services) -> None:
    """Register the handlers of the list's buttons, the proposal's buttons, and the forms."""
    listening.on_click(app, services, ids.CLAIM, actions.claim)
    listening.on_click(app, services, ids.UNLOCK, unlocking.unlock)
    listening.on_click(app, services, ids.RESET, unlocking.reset)
    listening.on_click(app, services, ids.DECLINE, unlocking.decline)
    listening.on_click(app, services, ids.DONE, actions.done)
    listening.on_click(app, services, ids.DISMISS, actions.dismiss)
    listening.on_action(app, services, ids.MORE, lambda body: _more(services, body))
    listening.on_action(app, services, ids.DECLARE, lambda body: _declare(services, body))
    listening.opens_view(app, services, ids.ADD, lambda body: actions.form(services, parse.user_id(body)))
    listening.opens_view(app, services, ids.MANY, lambda body: unlocking.form(services, parse.user_id(body)))
    listening.opens_view(app, services, ids.APPROVE, lambda body: _approval_form(services, body))
    listening.on_form(app, services, ids.FORM, ids.LOGINS, lambda body: _add(services, body))
    listening.on_form(app, services, ids.MANY_FORM, ids.ACCOUNTS, lambda body: _request_many(services, body))

    @app.view(ids.APPROVAL_FORM)
    def approve(ack: Ack, body: Payload) -> None:
        def act() -> str:
            return unlocking.approve(services, parse.form_number(body), parse.user_id(body), utcnow())

        # The form has no field to attach an error to, so a refusal comes by direct message, like the answer.
        responses.answer_click(services, body, act, ack)


def _declare(services: Services, body: Payload) -> Response:
    number, by = parse.clicked_number(body), parse.user_id(body)
    return actions.declare(services, number, by, body.get("response_url", ""), utcnow())


def _approval_form(services: Services, body: Payload) -> Block:
    return unlocking.approval_form(services, parse.clicked_number(body), parse.user_id(body))


def _more(services: Services, body: Payload) -> Response:
    """Run the option chosen in an account's overflow menu."""
    choice, _, number = parse.action_value(body).partition(":")
    lockout_id, by = parse.parse_number(number), parse.user_id(body)
    if choice == ids.TOLD:
        return actions.record_partner_told(services, lockout_id, by)
    if choice == ids.FAILURES:
        return actions.failures_of_account(services, lockout_id, by, utcnow())
    raise NotOurForm()


def _request_many(services: Services, body: Payload) -> str:
    action, partner = parse.field_value(body, ids.ACTION), parse.field_value(body, ids.PARTNER)
    if action not in list(AccountAction):
        raise NotOurForm()
    numbers = [parse.parse_number(number) for number in parse.selected_values(body, ids.ACCOUNTS)]
    partner_filter = "" if partner == PARTNER_UNKNOWN else partner or None
    key, by = str(body["view"]["id"]), parse.user_id(body)
    return unlocking.request_many(services, AccountAction(action), numbers, partner_filter, key, by, utcnow())


def _add(services: Services, body: Payload) -> str:
    partner, release = parse.field_value(body, ids.PARTNER), parse.field_value(body, ids.RELEASE)
    if partner not in services.floor.partner_names or release not in list(Release):
        raise NotOurForm()
    logins, key = parse.field_value(body, ids.LOGINS), str(body["view"]["id"])
    return actions.add(services, partner, logins, Release(release), key, parse.user_id(body), utcnow())
