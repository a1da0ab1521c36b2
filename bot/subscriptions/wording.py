"""Answers about subscriptions. Pure."""

HELP_STANDING = "`/incident subscribe S1 Manila` updates by direct message · `/incident subscriptions` what you get"
HELP_INCIDENT = "`/incident subscribe` this incident's updates by direct message · `/incident unsubscribe`"


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


def next_update(due: str) -> str:
    """When their first update comes."""
    return f" The next comes {due}."


def unsubscribed(number: int, *, was_subscribed: bool) -> str:
    """The answer to unsubscribing from an incident."""
    return f"You get no{' more' if was_subscribed else ''} updates of incident {number} by direct message."


def standing(scope: str, *, is_new: bool) -> str:
    """The answer to a standing subscription."""
    opening = "You get" if is_new else "You already get"
    return f"{opening} updates by direct message: {scope}. `/incident subscriptions` shows and ends them."


def not_subscribed(scope: str) -> str:
    """The answer if there is nothing to end."""
    return f"You had not subscribed to that ({scope}). `/incident subscriptions` shows what you get."


def ended(scope: str) -> str:
    """The answer to ending a standing subscription."""
    return f"Ended: {scope}. `/incident subscriptions` shows what you still get."
