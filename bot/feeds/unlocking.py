"""Accounts that a source can unlock or mail a password reset, for those who see to lockouts."""

from collections.abc import Callable

from bot.feeds.sources import Sources
from bot.services import Services
from bot.sources.port import Lockouts, Outcome, PasswordResets, Source

# Does something for an account, by its id, and gives back why it was not done.
Help = Callable[[str], str]


def unlocking(services: Services, name: str) -> Help | None:
    """What unlocks an account of that source and gives back why it did not; None when the source cannot."""
    source = _source(services, name)
    return _help(source.unlock) if isinstance(source, Lockouts) else None


def resetting(services: Services, name: str) -> Help | None:
    """What has that source mail a reset and gives back why it did not; None when the source cannot."""
    source = _source(services, name)
    return _help(source.reset_password) if isinstance(source, PasswordResets) else None


def _source(services: Services, name: str) -> Source | None:
    sources = services.get(Sources)
    return sources.get(name) if name in sources.settings else None


def _help(ask: Callable[[str], Outcome]) -> Help:
    def act(user_id: str) -> str:
        outcome = ask(user_id)
        return "" if outcome.is_done else outcome.reason or "the source refused"

    return act
