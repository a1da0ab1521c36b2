"""Work notes on the cases of a source, where it takes them."""

from bot.errors import WatchfloorError
from bot.feeds.sources import Sources
from bot.incidents.facts import AddCaseNote
from bot.services import Services
from bot.sources.port import CaseNotes


def writer(services: Services, name: str) -> AddCaseNote | None:
    """What writes a note to a case of that source; None where there is no such source, or it takes none."""
    sources = services.get(Sources)
    if name not in sources.settings:
        return None
    try:
        source = sources.get(name)
    except WatchfloorError:
        return None  # the doctor says why
    return source.add if isinstance(source, CaseNotes) else None
