"""How people hear back: one place turns an error into its sentence for the person who asked."""

import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack

from bot.directory.lookup import names
from bot.errors import TryLater, WatchfloorError
from bot.runtime.database import ChangeUnknown, DatabaseBusy, noting_commits
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import mentioned_people, shorten, spoken

log = logging.getLogger(__name__)

Payload = dict[str, Any]
LONGEST_ERROR = 2000
Words = str | tuple[str, list[Block]] | None

UNEXPECTED = (
    "Something went wrong on my side and nothing was changed. Please try again; "
    "the administrator finds the reason in the log."
)
UNEXPECTED_LATE = (
    "Something went wrong on my side, and I do not know whether that was done. Please look before you try again; "
    "the administrator finds the reason in the log."
)
SLACK_SILENT = "Slack does not answer me just now, so I could not do that. Please try again in a moment."
SLACK_SILENT_LATE = (
    "Slack does not answer me just now, and I do not know whether all of that was done. Please look before you try "
    "again."
)


def sentence_of(failure: Exception, *, has_changed: bool = False) -> str:
    """What to say to the person who asked. Once something was committed, nobody hears that nothing was changed."""
    if has_changed and isinstance(failure, DatabaseBusy):
        return ChangeUnknown().sentence
    if isinstance(failure, WatchfloorError):
        return failure.sentence
    if isinstance(failure, TryLater):
        return SLACK_SILENT_LATE if has_changed else SLACK_SILENT
    log.error("listener failed", exc_info=failure)
    return UNEXPECTED_LATE if has_changed else UNEXPECTED


def _words(services: Services, act: Callable[[], Words]) -> Words:
    with noting_commits() as commits:
        try:
            return act()
        except Exception as failure:  # noqa: BLE001 - whatever happens, the person who asked hears a sentence
            return sentence_of(failure, has_changed=bool(commits))


def command(services: Services, act: Callable[[], Words], ack: Ack) -> None:
    """Answer a typed command in its acknowledgement: no further call is needed."""
    words = _words(services, act)
    text, blocks = words if isinstance(words, tuple) else (words, [])
    if text is None:
        ack()
    else:
        ack(text=text, blocks=blocks or None, response_type="ephemeral")


def click(services: Services, body: Payload, act: Callable[[], Words], ack: Ack) -> None:
    """Do it, acknowledge, then answer if there is something to say. Most clicks show their result on the card."""
    words = _words(services, act)
    ack()
    if words is not None:
        whisper(services, body, words)


def whisper(services: Services, body: Payload, words: str | tuple[str, list[Block]]) -> None:
    """Say it to who clicked, and to nobody else."""
    text, blocks = words if isinstance(words, tuple) else (words, [])
    try:
        if body.get("response_url"):
            services.slack.reply(body["response_url"], text, blocks)
        else:
            services.slack.tell(body["user"]["id"], text, blocks)
    except (WatchfloorError, TryLater) as failure:
        log.warning("an answer did not arrive", extra={"reason": str(failure)})


def replaced(services: Services, body: Payload, act: Callable[[], Words]) -> None:
    """Show something else in place of what was clicked on, to who looks at it."""
    words = _words(services, act)
    if words is None:
        return
    text, blocks = words if isinstance(words, tuple) else (words, [])
    try:
        services.slack.reply(body["response_url"], text, blocks, replaces=True)
    except (WatchfloorError, TryLater) as failure:
        log.warning("an answer did not arrive", extra={"reason": str(failure)})


class FieldsRefused(Exception):
    """Some fields of a form do not fit; each has its sentence."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(", ".join(errors))


def form(services: Services, body: Payload, field: str, act: Callable[[], Words], ack: Ack) -> None:
    """Take a form: a refusal stands beside `field` and the form stays open."""
    with noting_commits() as commits:
        try:
            words = act()
        except FieldsRefused as refused:
            ack(response_action="errors", errors=refused.errors)
            return
        except Exception as failure:  # noqa: BLE001 - whatever happens, the person who submitted hears a sentence
            sentence = sentence_of(failure, has_changed=bool(commits))
            ack(response_action="errors", errors={field: _plain(services, sentence)})
            return
    ack()
    if words is not None:
        whisper(services, body, words)


def _plain(services: Services, sentence: str) -> str:
    """Forms show plain text: people by their names, times written out."""
    return shorten(spoken(sentence, names(services, mentioned_people(sentence)).get), LONGEST_ERROR)
