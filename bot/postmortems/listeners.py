"""The post-mortem's buttons, forms and command: parse, act, answer."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from slack_bolt import Ack, App

from bot.incidents import parse, responses
from bot.incidents.access import incident_number_here
from bot.incidents.parse import SlashCommand
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import FieldsRefused, Payload, Response
from bot.postmortems import ids, views
from bot.postmortems import request as postmortem_request
from bot.postmortems import review_actions as reviewing
from bot.postmortems.review import StillUnknown
from bot.postmortems.rules import Verdict
from bot.postmortems.views import PostMortemFacts
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block

# What a form holds: one thing that was typed or chosen, or several people.
FormValue = TypeVar("FormValue")


def request_copy(services: Services, typed: SlashCommand) -> Response:
    """`/incident postmortem`: the post-mortem as it stands, by direct message."""
    number = incident_number_here(services, typed.channel_id, typed.user_id)
    return postmortem_request.request_by_command(services, number, typed.trigger_id, typed.user_id, utcnow())


def register_commands(registry: Registry) -> None:
    """`/incident postmortem`."""
    registry.command("postmortem", request_copy)
    registry.help(Section.AFTERWARDS, 2, "`/incident postmortem` the post-mortem as it stands, by direct message")


def register(app: App, services: Services) -> None:
    """Listen to everything about post-mortems but the command."""
    _register_openers(app, services)
    _register_forms(app, services)
    _register_publishing(app, services)


def _register_openers(app: App, services: Services) -> None:
    @app.action(ids.OPEN)
    def opened(ack: Ack, body: Payload) -> None:
        # Slack opens the link by itself and tells of the click.
        ack()

    @app.action(ids.FINE)
    def fine(ack: Ack, body: Payload) -> None:
        def act() -> None:
            reviewing.record_verdict(
                services, parse.clicked_number(body), Verdict.FINE, "", parse.user_id(body), utcnow()
            )

        responses.answer_click(services, body, act, ack)

    _register_opener(app, services, ids.ASSIGN, views.assign_form)
    _register_opener(app, services, ids.REVIEW, views.review_form)
    _register_opener(app, services, ids.CHANGES, views.changes_form)

    @app.action(ids.PUBLISH)
    def publish(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = reviewing.publish_form(services, parse.clicked_number(body), parse.user_id(body))
            services.slack.open_view(body["trigger_id"], view)

        responses.answer_click(services, body, act, ack)


def _register_opener(
    app: App, services: Services, button: str, build_form: Callable[[PostMortemFacts], Block]
) -> None:
    @app.action(button)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = reviewing.form_for(services, parse.clicked_number(body), parse.user_id(body), build_form)
            services.slack.open_view(body["trigger_id"], view)

        responses.answer_click(services, body, act, ack)


def _register_forms(app: App, services: Services) -> None:
    _register_form(app, services, ids.ASSIGN_FORM, ids.AUTHOR, parse.field_value, reviewing.assign)
    _register_form(app, services, ids.REVIEW_FORM, ids.REVIEWERS, parse.selected_users, reviewing.request_review)
    _register_form(app, services, ids.CHANGES_FORM, ids.COMMENT, parse.field_value, reviewing.request_changes)


def _register_publishing(app: App, services: Services) -> None:
    @app.view(ids.PUBLISH_FORM)
    def publish(ack: Ack, body: Payload) -> None:
        def act() -> None:
            where, reason = parse.field_value(body, ids.WHERE), parse.field_value(body, ids.REASON)
            try:
                reviewing.publish(services, parse.form_number(body), where, reason, parse.user_id(body), utcnow())
            except StillUnknown as unknown:
                raise FieldsRefused({ids.REASON: unknown.sentence}) from unknown

        responses.answer_form(services, body, ids.WHERE, act, ack)


def _register_form(
    app: App,
    services: Services,
    form: str,
    field: str,
    read: Callable[[Payload, str], FormValue],
    change: Callable[[Services, int, FormValue, str, datetime], object],
) -> None:
    @app.view(form)
    def submit(ack: Ack, body: Payload) -> None:
        def act() -> None:
            change(services, parse.form_number(body), read(body, field), parse.user_id(body), utcnow())

        responses.answer_form(services, body, field, act, ack)
