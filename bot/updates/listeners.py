"""Updates: `/incident update`, `updates`, `cadence`, `pause`, `resume`, and the buttons of a draft."""

from collections.abc import Callable
from datetime import timedelta

from slack_bolt import App

from bot.errors import WatchfloorError, require
from bot.incidents import ids as incident_ids
from bot.incidents import listening, parse, responses
from bot.incidents.access import incident_form, incident_number_here
from bot.incidents.parse import Payload, SlashCommand
from bot.incidents.responses import CommandResponse, Response
from bot.incidents.rules import clean_title, read_severity, read_status
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.updates import commands, compose_actions, draft_answers, forms, ids, private_audiences
from bot.updates.compose_actions import ComposedUpdate


class TimeMissing(WatchfloorError):
    """Please choose when the update should go out."""


def register(app: App, services: Services) -> None:
    """Register handlers for the buttons and forms of updates."""
    listening.on_click(app, services, ids.SEND_NOW, draft_answers.send_now)
    listening.on_click(app, services, ids.NOTHING_NEW, draft_answers.nothing_new)
    listening.on_click(app, services, ids.APPROVE, draft_answers.approve)
    listening.opens_form(app, services, ids.EDIT, draft_answers.edit_form)
    listening.opens_form(app, services, ids.LATER, draft_answers.postpone_form)
    listening.opens_form(app, services, incident_ids.COMPOSE_UPDATE, compose_actions.form)
    _register_forms(app, services)


def _register_forms(app: App, services: Services) -> None:
    def register_form(callback_id: str, field: str, handle: Callable[[Payload, int, str], Response]) -> None:
        def act(body: Payload) -> Response:
            return handle(body, parse.form_number(body), parse.user_id(body))

        listening.on_form(app, services, callback_id, field, act)

    def send(body: Payload, number: int, by: str) -> Response:
        try:
            return compose_actions.send_composed(
                services, number, _composed(body), body["view"]["id"], by, utcnow()
            )
        except compose_actions.SeverityReasonMissing as missing:
            raise responses.FieldsRefused({ids.REASON: missing.sentence}) from missing

    def edit(body: Payload, promise_id: int, by: str) -> Response:
        at_once = forms.AT_ONCE in parse.selected_values(body, ids.WHEN)
        text = parse.field_value(body, ids.TEXT)
        return draft_answers.edit(services, promise_id, text, by, utcnow(), at_once=at_once)

    def postpone(body: Payload, promise_id: int, by: str) -> Response:
        now, reason = utcnow(), parse.field_value(body, ids.REASON)
        wait_choice = parse.field_value(body, ids.WAIT)
        if wait_choice != forms.AT_A_TIME:
            return draft_answers.postpone_by(services, promise_id, parse.parse_number(wait_choice), reason, by, now)
        due_at = require(parse.selected_time(body, ids.AT), TimeMissing)
        return draft_answers.postpone(services, promise_id, due_at, reason, by, now)

    def set_cadence(body: Payload, number: int, by: str) -> Response:
        typed_cadence = f"{parse.field_value(body, ids.AUDIENCE)} {parse.field_value(body, ids.PACE)}"
        return commands.set_cadence(services, number, typed_cadence, body["view"]["id"], by, utcnow())

    def pause(body: Payload, number: int, by: str) -> Response:
        return commands.pause(services, number, parse.field_value(body, ids.REASON), by, utcnow())

    register_form(ids.COMPOSE_FORM, ids.AUDIENCES, send)
    register_form(ids.EDIT_FORM, ids.TEXT, edit)
    register_form(ids.LATER_FORM, ids.WAIT, postpone)
    register_form(ids.CADENCE_FORM, ids.PACE, set_cadence)
    register_form(ids.PAUSE_FORM, ids.REASON, pause)


def _composed(body: Payload) -> ComposedUpdate:
    next_choice, status = parse.field_value(body, ids.NEXT), parse.field_value(body, ids.STATUS)
    return ComposedUpdate(
        audiences=parse.selected_values(body, ids.AUDIENCES),
        text=parse.field_value(body, ids.TEXT),
        severity=read_severity(parse.field_value(body, ids.SEVERITY)),
        status="" if status == forms.AS_IT_IS else read_status(status),
        reason=parse.field_value(body, ids.REASON),
        next_in=None
        if next_choice in ("", forms.AS_PROMISED)
        else timedelta(minutes=parse.parse_number(next_choice)),
    )


def update(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident update calls go to Cebu`: tell every audience now; alone, it opens a form."""
    number = incident_number_here(services, command)
    message_text = command.argument
    if not message_text or compose_actions.names_an_audience(services, message_text):
        return compose_actions.form(services, number, command.user_id, utcnow(), message_text)
    return compose_actions.send_text_now(
        services, number, message_text, command.trigger_id, command.user_id, utcnow()
    )


def updates(services: Services, command: SlashCommand) -> Response:
    """`/incident updates`, `/incident updates add executives`: show what was promised and how it was kept; choose
    the audiences that read of a private incident."""
    number = incident_number_here(services, command)
    subcommand, _, audience_name = command.argument.partition(" ")
    if subcommand.lower() == "add":
        return private_audiences.add(services, number, audience_name, command.user_id, utcnow())
    if subcommand.lower() == "remove":
        return private_audiences.remove(services, number, audience_name, command.user_id, utcnow())
    return commands.updates_screen(services, number, command.user_id)


def cadence(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident cadence executives 20 min`, `/incident cadence usual`: change how often audiences are told;
    alone, it opens a form."""
    number = incident_number_here(services, command)
    if not command.argument:
        return incident_form(services, number, command.user_id, draft_answers.cadence_form(services))
    return commands.set_cadence(services, number, command.argument, command.trigger_id, command.user_id, utcnow())


def pause(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident pause the carrier works until six`: stop scheduled updates until `/incident resume`."""
    number = incident_number_here(services, command)
    if not command.argument:
        return incident_form(services, number, command.user_id, forms.pause_form)
    return commands.pause(services, number, clean_title(command.argument), command.user_id, utcnow())


def resume(services: Services, command: SlashCommand) -> Response:
    """`/incident resume`: continue updates after a pause."""
    number = incident_number_here(services, command)
    return commands.resume(services, number, command.user_id, utcnow())
