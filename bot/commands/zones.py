"""A time zone on the command line."""

from bot.config.floor.reading import read_zone
from bot.errors import WatchfloorError


class UnknownZone(WatchfloorError):
    """{reason}"""


def checked_zone(zone: str) -> str:
    """Return the zone. Raises `UnknownZone`."""
    try:
        return str(read_zone(zone))
    except ValueError as error:
        raise UnknownZone(reason=str(error)) from None
