"""`/incident changes`, its form and buttons: parse, act, answer."""

from slack_bolt import App

from bot.changes import actions, ids, wording
from bot.changes.actions import Typed
from bot.changes.rules import Kind
from bot.incidents import listening, parse
from bot.incidents.parse import NotOurForm, SlashCommand
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import FieldsRefused, Payload, Response
from bot.runtime.clock import utcnow
from bot.services import Services

ADD = "add"


def register_commands(registry: Registry) -> None:
    """`/incident changes`."""
    registry.command("changes", changes)
    registry.help(Section.ANYWHERE, 61, wording.HELP)


def changes(services: Services, typed: SlashCommand) -> Response:
    """`/incident changes`, `/incident changes add`: nesting and routing changes, and which wait to be verified."""
    if typed.rest.strip().lower() == ADD:
        services.slack.open_view(typed.trigger_id, actions.form(services, typed.user_id, utcnow()))
        return None
    return actions.overview(services, typed.user_id, utcnow(), parse.page_number(typed.rest))


def register(app: App, services: Services) -> None:
    """Register the handlers of the calendar's buttons and the form."""
    listening.on_click(app, services, ids.VERIFIED, actions.verify)
    listening.on_click(app, services, ids.ROLLED_BACK, actions.roll_back)
    listening.on_click(app, services, ids.CANCELLED, actions.cancel)
    listening.opens_view(app, services, ids.ADD, lambda body: actions.form(services, parse.user_id(body), utcnow()))
    listening.on_form(app, services, ids.FORM, ids.APPROVER, lambda body: _record(services, body))


def _record(services: Services, body: Payload) -> str:
    def read(name: str) -> str:
        return parse.field_value(body, name)

    kind, planned_at = read(ids.KIND), parse.selected_time(body, ids.PLANNED_AT)
    if kind not in list(Kind):
        raise NotOurForm()
    if planned_at is None:
        raise FieldsRefused({ids.PLANNED_AT: wording.TIME_MISSING})
    for name in (ids.REQUESTER, ids.APPROVER, ids.VERIFIER):
        if not read(name):
            raise FieldsRefused({name: "Choose a person."})
    typed = Typed(
        Kind(kind),
        read(ids.TITLE),
        read(ids.BEFORE),
        read(ids.AFTER),
        read(ids.ROLLBACK),
        planned_at,
        read(ids.REQUESTER),
        read(ids.APPROVER),
        read(ids.VERIFIER),
        _known(read(ids.SITE), services.floor.sites),
        _known(read(ids.PARTNER), services.floor.partner_names),
        _known(read(ids.TYPE), tuple(services.floor.types)),
    )
    return actions.record(services, typed, str(body["view"]["id"]), parse.user_id(body), utcnow())


def _known(name: str, names: tuple[str, ...]) -> str:
    if name and name not in names:
        raise NotOurForm()
    return name
