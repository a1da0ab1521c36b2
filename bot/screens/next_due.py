"""What the clock will find next."""

from datetime import datetime

from bot.escalation import tables as escalation
from bot.followups import tables as followups
from bot.partners import tables as partners
from bot.playbooks import tables as playbooks
from bot.postmortems import tables as postmortems
from bot.services import Services
from bot.updates import tables as updates


def next_due(services: Services) -> datetime | None:
    """When the next update or reminder is due, over all incidents; None when nothing is."""
    with services.store.reading() as session:
        due = [updates.next_due(session), playbooks.next_reminder(session), escalation.next_due(session)]
        due.append(followups.next_reminder(session))
        due.append(postmortems.next_reminder(session))
        due.append(partners.next_due(session))
    return min((moment for moment in due if moment), default=None)
