"""Follow-ups: the shortcut, the commands, the buttons and the forms: parse, act, answer."""

from collections.abc import Callable
from datetime import date, datetime

from slack_bolt import Ack, App

from bot.directory.lookup import names
from bot.errors import WatchfloorError
from bot.followups import actions as followups
from bot.followups import change_actions as followup_changes
from bot.followups import ids, rules
from bot.followups import screens as followup_screens
from bot.followups.actions import NewFollowUp
from bot.followups.change_actions import Change
from bot.followups.rules import State
from bot.incidents import parse
from bot.incidents import responses as answering
from bot.incidents.access import incident_here
from bot.incidents.parse import Typed
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import FieldsRefused, Payload, Words
from bot.incidents.rules import quoted
from bot.incidents.tables import NoIncidentHere
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import mentioned_people, spoken

Act = Callable[[Services, int, str, datetime], str | None]


class UnknownList(WatchfloorError):
    """I do not know `/incident followups {given}`. There are `/incident followups`, `… mine` and `… overdue`."""


def register(app: App, services: Services) -> None:
    """Listen to everything about follow-ups but commands."""
    _shortcut(app, services)
    _buttons(app, services)
    _forms(app, services)


def register_commands(registry: Registry) -> None:
    """`/incident followup` and `/incident followups`."""
    registry.command("followup", add)
    registry.command("followups", show)
    registry.help(
        Section.AFTERWARDS,
        1,
        "`/incident followup @ana what is to be done` writes it down · "
        "`/incident followups` lists it, `mine` and `overdue` over all incidents",
    )


def add(services: Services, typed: Typed) -> Words:
    """`/incident followup @ana prevent: alarm on trunk errors by 2030-01-31`, or the form when nothing is said."""
    if not typed.rest:
        number = followup_screens.number_of_channel(services, typed.channel_id)
        view = followup_screens.add_form(services, number, typed.user_id, utcnow())
        services.slack.open_view(typed.trigger_id, view)
        return None
    number = incident_here(services, typed.channel_id, typed.user_id)
    read = rules.read(typed.raw)
    new = NewFollowUp(
        key=f"command:{typed.trigger_id}",
        incident=number,
        words=read.words,
        by=typed.user_id,
        owner_id=followups.owner_named(services, read.owner),
        due_on=read.due_on,
        kind=read.kind,
    )
    return followups.add(services, new, utcnow())


def show(services: Services, typed: Typed) -> Words:
    """`/incident followups`, `/incident followups mine`, `/incident followups overdue`"""
    now, wanted = utcnow(), typed.rest.lower()
    if wanted == "overdue":
        return followup_screens.overdue(services, typed.user_id, now)
    if wanted not in ("", "mine"):
        raise UnknownList(given=quoted(typed.rest))
    try:
        number = incident_here(services, typed.channel_id, typed.user_id)
    except NoIncidentHere:
        return followup_screens.mine(services, typed.user_id, now)
    if wanted == "mine":
        return followup_screens.mine(services, typed.user_id, now)
    return followup_screens.of_incident(services, number, typed.user_id, now)


def _shortcut(app: App, services: Services) -> None:
    @app.shortcut(ids.FROM_MESSAGE)
    def from_message(ack: Ack, body: Payload) -> None:
        def act() -> None:
            origin = parse.origin_of(body)
            said = spoken(origin.text, names(services, mentioned_people(origin.text)).get)
            number = followup_screens.number_of_channel(services, origin.channel_id)
            link = services.slack.permalink(origin.channel_id, origin.ts)
            view = followup_screens.add_form(
                services, number, parse.user(body), utcnow(), words=rules.clean(said), link=link
            )
            services.slack.open_view(body["trigger_id"], view)

        answering.click(services, body, act, ack)


def _buttons(app: App, services: Services) -> None:
    def done(services: Services, number: int, by: str, now: datetime) -> str | None:
        return followup_changes.finish(services, number, State.DONE, by, now)

    _does(app, services, ids.DONE, done)
    _does(app, services, ids.NOT_MINE, followup_changes.decline)
    _does(app, services, ids.TAKE, followup_changes.take)
    _does(app, services, ids.REOPEN, followup_changes.reopen)

    def empty_form(number: int, user_id: str) -> Block:
        return followup_screens.add_form(services, number, user_id, utcnow())

    def change_form(number: int, user_id: str) -> Block:
        return followup_screens.change_form(services, number, user_id)

    def later_form(number: int, user_id: str) -> Block:
        return followup_screens.later_form(services, number, user_id, utcnow())

    _opens(app, services, ids.ADD, empty_form)
    _opens(app, services, ids.CHANGE, change_form)
    _opens(app, services, ids.LATER, later_form)


def _does(app: App, services: Services, action_id: str, do: Act) -> None:
    """A button whose result is seen in the messages it changes."""

    @app.action(action_id)
    def click(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            return do(services, parse.number_clicked(body), parse.user(body), utcnow())

        answering.click(services, body, act, ack)


def _opens(app: App, services: Services, action_id: str, draw: Callable[[int, str], Block]) -> None:
    @app.action(action_id)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = draw(parse.number_clicked(body), parse.user(body))
            services.slack.open_view(body["trigger_id"], view)

        answering.click(services, body, act, ack)


def _forms(app: App, services: Services) -> None:
    @app.view(ids.ADD_FORM)
    def add(ack: Ack, body: Payload) -> None:
        answering.form(services, body, ids.WORDS, lambda: followups.add(services, _new(body), utcnow()), ack)

    @app.view(ids.CHANGE_FORM)
    def change(ack: Ack, body: Payload) -> None:
        def act() -> None:
            number = parse.number_in_form(body)
            followup_changes.change(services, number, _change(body), parse.user(body), utcnow())

        answering.form(services, body, ids.WORDS, act, ack)

    @app.view(ids.LATER_FORM)
    def later(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            number, reason = parse.number_in_form(body), rules.clean(parse.entered(body, ids.REASON))
            return followup_changes.later(services, number, _day(body), reason, parse.user(body), utcnow())

        answering.form(services, body, ids.DUE, act, ack)


def _new(body: Payload) -> NewFollowUp:
    number = parse.memory(body) or parse.entered(body, ids.INCIDENT)
    return NewFollowUp(
        key=f"form:{body['view']['id']}",
        incident=parse.number(number),
        words=rules.clean(parse.entered(body, ids.WORDS)),
        by=parse.user(body),
        owner_id=parse.entered(body, ids.OWNER),
        due_on=_day(body),
        kind=parse.entered(body, ids.KIND),
        link=_link(body),
    )


def _change(body: Payload) -> Change:
    return Change(
        words=rules.clean(parse.entered(body, ids.WORDS)),
        owner_id=parse.entered(body, ids.OWNER),
        due_on=_day(body),
        kind=parse.entered(body, ids.KIND),
        link=_link(body),
        state=State(parse.entered(body, ids.STATE)),
    )


def _day(body: Payload) -> date:
    return rules.read_day(parse.entered(body, ids.DUE))


def _link(body: Payload) -> str:
    try:
        return rules.read_link(parse.entered(body, ids.LINK))
    except rules.NotALink as refused:
        raise FieldsRefused({ids.LINK: refused.sentence}) from None
