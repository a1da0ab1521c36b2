"""Feeds: rows read from other systems, page by page on a schedule, and handed to the nouns that use them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the sources that floor.yaml names, and the tick that reads what is due."""
    from bot.feeds import auditing, reading, sources, tables, writing
    from bot.incidents.facts import CASE_NOTES, RESETTING, STALE_SOURCES, UNLOCKING
    from bot.incidents.registry import Tick

    registry.parts.append(sources.Sources.of)
    registry.ticks += [
        Tick("sources of the floor", reading.schedule_feeds),
        Tick("sources", reading.start_due, tables.NEXT_READ),
        Tick("open rows of sources", reading.ask_due, tables.NEXT_ASK),
    ]
    registry.audits_of_floor.append(auditing.sources_behind)
    registry.answers(UNLOCKING, writing.unlocking)
    registry.answers(RESETTING, writing.resetting)
    registry.answers(CASE_NOTES, writing.note_writer)
    registry.answers(STALE_SOURCES, auditing.stale_lines)
    registry.without_text("feeds")
