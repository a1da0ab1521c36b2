"""Answers to people: the one place that turns an error into a sentence for the person who asked."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack

from bot.directory.lookup import display_names, language_of_reader, person_of
from bot.directory.rules import PersonUnknown
from bot.errors import TryLater, WatchfloorError
from bot.incidents import wording
from bot.incidents.parse import Payload
from bot.runtime.database import ChangeUnknown, DatabaseBusy, noting_commits
from bot.services import Services
from bot.slack.blocks import MESSAGE_TEXT, Block, Message, fit_message, paragraphs
from bot.slack.errors import SlackRefused
from bot.slack.text import mentioned_user_ids, shorten, to_plain_text
from bot.timeline.rules import zone_of

log = logging.getLogger(__name__)

LONGEST_ERROR = 2000
UNKNOWN_PERSON_ERRORS = ("user_not_found", "users_not_found", "user_not_visible")
Response = str | Message | None
# What a command returns: an answer, or a form, which is then opened.
CommandResponse = Response | Block


def sentence_of(services: Services, reader_id: str, failure: Exception, *, has_changed: bool = False) -> str:
    """The sentence for the person who asked. After a commit it never says that nothing was changed."""
    if has_changed and isinstance(failure, DatabaseBusy):
        return ChangeUnknown().sentence
    if isinstance(failure, SlackRefused) and failure.error in UNKNOWN_PERSON_ERRORS:
        failure = PersonUnknown()
    if isinstance(failure, WatchfloorError):
        return failure.sentence_in(language_of_reader(services, reader_id)) if failure.es else failure.sentence
    if isinstance(failure, TryLater):
        return wording.SLACK_SILENT_LATE if has_changed else wording.SLACK_UNAVAILABLE
    log.error("a listener failed", exc_info=failure)
    return wording.UNEXPECTED_LATE if has_changed else wording.UNEXPECTED_ERROR


def _run(services: Services, reader_id: str, action: Callable[[], Response]) -> Response:
    with noting_commits() as commits:
        try:
            return action()
        except Exception as failure:  # noqa: BLE001 - whatever happens, the person who asked gets a sentence
            return sentence_of(services, reader_id, failure, has_changed=bool(commits))


def _reader_id(body: Payload) -> str:
    """The id of the person who acted; empty in a payload that is not Slack's."""
    return str((body.get("user") or {}).get("id") or "")


def _as_message(response: str | Message) -> Message:
    """Return the response as text and blocks; text too long for a message is put in blocks."""
    if isinstance(response, tuple):
        return response
    return response, paragraphs(response.split("\n"), rest="") if len(response) > MESSAGE_TEXT else []


def answer_command(services: Services, reader_id: str, action: Callable[[], Response], ack: Ack) -> None:
    """Answer a typed command in its acknowledgement, so that no further call is needed."""
    response = _run(services, reader_id, action)
    if response is None:
        ack()
    else:
        text, blocks = _as_message(response)
        ack(text=shorten(text, MESSAGE_TEXT), blocks=fit_message(blocks) or None, response_type="ephemeral")


def answer_click(services: Services, body: Payload, action: Callable[[], Response], ack: Ack) -> None:
    """Act, acknowledge, then answer if there is something to say. Most clicks show their result on the card."""
    response = _run(services, _reader_id(body), action)
    ack()
    if response is not None:
        respond_ephemeral(services, body, response)


def answer_question(services: Services, body: Payload, action: Callable[[], str], ack: Ack) -> None:
    """Act, acknowledge, then show the answer in place of the question; a refusal leaves the question there."""
    is_done = False

    def act() -> str:
        nonlocal is_done
        answer = action()
        is_done = True
        return answer

    response = _run(services, _reader_id(body), act)
    ack()
    if response is not None:
        respond_ephemeral(services, body, response, replace_original=is_done)


def respond_ephemeral(
    services: Services, body: Payload, response: str | Message, *, replace_original: bool = False
) -> None:
    """Answer only the person who clicked."""
    text, blocks = _as_message(response)
    try:
        if body.get("response_url"):
            services.slack.respond(body["response_url"], text, blocks, replace_original=replace_original)
        else:
            services.slack.send_direct_message(body["user"]["id"], text, blocks)
    except (WatchfloorError, TryLater) as failure:
        log.warning("an answer did not arrive", extra={"reason": str(failure)})


def respond_later(services: Services, body: Payload, response: Response) -> None:
    """The same soon, on a background thread, so that the click is acknowledged at once."""
    if response is not None:
        act = partial(respond_ephemeral, services, body, response)
        services.background.submit(f"answer:{body.get('trigger_id')}", act)


def replace_message(services: Services, body: Payload, action: Callable[[], Response]) -> None:
    """Replace the message that was clicked, which only its reader sees."""
    response = _run(services, _reader_id(body), action)
    if response is None:
        return
    text, blocks = response if isinstance(response, tuple) else (response, [])
    try:
        services.slack.respond(body["response_url"], text, blocks, replace_original=True)
    except (WatchfloorError, TryLater) as failure:
        log.warning("an answer did not arrive", extra={"reason": str(failure)})


class FieldsRefused(Exception):
    """Some fields of a form are invalid; `errors` has a sentence for each."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(", ".join(errors))


class FormReplaced(Exception):
    """The form stays open as `view`, which says what has to be read or answered first."""

    def __init__(self, view: Block) -> None:
        self.view = view
        super().__init__(view["callback_id"])


def answer_form(
    services: Services,
    body: Payload,
    field: str,
    action: Callable[[], Response],
    ack: Callable[..., Any],
    other_fields: Mapping[type[WatchfloorError], str] | None = None,
) -> None:
    """Answer a form's submission; a refusal is shown beside the field of its class, or else beside `field`."""
    with noting_commits() as commits:
        try:
            response = action()
        except FieldsRefused as refused:
            ack(response_action="errors", errors=refused.errors)
            return
        except FormReplaced as replaced:
            ack(response_action="update", view=replaced.view)
            return
        except Exception as failure:  # noqa: BLE001 - whatever happens, the person who submitted gets a sentence
            sentence = sentence_of(services, _reader_id(body), failure, has_changed=bool(commits))
            beside = (name for kind, name in (other_fields or {}).items() if isinstance(failure, kind))
            errors = {next(beside, field): _plain_text(services, body, sentence)}
            ack(response_action="errors", errors=errors)
            return
    ack()
    if response is not None:
        respond_ephemeral(services, body, response)


def answer_form_with_view(
    services: Services, body: Payload, field: str, build: Callable[[], Block], ack: Ack
) -> None:
    """Answer a form's submission with another view in its place; a refusal is shown beside `field`."""
    views: list[Block] = []

    def acknowledge(**refusal: Any) -> None:
        if refusal:
            ack(**refusal)
        else:
            ack(response_action="update", view=views[0])

    answer_form(services, body, field, lambda: views.append(build()), acknowledge)


def _plain_text(services: Services, body: Payload, sentence: str) -> str:
    """Return a sentence as plain text for a form: people by name, times in the reader's zone."""
    names = display_names(services, mentioned_user_ids(sentence))
    zone = zone_of(person_of(services, body["user"]["id"]).timezone) if "<!date" in sentence else None
    return shorten(to_plain_text(sentence, names.get, zone), LONGEST_ERROR)
