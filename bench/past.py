"""A past: copies of every row of one closed incident, written beside the running bot."""

import sqlite3

# The offset between the numbers of the original and its copies.
APART = 100_000
TABLES = (
    *("drafts", "ladder_rungs", "outbox", "pages", "participants", "partner_notices", "playbook_runs"),
    *("playbook_steps", "postmortems", "postmortem_copies", "promises", "role_holders", "situation_values"),
    *("timeline_chains", "timeline_entries", "timeline_log"),
)
NUMBERS = ("id", "incident_id", "run_id", "draft_id", "postmortem_id")
KEYS = ("key", "source_key", "asked_key", "declared_key", "channel_id")


def copy_incident(file: str, number: int, times: int) -> int:
    """Copy an incident this many times. Returns the number of rows."""
    with sqlite3.connect(file, timeout=60) as database:
        database.execute(
            "CREATE TEMP TABLE copies AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c "
            f"WHERE n < {int(times)}) SELECT n FROM c"
        )
        return sum(_copy(database, table, "incident_id", number) for table in TABLES) + _copy(
            database, "incidents", "id", number
        )


def _copy(database: sqlite3.Connection, table: str, of: str, number: int) -> int:
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(map(_value, columns))
    # Only our own names and numbers are put into the SQL.
    statement = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}, copies WHERE {of} = ?"
    return database.execute(statement, (number,)).rowcount


def _value(column: str) -> str:
    if column in NUMBERS:
        return f"{column} + n * {APART}"
    return f"{column} || ':' || n" if column in KEYS else column
