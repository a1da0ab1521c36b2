"""The post-mortem's buttons, forms and command: parse, act, answer."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from slack_bolt import Ack, App

from bot.incidents import listening, parse
from bot.incidents.access import incident_number_here
from bot.incidents.parse import Payload, SlashCommand
from bot.incidents.responses import FieldsRefused, Response
from bot.postmortems import forms, ids, request, review_actions
from bot.postmortems.review import StillUnknown
from bot.postmortems.rules import Verdict
from bot.postmortems.views import PostMortemFacts
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block


def request_copy(services: Services, command: SlashCommand) -> Response:
    """`/incident postmortem`: get the post-mortem as it stands, by direct message."""
    number = incident_number_here(services, command)
    return request.request_by_command(services, number, command.trigger_id, command.user_id, utcnow())


def register(app: App, services: Services) -> None:
    """Register every handler for post-mortems except the command."""
    _register_openers(app, services)
    _register_forms(app, services)


def _register_openers(app: App, services: Services) -> None:
    @app.action(ids.OPEN)
    def opened(ack: Ack, body: Payload) -> None:
        # Slack itself opens the link, and reports the click.
        ack()

    def record_fine(services: Services, number: int, by: str, now: datetime) -> None:
        review_actions.record_verdict(services, number, Verdict.FINE, "", by, now)

    def rewrite(body: Payload) -> None:
        number, _, version = parse.action_value(body).partition(":")
        user_id = parse.user_id(body)
        review_actions.rewrite(services, parse.parse_number(number), parse.parse_number(version), user_id, utcnow())

    def publish_form(body: Payload) -> Block:
        return review_actions.publish_form(services, parse.clicked_number(body), parse.user_id(body))

    listening.on_click(app, services, ids.FINE, record_fine)
    listening.on_action(app, services, ids.REWRITE, rewrite)
    listening.opens_view(app, services, ids.PUBLISH, publish_form)
    for button, build_form in (
        (ids.ASSIGN, forms.assign_form),
        (ids.REVIEW, forms.review_form),
        (ids.CHANGES, forms.changes_form),
    ):
        listening.opens_view(app, services, button, partial(_review_form, services, build_form))


def _review_form(services: Services, build_form: Callable[[PostMortemFacts], Block], body: Payload) -> Block:
    return review_actions.form_for(services, parse.clicked_number(body), parse.user_id(body), build_form)


def _register_forms(app: App, services: Services) -> None:
    def request_review(body: Payload) -> None:
        reviewers = parse.selected_users(body, ids.REVIEWERS)
        review_actions.request_review(services, parse.form_number(body), reviewers, parse.user_id(body), utcnow())

    def publish(body: Payload) -> None:
        channel_choice, reason = parse.field_value(body, ids.WHERE), parse.field_value(body, ids.REASON)
        try:
            review_actions.publish(
                services, parse.form_number(body), channel_choice, reason, parse.user_id(body), utcnow()
            )
        except StillUnknown as unknown:
            raise FieldsRefused({ids.REASON: unknown.sentence}) from unknown

    listening.on_text(app, services, ids.ASSIGN_FORM, ids.AUTHOR, review_actions.assign)
    listening.on_form(app, services, ids.REVIEW_FORM, ids.REVIEWERS, request_review)
    listening.on_text(app, services, ids.CHANGES_FORM, ids.COMMENT, review_actions.request_changes)
    listening.on_form(app, services, ids.PUBLISH_FORM, ids.WHERE, publish)
