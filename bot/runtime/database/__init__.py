"""The database: engines, transactions that take turns, the columns of its tables, and how rows are written."""

from bot.runtime.database.columns import Numbered, Row, UtcDateTime, partial_index, utc_column
from bot.runtime.database.due import DUE_AT_ONCE, due_rows, next_due
from bot.runtime.database.engines import (
    CONNECTION_LIMITS,
    IDLE_TIMEOUT_MS,
    OWNER_ONLY,
    compact,
    count_rows,
    sqlite_engine,
    without_time_limit,
)
from bot.runtime.database.errors import ChangeUnknown, DatabaseBusy, DatabaseUnusable, unusable_as_sentence
from bot.runtime.database.inserts import insert, insert_all_new, insert_new, upsert, upsert_all
from bot.runtime.database.transactions import Database, does_person_wait, low_priority, noting_commits

__all__ = [
    "CONNECTION_LIMITS",
    "DUE_AT_ONCE",
    "IDLE_TIMEOUT_MS",
    "OWNER_ONLY",
    "ChangeUnknown",
    "Database",
    "DatabaseBusy",
    "DatabaseUnusable",
    "Numbered",
    "Row",
    "UtcDateTime",
    "compact",
    "count_rows",
    "does_person_wait",
    "due_rows",
    "insert",
    "insert_all_new",
    "insert_new",
    "low_priority",
    "next_due",
    "noting_commits",
    "partial_index",
    "sqlite_engine",
    "unusable_as_sentence",
    "upsert",
    "upsert_all",
    "utc_column",
    "without_time_limit",
]
