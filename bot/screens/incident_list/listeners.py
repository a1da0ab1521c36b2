"""`/incident list`, `/incident search`, the pages' buttons and the form: parse, read, show."""

import re

from pydantic import ValidationError
from slack_bolt import Ack, App

from bot.incidents import incidents, listening, parse, responses
from bot.incidents.parse import NotOurForm, Payload, SlashCommand
from bot.incidents.permissions import check_member
from bot.incidents.responses import CommandResponse, Response
from bot.runtime.clock import utcnow
from bot.screens.incident_list import ids, queries, rules, views
from bot.screens.incident_list.rules import ALL, Filter
from bot.services import Services
from bot.slack.blocks import Block, Message


def show_list(services: Services, command: SlashCommand) -> Response:
    """`/incident list`, `/incident list closed S1 last 7 days`, `/incident list mine`: list incidents,
    filtered."""
    return list_page(services, rules.read_filter(command.argument, utcnow()), command.user_id)


def search(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident search crm`: search titles, impacts and causes; alone, it opens a form."""
    if not command.argument:
        check_member(services, command.user_id)
        return views.form(Filter(state=ALL), services.floor)
    return show_list(services, command)


def list_page(services: Services, list_filter: Filter, user_id: str) -> Message:
    """Return a page of the incidents that this person may see."""
    check_member(services, user_id)
    types_by_word = rules.types_named(list_filter.words, services.floor.types)
    with services.database.reading() as session:
        page = queries.page_of(session, list_filter, types_by_word, user_id, utcnow())
        leaderless = incidents.without_commander(session, page)
    return views.page(page, list_filter, services.floor, leaderless)


def register(app: App, services: Services) -> None:
    """Register the listeners for the buttons below a page, and for the form."""

    @app.action(re.compile(rf"^{re.escape(ids.PAGE)}\."))
    def turn_page(ack: Ack, body: Payload) -> None:
        def page() -> Message:
            return list_page(services, _filter_of(body), parse.user_id(body))

        if view := body.get("view"):
            responses.answer_click(
                services, body, lambda: services.slack.update_view(view["id"], views.results(page())), ack
            )
            return
        ack()
        responses.replace_message(services, body, page)

    def open_form(body: Payload) -> None:
        check_member(services, parse.user_id(body))
        form = views.form(_filter_of(body), services.floor)
        if view := body.get("view"):
            services.slack.update_view(view["id"], form)
        else:
            services.slack.open_view(body["trigger_id"], form)

    listening.on_action(app, services, ids.FILTER, open_form)

    @app.view(ids.FORM)
    def show_results(ack: Ack, body: Payload) -> None:
        def results() -> Block:
            return views.results(list_page(services, _filter_in_form(body), parse.user_id(body)))

        responses.answer_form_with_view(services, body, ids.WORDS, results, ack)


def _filter_of(body: Payload) -> Filter:
    """Return the filter in the button's value. Users can forge it, so the query checks access again."""
    try:
        return Filter.model_validate_json(parse.action_value(body))
    except ValidationError:
        raise NotOurForm() from None


def _filter_in_form(body: Payload) -> Filter:
    typed_filter = rules.read_filter(parse.field_value(body, ids.WORDS), utcnow())
    return Filter(
        state=parse.field_value(body, ids.STATE) or ALL,
        is_mine=bool(parse.selected_values(body, ids.MINE)),
        severities=tuple(parse.selected_values(body, ids.SEVERITIES)) or typed_filter.severities,
        types=tuple(parse.selected_values(body, ids.TYPES)),
        sites=tuple(parse.selected_values(body, ids.SITES)),
        hours=int(parse.field_value(body, ids.PERIOD) or 0) or typed_filter.hours,
        words=typed_filter.words,
    )
