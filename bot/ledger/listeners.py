"""`/incident ledger`, its buttons and forms: parse, act, answer."""

from functools import partial

from slack_bolt import App

from bot.incidents import listening, parse
from bot.incidents.access import incident_number_here
from bot.incidents.parse import NotOurForm, Payload, SlashCommand
from bot.incidents.responses import FieldsRefused, Response
from bot.ledger import actions, ids, rules, screens, wording
from bot.ledger.actions import TypedAccount
from bot.runtime.clock import utcnow
from bot.services import Services

# Where a refusal is shown if it is not about the account.
LINE_FIELDS = {
    actions.AmountWrong: ids.AMOUNT,
    actions.CurrencyWrong: ids.CURRENCY,
    rules.UnknownCohort: ids.COHORT,
}
CHANGE_FIELDS = {rules.WrongMove: ids.WHAT, rules.NotReleased: ids.WHAT, rules.ReasonMissing: ids.REASON}


def show(services: Services, command: SlashCommand) -> Response:
    """`/incident ledger`: show credits and refunds: who is eligible and what was issued."""
    number = incident_number_here(services, command)
    return actions.screen(services, number, command.user_id, utcnow())


def register(app: App, services: Services) -> None:
    """Register handlers for the buttons of the screen and of releases, and for the forms."""
    listening.opens_form(app, services, ids.ADD, screens.add_form)
    listening.opens_form(app, services, ids.ADD_ONE, screens.line_form)
    listening.opens_form(app, services, ids.RESULTS, screens.results_form)
    listening.opens_form(app, services, ids.CHANGE, screens.change_form)
    listening.opens_form(app, services, ids.CLOSE, screens.close_form)
    listening.on_click(app, services, ids.APPROVE, partial(actions.decide, is_approved=True))
    listening.on_click(app, services, ids.REFUSE, partial(actions.decide, is_approved=False))
    listening.on_click(app, services, ids.REOPEN, actions.reopen)
    listening.on_action(app, services, ids.RELEASE, lambda body: _release(services, body))
    listening.on_action(app, services, ids.WORKBOOK, lambda body: _send_workbook(services, body))
    listening.on_form(app, services, ids.ADD_FORM, ids.FILE, lambda body: _add(services, body))
    listening.on_form(app, services, ids.RESULTS_FORM, ids.FILE, lambda body: _results(services, body))
    listening.on_form(app, services, ids.LINE_FORM, ids.ACCOUNT, lambda body: _add_one(services, body), LINE_FIELDS)
    listening.on_form(
        app, services, ids.CHANGE_FORM, ids.ACCOUNT, lambda body: _change(services, body), CHANGE_FIELDS
    )
    listening.on_text(app, services, ids.CLOSE_FORM, ids.REASON, actions.close)


def _send_workbook(services: Services, body: Payload) -> str:
    number, by = parse.clicked_number(body), parse.user_id(body)
    return actions.send_workbook(services, number, body["trigger_id"], by, utcnow())


def _release(services: Services, body: Payload) -> str:
    number, currency, cohort = [*parse.action_value(body).split(":", 2), "", ""][:3]
    return actions.release(services, parse.parse_number(number), cohort, currency, parse.user_id(body), utcnow())


def _add(services: Services, body: Payload) -> str:
    cohort, rule = parse.field_value(body, ids.COHORT), parse.field_value(body, ids.RULE)
    file_id, name = _file(body)
    number, by = parse.form_number(body), parse.user_id(body)
    return actions.import_accounts(services, number, cohort, rule, file_id, name, by, utcnow())


def _results(services: Services, body: Payload) -> str:
    file_id, name = _file(body)
    return actions.import_results(services, parse.form_number(body), file_id, name, parse.user_id(body), utcnow())


def _file(body: Payload) -> tuple[str, str]:
    files = parse.uploaded_files(body, ids.FILE)
    if not files:
        raise FieldsRefused({ids.FILE: wording.FILE_MISSING})
    return files[0]


def _add_one(services: Services, body: Payload) -> str:
    fields = (ids.COHORT, ids.RULE, ids.ACCOUNT, ids.AMOUNT, ids.CURRENCY)
    typed = TypedAccount(*(parse.field_value(body, name) for name in fields))
    if not typed.account:
        raise NotOurForm()
    return actions.add_account(services, parse.form_number(body), typed, parse.user_id(body), utcnow())


def _change(services: Services, body: Payload) -> str:
    account, choice = parse.field_value(body, ids.ACCOUNT), parse.field_value(body, ids.WHAT)
    reason = parse.field_value(body, ids.REASON)
    number, by = parse.form_number(body), parse.user_id(body)
    return actions.change_line(services, number, account, choice, reason, by, utcnow())
