"""Listeners for declaring by form, shortcut and button, and for the duplicate question: parse, act, answer."""

from slack_bolt import App

from bot.directory.lookup import display_names
from bot.incidents import declaring, ids, listening, parse, responses, rules, scope
from bot.incidents.declaration_forms import Prefilled
from bot.incidents.parse import Payload
from bot.incidents.recognition import Scope
from bot.incidents.workflows import DeclareRequest
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import mentioned_user_ids, time_of_ts, to_plain_text


def register(app: App, services: Services) -> None:
    """Listen to the shortcuts, the form, and the buttons of the question."""
    _register_declaration(app, services)
    _register_question(app, services)


def _register_declaration(app: App, services: Services) -> None:
    def form(body: Payload) -> Block:
        return declaring.form(services, parse.user_id(body))

    def declare(body: Payload) -> None:
        request = _declare_request(services, body)
        _check_past(request)
        # A form has no message to answer below, so the question comes by direct message.
        declaring.declare_unless_open(services, request)

    listening.opens_view(app, services, ids.DECLARE, form)
    listening.shortcut_opens_view(app, services, ids.DECLARE_SHORTCUT, form)
    listening.shortcut_opens_view(
        app, services, ids.DECLARE_FROM_MESSAGE, lambda body: _form_from_message(services, body)
    )
    listening.on_form(app, services, ids.DECLARE_FORM, ids.TITLE, declare)


def _form_from_message(services: Services, body: Payload) -> Block:
    origin = parse.shortcut_message(body)
    message_text = to_plain_text(origin.text, display_names(services, mentioned_user_ids(origin.text)).get)
    recognised_scope = scope.scope_in(services, message_text)
    origin = origin.model_copy(update={"decided": _recognised_fields(recognised_scope)})
    prefilled = Prefilled(scope=recognised_scope, description=message_text)
    return declaring.form(services, parse.user_id(body), prefilled, origin.to_metadata())


def _check_past(request: DeclareRequest) -> None:
    try:
        rules.check_past(request.started_at, request.ended_at, request.at)
    except rules.StartMissing as missing:
        raise responses.FieldsRefused({ids.STARTED_AT: missing.sentence}) from None
    except (rules.EndMissing, rules.EndBeforeStart, rules.StillToCome) as refused:
        raise responses.FieldsRefused({ids.ENDED_AT: refused.sentence}) from None


def _register_question(app: App, services: Services) -> None:
    """Listen to the buttons under the question whether the incident is already open."""

    def open_another(body: Payload) -> str:
        pending_id, user_id = parse.clicked_number(body), parse.user_id(body)
        return declaring.open_another(services, pending_id, user_id, body["response_url"], utcnow())

    def join_duplicate(body: Payload) -> str:
        pending_id, _, number = parse.action_value(body).partition(":")
        return declaring.join_duplicate(
            services,
            parse.parse_number(pending_id),
            parse.parse_number(number),
            parse.user_id(body),
            body["response_url"],
            utcnow(),
        )

    def cancel(body: Payload) -> str:
        return declaring.cancel(services, parse.clicked_number(body), parse.user_id(body))

    listening.on_question(app, services, ids.OPEN_ANOTHER, open_another)
    listening.on_question(app, services, listening.one_of_many(ids.JOIN_DUPLICATE), join_duplicate)
    listening.on_question(app, services, ids.CANCEL_DECLARATION, cancel)


def _recognised_fields(recognised_scope: Scope) -> list[str]:
    recognised_values = {
        ids.TYPE: recognised_scope.type != rules.OTHER,
        ids.SITES: recognised_scope.sites,
        ids.PARTNERS: recognised_scope.partners,
    }
    return [name for name, value in recognised_values.items() if value]


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
