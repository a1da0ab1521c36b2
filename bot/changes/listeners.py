"""`/incident changes`, its form and buttons: parse, act, answer."""

from functools import partial

from slack_bolt import App

from bot.changes import actions, ids, wording
from bot.changes.actions import TypedChange
from bot.changes.rules import ChangeInThePast, Kind
from bot.incidents import listening, parse
from bot.incidents.parse import NotOurForm, Payload, SlashCommand
from bot.incidents.responses import CommandResponse, FieldsRefused
from bot.runtime.clock import utcnow
from bot.services import Services

ADD = "add"


def changes(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident changes`, `/incident changes add`: show nesting and routing changes, and which wait to be
    verified; `add` records one."""
    if command.argument.strip().lower() == ADD:
        return actions.form(services, command.user_id, utcnow())
    return actions.overview(services, command.user_id, utcnow(), parse.page_number(command.argument))


def register(app: App, services: Services) -> None:
    """Register the handlers of the calendar's buttons and the form."""
    listening.on_click(app, services, ids.VERIFIED, actions.verify)
    listening.on_click(app, services, ids.ROLLED_BACK, actions.roll_back)
    listening.on_click(app, services, ids.CANCELLED, actions.cancel)
    listening.opens_view(app, services, ids.ADD, lambda body: actions.form(services, parse.user_id(body), utcnow()))
    record = partial(_record, services)
    listening.on_form(app, services, ids.FORM, ids.APPROVER, record, {ChangeInThePast: ids.PLANNED_AT})


def _record(services: Services, body: Payload) -> str:
    def value_of(name: str) -> str:
        return parse.field_value(body, name)

    kind, planned_at = value_of(ids.KIND), parse.selected_time(body, ids.PLANNED_AT)
    if kind not in list(Kind):
        raise NotOurForm()
    if planned_at is None:
        raise FieldsRefused({ids.PLANNED_AT: wording.TIME_MISSING})
    for name in (ids.REQUESTER, ids.APPROVER, ids.VERIFIER):
        if not value_of(name):
            raise FieldsRefused({name: "Choose a person."})
    typed_change = TypedChange(
        Kind(kind),
        value_of(ids.TITLE),
        value_of(ids.BEFORE),
        value_of(ids.AFTER),
        value_of(ids.ROLLBACK),
        planned_at,
        value_of(ids.REQUESTER),
        value_of(ids.APPROVER),
        value_of(ids.VERIFIER),
        _checked_name(value_of(ids.SITE), services.floor.sites),
        _checked_name(value_of(ids.PARTNER), services.floor.partner_names),
        _checked_name(value_of(ids.TYPE), tuple(services.floor.types)),
    )
    return actions.record(services, typed_change, str(body["view"]["id"]), parse.user_id(body), utcnow())


def _checked_name(name: str, names: tuple[str, ...]) -> str:
    if name and name not in names:
        raise NotOurForm()
    return name
