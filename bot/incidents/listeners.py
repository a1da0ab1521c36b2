"""The incident's buttons, forms and shortcuts: parse, act, answer."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from slack_bolt import Ack, App

from bot.directory.lookup import display_names
from bot.incidents import actions as changes
from bot.incidents import declaring, forms, ids, parse, roles, rules, scope, situation_screens
from bot.incidents import lifecycle as ending
from bot.incidents import responses as answering
from bot.incidents.access import open_incident_form, visible_incident
from bot.incidents.declaring import declare_unless_open, open_declare_form
from bot.incidents.invitations import request_to_join
from bot.incidents.recognition import Scope
from bot.incidents.responses import Payload, Response
from bot.incidents.tables import Incident
from bot.incidents.workflows import DeclareRequest
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import mentioned_user_ids, time_of_ts, to_plain_text

BuildForm = Callable[[Incident], Block]


def register(app: App, services: Services) -> None:
    """Listen to the buttons, forms and shortcuts of incidents."""
    _register_declaration(app, services)
    _register_question(app, services)
    _register_buttons(app, services)
    _register_forms(app, services)
    _register_situation(app, services)
    _register_lifecycle(app, services)


def _register_declaration(app: App, services: Services) -> None:
    @app.shortcut(ids.DECLARE_SHORTCUT)
    @app.action(ids.DECLARE)
    def declare_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            open_declare_form(services, body["trigger_id"], parse.user_id(body))

        answering.answer_click(services, body, act, ack)

    @app.shortcut(ids.DECLARE_FROM_MESSAGE)
    def declare_from_message(ack: Ack, body: Payload) -> None:
        def act() -> None:
            origin = parse.shortcut_message(body)
            words = to_plain_text(origin.text, display_names(services, mentioned_user_ids(origin.text)).get)
            recognised = scope.scope_in(services, words)
            origin = origin.model_copy(update={"decided": _fields_of(recognised)})
            open_declare_form(
                services,
                body["trigger_id"],
                parse.user_id(body),
                recognised=recognised,
                description=words,
                private_metadata=origin.kept(),
            )

        answering.answer_click(services, body, act, ack)

    @app.view(ids.DECLARE_FORM)
    def declare(ack: Ack, body: Payload) -> None:
        def act() -> None:
            request = _declare_request(services, body)
            _check_past(request)
            # A form has nothing below it to answer to: the question comes by direct message.
            declare_unless_open(services, request)

        answering.answer_form(services, body, ids.TITLE, act, ack)


def _check_past(request: DeclareRequest) -> None:
    try:
        rules.check_past(request.started_at, request.ended_at, request.at)
    except rules.StartMissing as missing:
        raise answering.FieldsRefused({ids.STARTED_AT: missing.sentence}) from None
    except (rules.EndMissing, rules.EndBeforeStart, rules.StillToCome) as refused:
        raise answering.FieldsRefused({ids.ENDED_AT: refused.sentence}) from None


def _register_question(app: App, services: Services) -> None:
    """The buttons under the question whether an incident is one that is open already."""

    @app.action(ids.OPEN_ANOTHER)
    def open_another(ack: Ack, body: Payload) -> None:
        def act() -> str:
            pending_id, user_id = parse.clicked_number(body), parse.user_id(body)
            return declaring.open_another(services, pending_id, user_id, body["response_url"], utcnow())

        answering.answer_question(services, body, act, ack)

    @app.action(re.compile(rf"^{re.escape(ids.JOIN_DUPLICATE)}\."))
    def join_duplicate(ack: Ack, body: Payload) -> None:
        def act() -> str:
            pending_id, _, number = parse.action_value(body).partition(":")
            return declaring.join_duplicate(
                services,
                parse.parse_number(pending_id),
                parse.parse_number(number),
                parse.user_id(body),
                body["response_url"],
                utcnow(),
            )

        answering.answer_question(services, body, act, ack)

    @app.action(ids.CANCEL_DECLARATION)
    def cancel(ack: Ack, body: Payload) -> None:
        def act() -> str:
            return declaring.cancel(services, parse.clicked_number(body), parse.user_id(body))

        answering.answer_question(services, body, act, ack)


def _fields_of(recognised: Scope) -> list[str]:
    found = {
        ids.TYPE: recognised.type != rules.OTHER,
        ids.SITES: recognised.sites,
        ids.PARTNERS: recognised.partners,
    }
    return [name for name, value in found.items() if value]


def _declare_request(services: Services, body: Payload) -> DeclareRequest:
    origin = parse.source_message(body)
    request = DeclareRequest(
        key=f"declare:{body['view']['id']}",
        user_id=parse.user_id(body),
        title=rules.clean_title(parse.field_value(body, ids.TITLE)),
        severity=rules.read_severity(parse.field_value(body, ids.SEVERITY)),
        type=parse.field_value(body, ids.TYPE),
        sites=parse.selected_values(body, ids.SITES),
        partners=parse.selected_values(body, ids.PARTNERS),
        description=parse.field_value(body, ids.DESCRIPTION),
        is_private="private" in parse.selected_values(body, ids.PRIVATE),
        at=utcnow(),
        started_at=parse.selected_time(body, ids.STARTED_AT),
        ended_at=parse.selected_time(body, ids.ENDED_AT),
        message_at=time_of_ts(origin.ts) if origin else None,
        message_text=origin.text if origin else "",
        message_link=services.slack.permalink(origin.channel_id, origin.ts) if origin else "",
        message_author=origin.author_id if origin else "",
    )
    return scope.complete(services, request, decided=origin.decided if origin else ())


def _register_buttons(app: App, services: Services) -> None:
    @app.action(re.compile(rf"^{re.escape(ids.CLAIM)}\."))
    def claim(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            number, _, role = parse.action_value(body).partition(":")
            return roles.claim(services, parse.parse_number(number), role, parse.user_id(body), utcnow())

        answering.answer_click(services, body, act, ack)

    @app.action(re.compile(rf"^{re.escape(ids.JOIN)}(\.|$)"))
    def join_incident(ack: Ack, body: Payload) -> None:
        def act() -> None:
            request_to_join(
                services,
                parse.clicked_number(body),
                parse.user_id(body),
                body["trigger_id"],
                body["response_url"],
            )

        answering.answer_click(services, body, act, ack)

    for edit_button in (ids.CHANGE_SCOPE, f"{ids.CHANGE_SCOPE}.guessed"):
        _register_opener(app, services, edit_button, lambda found: forms.scope_form(found, services.floor))
    _register_opener(app, services, ids.CHANGE_SEVERITY, lambda found: forms.severity_form(found, services.floor))
    _register_opener(app, services, ids.CHANGE_STATUS, forms.status_form)
    _register_opener(app, services, ids.ASSIGN_ROLE, lambda found: forms.role_form(found, services.floor))


def _register_opener(app: App, services: Services, button: str, build_form: BuildForm) -> None:
    """A button that opens a form about its incident, for who may act and while there is something to do."""

    @app.action(button)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            open_incident_form(
                services, body["trigger_id"], parse.clicked_number(body), parse.user_id(body), build_form
            )

        answering.answer_click(services, body, act, ack)


def _register_forms(app: App, services: Services) -> None:
    @app.view(ids.SEVERITY_FORM)
    def severity(ack: Ack, body: Payload) -> None:
        def act() -> None:
            wanted = rules.read_severity(parse.field_value(body, ids.SEVERITY))
            reason = parse.field_value(body, ids.REASON)
            changes.change_severity(
                services, parse.form_number(body), wanted, reason, parse.user_id(body), utcnow()
            )

        answering.answer_form(services, body, ids.SEVERITY, act, ack)

    @app.view(ids.STATUS_FORM)
    def status(ack: Ack, body: Payload) -> None:
        def act() -> None:
            wanted = rules.read_status(parse.field_value(body, ids.STATUS))
            reason = parse.field_value(body, ids.REASON)
            ending.change_status(services, parse.form_number(body), wanted, reason, parse.user_id(body), utcnow())

        answering.answer_form(services, body, ids.STATUS, act, ack)

    @app.view(ids.SCOPE_FORM)
    def change_scope(ack: Ack, body: Payload) -> None:
        def act() -> None:
            new = Scope(
                parse.field_value(body, ids.TYPE) or rules.OTHER,
                tuple(parse.selected_values(body, ids.SITES)),
                tuple(parse.selected_values(body, ids.PARTNERS)),
            )
            title = rules.clean_title(parse.field_value(body, ids.TITLE))
            scope.edit(services, parse.form_number(body), title, new, parse.user_id(body), utcnow())

        answering.answer_form(services, body, ids.TITLE, act, ack)

    @app.view(ids.ROLE_FORM)
    def role(ack: Ack, body: Payload) -> None:
        def act() -> None:
            wanted = parse.role(parse.field_value(body, ids.ROLE), list(services.floor.roles))
            person = parse.field_value(body, ids.PERSON)
            roles.assign(services, parse.form_number(body), wanted, person, parse.user_id(body), utcnow())

        answering.answer_form(services, body, ids.PERSON, act, ack)


def _register_situation(app: App, services: Services) -> None:
    @app.action(ids.SITUATION)
    def open_situation(ack: Ack, body: Payload) -> None:
        def act() -> None:
            number = parse.clicked_number(body)
            situation_screens.open_form(services, body["trigger_id"], number, parse.user_id(body))

        answering.answer_click(services, body, act, ack)

    @app.view(ids.SITUATION_FORM)
    def save_situation(ack: Ack, body: Payload) -> None:
        answering.answer_form(services, body, ids.IMPACT, lambda: situation_screens.save_form(services, body), ack)


@dataclass(frozen=True)
class LifecycleButton:
    """A button, the form it opens, and what the form does when it is submitted."""

    button: str
    form: str
    title: str
    question: str
    act: Callable[[Services, Payload, datetime], str]


def _resolve(services: Services, body: Payload, now: datetime) -> str:
    number, reason, waiver = _lifecycle_values(body)
    return ending.resolve(services, number, reason, body["view"]["id"], parse.user_id(body), now, waiver)


def _close(services: Services, body: Payload, now: datetime) -> str:
    number, reason, waiver = _lifecycle_values(body)
    return ending.close(services, number, reason, parse.user_id(body), now, waiver)


def _reopen(services: Services, body: Payload, now: datetime) -> str:
    number, reason, _ = _lifecycle_values(body)
    return ending.reopen(services, number, reason, parse.user_id(body), now)


def _decline(services: Services, body: Payload, now: datetime) -> str:
    number, reason, _ = _lifecycle_values(body)
    return ending.decline(services, number, reason, body["view"]["id"], parse.user_id(body), now)


def _lifecycle_values(body: Payload) -> tuple[int, str, str]:
    return parse.form_number(body), parse.field_value(body, ids.REASON), parse.field_value(body, ids.WAIVER)


LIFECYCLE_BUTTONS = (
    LifecycleButton(ids.RESOLVE, ids.RESOLVE_FORM, "Resolve", "What ended the impact?", _resolve),
    LifecycleButton(ids.CLOSE, ids.CLOSE_FORM, "Close", "Anything to add?", _close),
    LifecycleButton(ids.DECLINE, ids.DECLINE_FORM, "Decline", forms.WHY_DECLINE, _decline),
    LifecycleButton(ids.REOPEN, ids.REOPEN_FORM, "Reopen", "Why is it open again?", _reopen),
)


def _register_lifecycle(app: App, services: Services) -> None:
    """Resolve, close and reopen: each asks why first, and names what is still to be done before."""
    for lifecycle_button in LIFECYCLE_BUTTONS:
        _register_lifecycle_opener(app, services, lifecycle_button)
        _register_lifecycle_form(app, services, lifecycle_button)


def _register_lifecycle_opener(app: App, services: Services, lifecycle_button: LifecycleButton) -> None:
    @app.action(lifecycle_button.button)
    def open_form(ack: Ack, body: Payload) -> None:
        def act() -> None:
            found = visible_incident(services, parse.clicked_number(body), parse.user_id(body), "close")
            required = ending.objection_texts(services, found.number, lifecycle_button.title.lower())
            view = forms.lifecycle_form(
                found,
                lifecycle_button.form,
                lifecycle_button.title,
                lifecycle_button.title,
                lifecycle_button.question,
                required,
            )
            services.slack.open_view(body["trigger_id"], view)

        answering.answer_click(services, body, act, ack)


def _register_lifecycle_form(app: App, services: Services, lifecycle_button: LifecycleButton) -> None:
    @app.view(lifecycle_button.form)
    def take(ack: Ack, body: Payload) -> None:
        def act() -> None:
            lifecycle_button.act(services, body, utcnow())

        answering.answer_form(services, body, ids.REASON, act, ack)
