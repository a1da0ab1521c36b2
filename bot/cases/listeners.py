"""Cases: `/incident board`, its buttons and forms, files, like cases: parse, act, answer."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

from slack_bolt import Ack, App

from bot.cases import actions, balancing, boards, escalating, forms, guides, ids, knowledge, linking, uploads
from bot.cases.rules.board import FILTERS, Wanted, read_wanted
from bot.cases.tables import Case
from bot.incidents import parse
from bot.incidents import responses as answering
from bot.incidents.parse import NotOurForm, SlashCommand
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Payload, Response
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block

SNOOZED_FOR = timedelta(hours=1)


def register_commands(registry: Registry) -> None:
    """`/incident board`."""
    registry.command("board", show_board)
    registry.command("balance", show_balance)
    registry.command("guide", find_guides)
    registry.help(
        Section.ANYWHERE,
        8,
        "`/incident board` cases by time to breach · `board red EMEA` · `board mine` · "
        "`/incident balance` load of the teams · `/incident guide sso lockout` trouble-shooting guides",
    )


def show_board(services: Services, typed: SlashCommand) -> Response:
    """`/incident board`, `/incident board unassigned EMEA 2`: cases at risk of breaching their SLA."""
    return boards.screen(services, read_wanted(typed.rest, typed.user_id), utcnow())


def show_balance(services: Services, typed: SlashCommand) -> Response:
    """`/incident balance`: load of the teams, and what to move where."""
    return balancing.screen(services, typed.user_id, utcnow())


def find_guides(services: Services, typed: SlashCommand) -> Response:
    """`/incident guide sso lockout`: trouble-shooting guides about these words."""
    return guides.search(services, typed.rest, typed.user_id)


def register(app: App, services: Services) -> None:
    """Listen to everything about cases but the command."""
    _register_board(app, services)
    _register_forms(app, services)
    _register_files(app, services)
    _register_clusters(app, services)
    _register_guides(app, services)


def _register_board(app: App, services: Services) -> None:
    @app.action(re.compile(rf"^({re.escape(ids.PAGE)}|{re.escape(ids.FILTER)})\."))
    def turn(ack: Ack, body: Payload) -> None:
        ack()
        answering.replace_message(services, body, lambda: boards.screen(services, _wanted(body), utcnow()))

    @app.action(ids.TAKE)
    def take(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            occasion = str(body["trigger_id"])
            return actions.take(services, parse.clicked_number(body), occasion, parse.user_id(body), utcnow())

        answering.answer_click(services, body, act, ack)

    @app.action(ids.MOVE)
    def move(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            count, _, teams = parse.action_value(body).partition("|")
            source, _, target = teams.partition("|")
            by = parse.user_id(body)
            return balancing.move(services, source, target, parse.parse_number(count), by, utcnow())

        answering.answer_click(services, body, act, ack)

    @app.action(ids.ACTIONED)
    def actioned(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            return escalating.answer(services, parse.clicked_number(body), parse.user_id(body), utcnow())

        answering.answer_click(services, body, act, ack)

    builders: dict[str, Callable[[Case, str], Block]] = {
        ids.ASSIGN: forms.assign_form,
        ids.ESCALATE: forms.escalate_form,
        ids.NOTE: forms.note_form,
        ids.SNOOZE: lambda case, told: forms.snooze_form(case, told, utcnow() + SNOOZED_FOR),
    }
    for action_id, build in builders.items():
        _opens(app, services, action_id, build)


def _opens(app: App, services: Services, action_id: str, build: Callable[[Case, str], Block]) -> None:
    @app.action(action_id)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            case, earlier = actions.readable_case(
                services, parse.clicked_number(body), parse.user_id(body), utcnow()
            )
            services.slack.open_view(body["trigger_id"], build(case, earlier))

        answering.answer_click(services, body, act, ack)


def _wanted(body: Payload) -> Wanted:
    try:
        chosen, words, page = json.loads(parse.action_value(body))
        if (chosen and chosen not in FILTERS) or not isinstance(page, int) or not 0 <= page < 10_000:
            raise NotOurForm()
        return Wanted(chosen, tuple(str(word)[:100] for word in words), parse.user_id(body), page)
    except (ValueError, TypeError):
        raise NotOurForm() from None


def _register_forms(app: App, services: Services) -> None:
    def typed(body: Payload) -> tuple[int, str, str, str]:
        reason, occasion = parse.field_value(body, ids.REASON), str(body["view"]["id"])
        return parse.form_number(body), reason, occasion, parse.user_id(body)

    @app.view(ids.ASSIGN_FORM)
    def assign(ack: Ack, body: Payload) -> None:
        def act() -> str:
            number, reason, occasion, by = typed(body)
            to = parse.field_value(body, ids.PERSON)
            return actions.assign(services, number, to, reason, occasion, by, utcnow())

        answering.answer_form(services, body, ids.REASON, act, ack)

    @app.view(ids.ESCALATE_FORM)
    def escalate(ack: Ack, body: Payload) -> None:
        answering.answer_form(
            services, body, ids.REASON, lambda: actions.escalate(services, *typed(body), utcnow()), ack
        )

    @app.view(ids.NOTE_FORM)
    def note(ack: Ack, body: Payload) -> None:
        answering.answer_form(
            services, body, ids.REASON, lambda: actions.note(services, *typed(body), utcnow()), ack
        )

    @app.view(ids.SNOOZE_FORM)
    def snooze(ack: Ack, body: Payload) -> None:
        def act() -> str:
            number, reason, occasion, by = typed(body)
            until = parse.selected_time(body, ids.UNTIL)
            return actions.snooze(services, number, until, reason, occasion, by, utcnow())

        answering.answer_form(services, body, ids.UNTIL, act, ack)


def _register_files(app: App, services: Services) -> None:
    @app.action(ids.USE)
    def use(ack: Ack, body: Payload) -> None:
        def act() -> None:
            uploads.use(services, parse.clicked_number(body), parse.user_id(body), utcnow())

        answering.answer_click(services, body, act, ack)

    @app.action(ids.DISCARD)
    def discard(ack: Ack, body: Payload) -> None:
        def act() -> None:
            uploads.discard(services, parse.clicked_number(body), parse.user_id(body))

        answering.answer_click(services, body, act, ack)


def _register_clusters(app: App, services: Services) -> None:
    builders: dict[str, Callable[[int, str], Block]] = {
        ids.DECLARE: lambda number, by: forms.declare_form(
            *linking.declare_form(services, number, by), services.floor
        ),
        ids.IS_INCIDENT: lambda number, by: forms.link_form(number, linking.link_form(services, number, by)),
        ids.NOT_RELATED: lambda number, by: linking.not_related_form(services, number, by),
    }
    for action_id, build in builders.items():
        _opens_about_cluster(app, services, action_id, build)

    @app.view(ids.DECLARE_FORM)
    def declare(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            title, severity = parse.field_value(body, ids.TITLE), parse.field_value(body, ids.SEVERITY)
            number, by = parse.form_number(body), parse.user_id(body)
            return linking.declare(services, number, title, severity, by, utcnow())

        answering.answer_form(services, body, ids.TITLE, act, ack)

    @app.view(ids.INCIDENT_FORM)
    def link(ack: Ack, body: Payload) -> None:
        def act() -> str:
            incident = parse.parse_number(parse.field_value(body, ids.INCIDENT))
            return linking.link(services, parse.form_number(body), incident, parse.user_id(body), utcnow())

        answering.answer_form(services, body, ids.INCIDENT, act, ack)

    @app.view(ids.NOT_RELATED_FORM)
    def dismiss(ack: Ack, body: Payload) -> None:
        def act() -> str:
            reason = parse.field_value(body, ids.REASON)
            return linking.dismiss(services, parse.form_number(body), reason, parse.user_id(body), utcnow())

        answering.answer_form(services, body, ids.REASON, act, ack)


def _opens_about_cluster(app: App, services: Services, action_id: str, build: Callable[[int, str], Block]) -> None:
    @app.action(action_id)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = build(parse.clicked_number(body), parse.user_id(body))
            services.slack.open_view(body["trigger_id"], view)

        answering.answer_click(services, body, act, ack)


def _register_guides(app: App, services: Services) -> None:
    @app.action(ids.READ)
    def read(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = guides.reading_view(services, parse.action_value(body), parse.user_id(body))
            services.slack.open_view(body["trigger_id"], view)

        answering.answer_click(services, body, act, ack)

    @app.action(ids.WRITE)
    def write(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = knowledge.write_form(services, parse.clicked_number(body), parse.user_id(body))
            services.slack.open_view(body["trigger_id"], view)

        answering.answer_click(services, body, act, ack)

    @app.action(ids.PUBLISH)
    def publish(ack: Ack, body: Payload) -> None:
        def act() -> str:
            return knowledge.publish(services, parse.clicked_number(body), parse.user_id(body), utcnow())

        answering.answer_click(services, body, act, ack)

    @app.view(ids.WRITE_FORM)
    def written(ack: Ack, body: Payload) -> None:
        def act() -> str:
            title, text, reviewer = (parse.field_value(body, name) for name in (ids.TITLE, ids.TEXT, ids.PERSON))
            number, by = parse.form_number(body), parse.user_id(body)
            occasion = str(body["view"]["id"])
            return knowledge.send_to_review(services, number, title, text, reviewer, occasion, by, utcnow())

        answering.answer_form(services, body, ids.TEXT, act, ack)
