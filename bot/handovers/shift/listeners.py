"""Listeners for shift handovers: `/incident handover shift`, `watch`, `watched`, `export`, buttons and forms."""

import re

from slack_bolt import App

from bot.handovers import ids
from bot.handovers import tables as item_tables
from bot.handovers.shift import accepting, export, forms, offering, rules, tables, watching
from bot.handovers.shift.rules import from_json
from bot.handovers.shift.wording import translator_for
from bot.handovers.tables import Handover
from bot.incidents import ids as incident_ids
from bot.incidents import listening, parse
from bot.incidents.parse import NotOurForm, Payload, SlashCommand
from bot.incidents.responses import CommandResponse, Response
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.phrases import Translator
from bot.slack.text import mention

SHIFT, WATCH, WATCHED, EXPORT = "shift", "watch", "watched", "export"
COMMANDS = (SHIFT, WATCH, WATCHED, EXPORT)
PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def shift_command(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident handover shift @ben`, `watch the trunks`, `watched`, `export`"""
    subcommand, argument = parse.first_word(command.argument)
    by, now = command.user_id, utcnow()
    if subcommand.lower() == EXPORT:
        return export.request(services, command.trigger_id, by, now)
    if subcommand.lower() == WATCH and argument:
        return watching.watch(services, argument, by, now)
    if subcommand.lower() in (WATCH, WATCHED):
        return watching.watched(services, by, parse.page_number(argument))
    person = PERSON.search(command.raw_argument)
    return offering.offer_form(services, by, now, person[1] if person else None)


def register(app: App, services: Services) -> None:
    """Register the listeners for both messages, the call and every form."""
    _register_offer(app, services)
    _register_answers(app, services)
    _register_questions(app, services)
    _register_call(app, services)


def _register_offer(app: App, services: Services) -> None:
    def offer_form(body: Payload) -> Block:
        return offering.offer_form(services, parse.user_id(body), utcnow())

    def offer(body: Payload) -> Response:
        fields = (ids.PERSON, ids.RISKS, ids.CONTINGENCIES, ids.WATCHED)
        to, risks, contingencies, watched = (parse.field_value(body, name) for name in fields)
        by, key = parse.user_id(body), str(body["view"]["id"])
        return offering.offer(services, to, risks, contingencies, watched, by, utcnow(), key)

    listening.opens_view(app, services, incident_ids.HAND_OVER_SHIFT, offer_form)
    listening.on_form(app, services, ids.SHIFT_FORM, ids.PERSON, offer)


def _register_answers(app: App, services: Services) -> None:
    listening.on_click(app, services, listening.one_of_many(ids.ACCEPT_ITEM), accepting.accept_item)
    listening.on_click(app, services, listening.one_of_many(ids.ACCEPT_UNCHANGED), accepting.accept_unchanged)
    listening.opens_view(app, services, ids.REPEAT, lambda body: _repeat_form(services, body))
    listening.on_text(app, services, ids.REPEAT_FORM, ids.REPEATED, accepting.repeat)


def _repeat_form(services: Services, body: Payload) -> Block:
    number, by = parse.clicked_number(body), parse.user_id(body)
    with services.database.reading() as session:
        shift = tables.get(session, number)
        handovers = tables.items(session, number)
        translate = translator_for(session, services, by)
    if by != shift.to_id:
        raise rules.NotYourShift(person=mention(shift.to_id))
    return forms.repeat_form(shift, handovers, services.floor.shifts.handover.repeated, translate)


def _register_questions(app: App, services: Services) -> None:
    def question_form(body: Payload) -> Block:
        return forms.question_form(*_item_and_translator(services, body, "to_id"))

    def answer_form(body: Payload) -> Block:
        return forms.answer_form(*_item_and_translator(services, body, "from_id"))

    def add_step(body: Payload) -> Response:
        shift_id, item = _split_value(parse.private_metadata(body))
        text, by = parse.field_value(body, ids.NEXT_STEP), parse.user_id(body)
        return offering.add_next_step(services, shift_id, item, text, by, utcnow())

    listening.opens_view(app, services, ids.SEND_ITEM_BACK, question_form)
    listening.on_text(app, services, ids.ITEM_QUESTION_FORM, ids.QUESTION, accepting.send_back)
    listening.opens_view(app, services, ids.ANSWER_ITEM, answer_form)
    listening.on_text(app, services, ids.ANSWER_FORM, ids.ANSWER, offering.answer)
    listening.opens_view(app, services, ids.ADD_NEXT_STEP, lambda body: _next_step_form(services, body))
    listening.on_form(app, services, ids.NEXT_STEP_FORM, ids.NEXT_STEP, add_step)


def _item_and_translator(services: Services, body: Payload, reader: str) -> tuple[Handover, Translator]:
    """Return an item, for the person who may answer it, and the translator into their language."""
    with services.database.reading() as session:
        handover = item_tables.get(session, parse.clicked_number(body))
        translate = translator_for(session, services, parse.user_id(body))
    if handover.shift_id is None:  # of command, whose incident may be private
        raise item_tables.NoSuchHandover()
    if getattr(handover, reader) != parse.user_id(body):
        raise rules.NotYourShift(person=mention(getattr(handover, reader)))
    return handover, translate


def _split_value(value: str) -> tuple[int, str]:
    number, bar, item = value.partition("|")
    if not bar:
        raise NotOurForm()
    return parse.parse_number(number), item


def _next_step_form(services: Services, body: Payload) -> Block:
    shift_id, item = _split_value(parse.action_value(body))
    with services.database.reading() as session:
        handovers = [each for each in tables.items(session, shift_id) if each.item == item]
        translate = translator_for(session, services, parse.user_id(body))
    if not handovers or (handovers[0].content or {}).get("owner_id") != parse.user_id(body):
        raise NotOurForm()
    return forms.next_step_form(f"{shift_id}|{item}", from_json(handovers[0].content or {}).title, translate)


def _register_call(app: App, services: Services) -> None:
    listening.on_click(app, services, listening.one_of_many(ids.START_CALL), offering.start_call)
    listening.on_click(app, services, listening.one_of_many(ids.JOIN_CALL), offering.join_call)
    listening.on_click(app, services, listening.one_of_many(ids.END_WATCH), watching.end_watch)
