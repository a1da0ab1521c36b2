"""Functions that write to sources: work notes on cases, and unlocking accounts for people who handle lockouts."""

from collections.abc import Callable

from bot.errors import WatchfloorError
from bot.feeds.sources import Sources
from bot.incidents.facts import AddCaseNote
from bot.services import Services
from bot.sources.port import CaseNotes, Lockouts, Outcome, PasswordResets, Source

# Does something for an account, by its id, and returns why it was not done.
AccountFunction = Callable[[str], str]


def note_writer(services: Services, name: str) -> AddCaseNote | None:
    """A function that adds a note to a case of that source; None if there is no such source, or it accepts none."""
    sources = services.get(Sources)
    if name not in sources.settings:
        return None
    try:
        source = sources.get(name)
    except WatchfloorError:
        return None  # the doctor says why
    return source.add if isinstance(source, CaseNotes) else None


def unlocking(services: Services, name: str) -> AccountFunction | None:
    """A function that unlocks an account of that source and returns why it did not; None if the source cannot."""
    source = _source(services, name)
    return _as_account_function(source.unlock) if isinstance(source, Lockouts) else None


def resetting(services: Services, name: str) -> AccountFunction | None:
    """A function that has that source mail a reset and returns why it did not; None if the source cannot."""
    source = _source(services, name)
    return _as_account_function(source.reset_password) if isinstance(source, PasswordResets) else None


def _source(services: Services, name: str) -> Source | None:
    sources = services.get(Sources)
    return sources.get(name) if name in sources.settings else None


def _as_account_function(request: Callable[[str], Outcome]) -> AccountFunction:
    def run(user_id: str) -> str:
        outcome = request(user_id)
        return "" if outcome.is_done else outcome.reason or "the source refused"

    return run
