"""What somebody writes for people outside the company, checked before it is sent: what must go is named."""

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


def check_text(session: Session, services: Services, text: str, shown: str) -> None:
    """Refuse what outsiders must not read. `shown` is what the form held: what a template says may stay."""
    allowed = to_plain_text(shown, lambda user_id: None)
    refused = [sentence for sentence in not_for_outsiders(session, services, text) if sentence not in allowed]
    if refused:
        raise NotForOutsiders(sentences=_quoted(refused))


def left_out_note(session: Session, services: Services, text: str, audiences: Iterable[str]) -> str:
    """What those of the audiences that are outside do not read of a text that goes to several; empty when they read
    all of it."""
    outside = [name for name in audiences if services.floor.audiences[name].outside]
    sentences = not_for_outsiders(session, services, text) if outside else []
    if not sentences:
        return ""
    titles = ", ".join(escape(audience_title(services, name)) for name in outside)
    return wording.left_out(titles, _quoted(sentences))


def _quoted(sentences: Iterable[str]) -> str:
    return " ".join(f"“{one_line(sentence, SENTENCE)}”" for sentence in sentences)
