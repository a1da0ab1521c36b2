"""Figures: `/incident figures`, `/incident whatif`, their buttons and forms: parse, act, answer."""

from collections.abc import Sequence

from slack_bolt import App

from bot.errors import WatchfloorError
from bot.impact import actions, charts, forms, ids, uploads, whatif_actions
from bot.impact.actions import TypedInterval
from bot.impact.forms import COLUMNS_IN_FORM, NO_QUEUE
from bot.impact.reading.plan import ColumnMap
from bot.impact.reading.vocabulary import Meaning
from bot.impact.rules.whatif import Lever, UnknownLever, read_lever, read_levers, split_queue
from bot.incidents import listening, parse
from bot.incidents.access import incident_number_here, visible_incident
from bot.incidents.parse import NotOurForm, Payload, SlashCommand
from bot.incidents.responses import CommandResponse, FieldsRefused, Response
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block

ADD, CHART = "add", "chart"
LEVER_FIELDS = (
    (ids.AGENTS_CHANGE, "agents"),
    (ids.AHT_CHANGE, "aht"),
    (ids.VOLUME_CHANGE, "volume"),
    (ids.OUTAGE, "outage"),
)


class UnknownWord(WatchfloorError):
    """`/incident figures` shows the figures (`2` their second page), `/incident figures add` takes an interval,
    `/incident figures chart` draws them."""


class NoChange(WatchfloorError):
    """Fill in at least one change."""


def figures(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident figures`, `/incident figures 2`, `/incident figures add`, `/incident figures chart`: show the
    queues' figures and the cost of the incident; `add` records an interval, `chart` draws them."""
    number, argument = incident_number_here(services, command), command.argument.strip().lower()
    if argument == ADD:
        return actions.figures_form(services, number, command.user_id, utcnow())
    if argument == CHART:
        return charts.request_chart(services, number, command.trigger_id, command.user_id)
    if argument and not argument.isdecimal():
        raise UnknownWord()
    return actions.figures_screen(services, number, command.user_id, utcnow(), parse.page_number(argument))


def whatif(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident whatif agents -6`, `/incident whatif Billing: aht +25%`: compute the service level after a
    change; alone, it opens a form."""
    number = incident_number_here(services, command)
    if not command.argument:
        return whatif_actions.form(services, number, command.user_id, utcnow())
    queue, change = split_queue(command.argument)
    levers = read_levers(change)
    return whatif_actions.whatif(services, number, queue, levers, change, command.user_id, utcnow())


def register(app: App, services: Services) -> None:
    """Register every listener for figures except the commands."""
    _register_screen(app, services)
    _register_files(app, services)
    _register_forms(app, services)


def _register_screen(app: App, services: Services) -> None:
    def chart(body: Payload) -> Response:
        number, by = parse.clicked_number(body), parse.user_id(body)
        return charts.request_chart(services, number, body["trigger_id"], by)

    listening.opens_form(app, services, ids.ADD, actions.figures_form)
    listening.opens_form(app, services, ids.WHAT_IF, whatif_actions.form)
    listening.on_action(app, services, ids.CHART, chart)


def _register_files(app: App, services: Services) -> None:
    def use(body: Payload) -> None:
        uploads.use(services, parse.clicked_number(body), parse.user_id(body))

    def discard(body: Payload) -> None:
        uploads.discard(services, parse.clicked_number(body), parse.user_id(body))

    def columns_form(body: Payload) -> Block:
        number = parse.clicked_number(body)
        preview, columns, header = uploads.columns_of(services, number, parse.user_id(body))
        return forms.columns_form(number, preview.file_name, header, columns, services.floor.figures.zone)

    listening.on_action(app, services, ids.USE, use)
    listening.on_action(app, services, ids.DISCARD, discard)
    listening.opens_view(app, services, ids.COLUMNS, columns_form)


def _register_forms(app: App, services: Services) -> None:
    def change_columns(body: Payload) -> None:
        number = parse.form_number(body)
        _, columns, header = uploads.columns_of(services, number, parse.user_id(body))
        occasion = str(body["view"]["id"])
        uploads.change_columns(services, number, _columns(body, columns, header), parse.user_id(body), occasion)

    def add(body: Payload) -> Response:
        try:
            return _add(services, body)
        except (actions.FiguresNotReadable, actions.MoreInTime) as refused:
            raise FieldsRefused(refused.by_field) from None

    fields = {actions.NoQueueChosen: ids.NEW_QUEUE, actions.NothingTyped: ids.OFFERED}
    listening.on_form(app, services, ids.FORM, ids.INTERVAL, add, fields)
    listening.on_form(app, services, ids.COLUMNS_FORM, ids.DAY_FIRST, change_columns)
    listening.on_form(app, services, ids.WHAT_IF_FORM, ids.AGENTS_CHANGE, lambda body: _compute(services, body))


def _add(services: Services, body: Payload) -> Response:
    number, _, interval_s = parse.private_metadata(body).partition(":")
    typed = TypedInterval(
        str(body["view"]["id"]),
        parse.field_value(body, ids.NEW_QUEUE) or _chosen_queue(body),
        parse.parse_number(parse.field_value(body, ids.INTERVAL)),
        parse.parse_number(interval_s),
        {name: parse.field_value(body, name) for name, _, _ in forms.FIELDS},
    )
    return actions.add_interval(services, parse.parse_number(number), typed, parse.user_id(body), utcnow())


def _chosen_queue(body: Payload) -> int | str:
    """The number of the queue chosen from the known ones; empty if none was."""
    chosen = parse.field_value(body, ids.QUEUE)
    return parse.parse_number(chosen) if chosen else ""


def _columns(body: Payload, columns: ColumnMap, header: list[str]) -> ColumnMap:
    """The chosen columns; those beyond the form's limit stay as they are."""
    meanings = list(columns.meanings)
    for index in range(min(len(header), COLUMNS_IN_FORM)):
        meaning_text = parse.field_value(body, f"{ids.COLUMN}.{index}")
        try:
            meanings[index] = Meaning("" if meaning_text == NO_QUEUE else meaning_text)
        except ValueError:
            raise NotOurForm() from None
    return ColumnMap(
        tuple(meanings),
        " ".join(parse.field_value(body, ids.QUEUE).split())[:100],
        parse.field_value(body, ids.DAY_FIRST) != "month",
        parse.field_value(body, ids.ZONE) == "local",
    )


def _compute(services: Services, body: Payload) -> Response:
    typed_changes = [(lever_name, parse.field_value(body, name)) for name, lever_name in LEVER_FIELDS]
    change_texts = [f"{lever_name} {text}" for lever_name, text in typed_changes if text]
    if not change_texts:
        raise NoChange()
    number, levers = parse.form_number(body), _read_levers(typed_changes)
    visible_incident(services, number, parse.user_id(body))
    queue, changes = _chosen_queue(body), ", ".join(change_texts)
    return whatif_actions.whatif(services, number, queue, levers, changes, parse.user_id(body), utcnow())


def _read_levers(typed_changes: Sequence[tuple[str, str]]) -> list[Lever]:
    """The changes of a form. The error is shown beside the field that cannot be read."""
    levers, errors = [], {}
    for (field, _), (lever_name, text) in zip(LEVER_FIELDS, typed_changes, strict=True):
        try:
            levers += [read_lever(f"{lever_name} {text}")] if text else []
        except UnknownLever as refused:
            errors[field] = refused.sentence.replace("`", "")
    if errors:
        raise FieldsRefused(errors)
    return levers
