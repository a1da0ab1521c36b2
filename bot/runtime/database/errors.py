"""What a user is told when the database does not answer or cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from bot.errors import WatchfloorError


class DatabaseBusy(WatchfloorError):
    """Watchfloor's database did not answer, and nothing was changed. Please try again in a moment."""


class ChangeUnknown(WatchfloorError):
    """Watchfloor's database stopped answering, so I do not know whether that was done. Please look before you try
    again."""


class DatabaseUnusable(WatchfloorError):
    """The database cannot be used: {reason}. Look at WATCHFLOOR_DATABASE_URL: the address, the name and password in
    it, whether it runs, and whether its folder may be written."""


@contextmanager
def unusable_as_sentence() -> Iterator[None]:
    """Raise `DatabaseUnusable`, which gives the reason in a sentence, if a database cannot be opened."""
    try:
        yield
    except (SQLAlchemyError, OSError) as refused:
        text = str(getattr(refused, "orig", None) or getattr(refused, "strerror", None) or refused)
        raise DatabaseUnusable(reason=text.strip().splitlines()[0].rstrip(".")) from refused
