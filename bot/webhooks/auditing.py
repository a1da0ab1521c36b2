"""Events that a system did not accept for so long that they are no longer sent: administrators are told."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.services import Services
from bot.webhooks import tables
from bot.webhooks.targets import Webhooks

REPORTED_FOR = timedelta(days=7)


def events_given_up(session: Session, services: Services, now: datetime) -> Mapping[str, str]:
    """The key of an alarm and its sentence for each webhook with events that were given up and not sent again."""
    counts = tables.given_up(session, services.get(Webhooks).by_name, now - REPORTED_FOR)
    return {f"webhook:{name}": _sentence(name, count) for name, count in counts.items()}


def _sentence(name: str, count: int) -> str:
    events = "1 event was" if count == 1 else f"{count} events were"
    return (
        f"{events} not accepted by the webhook `{name}` within a day. Once it answers, send everything again: "
        f"`watchfloor webhooks replay {name} --since '{REPORTED_FOR.days} days'`."
    )
