"""`/incident frontdoor`, `/incident routing`, their forms and buttons: parse, act, answer."""

from functools import partial

from slack_bolt import App

from bot.frontdoor import actions, answer_wording, faults, ids, rules
from bot.frontdoor.actions import TypedMessage
from bot.frontdoor.faults import TypedFault
from bot.frontdoor.rules import TITLES, Wording, read_lines
from bot.incidents import listening, parse
from bot.incidents.access import incident_number_here
from bot.incidents.parse import NotOurForm, Payload, SlashCommand
from bot.incidents.responses import CommandResponse, FieldsRefused
from bot.runtime.clock import utcnow
from bot.services import Services

ADD = "add"


def front_door(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident frontdoor`, `/incident frontdoor add`: show what callers hear, on which lines and since when;
    `add` records a message."""
    number = incident_number_here(services, command)
    if command.argument.strip().lower() == ADD:
        return actions.form(services, number, command.user_id, utcnow())
    return actions.overview(services, number, command.user_id, utcnow())


def routing(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident routing`: send a routing fault to the routing team, with examples and the time by which you need
    an answer."""
    number = incident_number_here(services, command)
    return faults.form(services, number, command.user_id, utcnow(), wrong=command.argument.strip())


def register(app: App, services: Services) -> None:
    """Register the listeners for the cards' buttons and for the forms."""
    listening.opens_form(app, services, ids.ADD, actions.form)
    listening.opens_form(app, services, ids.CHANGE, actions.change_form)
    listening.opens_form(app, services, ids.ANSWER, faults.answer_form)
    listening.on_click(app, services, ids.HEARD, actions.record_heard)
    listening.on_click(app, services, ids.STILL_NEEDED, actions.record_still_needed)
    listening.on_click(app, services, ids.SWITCH_OFF, actions.switch_off)
    listening.on_click(app, services, ids.HEARD_GONE, actions.record_heard_gone)
    listening.on_click(app, services, ids.TAKE, faults.take)
    listening.on_click(app, services, ids.WITHDRAW, faults.withdraw)
    message_fields = {
        rules.TextMissing: f"{ids.TEXT}.{services.floor.language}",
        rules.InFuture: ids.ON_AT,
        rules.LookInPast: ids.LOOK_AT,
    }
    listening.on_form(app, services, ids.FORM, ids.LINES, partial(_record, services), message_fields)
    fault_fields = {rules.SinceInFuture: ids.SINCE, rules.DueInPast: ids.DUE}
    report_fault = partial(_report_fault, services)
    listening.on_form(app, services, ids.ROUTING_FORM, ids.WRONG, report_fault, fault_fields)
    listening.on_text(app, services, ids.ANSWER_FORM, ids.REPLY, faults.answer)


def _record(services: Services, body: Payload) -> str:
    number, _, message_id = parse.private_metadata(body).partition(":")
    variant = parse.field_value(body, ids.VARIANT)
    if variant not in TITLES:
        raise NotOurForm()
    fields = body["view"]["state"]["values"]
    texts = {
        name.removeprefix(f"{ids.TEXT}."): parse.field_value(body, name)
        for name in fields
        if name.startswith(f"{ids.TEXT}.")
    }
    approved_by = parse.field_value(body, ids.APPROVED_BY)
    if not approved_by:
        raise FieldsRefused({ids.APPROVED_BY: answer_wording.APPROVER_MISSING})
    wording = Wording(
        variant,
        read_lines(parse.field_value(body, ids.LINES)),
        {language: text for language, text in texts.items() if text},
        approved_by,
    )
    typed_message = TypedMessage(
        str(body["view"]["id"]),
        wording,
        parse.selected_time(body, ids.ON_AT),
        parse.selected_time(body, ids.LOOK_AT),
        bool(parse.selected_values(body, ids.HEARD_NOW)),
    )
    return actions.record(
        services,
        parse.parse_number(number),
        parse.parse_number(message_id),
        typed_message,
        parse.user_id(body),
        utcnow(),
    )


def _report_fault(services: Services, body: Payload) -> str:
    typed_fault = TypedFault(
        str(body["view"]["id"]),
        parse.field_value(body, ids.WRONG),
        parse.field_value(body, ids.EXAMPLES),
        parse.selected_time(body, ids.SINCE),
        parse.field_value(body, ids.WORKAROUND),
        parse.field_value(body, ids.OWNER),
        parse.selected_time(body, ids.DUE),
    )
    return faults.report(services, parse.form_number(body), typed_fault, parse.user_id(body), utcnow())
