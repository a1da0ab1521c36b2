"""The handover of a shift: `/incident handover shift`, `watch`, `watched`, `export`, its buttons and forms."""

import re
from collections.abc import Callable

from slack_bolt import Ack, App

from bot.handovers import ids, shift_actions, shift_export, shift_rules, shift_tables, shift_views, tables
from bot.handovers.shift_rules import from_json
from bot.handovers.tables import Handover
from bot.incidents import ids as incident_ids
from bot.incidents import parse
from bot.incidents import responses as answering
from bot.incidents.parse import NotOurForm, SlashCommand
from bot.incidents.responses import Payload, Response
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import mention

SHIFT, WATCH, WATCHED, EXPORT = "shift", "watch", "watched", "export"
COMMANDS = (SHIFT, WATCH, WATCHED, EXPORT)
PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def shift_command(services: Services, typed: SlashCommand) -> Response:
    """`/incident handover shift @ben`, `watch the trunks`, `watched`, `export`"""
    word, rest = parse.first_word(typed.rest)
    by, now = typed.user_id, utcnow()
    if word.lower() == EXPORT:
        return shift_export.request(services, typed.trigger_id, by, now)
    if word.lower() == WATCH and rest:
        return shift_actions.watch(services, rest, by, now)
    if word.lower() in (WATCH, WATCHED):
        return shift_actions.watched(services, by, parse.page_number(rest))
    person = PERSON.search(typed.raw)
    view = shift_actions.offer_form(services, by, now, person[1] if person else None)
    services.slack.open_view(typed.trigger_id, view)
    return None


def register(app: App, services: Services) -> None:
    """Listen to both messages, the call, and every form."""
    _register_offer(app, services)
    _register_answers(app, services)
    _register_questions(app, services)
    _register_call(app, services)


Act = Callable[[int, str], Response]


def _button(app: App, services: Services, name: str, act: Act) -> None:
    @app.action(re.compile(rf"^{re.escape(name)}(\.|$)"))
    def clicked(ack: Ack, body: Payload) -> None:
        answering.answer_click(services, body, lambda: act(parse.clicked_number(body), parse.user_id(body)), ack)


def _opener(app: App, services: Services, name: str, build: Callable[[Payload], Block]) -> None:
    @app.action(name)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            services.slack.open_view(body["trigger_id"], build(body))

        answering.answer_click(services, body, act, ack)


def _form(app: App, services: Services, name: str, field: str, act: Callable[[int, str, str], str]) -> None:
    @app.view(name)
    def take(ack: Ack, body: Payload) -> None:
        def submit() -> Response:
            return act(parse.form_number(body), parse.field_value(body, field), parse.user_id(body))

        answering.answer_form(services, body, field, submit, ack)


def _register_offer(app: App, services: Services) -> None:
    _opener(
        app,
        services,
        incident_ids.HAND_OVER_SHIFT,
        lambda body: shift_actions.offer_form(services, parse.user_id(body), utcnow()),
    )

    @app.view(ids.SHIFT_FORM)
    def offer(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            fields = (ids.PERSON, ids.RISKS, ids.CONTINGENCIES, ids.WATCHED)
            to, risks, contingencies, watched = (parse.field_value(body, name) for name in fields)
            by = parse.user_id(body)
            return shift_actions.offer(services, to, risks, contingencies, watched, by, utcnow())

        answering.answer_form(services, body, ids.PERSON, act, ack)


def _register_answers(app: App, services: Services) -> None:
    _button(
        app, services, ids.ACCEPT_ITEM, lambda number, by: shift_actions.accept_item(services, number, by, utcnow())
    )
    _button(
        app,
        services,
        ids.ACCEPT_UNCHANGED,
        lambda number, by: shift_actions.accept_unchanged(services, number, by, utcnow()),
    )
    _opener(app, services, ids.REPEAT, lambda body: _repeat_form(services, body))
    _form(
        app,
        services,
        ids.REPEAT_FORM,
        ids.REPEATED,
        lambda number, text, by: shift_actions.repeat(services, number, text, by, utcnow()),
    )


def _repeat_form(services: Services, body: Payload) -> Block:
    number, by = parse.clicked_number(body), parse.user_id(body)
    with services.database.reading() as session:
        shift = shift_tables.get(session, number)
        handovers = shift_tables.items(session, number)
    if by != shift.to_id:
        raise shift_rules.NotYourShift(person=mention(shift.to_id))
    return shift_views.repeat_form(shift, handovers, services.floor.shifts.handover.repeated)


def _register_questions(app: App, services: Services) -> None:
    _opener(
        app, services, ids.SEND_ITEM_BACK, lambda body: shift_views.question_form(_item(services, body, "to_id"))
    )
    _form(
        app,
        services,
        ids.ITEM_QUESTION_FORM,
        ids.QUESTION,
        lambda number, text, by: shift_actions.send_back(services, number, text, by, utcnow()),
    )
    _opener(app, services, ids.ANSWER_ITEM, lambda body: shift_views.answer_form(_item(services, body, "from_id")))
    _form(
        app,
        services,
        ids.ANSWER_FORM,
        ids.ANSWER,
        lambda number, text, by: shift_actions.answer(services, number, text, by, utcnow()),
    )
    _opener(app, services, ids.ADD_NEXT_STEP, lambda body: _next_step_form(services, body))

    @app.view(ids.NEXT_STEP_FORM)
    def add_step(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            shift_id, item = _split(parse.private_metadata(body))
            text, by = parse.field_value(body, ids.NEXT_STEP), parse.user_id(body)
            return shift_actions.add_next_step(services, shift_id, item, text, by, utcnow())

        answering.answer_form(services, body, ids.NEXT_STEP, act, ack)


def _item(services: Services, body: Payload, reader: str) -> Handover:
    """An item, for the person who may answer it."""
    with services.database.reading() as session:
        handover = tables.get(session, parse.clicked_number(body))
    if getattr(handover, reader) != parse.user_id(body):
        raise shift_rules.NotYourShift(person=mention(getattr(handover, reader)))
    return handover


def _split(value: str) -> tuple[int, str]:
    number, bar, item = value.partition("|")
    if not bar:
        raise NotOurForm()
    return parse.parse_number(number), item


def _next_step_form(services: Services, body: Payload) -> Block:
    shift_id, item = _split(parse.action_value(body))
    with services.database.reading() as session:
        handovers = [each for each in shift_tables.items(session, shift_id) if each.item == item]
    if not handovers or (handovers[0].content or {}).get("owner_id") != parse.user_id(body):
        raise NotOurForm()
    return shift_views.next_step_form(f"{shift_id}|{item}", from_json(handovers[0].content or {}).title)


def _register_call(app: App, services: Services) -> None:
    _button(
        app, services, ids.START_CALL, lambda number, by: shift_actions.start_call(services, number, by, utcnow())
    )
    _button(
        app, services, ids.JOIN_CALL, lambda number, by: shift_actions.join_call(services, number, by, utcnow())
    )
    _button(
        app, services, ids.END_WATCH, lambda number, by: shift_actions.end_watch(services, number, by, utcnow())
    )
