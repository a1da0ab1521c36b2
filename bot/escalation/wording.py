"""Answers and notices about pages and the escalation ladder. Pure."""

from collections.abc import Sequence
from typing import Final

from bot.incidents.rules import REASON_SHOWN
from bot.slack.text import shorten

HELP = (
    "`/incident page @ana why` asks for a person, a group or a role · `/incident escalate why` tells the next tier "
    "now"
)
ANSWERS_MESSAGE = "the escalation message"
REASON_STAYS = "The incident is private, so the page gives your name but not the reason."
CANNOT_ALREADY = "You already said so. Thank you."

# The notice to the lead.
LADDER_EXHAUSTED: Final = (
    "Everyone on the escalation ladder of incident {number} was paged, and nobody is on the way: {where}. Page "
    "somebody by name there: `/incident page @someone reason`."
)
# The notice to the administrators.
NOBODY_ANSWERED: Final = "Nobody on the escalation ladder of incident {number} ({severity}) answered. {where}"
# The notice to the lead.
NOBODY_ON_TIER: Final = (
    "Tier {tier} of the escalation ladder of incident {number} has nobody left to page: {names}. The next tier "
    "is being paged: {where}."
)
TIER_PAGED: Final = "Tier {tier} of the escalation ladder is being paged: {names}."
COMING_ALREADY: Final = "You are on your way already: {where}."
COMING: Final = "Thank you. You are expected in {where}."
# The message to the user who paged a person by name.
CANNOT_COME: Final = (
    "{person} can't come to incident {number}: {where}. `/incident page @someone reason` there pages another."
)


def updates_late(audiences: Sequence[str]) -> str:
    """The reason why a tier is paged early: these audiences were not told in time, and nobody leads."""
    if len(audiences) == 1:
        return f"the update for {audiences[0]} is late, and nobody leads"
    return f"the updates for {', '.join(audiences)} are late, and nobody leads"


def more_people(reason: str) -> str:
    """Why people are paged who were asked for by hand."""
    return f"more people are asked for{f': {shorten(reason, REASON_SHOWN)}' if reason else ''}"


def cannot(asked_by: str, *, pages_others: bool) -> str:
    """The answer to *can't*: who else learns of it."""
    consequences = [
        *(["The next people are being paged."] if pages_others else []),
        *([f"{asked_by} is told."] if asked_by else []),
    ]
    return " ".join(["Thank you for saying so.", *(consequences or ["It shows in the incident's channel."])])


def paging(people: str, message: str, *, without_reason: bool) -> str:
    """The answer to `/incident page`; `message` is the one that shows the answers, as a link if it is there."""
    answer = f"Paging {people}. Their answers appear in {message} in the channel."
    return f"{answer} {REASON_STAYS}" if without_reason else answer
