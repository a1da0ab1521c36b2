"""Work notes on a source's cases, where it accepts them."""

from bot.errors import WatchfloorError
from bot.feeds.sources import Sources
from bot.incidents.facts import AddCaseNote
from bot.services import Services
from bot.sources.port import CaseNotes


def writer(services: Services, name: str) -> AddCaseNote | None:
    """A function that adds a note to a case of that source; None if there is no such source, or it accepts none."""
    sources = services.get(Sources)
    if name not in sources.settings:
        return None
    try:
        source = sources.get(name)
    except WatchfloorError:
        return None  # the doctor says why
    return source.add if isinstance(source, CaseNotes) else None
