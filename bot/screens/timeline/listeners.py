"""Listeners for the timeline: show it, add to it, correct it, draw it: parse, act, answer."""

import re
from functools import partial

from slack_bolt import Ack, App

from bot.errors import WatchfloorError, require
from bot.incidents import listening, milestones, parse, responses
from bot.incidents.access import incident_number_here
from bot.incidents.parse import NotOurForm, Payload, SlashCommand
from bot.incidents.responses import CommandResponse, Response
from bot.runtime.clock import utcnow
from bot.screens.timeline import notes, pictures
from bot.screens.timeline import pages as timeline_screens
from bot.screens.timeline.notes import Amendment
from bot.services import Services
from bot.slack.blocks import Block
from bot.timeline import ids, rules
from bot.timeline.milestones import MilestoneName, ReasonMissing
from bot.timeline.rules import Note

PICTURE = "picture"


class WhichEntry(WatchfloorError):
    """Say which entry, such as `/incident correct 12`. `/incident timeline` shows every entry's number."""


def register(app: App, services: Services) -> None:
    """Register the listeners for everything about timelines except commands."""
    _register_pages(app, services)
    _register_forms(app, services)


def show_timeline(services: Services, command: SlashCommand) -> Response:
    """`/incident timeline`, `/incident timeline decisions`, `/incident timeline picture`: read what happened, all
    of it or a part, or get a picture of it."""
    number = incident_number_here(services, command)
    if command.argument.strip().lower() == PICTURE:
        return pictures.request_picture(services, number, command.trigger_id, command.user_id)
    return timeline_screens.timeline_page(services, number, command.user_id, rules.read_filter(command.argument))


def note(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident note decision: we fail over at 14:05`: add an entry to the timeline; alone, it opens a form."""
    number = incident_number_here(services, command)
    if command.argument:
        return notes.add_typed_note(
            services, number, command.argument, command.trigger_id, command.user_id, utcnow()
        )
    return timeline_screens.note_form(services, number, command.user_id, utcnow())


def correct(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident correct 12`: correct or hide an entry of the timeline."""
    number = incident_number_here(services, command)
    match = require(re.fullmatch(r"\[?#?(\d{1,18})\]?", command.argument.strip()), WhichEntry)
    return timeline_screens.amend_form(services, number, int(match[1]), command.user_id)


def show_milestones(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident milestones`: show when it started, was detected, mitigated …, and correct one of these times."""
    number = incident_number_here(services, command)
    return timeline_screens.milestone_form(services, number, command.user_id, utcnow())


def _register_pages(app: App, services: Services) -> None:
    @app.action(re.compile(rf"^({re.escape(ids.FILTER)}|{re.escape(ids.PAGE)}\.(earlier|later))$"))
    def turn_page(ack: Ack, body: Payload) -> None:
        ack()
        number, filter_name, page = _page_from_value(parse.action_value(body))
        responses.replace_message(
            services,
            body,
            lambda: timeline_screens.timeline_page(services, number, parse.user_id(body), filter_name, page),
        )

    def picture(body: Payload) -> Response:
        number, by = parse.clicked_number(body), parse.user_id(body)
        return pictures.request_picture(services, number, body["trigger_id"], by)

    listening.on_action(app, services, ids.PICTURE, picture)


def _register_forms(app: App, services: Services) -> None:
    def amend_form(body: Payload) -> Block:
        number, entry_number = _entry_from_value(parse.action_value(body))
        return timeline_screens.amend_form(services, number, entry_number, parse.user_id(body))

    def add_note(body: Payload) -> Response:
        typed_note = Note(_kind(body), parse.field_value(body, ids.TEXT), parse.selected_time(body, ids.AT))
        key = str(body["view"]["id"])
        return notes.add_note(services, parse.form_number(body), typed_note, key, parse.user_id(body), utcnow())

    def amend(body: Payload) -> Response:
        number, entry_number = _entry_from_value(parse.private_metadata(body))
        return notes.amend_entry(services, number, entry_number, _amendment(body), parse.user_id(body), utcnow())

    listening.opens_form(app, services, ids.NOTE, timeline_screens.note_form)
    listening.opens_form(app, services, ids.MILESTONES, timeline_screens.milestone_form)
    listening.opens_view(app, services, ids.AMEND, amend_form)
    listening.on_form(app, services, ids.NOTE_FORM, ids.AT, add_note, {rules.NoteMissing: ids.TEXT})
    listening.on_form(app, services, ids.AMEND_FORM, ids.REASON, amend)

    milestone = partial(_milestone, services)
    listening.on_form(app, services, ids.MILESTONE_FORM, ids.AT, milestone, {ReasonMissing: ids.REASON})


def _milestone(services: Services, body: Payload) -> Response:
    try:
        name = MilestoneName(parse.field_value(body, ids.MILESTONE))
    except ValueError:
        raise NotOurForm() from None
    return milestones.correct_milestone(
        services,
        parse.form_number(body),
        name,
        parse.selected_time(body, ids.AT) or utcnow(),
        parse.field_value(body, ids.HOW),
        parse.field_value(body, ids.REASON),
        str(body["view"]["id"]),
        parse.user_id(body),
        utcnow(),
    )


def _kind(body: Payload) -> str:
    kind = parse.field_value(body, ids.KIND)
    if kind not in rules.NOTES:
        raise NotOurForm()
    return kind


def _amendment(body: Payload) -> Amendment:
    at = require(parse.selected_time(body, ids.AT), NotOurForm)
    return Amendment(
        text=parse.field_value(body, ids.TEXT),
        at=at,
        is_hidden=bool(parse.selected_values(body, ids.HIDE)),
        reason=parse.field_value(body, ids.REASON),
    )


def _page_from_value(value: str) -> tuple[int, str, int]:
    """Return the incident, filter and page in a button's value."""
    number, _, filter_and_page = value.partition(":")
    filter_name, _, page = filter_and_page.partition(":")
    return (
        parse.parse_number(number),
        filter_name if filter_name in rules.FILTERS else "all",
        parse.parse_number(page),
    )


def _entry_from_value(value: str) -> tuple[int, int]:
    """Return the incident and entry in the value of a button or a form."""
    number, _, entry_number = value.partition(":")
    return parse.parse_number(number), parse.parse_number(entry_number)
