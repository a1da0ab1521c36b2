"""The request for guidance to partners' agents, and the button for it. Pure."""

from collections.abc import Sequence

from bot.incidents.tables import Incident
from bot.partners import ids
from bot.slack.blocks import Block, Message, actions, button, section
from bot.slack.text import channel_link, escape

LONGEST = 500
LANGUAGE_NAMES = {"en": "English", "es": "Spanish"}


def language_name(language: str) -> str:
    """A language's name in English."""
    return LANGUAGE_NAMES.get(language, language)


def guidance_button(incident: Incident) -> Block:
    """The button that opens the form."""
    return button("Guidance for agents…", ids.GUIDANCE, str(incident.number))


def request(incident: Incident, partners: Sequence[str], languages: Sequence[str]) -> Message:
    """The request to the lead of the communications for guidance; the bot never invents any."""
    names = " or ".join(language_name(language) for language in languages)
    text = (
        f"Partners of incident {incident.number} ({channel_link(incident.channel_id or '')}) get a notice: "
        f"{escape(', '.join(partners))}. What should their agents say and do? Nothing is written yet in {names}."
    )
    return text, [section(text), actions([guidance_button(incident)], block_id=f"guidance-{incident.number}")]
