"""The timeline: looked at, added to, put right, drawn: parse, act, answer."""

import re
from collections.abc import Callable
from datetime import datetime

from slack_bolt import Ack, App

from bot.errors import WatchfloorError
from bot.incidents import parse
from bot.incidents import responses as answering
from bot.incidents.access import incident_here
from bot.incidents.parse import NotOurForm, Typed
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Payload, Words
from bot.runtime.clock import utcnow
from bot.screens.timeline import milestones, notes, pictures
from bot.screens.timeline import screens as timeline_screens
from bot.screens.timeline.notes import Amendment
from bot.services import Services
from bot.slack.blocks import Block
from bot.timeline import ids, rules
from bot.timeline.milestones import Name
from bot.timeline.rules import Note

Draw = Callable[[int, str, datetime], Block]
PICTURE = "picture"


class WhichEntry(WatchfloorError):
    """Say which entry, such as `/incident correct 12`. `/incident timeline` shows every entry's number."""


def register(app: App, services: Services) -> None:
    """Listen to everything about timelines but commands."""
    _pages(app, services)
    _openers(app, services)
    _forms(app, services)


def register_commands(registry: Registry) -> None:
    """`/incident timeline`, `note`, `correct`, `milestones`."""
    registry.command("timeline", show)
    registry.command("note", note)
    registry.command("correct", correct)
    registry.command("milestones", show_milestones)
    registry.help(
        Section.CHANNEL,
        60,
        "`/incident timeline` what happened, `decisions`, `marked`, `picture` · "
        "`/incident note we restarted it at 14:05`",
    )
    registry.help(
        Section.CHANNEL,
        61,
        "`/incident correct 12` puts an entry right · `/incident milestones` when it started, was detected …",
    )


def show(services: Services, typed: Typed) -> Words:
    """`/incident timeline`, `/incident timeline decisions`, `/incident timeline picture`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    if typed.rest.strip().lower() == PICTURE:
        return pictures.ask_for(services, number, typed.trigger_id, typed.user_id)
    return timeline_screens.page(services, number, typed.user_id, rules.read_filter(typed.rest))


def note(services: Services, typed: Typed) -> Words:
    """`/incident note decision: we fail over at 14:05`, or the form when nothing is said."""
    number = incident_here(services, typed.channel_id, typed.user_id)
    if typed.rest:
        return notes.note_words(services, number, typed.rest, typed.trigger_id, typed.user_id, utcnow())
    view = timeline_screens.note_form(services, number, typed.user_id, utcnow())
    services.slack.open_view(typed.trigger_id, view)
    return None


def correct(services: Services, typed: Typed) -> Words:
    """`/incident correct 12`: the form to put an entry right."""
    number = incident_here(services, typed.channel_id, typed.user_id)
    found = re.fullmatch(r"\[?#?(\d{1,18})\]?", typed.rest.strip())
    if found is None:
        raise WhichEntry()
    view = timeline_screens.amend_form(services, number, int(found[1]), typed.user_id)
    services.slack.open_view(typed.trigger_id, view)
    return None


def show_milestones(services: Services, typed: Typed) -> Words:
    """`/incident milestones`: what is known, and the form to put it right."""
    number = incident_here(services, typed.channel_id, typed.user_id)
    view = timeline_screens.milestone_form(services, number, typed.user_id, utcnow())
    services.slack.open_view(typed.trigger_id, view)
    return None


def _pages(app: App, services: Services) -> None:
    @app.action(re.compile(rf"^({re.escape(ids.FILTER)}|{re.escape(ids.PAGE)}\.(earlier|later))$"))
    def turn(ack: Ack, body: Payload) -> None:
        ack()
        number, narrowed, page = _place(parse.value(body))
        answering.replaced(
            services, body, lambda: timeline_screens.page(services, number, parse.user(body), narrowed, page)
        )

    @app.action(ids.PICTURE)
    def picture(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            return pictures.ask_for(services, parse.number_clicked(body), body["trigger_id"], parse.user(body))

        answering.click(services, body, act, ack)


def _openers(app: App, services: Services) -> None:
    def of_note(number: int, user_id: str, now: datetime) -> Block:
        return timeline_screens.note_form(services, number, user_id, now)

    def of_milestones(number: int, user_id: str, now: datetime) -> Block:
        return timeline_screens.milestone_form(services, number, user_id, now)

    _opens(app, services, ids.NOTE, of_note)
    _opens(app, services, ids.MILESTONES, of_milestones)

    @app.action(ids.AMEND)
    def amend(ack: Ack, body: Payload) -> None:
        def act() -> None:
            number, entry = _entry(parse.value(body))
            view = timeline_screens.amend_form(services, number, entry, parse.user(body))
            services.slack.open_view(body["trigger_id"], view)

        answering.click(services, body, act, ack)


def _opens(app: App, services: Services, action_id: str, draw: Draw) -> None:
    @app.action(action_id)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = draw(parse.number_clicked(body), parse.user(body), utcnow())
            services.slack.open_view(body["trigger_id"], view)

        answering.click(services, body, act, ack)


def _forms(app: App, services: Services) -> None:
    @app.view(ids.NOTE_FORM)
    def noted(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            given = Note(_kind(body), parse.entered(body, ids.WORDS), parse.moment(body, ids.AT))
            key = str(body["view"]["id"])
            return notes.note(services, parse.number_in_form(body), given, key, parse.user(body), utcnow())

        answering.form(services, body, ids.AT, act, ack)

    @app.view(ids.AMEND_FORM)
    def amended(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            number, entry = _entry(parse.memory(body))
            return notes.amend(services, number, entry, _amendment(body), parse.user(body), utcnow())

        answering.form(services, body, ids.REASON, act, ack)

    @app.view(ids.MILESTONE_FORM)
    def put_right(ack: Ack, body: Payload) -> None:
        answering.form(services, body, ids.AT, lambda: _milestone(services, body), ack)


def _milestone(services: Services, body: Payload) -> Words:
    try:
        name = Name(parse.entered(body, ids.MILESTONE))
    except ValueError:
        raise NotOurForm() from None
    return milestones.put_right(
        services,
        parse.number_in_form(body),
        name,
        parse.moment(body, ids.AT) or utcnow(),
        parse.entered(body, ids.HOW),
        parse.entered(body, ids.REASON),
        str(body["view"]["id"]),
        parse.user(body),
        utcnow(),
    )


def _kind(body: Payload) -> str:
    kind = parse.entered(body, ids.KIND)
    if kind not in rules.NOTES:
        raise NotOurForm()
    return kind


def _amendment(body: Payload) -> Amendment:
    at = parse.moment(body, ids.AT)
    if at is None:
        raise NotOurForm()
    return Amendment(
        words=parse.entered(body, ids.WORDS),
        at=at,
        is_hidden=bool(parse.several(body, ids.HIDE)),
        reason=parse.entered(body, ids.REASON),
    )


def _place(value: str) -> tuple[int, str, int]:
    """Incident, filter and page that a button remembers."""
    number, _, rest = value.partition(":")
    narrowed, _, page = rest.partition(":")
    return parse.number(number), narrowed if narrowed in rules.FILTERS else "all", parse.number(page)


def _entry(value: str) -> tuple[int, int]:
    """Incident and entry that a button or a form remembers."""
    number, _, entry = value.partition(":")
    return parse.number(number), parse.number(entry)
