"""Answers about subscriptions. Pure."""

from typing import Final

HELP_STANDING = "`/incident subscribe S1 Manila` updates by direct message · `/incident subscriptions` what you get"
HELP_INCIDENT = "`/incident subscribe` this incident's updates by direct message · `/incident unsubscribe`"
# Below a copy of an update, and its button, by language.
BELOW_COPY = {
    "en": ("You subscribed to these updates.", "Unsubscribe"),
    "es": ("Te has suscrito a estas actualizaciones.", "Cancelar la suscripción"),
}
# The message to subscribers of an incident that became private.
PRIVATE_NOW: Final = (
    "You get no more updates of incident {number} by direct message: only people in its channel read of it now."
)
# When their first update comes.
NEXT_UPDATE: Final = " The next comes {due}."
NOT_SUBSCRIBED: Final = "You had not subscribed to that ({scope}). `/incident subscriptions` shows what you get."
ENDED: Final = "Ended: {scope}. `/incident subscriptions` shows what you still get."


def none_yet(*, may_choose: bool) -> str:
    """The list of a person with no subscriptions; `may_choose` by severity, type or site."""
    if not may_choose:
        return "You have no subscriptions. `/incident subscribe` in an incident's channel sends you its updates."
    return (
        "You have no subscriptions. `/incident subscribe S1` sends you the updates of every S0 and S1 by direct "
        "message."
    )


def subscribed(number: int, *, is_new: bool) -> str:
    """The answer to subscribing to an incident."""
    opening = "You get" if is_new else "You already get"
    return f"{opening} the updates of incident {number} by direct message, when the channel gets them."


def unsubscribed(number: int, *, was_subscribed: bool) -> str:
    """The answer to unsubscribing from an incident."""
    return f"You get no{' more' if was_subscribed else ''} updates of incident {number} by direct message."


def standing(scope: str, *, is_new: bool) -> str:
    """The answer to a standing subscription."""
    opening = "You get" if is_new else "You already get"
    return f"{opening} updates by direct message: {scope}. `/incident subscriptions` shows and ends them."
