"""The shortcut, commands, buttons and forms of follow-ups: parse, act, answer."""

from datetime import date, datetime

from slack_bolt import App

from bot.directory.lookup import display_names
from bot.directory.rules import GuestChosen
from bot.errors import WatchfloorError
from bot.followups import actions, change_actions, ids, rules, screens
from bot.followups.actions import NewFollowUp
from bot.followups.change_actions import FollowUpEdit
from bot.followups.rules import State
from bot.incidents import listening, parse
from bot.incidents.access import incident_number_here
from bot.incidents.parse import Payload, SlashCommand
from bot.incidents.responses import CommandResponse, FieldsRefused, Response
from bot.incidents.rules import quoted
from bot.incidents.tables import NoIncidentHere
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import mentioned_user_ids, to_plain_text

REFUSED_FIELDS: dict[type[WatchfloorError], str] = {
    rules.DayIsOver: ids.DUE,
    rules.DayTooFar: ids.DUE,
    GuestChosen: ids.OWNER,
    actions.UnknownPerson: ids.OWNER,
    actions.OwnerNotInChannel: ids.OWNER,
}


class UnknownList(WatchfloorError):
    """I do not know `/incident followups {given}`. Try `/incident followups`, `… mine` or `… overdue`."""


def register(app: App, services: Services) -> None:
    """Register every handler for follow-ups except the commands."""
    listening.shortcut_opens_view(app, services, ids.FROM_MESSAGE, lambda body: _form_from_message(services, body))
    _register_buttons(app, services)
    _register_forms(app, services)


def add_from_command(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident followup @ana alarm on trunk errors by 2030-01-31`: add something to do after the incident;
    alone, it opens a form."""
    if not command.argument:
        number = screens.number_of_channel(services, command.channel_id)
        return screens.add_form(services, number, command.user_id, utcnow())
    number = incident_number_here(services, command)
    now = utcnow()
    parsed = rules.parse_follow_up(command.raw_argument, actions.today_of(services, command.user_id, now))
    new = NewFollowUp(
        key=f"command:{command.trigger_id}",
        incident=number,
        text=parsed.text,
        by=command.user_id,
        owner_id=actions.resolve_owner(services, parsed.owner),
        due_on=parsed.due_on,
        kind=parsed.kind,
    )
    return actions.add(services, new, now)


def show_list(services: Services, command: SlashCommand) -> Response:
    """`/incident followups`, `/incident followups mine`, `/incident followups overdue`: list what is left to
    do."""
    now = utcnow()
    list_name, page = parse.word_and_page(command.argument.lower())
    if list_name == "overdue":
        return screens.list_of_overdue(services, command.user_id, now, page)
    if list_name not in ("", "mine"):
        raise UnknownList(given=quoted(command.argument))
    try:
        number = incident_number_here(services, command)
    except NoIncidentHere:
        return screens.list_of_mine(services, command.user_id, now, page)
    if list_name == "mine":
        return screens.list_of_mine(services, command.user_id, now, page)
    return screens.list_of_incident(services, number, command.user_id, now, page)


def _form_from_message(services: Services, body: Payload) -> Block:
    origin = parse.shortcut_message(body)
    message_text = to_plain_text(origin.text, display_names(services, mentioned_user_ids(origin.text)).get)
    number = screens.number_of_channel(services, origin.channel_id)
    link = services.slack.permalink(origin.channel_id, origin.ts)
    return screens.add_form(
        services, number, parse.user_id(body), utcnow(), text=rules.clean_text(message_text), link=link
    )


def _register_buttons(app: App, services: Services) -> None:
    def done(services: Services, number: int, by: str, now: datetime) -> str | None:
        return change_actions.finish(services, number, State.DONE, by, now)

    listening.on_click(app, services, ids.DONE, done)
    listening.on_click(app, services, ids.NOT_MINE, change_actions.decline)
    listening.on_click(app, services, ids.TAKE, change_actions.take_over)
    listening.on_click(app, services, ids.REOPEN, change_actions.reopen)

    listening.opens_form(app, services, ids.ADD, screens.add_form)
    listening.opens_form(app, services, ids.CHANGE, screens.change_form)
    listening.opens_form(app, services, ids.LATER, screens.later_form)


def _register_forms(app: App, services: Services) -> None:
    def add(body: Payload) -> Response:
        return actions.add(services, _new_follow_up(body), utcnow())

    listening.on_form(app, services, ids.ADD_FORM, ids.TEXT, add, REFUSED_FIELDS)

    def change(body: Payload) -> None:
        number = parse.form_number(body)
        change_actions.apply_edit(services, number, _edit_from_form(body), parse.user_id(body), utcnow())

    listening.on_form(app, services, ids.CHANGE_FORM, ids.TEXT, change, REFUSED_FIELDS)

    def later(body: Payload) -> Response:
        number, reason = parse.form_number(body), rules.clean_text(parse.field_value(body, ids.REASON))
        return change_actions.postpone(services, number, _day(body), reason, parse.user_id(body), utcnow())

    listening.on_form(app, services, ids.LATER_FORM, ids.DUE, later)


def _new_follow_up(body: Payload) -> NewFollowUp:
    number = parse.private_metadata(body) or parse.field_value(body, ids.INCIDENT)
    return NewFollowUp(
        key=f"form:{body['view']['id']}",
        incident=parse.parse_number(number),
        text=rules.clean_text(parse.field_value(body, ids.TEXT)),
        by=parse.user_id(body),
        owner_id=parse.field_value(body, ids.OWNER),
        due_on=_day(body),
        kind=parse.field_value(body, ids.KIND),
        link=_link(body),
    )


def _edit_from_form(body: Payload) -> FollowUpEdit:
    return FollowUpEdit(
        text=rules.clean_text(parse.field_value(body, ids.TEXT)),
        owner_id=parse.field_value(body, ids.OWNER),
        due_on=_day(body),
        kind=parse.field_value(body, ids.KIND),
        link=_link(body),
        state=State(parse.field_value(body, ids.STATE)),
    )


def _day(body: Payload) -> date:
    return rules.read_day(parse.field_value(body, ids.DUE))


def _link(body: Payload) -> str:
    try:
        return rules.read_link(parse.field_value(body, ids.LINK))
    except rules.NotALink as refusal:
        raise FieldsRefused({ids.LINK: refusal.sentence}) from None
