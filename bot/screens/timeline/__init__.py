"""The timeline's screens: pages, notes, corrections and the picture."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the listeners, the commands and the picture on request."""
    from bot.incidents.registry import Section
    from bot.screens import answer_wording
    from bot.screens.timeline import listeners, pictures

    registry.listeners.append(listeners.register)
    registry.command("timeline", listeners.show_timeline)
    registry.command("note", listeners.note)
    registry.command("correct", listeners.correct)
    registry.command("milestones", listeners.show_milestones)
    registry.help(Section.CHANNEL, 60, answer_wording.HELP_TIMELINE)
    registry.help(Section.CHANNEL, 61, answer_wording.HELP_CORRECT)
    registry.kinds += pictures.KINDS
