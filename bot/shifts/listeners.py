"""Listeners for rosters: `/incident oncall`, `absence`, `absences`, `shift`, and forms. Parse, act, answer."""

from collections.abc import Callable
from datetime import datetime

from slack_bolt import App

from bot.incidents import listening, parse
from bot.incidents.parse import Payload, SlashCommand
from bot.incidents.permissions import reading_as
from bot.incidents.responses import CommandResponse, Response
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.shifts import absences, by_hand, forms, ids, offers, oncall, open_time_tables, swaps
from bot.shifts.wording import translator_for
from bot.slack.blocks import Block
from bot.slack.phrases import Translator


def who_is_on(services: Services, command: SlashCommand) -> Response:
    """`/incident oncall`, `/incident oncall gqm EMEA at tomorrow 08:00`, `mine`, `gaps`: show who is on duty, your
    shifts, or the gaps."""
    return oncall.oncall(services, command.argument, command.user_id, utcnow())


def enter_absence(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident absence`: record in a form that somebody cannot work."""
    return absences.form(services, command.user_id, utcnow())


def export_absences(services: Services, command: SlashCommand) -> Response:
    """`/incident absences export`: get everybody's absences as a file."""
    return absences.request_export(services, command.trigger_id, command.user_id, utcnow())


def add_shift(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident shift`: put somebody on a shift by hand."""
    if not services.floor.shifts.roles:
        raise oncall.NoRoles()
    offers.check_manager(services, command.user_id)
    return forms.shift_form(services.floor, _translator(services, command.user_id), utcnow())


def _translator(services: Services, by: str) -> Translator:
    with services.database.reading() as session:
        return translator_for(session, services, by)


def register(app: App, services: Services) -> None:
    """Register every listener for rosters except the commands."""
    _register_open_times(app, services)
    _register_swaps(app, services)
    _register_entries(app, services)


def _register_open_times(app: App, services: Services) -> None:
    listening.on_click(app, services, listening.one_of_many(ids.TAKE), offers.take)
    listening.opens_form(app, services, listening.one_of_many(ids.TAKE_PART), _open_time_form(forms.take_form))

    def take_part(body: Payload) -> Response:
        return offers.take(services, parse.form_number(body), parse.user_id(body), utcnow(), _when(body))

    listening.on_form(app, services, ids.TAKE_FORM, ids.ENDS, take_part)

    listening.opens_form(app, services, listening.one_of_many(ids.ASK), _open_time_form(forms.ask_form))
    listening.opens_form(app, services, listening.one_of_many(ids.SEND_PEOPLE), _open_time_form(forms.people_form))

    listening.on_text(app, services, ids.ASK_FORM, ids.PERSON, offers.ask)
    listening.on_text(app, services, ids.PEOPLE_FORM, ids.ANSWER, offers.answer_request)


def _open_time_form(build: Callable[..., Block]) -> listening.Build:
    def build_form(services: Services, number: int, by: str, now: datetime) -> Block:
        with reading_as(services, by) as session:
            open_time = open_time_tables.look_up(session, number)
            translate = translator_for(session, services, by)
        return build(open_time, services.floor, translate, now)

    return build_form


def _register_swaps(app: App, services: Services) -> None:
    listening.opens_form(app, services, listening.one_of_many(ids.SWAP), oncall.swap_form)

    def propose(body: Payload) -> Response:
        chosen_shift = parse.field_value(body, ids.OTHER)
        number = parse.parse_number(chosen_shift) if chosen_shift else None
        to, by = parse.field_value(body, ids.PERSON), parse.user_id(body)
        return swaps.propose(services, parse.form_number(body), number, to, by, utcnow())

    listening.on_form(app, services, ids.SWAP_FORM, ids.PERSON, propose)

    def agree(body: Payload) -> str:
        return swaps.agree(services, parse.clicked_number(body), parse.user_id(body), utcnow())

    def decline(body: Payload) -> str:
        return swaps.decline(services, parse.clicked_number(body), parse.user_id(body), utcnow())

    listening.on_question(app, services, ids.AGREE, agree)
    listening.on_question(app, services, ids.DECLINE, decline)


def _register_entries(app: App, services: Services) -> None:
    def absence_form(body: Payload) -> Block:
        return absences.form(services, parse.user_id(body), utcnow())

    listening.opens_view(app, services, ids.ABSENCE, absence_form)

    listening.on_click(app, services, listening.one_of_many(ids.CANCEL_ABSENCE), absences.cancel)

    def absence(body: Payload) -> Response:
        person = parse.field_value(body, ids.PERSON) or parse.user_id(body)
        kind, note = parse.field_value(body, ids.KIND), parse.field_value(body, ids.NOTE)
        by, key = parse.user_id(body), str(body["view"]["id"])
        return absences.enter(services, person, _when(body), kind, note, by, utcnow(), key)

    listening.on_form(app, services, ids.ABSENCE_FORM, ids.ENDS, absence)

    def shift(body: Payload) -> Response:
        place = parse.field_value(body, ids.REGION), parse.field_value(body, ids.SITE)
        person, role = parse.field_value(body, ids.PERSON), parse.field_value(body, ids.ROLE)
        by, key = parse.user_id(body), str(body["view"]["id"])
        return by_hand.add(services, person, role, place, _when(body), by, utcnow(), key)

    listening.on_form(app, services, ids.SHIFT_FORM, ids.ENDS, shift)


def _when(body: Payload) -> tuple[datetime, datetime]:
    starts_at, ends_at = parse.selected_time(body, ids.STARTS), parse.selected_time(body, ids.ENDS)
    if starts_at is None or ends_at is None:
        raise absences.EndsBeforeStart()
    return starts_at, ends_at
