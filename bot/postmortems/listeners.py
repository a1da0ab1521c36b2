"""The post-mortem's buttons, forms and command: parse, act, answer."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from slack_bolt import Ack, App

from bot.incidents import parse
from bot.incidents import responses as answering
from bot.incidents.access import incident_here
from bot.incidents.parse import Typed
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Payload, Words
from bot.postmortems import ids, views
from bot.postmortems import request as postmortem_request
from bot.postmortems import review_actions as reviewing
from bot.postmortems.rules import Verdict
from bot.postmortems.views import PostMortemFacts
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block

# What a form holds: one thing that was typed or chosen, or several people.
Given = TypeVar("Given")


def ask(services: Services, typed: Typed) -> Words:
    """`/incident postmortem`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return postmortem_request.ask(services, number, typed.trigger_id, typed.user_id, utcnow())


def register_commands(registry: Registry) -> None:
    """`/incident postmortem`."""
    registry.command("postmortem", ask)
    registry.help(Section.AFTERWARDS, 2, "`/incident postmortem` the post-mortem as it stands, by direct message")


def register(app: App, services: Services) -> None:
    """Listen to everything about post-mortems but the command."""
    _openers(app, services)
    _forms(app, services)


def _openers(app: App, services: Services) -> None:
    @app.action(ids.OPEN)
    def opened(ack: Ack) -> None:
        # Slack opens the link by itself and tells of the click.
        ack()

    @app.action(ids.FINE)
    def fine(ack: Ack, body: Payload) -> None:
        def act() -> None:
            reviewing.answer(services, parse.number_clicked(body), Verdict.FINE, "", parse.user(body), utcnow())

        answering.click(services, body, act, ack)

    _opens(app, services, ids.ASSIGN, views.assign_form)
    _opens(app, services, ids.REVIEW, views.review_form)
    _opens(app, services, ids.CHANGES, views.changes_form)

    @app.action(ids.PUBLISH)
    def publish(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = reviewing.publish_form(services, parse.number_clicked(body), parse.user(body))
            services.slack.open_view(body["trigger_id"], view)

        answering.click(services, body, act, ack)


def _opens(app: App, services: Services, button: str, draw: Callable[[PostMortemFacts], Block]) -> None:
    @app.action(button)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            view = reviewing.form(services, parse.number_clicked(body), parse.user(body), draw)
            services.slack.open_view(body["trigger_id"], view)

        answering.click(services, body, act, ack)


def _forms(app: App, services: Services) -> None:
    _submits(app, services, ids.ASSIGN_FORM, ids.AUTHOR, parse.entered, reviewing.assign)
    _submits(app, services, ids.REVIEW_FORM, ids.REVIEWERS, parse.several_people, reviewing.request_review)
    _submits(app, services, ids.PUBLISH_FORM, ids.WHERE, parse.entered, reviewing.publish)
    _submits(app, services, ids.CHANGES_FORM, ids.COMMENT, parse.entered, reviewing.want_changes)


def _submits(
    app: App,
    services: Services,
    form: str,
    field: str,
    read: Callable[[Payload, str], Given],
    change: Callable[[Services, int, Given, str, datetime], object],
) -> None:
    @app.view(form)
    def submit(ack: Ack, body: Payload) -> None:
        def act() -> None:
            change(services, parse.number_in_form(body), read(body, field), parse.user(body), utcnow())

        answering.form(services, body, field, act, ack)
