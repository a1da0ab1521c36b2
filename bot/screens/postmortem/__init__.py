"""The record from which a post-mortem is written, gathered from every noun."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the answers to what post-mortems ask for."""
    from bot.postmortems.facts import PICTURE, RECORD
    from bot.screens.postmortem import gathering
    from bot.screens.timeline import pictures

    registry.answers(RECORD, gathering.read_record)
    registry.answers(PICTURE, pictures.picture_png)
