"""`/incident list` and `/incident search`: incidents by state, severity, site, period and words, page by page."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the commands, the page buttons and the form."""
    from bot.incidents.registry import Section
    from bot.screens import answer_wording
    from bot.screens.incident_list import listeners

    registry.listeners.append(listeners.register)
    registry.command("list", listeners.show_list)
    registry.command("search", listeners.search)
    registry.command("find", listeners.search)
    registry.help(Section.ANYWHERE, 2, answer_wording.HELP_LIST)
    registry.help(Section.ANYWHERE, 2, answer_wording.HELP_SEARCH)
