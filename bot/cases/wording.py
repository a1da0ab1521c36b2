"""Translators for messages about cases, and the language of each reader."""

from sqlmodel import Session

from bot.cases.spanish_wording import SPANISH
from bot.directory.lookup import language_of, language_of_reader
from bot.services import Services
from bot.slack.phrases import Translator, by_pattern, translator_in
from bot.sources.tabular.wording import REASONS as OF_CELLS

TRANSLATED = {"es": SPANISH}
AGES = {
    "es": (
        (r"⚠️ Cases of (.+): never read", r"⚠️ Casos de \1: nunca leídos"),
        (r"⚠️ Cases of (.+): (\d+ min) old", r"⚠️ Casos de \1: de hace \2"),
        (r"⚠️ Cases of (.+): (\d+ h \d\d min) old", r"⚠️ Casos de \1: de hace \2"),
    )
}
REASONS = {
    "es": (
        (r"it has no number, or does not say when it was opened", r"no tiene número, o no dice cuándo se abrió"),
        (r"more than ([\d,]+) rows are not read at once", r"no se leen más de \1 filas de una vez"),
    )
}


HELP = (
    "`/incident board` cases by time to breach · `board red EMEA` · `board mine` · `/incident balance` load of the "
    "teams · `/incident guide sso lockout` troubleshooting guides"
)


def translator(language: str) -> Translator:
    """The translator of messages about cases for a language."""
    return translator_in(language, TRANSLATED)


def translator_for(session: Session, services: Services, reader_id: str) -> Translator:
    """The translator for a person or a channel."""
    return translator(language_of(session, services, reader_id))


def translator_of_reader(services: Services, reader_id: str) -> Translator:
    """The translator for a person or a channel, outside a transaction."""
    return translator(language_of_reader(services, reader_id))


def age_in(warning: str, language: str) -> str:
    """The warning that a source's cases are old, in a language."""
    return by_pattern(warning, language, AGES)


def reason_in(reason: str, language: str) -> str:
    """The reason why a row was left out, in a language."""
    return by_pattern(reason, language, REASONS, OF_CELLS)
