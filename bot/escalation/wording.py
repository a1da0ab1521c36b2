"""Answers and notices about pages and the escalation ladder. Pure."""

HELP = (
    "`/incident page @ana why` asks for a person, a group or a role · `/incident escalate why` tells the next tier "
    "now"
)
CANNOT_ALREADY = "You already said so; others are being asked."
CANNOT = "Thank you for saying so. The next people are being paged."


def ladder_exhausted(number: int, where: str) -> str:
    """The notice to the lead."""
    return (
        f"Everyone on the escalation ladder of incident {number} was paged, and nobody is on the way: {where}. "
        "`/incident page @someone reason` there tells a person by name."
    )


def nobody_answered(number: int, severity: str, where: str) -> str:
    """The notice to the administrators."""
    return f"Nobody on the escalation ladder of incident {number} ({severity}) answered. {where}"


def nobody_on_tier(tier: int, number: int, names: str, where: str) -> str:
    """The notice to the lead."""
    return (
        f"Tier {tier} of the escalation ladder of incident {number} has nobody left to page: {names}. The next "
        f"tier is being paged: {where}."
    )


def tier_paged(tier: int, names: str) -> str:
    """The answer to `/incident escalate`."""
    return f"Tier {tier} of the escalation ladder is being paged: {names}."


def coming_already(where: str) -> str:
    """The answer to a second *on my way*."""
    return f"You are on your way already: {where}."


def coming(where: str) -> str:
    """The answer to *on my way*."""
    return f"Thank you. You are expected in {where}."


def paging(people: str) -> str:
    """The answer to `/incident page`."""
    return f"Paging {people}. Their answers show in the escalation's message in the channel."
