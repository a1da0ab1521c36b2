"""Check of text for readers outside the company before it is sent; the refusal quotes what must be removed."""

from collections.abc import Iterable

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.incidents.audiences import audience_title
from bot.incidents.outside_filter import not_for_outsiders
from bot.services import Services
from bot.slack.text import escape, one_line, to_plain_text
from bot.updates import wording

SENTENCE = 120


class NotForOutsiders(WatchfloorError):
    """People outside the company read this. Please take out what names a colleague or guesses when it is over:
    {sentences}"""


def check_text(session: Session, services: Services, text: str, initial_text: str) -> None:
    """Refuse text that outsiders must not read. `initial_text` is the form's: template wording may stay."""
    allowed_text = to_plain_text(initial_text, lambda user_id: None)
    refused_sentences = [
        sentence for sentence in not_for_outsiders(session, services, text) if sentence not in allowed_text
    ]
    if refused_sentences:
        raise NotForOutsiders(sentences=_quoted_sentences(refused_sentences))


def left_out_note(session: Session, services: Services, text: str, audiences: Iterable[str]) -> str:
    """A note about the parts of a text that the outside audiences among these do not get; empty if they get all of
    it."""
    outside_audiences = [name for name in audiences if services.floor.audiences[name].outside]
    sentences = not_for_outsiders(session, services, text) if outside_audiences else []
    if not sentences:
        return ""
    titles = ", ".join(escape(audience_title(services, name)) for name in outside_audiences)
    return wording.LEFT_OUT_NOTE.format(titles=titles, sentences=_quoted_sentences(sentences))


def _quoted_sentences(sentences: Iterable[str]) -> str:
    return " ".join(f"“{one_line(sentence, SENTENCE)}”" for sentence in sentences)
