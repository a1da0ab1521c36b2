"""Values of the command line: a time zone, and an incident's number, whose user sees every incident."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.config.floor.reading import read_zone
from bot.errors import WatchfloorError
from bot.incidents.tables import NoSuchIncident


class UnknownNumber(WatchfloorError):
    """There is no incident {number} in this database. Look at the number, and at WATCHFLOOR_DATABASE_URL."""


@contextmanager
def known_number(number: int) -> Iterator[None]:
    """Report a number without an incident; the sentence for people in Slack speaks of channels."""
    try:
        yield
    except NoSuchIncident as none:
        raise UnknownNumber(number=number) from none


class UnknownZone(WatchfloorError):
    """{reason}"""


def checked_zone(zone: str) -> str:
    """Return the zone. Raises `UnknownZone`."""
    try:
        return str(read_zone(zone))
    except ValueError as error:
        raise UnknownZone(reason=str(error)) from None
