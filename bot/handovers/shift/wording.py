"""Translators of messages about shift handovers, and the language of each reader."""

from sqlmodel import Session

from bot.directory.lookup import language_of
from bot.handovers.shift.spanish_wording import SPANISH
from bot.services import Services
from bot.slack.phrases import Translator, by_pattern, translator_in

TRANSLATED = {"es": SPANISH}
# The texts of other nouns' items, as patterns of the English sentences.
ITEMS = {
    "es": (
        (r"(.+) has not answered a page for #(\d+)", r"\1 no ha respondido al aviso de #\2"),
        (r"(\d+) people have not answered a page for #(\d+)", r"\1 personas no han respondido al aviso de #\2"),
        (r"#(\d+) is private: read its channel", r"#\1 es privado: lee su canal"),
        (r"escalated without an answer", r"escalado sin respuesta"),
        (r"the update for (.+) is late, and nobody leads", r"la actualización para \1 se retrasa, y nadie dirige"),
        (
            r"the updates for (.+) are late, and nobody leads",
            r"las actualizaciones para \1 se retrasan, y nadie dirige",
        ),
        (r"no commander is named yet", r"aún no hay comandante"),
        (r"nobody is on the way yet", r"aún no hay nadie en camino"),
        (r"the clock is paused", r"el reloj está parado"),
        (r"breached", r"vencido"),
        (r"(.+) left", r"quedan \1"),
    )
}


def translator(language: str) -> Translator:
    """Return the translator of these texts into a language."""
    return translator_in(language, TRANSLATED)


def of_item(text: str, language: str) -> str:
    """Translate the bot's own text about an item; text typed by people stays as it is."""
    return by_pattern(text, language, ITEMS)


def translator_for(session: Session, services: Services, reader_id: str) -> Translator:
    """Likewise, for a person or a channel."""
    return translator(language_of(session, services, reader_id))
