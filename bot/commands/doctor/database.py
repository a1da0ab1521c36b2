"""Is there a database, and has it the newest shape?"""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from bot.commands.doctor.findings import Finding, missing, ok
from bot.runtime import migrations
from bot.runtime.database import Database


def check(url: str) -> Iterator[Finding]:
    """Open it, and bring it to the newest shape as every start does."""
    try:
        database = Database(url)
        migrations.upgrade(database.engine)
        database.close()
    except (SQLAlchemyError, OSError) as refused:
        reason = str(getattr(refused, "orig", None) or refused).splitlines()[0]
        yield missing(
            f"The database cannot be used: {reason}",
            "Look at WATCHFLOOR_DATABASE_URL: the address, the name and password in it, and whether it runs.",
        )
        return
    kind = "SQLite, for one replica" if database.is_sqlite else "PostgreSQL"
    yield ok(f"The database answers and has the newest shape ({kind}).")
