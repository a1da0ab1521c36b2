"""Updates: `/incident update`, `updates`, `cadence`, `pause`, `resume`, and the buttons of a draft."""

from collections.abc import Callable
from datetime import datetime, timedelta

from slack_bolt import Ack, App

from bot.errors import WatchfloorError
from bot.incidents import parse
from bot.incidents import responses as answering
from bot.incidents.access import incident_here, open_about
from bot.incidents.parse import Typed
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Payload, Words
from bot.incidents.rules import clean_title, read_severity, read_status
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block
from bot.updates import commands as update_commands
from bot.updates import composing, draft_answers, draft_screens, forms, ids
from bot.updates import private_audiences as given_audiences
from bot.updates.composing import Composed

Decision = Callable[[Services, int, str, datetime], str]


class TimeMissing(WatchfloorError):
    """Please choose the time at which the update shall come."""


def register(app: App, services: Services) -> None:
    """Listen to the buttons and forms of updates."""
    for button, decide in (
        (ids.SEND_NOW, draft_answers.send_now),
        (ids.NOTHING_NEW, draft_answers.nothing_new),
        (ids.APPROVE, draft_answers.approve),
    ):
        _decides(app, services, button, decide)
    _opens(app, services, ids.EDIT, draft_screens.edit_form)
    _opens(app, services, ids.LATER, draft_screens.later_form)
    _composes(app, services)
    _forms(app, services)


def register_commands(registry: Registry) -> None:
    """`/incident update`, `updates`, `cadence`, `pause`, `resume`."""
    for subcommand in (update, updates, cadence, pause, resume):
        registry.command(subcommand.__name__, subcommand)
    for place, text in enumerate(HELP, start=30):
        registry.help(Section.CHANNEL, place, text)


HELP = (
    "`/incident update` a form to tell audiences · `/incident update what to say` tells all of them now",
    "`/incident updates` what is promised and how it was kept · `/incident cadence 20 min` or "
    "`cadence executives 1 h`",
    "`/incident pause reason` sends nothing by the clock until `/incident resume`",
    "`/incident updates add executives` lets an audience read of a private incident",
)


def _decides(app: App, services: Services, button: str, decide: Decision) -> None:
    @app.action(button)
    def decided(ack: Ack, body: Payload) -> None:
        def act() -> None:
            decide(services, parse.number_clicked(body), parse.user(body), utcnow())

        answering.click(services, body, act, ack)


def _opens(app: App, services: Services, button: str, draw: Callable[[Services, int, str], Block]) -> None:
    @app.action(button)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = draw(services, parse.number_clicked(body), parse.user(body))
            services.slack.open_view(body["trigger_id"], view)

        answering.click(services, body, act, ack)


def _composes(app: App, services: Services) -> None:
    @app.action(ids.COMPOSE)
    def compose(ack: Ack, body: Payload) -> None:
        def act() -> None:
            composing.open_composer(services, body["trigger_id"], parse.number_clicked(body), parse.user(body))

        answering.click(services, body, act, ack)


def _forms(app: App, services: Services) -> None:
    def takes(callback_id: str, field: str, take: Callable[[Payload, int, str], Words]) -> None:
        @app.view(callback_id)
        def submitted(ack: Ack, body: Payload) -> None:
            def act() -> Words:
                return take(body, parse.number_in_form(body), parse.user(body))

            answering.form(services, body, field, act, ack)

    def send(body: Payload, number: int, by: str) -> Words:
        try:
            return composing.send(services, number, _composed(body), body["view"]["id"], by, utcnow())
        except composing.ReasonMissing as missing:
            raise answering.FieldsRefused({ids.REASON: missing.sentence}) from missing

    def edit(body: Payload, promise_id: int, by: str) -> Words:
        at_once = forms.AT_ONCE in parse.several(body, ids.WHEN)
        words = parse.entered(body, ids.WORDS)
        return draft_answers.edit(services, promise_id, words, by, utcnow(), at_once=at_once)

    def later(body: Payload, promise_id: int, by: str) -> Words:
        now, reason = utcnow(), parse.entered(body, ids.REASON)
        wait = parse.entered(body, ids.WAIT)
        if wait != forms.AT_A_TIME:
            return draft_screens.later_by(services, promise_id, parse.number(wait), reason, by, now)
        due_at = parse.moment(body, ids.AT)
        if due_at is None:
            raise TimeMissing()
        return draft_answers.later(services, promise_id, due_at, reason, by, now)

    def pace(body: Payload, number: int, by: str) -> Words:
        words = f"{parse.entered(body, ids.AUDIENCE)} {parse.entered(body, ids.PACE)}"
        return update_commands.set_cadence(services, number, words, by, utcnow())

    def pause(body: Payload, number: int, by: str) -> Words:
        return update_commands.pause(services, number, parse.entered(body, ids.REASON), by, utcnow())

    takes(ids.COMPOSE_FORM, ids.AUDIENCES, send)
    takes(ids.EDIT_FORM, ids.WORDS, edit)
    takes(ids.LATER_FORM, ids.WAIT, later)
    takes(ids.CADENCE_FORM, ids.PACE, pace)
    takes(ids.PAUSE_FORM, ids.REASON, pause)


def _composed(body: Payload) -> Composed:
    chosen, status = parse.entered(body, ids.NEXT), parse.entered(body, ids.STATUS)
    return Composed(
        audiences=parse.several(body, ids.AUDIENCES),
        words=parse.entered(body, ids.WORDS),
        severity=read_severity(parse.entered(body, ids.SEVERITY)),
        status="" if status == forms.AS_IT_IS else read_status(status),
        reason=parse.entered(body, ids.REASON),
        next_in=None if chosen in ("", forms.AS_PROMISED) else timedelta(minutes=parse.number(chosen)),
    )


def update(services: Services, typed: Typed) -> Words:
    """`/incident update what to say`, or the form when nothing is said."""
    number = incident_here(services, typed.channel_id, typed.user_id)
    if not typed.rest:
        composing.open_composer(services, typed.trigger_id, number, typed.user_id)
        return None
    return composing.send_now(services, number, typed.rest, typed.trigger_id, typed.user_id, utcnow())


def updates(services: Services, typed: Typed) -> Words:
    """`/incident updates`, and of a private incident `updates add executives`, `updates remove executives`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    word, _, rest = typed.rest.partition(" ")
    if word.lower() == "add":
        return given_audiences.add(services, number, rest, typed.user_id, utcnow())
    if word.lower() == "remove":
        return given_audiences.remove(services, number, rest, typed.user_id, utcnow())
    return update_commands.show(services, number, typed.user_id)


def cadence(services: Services, typed: Typed) -> Words:
    """`/incident cadence executives 20 min`, or the form when nothing is said."""
    number = incident_here(services, typed.channel_id, typed.user_id)
    if not typed.rest:
        draw = draft_screens.cadence_form(services)
        open_about(services, typed.trigger_id, number, typed.user_id, draw)
        return None
    return update_commands.set_cadence(services, number, typed.rest, typed.user_id, utcnow())


def pause(services: Services, typed: Typed) -> Words:
    """`/incident pause reason`, or the form when none is given."""
    number = incident_here(services, typed.channel_id, typed.user_id)
    if not typed.rest:
        open_about(services, typed.trigger_id, number, typed.user_id, forms.pause_form)
        return None
    return update_commands.pause(services, number, clean_title(typed.rest), typed.user_id, utcnow())


def resume(services: Services, typed: Typed) -> Words:
    """`/incident resume`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return update_commands.resume(services, number, typed.user_id, utcnow())
