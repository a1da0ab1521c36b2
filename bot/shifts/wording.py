"""Translators of messages about shifts, and the language of each reader."""

from sqlmodel import Session

from bot.directory.lookup import language_of
from bot.services import Services
from bot.shifts.spanish_wording import SPANISH
from bot.slack.phrases import Translator, translator_in

TRANSLATED = {"es": SPANISH}


HELP_ONCALL = (
    "`/incident oncall gqm EMEA at 22:00` who is on · `/incident oncall mine` your shifts, swaps · `/incident "
    "oncall gaps` what is open"
)
HELP_ABSENCE = (
    "`/incident absence` enter one · `/incident absences export` a file for workforce management · `/incident "
    "shift` add a shift"
)


def translator(language: str) -> Translator:
    """The translator of messages about shifts for a language."""
    return translator_in(language, TRANSLATED)


def translator_for(session: Session, services: Services, reader_id: str) -> Translator:
    """The translator for a person or a channel."""
    return translator(language_of(session, services, reader_id))
