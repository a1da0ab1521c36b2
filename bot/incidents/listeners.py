"""Listeners for the incident's buttons, forms and shortcuts: parse, act, answer."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from slack_bolt import Ack, App

from bot.incidents import (
    declaration_forms,
    forms,
    ids,
    lifecycle,
    listening,
    merging,
    parse,
    privacy,
    responses,
    roles,
    rules,
    scope,
    severity_actions,
    situation_screens,
    wording,
)
from bot.incidents.access import incident_form
from bot.incidents.invitations import request_to_join
from bot.incidents.lifecycle import LifecycleForm
from bot.incidents.parse import Payload
from bot.incidents.recognition import Scope
from bot.incidents.responses import Response
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block

BuildForm = Callable[[Incident], Block]
LifecycleAction = Callable[[Services, Payload, datetime], str]


def register(app: App, services: Services) -> None:
    """Listen to the buttons, forms and shortcuts of incidents."""
    _register_buttons(app, services)
    _register_forms(app, services)
    _register_lifecycle(app, services)


def _register_buttons(app: App, services: Services) -> None:
    def claim(body: Payload) -> Response:
        number, _, role = parse.action_value(body).partition(":")
        if role not in services.floor.roles:
            raise parse.NotOurForm()
        return roles.claim(services, parse.parse_number(number), role, parse.user_id(body), utcnow())

    def join_incident(body: Payload) -> None:
        number, user_id = parse.clicked_number(body), parse.user_id(body)
        request_to_join(services, number, user_id, body["trigger_id"], body["response_url"])

    listening.on_action(app, services, listening.one_of_many(ids.CLAIM), claim)
    listening.on_action(app, services, listening.one_of_many(ids.JOIN), join_incident)
    for edit_button in (ids.CHANGE_SCOPE, f"{ids.CHANGE_SCOPE}.guessed"):
        _register_opener(
            app, services, edit_button, lambda incident: declaration_forms.scope_form(incident, services.floor)
        )
    _register_opener(
        app, services, ids.CHANGE_SEVERITY, lambda incident: forms.severity_form(incident, services.floor)
    )
    _register_opener(app, services, ids.CHANGE_STATUS, forms.status_form)
    _register_opener(app, services, ids.ASSIGN_ROLE, lambda incident: forms.role_form(incident, services.floor))


def _register_opener(app: App, services: Services, button: str, build_form: BuildForm) -> None:
    """Listen to a button that opens a form about its incident, for people who may lead while it may change."""

    def form(services: Services, number: int, by: str, now: datetime) -> Block:
        return incident_form(services, number, by, build_form)

    listening.opens_form(app, services, button, form)


def _register_forms(app: App, services: Services) -> None:
    """Listen to the forms; the card shows what each of them changed."""

    def severity(body: Payload) -> str:
        new_severity = rules.read_severity(parse.field_value(body, ids.SEVERITY))
        reason = parse.field_value(body, ids.REASON)
        number, shown = parse.form_number_and_state(body)
        answer = severity_actions.change_severity(
            services, number, new_severity, reason, parse.user_id(body), utcnow(), shown
        )
        return wording.about_incident(number, answer)

    def status(body: Payload) -> str:
        new_status = rules.read_status(parse.field_value(body, ids.STATUS))
        reason = parse.field_value(body, ids.REASON)
        number, shown = parse.form_number_and_state(body)
        answer = lifecycle.change_status(services, number, new_status, reason, parse.user_id(body), utcnow(), shown)
        return wording.about_incident(number, answer)

    def change_scope(body: Payload) -> None:
        new_scope = Scope(
            parse.field_value(body, ids.TYPE) or rules.OTHER,
            tuple(parse.selected_values(body, ids.SITES)),
            tuple(parse.selected_values(body, ids.PARTNERS)),
        )
        title = rules.clean_title(parse.field_value(body, ids.TITLE))
        scope.edit(services, parse.form_number(body), title, new_scope, parse.user_id(body), utcnow())

    def role(body: Payload) -> None:
        role_name = parse.role(parse.field_value(body, ids.ROLE), list(services.floor.roles))
        person = parse.field_value(body, ids.PERSON)
        roles.assign(services, parse.form_number(body), role_name, person, parse.user_id(body), utcnow())

    listening.on_form(app, services, ids.SEVERITY_FORM, ids.SEVERITY, severity)
    listening.on_form(app, services, ids.STATUS_FORM, ids.STATUS, status)
    listening.on_form(app, services, ids.SCOPE_FORM, ids.TITLE, change_scope)
    listening.on_form(app, services, ids.ROLE_FORM, ids.PERSON, role)
    listening.on_text(app, services, ids.PRIVATE_FORM, ids.REASON, privacy.make_private)
    listening.opens_form(app, services, ids.SITUATION, situation_screens.form)
    save_situation = partial(situation_screens.save_form, services)
    listening.on_form(app, services, ids.SITUATION_FORM, ids.IMPACT, save_situation)


def _resolve(services: Services, body: Payload, now: datetime) -> str:
    number, reason, waiver = _lifecycle_values(body)
    answer = lifecycle.resolve(services, number, reason, body["view"]["id"], parse.user_id(body), now, waiver)
    return wording.about_incident(number, answer)


def _close(services: Services, body: Payload, now: datetime) -> str:
    number, reason, waiver = _lifecycle_values(body)
    answer = lifecycle.close(services, number, reason, parse.user_id(body), now, waiver)
    return wording.about_incident(number, answer)


def _reopen(services: Services, body: Payload, now: datetime) -> str:
    number, reason, _ = _lifecycle_values(body)
    return merging.reopen(services, number, reason, parse.user_id(body), now)


def _decline(services: Services, body: Payload, now: datetime) -> str:
    number, reason, _ = _lifecycle_values(body)
    answer = lifecycle.decline(services, number, reason, body["view"]["id"], parse.user_id(body), now)
    return wording.about_incident(number, answer)


def _lifecycle_values(body: Payload) -> tuple[int, str, str]:
    return parse.form_number(body), parse.field_value(body, ids.REASON), parse.field_value(body, ids.WAIVER)


def _register_lifecycle(app: App, services: Services) -> None:
    """Listen to the lifecycle buttons: each first asks for a reason and lists what is still to be done."""
    _register_lifecycle_button(app, services, ids.RESOLVE, lifecycle.RESOLVE, _resolve)
    _register_lifecycle_button(app, services, ids.CLOSE, lifecycle.CLOSE, _close)
    _register_lifecycle_button(app, services, ids.DECLINE, lifecycle.DECLINE, _decline)
    _register_lifecycle_button(app, services, ids.REOPEN, lifecycle.REOPEN, _reopen)


def _register_lifecycle_button(
    app: App, services: Services, button: str, form: LifecycleForm, act: LifecycleAction
) -> None:
    """Listen to a button, and to the form that it opens."""

    def open_form(services: Services, number: int, by: str, now: datetime) -> Block:
        return lifecycle.form_view(services, form, number, by)

    @app.view(form.callback_id)
    def submit_form(ack: Ack, body: Payload) -> None:
        # What is still to be done is refused beside the reason for going on without it.
        field = ids.WAIVER if ids.WAIVER in body["view"]["state"]["values"] else ids.REASON
        responses.answer_form(services, body, field, lambda: act(services, body, utcnow()), ack)

    listening.opens_form(app, services, button, open_form)
