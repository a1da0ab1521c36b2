"""Screens that show several nouns at once: card, control panel, home tab, export, the timeline's pages."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the control panel, help, and the summary for latecomers."""
    from bot.incidents.facts import CATCH_UP
    from bot.incidents.registry import Section
    from bot.screens import answer_wording, catch_up, listeners

    registry.listeners.append(listeners.register)
    registry.command("", listeners.panel_or_start)
    registry.command("help", listeners.show_help)
    registry.command("catchup", listeners.show_catch_up)
    registry.help(Section.ANYWHERE, 0, answer_wording.HELP_ONE)
    registry.help(Section.CHANNEL, 1, answer_wording.HELP_PANEL)
    registry.record(catch_up.record_joined, "member_joined_channel")
    registry.answers(CATCH_UP, catch_up.blocks_for)
    registry.kinds += catch_up.KINDS
