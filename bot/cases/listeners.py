"""Listeners for cases: `/incident board`, its buttons and forms, files, similar cases. Parse, act, answer."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from slack_bolt import Ack, App

from bot.cases import actions, balancing, boards, escalating, forms, guide_drafts, guides, ids, linking, uploads
from bot.cases.guide_drafts import TypedGuide
from bot.cases.rules.board import FILTERS, Wanted, read_wanted
from bot.cases.tables import Case
from bot.incidents import ids as incident_ids
from bot.incidents import listening, parse, responses
from bot.incidents.parse import NotOurForm, Payload, SlashCommand
from bot.incidents.responses import Response
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.phrases import Translator

SNOOZED_FOR = timedelta(hours=1)


def show_board(services: Services, command: SlashCommand) -> Response:
    """`/incident board`, `/incident board unassigned EMEA 2`: list the cases at risk of breaching their SLA."""
    return boards.screen(services, read_wanted(command.argument, command.user_id), utcnow())


def show_balance(services: Services, command: SlashCommand) -> Response:
    """`/incident balance`: show the load of the teams, and which cases to move."""
    return balancing.screen(services, command.user_id, utcnow())


def find_guides(services: Services, command: SlashCommand) -> Response:
    """`/incident guide sso lockout`: search the troubleshooting guides for these words."""
    return guides.search(services, command.argument, command.user_id)


def register(app: App, services: Services) -> None:
    """Register every listener for cases except the commands."""
    _register_board(app, services)
    _register_forms(app, services)
    _register_files(app, services)
    _register_clusters(app, services)
    _register_guides(app, services)


def _register_board(app: App, services: Services) -> None:
    @app.action(re.compile(rf"^({re.escape(ids.PAGE)}|{re.escape(ids.FILTER)})\."))
    def turn(ack: Ack, body: Payload) -> None:
        ack()
        responses.replace_message(
            services, body, lambda: boards.screen(services, _wanted_in_button(body), utcnow())
        )

    def take(body: Payload) -> Response:
        occasion = str(body["trigger_id"])
        return actions.take(services, parse.clicked_number(body), occasion, parse.user_id(body), utcnow())

    def move(body: Payload) -> Response:
        count, source, target = _move_in_button(body)
        return balancing.move(services, source, target, count, parse.user_id(body), utcnow())

    listening.on_action(app, services, ids.TAKE, take)
    listening.on_action(app, services, ids.MOVE, move)
    listening.on_click(app, services, ids.ACTIONED, escalating.answer)

    builders: dict[str, Callable[[Case, str, Translator], Block]] = {
        ids.ASSIGN: forms.assign_form,
        ids.ESCALATE: forms.escalate_form,
        ids.NOTE: forms.note_form,
        ids.SNOOZE: lambda case, case_name, translate: forms.snooze_form(
            case, case_name, translate, utcnow() + SNOOZED_FOR
        ),
    }
    for action_id, build in builders.items():
        listening.opens_form(app, services, action_id, _form_about_case(build))

    def chosen_form(body: Payload) -> Block:
        action_id, _, number = parse.action_value(body).partition(":")
        if action_id not in builders:
            raise NotOurForm()
        build_form = _form_about_case(builders[action_id])
        return build_form(services, parse.parse_number(number), parse.user_id(body), utcnow())

    listening.opens_view(app, services, ids.MORE, chosen_form)


def _form_about_case(build: Callable[[Case, str, Translator], Block]) -> listening.Build:
    def build_form(services: Services, number: int, by: str, now: datetime) -> Block:
        return build(*actions.readable_case(services, number, by, now))

    return build_form


def _move_in_button(body: Payload) -> tuple[int, str, str]:
    try:
        return msgspec.json.decode(parse.action_value(body), type=tuple[int, str, str])
    except msgspec.DecodeError:
        raise NotOurForm() from None


def _wanted_in_button(body: Payload) -> Wanted:
    try:
        filter_name, search_words, page = json.loads(parse.action_value(body))
        if (filter_name and filter_name not in FILTERS) or not isinstance(page, int) or not 0 <= page < 10_000:
            raise NotOurForm()
        return Wanted(filter_name, tuple(str(word)[:100] for word in search_words), parse.user_id(body), page)
    except (ValueError, TypeError):
        raise NotOurForm() from None


def _register_forms(app: App, services: Services) -> None:
    def form_values(body: Payload) -> tuple[int, str, str, str]:
        reason, occasion = parse.field_value(body, ids.REASON), str(body["view"]["id"])
        return parse.form_number(body), reason, occasion, parse.user_id(body)

    def assign(body: Payload) -> str:
        number, reason, occasion, by = form_values(body)
        to = parse.field_value(body, ids.PERSON)
        return actions.assign(services, number, to, reason, occasion, by, utcnow())

    def escalate(body: Payload) -> str:
        return actions.escalate(services, *form_values(body), utcnow())

    def note(body: Payload) -> str:
        return actions.note(services, *form_values(body), utcnow())

    def snooze(body: Payload) -> str:
        number, reason, occasion, by = form_values(body)
        until = parse.selected_time(body, ids.UNTIL)
        return actions.snooze(services, number, until, reason, occasion, by, utcnow())

    listening.on_form(app, services, ids.ASSIGN_FORM, ids.REASON, assign, {actions.CannotTake: ids.PERSON})
    listening.on_form(app, services, ids.ESCALATE_FORM, ids.REASON, escalate)
    listening.on_form(app, services, ids.NOTE_FORM, ids.REASON, note)
    listening.on_form(app, services, ids.SNOOZE_FORM, ids.UNTIL, snooze)


def _register_files(app: App, services: Services) -> None:
    def discard(body: Payload) -> None:
        uploads.discard(services, parse.clicked_number(body), parse.user_id(body))

    listening.on_click(app, services, ids.USE, uploads.use)
    listening.on_action(app, services, ids.DISCARD, discard)


def _register_clusters(app: App, services: Services) -> None:
    listening.opens_form(app, services, ids.DECLARE, linking.declare_form)
    listening.opens_form(app, services, ids.IS_INCIDENT, linking.link_form)
    listening.opens_form(app, services, ids.NOT_RELATED, linking.not_related_form)

    def declare(body: Payload) -> Response:
        title, severity = parse.field_value(body, ids.TITLE), parse.field_value(body, ids.SEVERITY)
        number, by = parse.form_number(body), parse.user_id(body)
        return linking.declare(services, number, title, severity, by, utcnow())

    listening.on_form(app, services, ids.DECLARE_FORM, ids.TITLE, declare)

    def link(body: Payload) -> str:
        incident = parse.parse_number(parse.field_value(body, ids.INCIDENT))
        return linking.link(services, parse.form_number(body), incident, parse.user_id(body), utcnow())

    listening.on_form(app, services, ids.INCIDENT_FORM, ids.INCIDENT, link)
    listening.on_text(app, services, ids.NOT_RELATED_FORM, ids.REASON, linking.dismiss)


def _register_guides(app: App, services: Services) -> None:
    def guide(body: Payload) -> Block:
        return guides.reading_view(services, parse.action_value(body), parse.user_id(body))

    listening.opens_view(app, services, listening.one_of_many(incident_ids.READ_GUIDE), guide)
    listening.opens_form(app, services, ids.WRITE, guide_drafts.write_form)
    listening.on_click(app, services, ids.PUBLISH, guide_drafts.publish)

    def send_to_review(body: Payload) -> str:
        title, text, reviewer_id = (parse.field_value(body, name) for name in (ids.TITLE, ids.TEXT, ids.PERSON))
        typed = TypedGuide(str(body["view"]["id"]), title, text, reviewer_id)
        return guide_drafts.send_to_review(services, parse.form_number(body), typed, parse.user_id(body), utcnow())

    listening.on_form(
        app, services, ids.WRITE_FORM, ids.TEXT, send_to_review, {guide_drafts.AnotherReviewer: ids.PERSON}
    )
