"""Check of the database and its schema version."""

from collections.abc import Iterator

from bot.alarms.tables import open_alarms
from bot.commands.doctor.findings import Finding, missing, ok
from bot.errors import WatchfloorError
from bot.runtime import migrations


def check(url: str) -> Iterator[Finding]:
    """Open the database and upgrade its schema, as every start does."""
    try:
        with migrations.open_database(url) as database, database.reading() as session:
            alarms = open_alarms(session)
    except WatchfloorError as refused:
        problem, _, remedy = refused.sentence.partition(". ")
        yield missing(f"{problem}.", remedy)
        return
    kind = "SQLite, for one replica" if database.is_sqlite else "PostgreSQL"
    for alarm in alarms:
        problem = f"The auditor found: {alarm.text} Since {alarm.raised_at:%Y-%m-%d %H:%M} UTC."
        yield missing(problem, "It ends by itself when its cause is gone.")
    yield ok(f"The database answers and has the newest schema ({kind}).")
