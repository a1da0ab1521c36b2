"""Drills: incidents that are declared for practice."""

from bot.config.floor.reading import FloorPart


class Drills(FloorPart):
    """Whether a drill calls people by itself: the groups of its severity, the ladder, pages, the pager."""

    page: bool = False
