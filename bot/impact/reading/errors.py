"""Why a report of figures cannot be read, as sentences for the person who sent it."""

from bot.sources.tabular.errors import FileRefused


class NoTimes(FileRefused):
    """No column of {name} says when its intervals begin. Export the date and the interval, too."""


class NoQueue(FileRefused):
    """No column of {name} says which queue it is about. Name the queue, or export it, too."""
