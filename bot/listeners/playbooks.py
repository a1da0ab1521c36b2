"""The playbook's buttons and forms: parse, act, answer."""

import re
from collections.abc import Callable

from slack_bolt import Ack, App

from bot.clock import utcnow
from bot.flows import looking, playbook_runs, steps
from bot.flows.step_effects import Sending
from bot.flows.step_message import message_words
from bot.listeners import answering, parse
from bot.listeners.answering import FieldsRefused, Payload, Words
from bot.playbooks import forms, ids
from bot.playbooks.answers import read_form
from bot.playbooks.tables import find_run, find_step, steps_of, written_step
from bot.services import Services
from bot.slack.blocks import Block


def register(app: App, services: Services) -> None:
    """Listen to everything about playbooks but commands."""
    _buttons(app, services)
    _openers(app, services)
    _forms(app, services)


def _buttons(app: App, services: Services) -> None:
    @app.action(ids.STEP_DONE)
    def done(ack: Ack, body: Payload) -> None:
        def act() -> None:
            steps.complete(services, parse.number_clicked(body), parse.user(body), utcnow())

        answering.click(services, body, act, ack)

    @app.action(ids.STEP_TAKE)
    def take(ack: Ack, body: Payload) -> None:
        def act() -> None:
            steps.take(services, parse.number_clicked(body), parse.user(body), utcnow())

        answering.click(services, body, act, ack)

    @app.action(re.compile(rf"^({re.escape(ids.STEP_SNOOZE_10)}|{re.escape(ids.STEP_SNOOZE_30)})$"))
    def snooze(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            minutes = int(body["actions"][0]["action_id"].rpartition(".")[2])
            return steps.snooze(services, parse.number_clicked(body), parse.user(body), minutes, utcnow())

        answering.click(services, body, act, ack)

    @app.action(re.compile(rf"^({re.escape(ids.START)}|{re.escape(ids.SWITCH)})$"))
    def start(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            number, _, name = parse.value(body).partition(":")
            begin = {ids.START: playbook_runs.start_by_hand, ids.SWITCH: playbook_runs.switch}
            chosen = begin[body["actions"][0]["action_id"]]
            return chosen(services, parse.number(number), name, parse.user(body), utcnow())

        answering.click(services, body, act, ack)

    @app.action(ids.STEP_UNDO)
    def undo(ack: Ack, body: Payload) -> None:
        def act() -> None:
            steps.undo(services, parse.number_clicked(body), parse.user(body), utcnow())

        answering.click(services, body, act, ack)


def _openers(app: App, services: Services) -> None:
    @app.action(ids.STEP_SKIP)
    def skip(ack: Ack, body: Payload) -> None:
        answering.click(services, body, lambda: _open(services, body, _skip_form), ack)

    @app.action(ids.STEP_ASSIGN)
    def assign(ack: Ack, body: Payload) -> None:
        answering.click(services, body, lambda: _open(services, body, _assign_form), ack)

    @app.action(ids.STEP_ANSWER)
    def answer(ack: Ack, body: Payload) -> None:
        answering.click(services, body, lambda: _open(services, body, _answer_form), ack)

    @app.action(ids.SHOW_ALL)
    def show_all(ack: Ack, body: Payload) -> None:
        answering.click(services, body, lambda: _show_all(services, body), ack)


def _open(services: Services, body: Payload, draw: Callable[[Services, Payload], Block]) -> None:
    """Open a form about a step, for who may work on it and while there is something to do."""
    steps.check_may_work(services, parse.number_clicked(body), parse.user(body))
    services.slack.open_view(body["trigger_id"], draw(services, body))


def _skip_form(services: Services, body: Payload) -> Block:
    with services.store.reading() as session:
        return forms.skip_form(find_step(session, parse.number_clicked(body)))


def _assign_form(services: Services, body: Payload) -> Block:
    with services.store.reading() as session:
        return forms.assign_form(find_step(session, parse.number_clicked(body)))


def _answer_form(services: Services, body: Payload) -> Block:
    with services.store.reading() as session:
        step, written = written_step(session, parse.number_clicked(body))
        message = message_words(session, services, step, written)
        return forms.answer_form(step, written, message)


def _show_all(services: Services, body: Payload) -> None:
    with services.store.reading() as session:
        run = find_run(session, parse.number_clicked(body))
        view = forms.all_steps_view(run, steps_of(session, run.number), utcnow())
    looking.incident(services, run.incident_id, parse.user(body))
    services.slack.open_view(body["trigger_id"], view)


def _forms(app: App, services: Services) -> None:
    @app.view(ids.SKIP_FORM)
    def skip(ack: Ack, body: Payload) -> None:
        def act() -> None:
            reason = parse.entered(body, ids.REASON)
            steps.skip(services, parse.number_in_form(body), parse.user(body), reason, utcnow())

        answering.form(services, body, ids.REASON, act, ack)

    @app.view(ids.ASSIGN_FORM)
    def assign(ack: Ack, body: Payload) -> None:
        def act() -> None:
            owner = parse.entered(body, ids.OWNER)
            steps.assign(services, parse.number_in_form(body), owner, parse.user(body), utcnow())

        answering.form(services, body, ids.OWNER, act, ack)

    @app.view(ids.ANSWER_FORM)
    def answer(ack: Ack, body: Payload) -> None:
        def act() -> None:
            step_id = parse.number_in_form(body)
            with services.store.reading() as session:
                _, written = written_step(session, step_id)
            reading = read_form(written, body["view"]["state"]["values"])
            if reading.errors:
                raise FieldsRefused(reading.errors)
            sending = Sending(parse.entered(body, ids.MESSAGE)) if written.posts else None
            steps.complete(services, step_id, parse.user(body), utcnow(), reading.answers, sending)

        answering.form(services, body, next(iter(body["view"]["state"]["values"])), act, ack)
