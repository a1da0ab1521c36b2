"""The playbook's buttons and forms: parse, act, answer."""

import re
from collections.abc import Callable
from datetime import datetime

from slack_bolt import Ack, App

from bot.incidents import parse
from bot.incidents import responses as answering
from bot.incidents.responses import FieldsRefused, Payload, Words
from bot.playbooks import ids, step_screens
from bot.playbooks import redraw as screens
from bot.playbooks import run_actions as playbook_runs
from bot.playbooks import step_actions as steps
from bot.playbooks.step_effects import Sending
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block

Beginning = Callable[[Services, int, str, str, datetime], str]


def register(app: App, services: Services) -> None:
    """Listen to everything about playbooks but commands."""
    _buttons(app, services)
    _offers(app, services)
    _openers(app, services)
    _forms(app, services)


def _buttons(app: App, services: Services) -> None:
    def click(body: Payload, act: Callable[[], Words], ack: Ack) -> None:
        answering.click(services, body, act, ack)
        screens.show_again(services, body)

    @app.action(ids.STEP_DONE)
    def done(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            return steps.complete(services, parse.number_clicked(body), parse.user(body), utcnow())

        click(body, act, ack)

    @app.action(ids.STEP_TAKE)
    def take(ack: Ack, body: Payload) -> None:
        def act() -> None:
            steps.take(services, parse.number_clicked(body), parse.user(body), utcnow())

        click(body, act, ack)

    @app.action(re.compile(rf"^({re.escape(ids.STEP_SNOOZE_10)}|{re.escape(ids.STEP_SNOOZE_30)})$"))
    def snooze(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            minutes = int(body["actions"][0]["action_id"].rpartition(".")[2])
            return steps.snooze(services, parse.number_clicked(body), parse.user(body), minutes, utcnow())

        click(body, act, ack)

    @app.action(ids.STEP_UNDO)
    def undo(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            return steps.undo(services, parse.number_clicked(body), parse.user(body), utcnow())

        click(body, act, ack)


def _offers(app: App, services: Services) -> None:
    for action_id, begin, what in (
        (ids.START, playbook_runs.start_by_hand, "started it"),
        (ids.SWITCH, playbook_runs.switch, "switched to it"),
    ):
        _takes_offer(app, services, action_id, begin, what)


def _takes_offer(app: App, services: Services, action_id: str, begin: Beginning, what: str) -> None:
    @app.action(action_id)
    def take_offer(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            number, _, name = parse.value(body).partition(":")
            words = begin(services, parse.number(number), name, parse.user(body), utcnow())
            screens.settle_offer(services, body, what)
            return words

        answering.click(services, body, act, ack)


def _openers(app: App, services: Services) -> None:
    _opens(app, services, ids.STEP_SKIP, step_screens.skip_form)
    _opens(app, services, ids.STEP_ASSIGN, step_screens.assign_form)
    _opens(app, services, ids.STEP_ANSWER, step_screens.answer_form)

    @app.action(ids.SHOW_ALL)
    def show_all(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = step_screens.all_steps(services, parse.number_clicked(body), parse.user(body))
            services.slack.open_view(body["trigger_id"], view)

        answering.click(services, body, act, ack)


def _opens(app: App, services: Services, action_id: str, draw: Callable[[Services, int], Block]) -> None:
    """A button that opens a form about a step, for who may work on it and while there is something to do."""

    @app.action(action_id)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            step_id = parse.number_clicked(body)
            steps.check_may_work(services, step_id, parse.user(body))
            screens.open_form(services, body, draw(services, step_id))

        answering.click(services, body, act, ack)


def _forms(app: App, services: Services) -> None:
    def submitted(body: Payload, act: Callable[[], Words], ack: Ack) -> None:
        field = next(iter(body["view"]["state"]["values"]), "")
        if field:
            answering.form(services, body, field, act, ack)
        else:
            # Nothing to write a refusal beside: it is said instead.
            answering.click(services, body, act, ack)
        screens.show_below(services, body)

    @app.view(ids.SKIP_FORM)
    def skip(ack: Ack, body: Payload) -> None:
        def act() -> None:
            reason = parse.entered(body, ids.REASON)
            steps.skip(services, screens.step_in_form(body), parse.user(body), reason, utcnow())

        submitted(body, act, ack)

    @app.view(ids.ASSIGN_FORM)
    def assign(ack: Ack, body: Payload) -> None:
        def act() -> None:
            owner = parse.entered(body, ids.OWNER)
            steps.assign(services, screens.step_in_form(body), owner, parse.user(body), utcnow())

        submitted(body, act, ack)

    @app.view(ids.ANSWER_FORM)
    def answer(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            step_id = screens.step_in_form(body)
            reading, posts = step_screens.read_answers(services, step_id, body["view"]["state"]["values"])
            if reading.errors:
                raise FieldsRefused(reading.errors)
            sending = Sending(parse.entered(body, ids.MESSAGE)) if posts else None
            return steps.complete(services, step_id, parse.user(body), utcnow(), reading.answers, sending)

        submitted(body, act, ack)
