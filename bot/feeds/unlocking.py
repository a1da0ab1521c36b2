"""Accounts that a source can unlock, for whoever sees to lockouts."""

from collections.abc import Callable

from bot.feeds.sources import Sources
from bot.services import Services
from bot.sources.port import Lockouts


def unlocking(services: Services, name: str) -> Callable[[str], str] | None:
    """What unlocks an account of that source and gives back why it did not; None when the source cannot."""
    sources = services.get(Sources)
    if name not in sources.settings:
        return None
    source = sources.get(name)
    if not isinstance(source, Lockouts):
        return None

    def unlock(user_id: str) -> str:
        outcome = source.unlock(user_id)
        return "" if outcome.is_done else outcome.reason or "the source refused"

    return unlock
