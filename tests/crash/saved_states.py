"""Saved states, to be restored as often as needed: the database, and the workspace with its time."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from bot.runtime.clock import machine_time
from slack_sandbox import Sandbox, persistence


class SavedDatabase(Protocol):
    """A saved database. Equal to another if nothing was written between the two."""

    def restore(self) -> None:
        """Restore it. Nobody may be connected meanwhile."""


# Saves a database; nobody may work on it meanwhile.
Save = Callable[[], SavedDatabase]


@dataclass(frozen=True)
class SavedFiles:
    """SQLite's files with their write-ahead logs; the logs' indexes are recreated."""

    folder: Path
    contents: Mapping[str, bytes]

    @classmethod
    def of(cls, folder: Path) -> "SavedFiles":
        """Read the files of a folder."""
        files = (file for file in folder.glob("*.sqlite*") if not file.name.endswith("-shm"))
        return cls(folder, {file.name: file.read_bytes() for file in files})

    def restore(self) -> None:
        for file in self.folder.glob("*.sqlite*"):
            file.unlink()
        for name, content in self.contents.items():
            (self.folder / name).touch(0o600)
            (self.folder / name).write_bytes(content)


# A table whose file is empty never had a row, and few of them ever have.
_EACH_USED_TABLE = """
    FOR each IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'
        AND n.nspname NOT LIKE 'pg_%' AND n.nspname NOT IN ('information_schema', 'saved')
        AND pg_relation_size(c.oid) > 0
    LOOP"""
_SAVE = f"""
DO $$ DECLARE each record; BEGIN
    CREATE SCHEMA saved;
    CREATE TABLE saved.sequences AS SELECT format('%I.%I', schemaname, sequencename) AS name, last_value
        FROM pg_sequences WHERE last_value IS NOT NULL;
    {_EACH_USED_TABLE}
        EXECUTE format('CREATE TABLE saved.%I AS TABLE %s', each.oid, each.oid::regclass);
    END LOOP;
END $$"""
# A killed process may have left a transaction that has not ended yet.
_RESTORE = f"""
DO $$ DECLARE each record; BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    {_EACH_USED_TABLE}
        EXECUTE format('DELETE FROM %s', each.oid::regclass);
        IF to_regclass(format('saved.%I', each.oid)) IS NOT NULL THEN
            EXECUTE format('INSERT INTO %s OVERRIDING SYSTEM VALUE TABLE saved.%I', each.oid::regclass, each.oid);
        END IF;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(saved.last_value, 1),
            saved.last_value IS NOT NULL)
        FROM pg_sequences LEFT JOIN saved.sequences saved ON saved.name = format('%I.%I', schemaname, sequencename)
        WHERE schemaname <> 'saved';
END $$"""


@dataclass(frozen=True)
class SavedRows:
    """Everything in a PostgreSQL database, copied to a schema of its own in the same database.

    Copying whole databases would take longer than everything else: each has hundreds of files.
    """

    address: str

    @classmethod
    def of(cls, address: str) -> "SavedRows":
        """Copy the rows as they are now."""
        _run(address, _SAVE)
        return cls(address)

    def restore(self) -> None:
        _run(self.address, _RESTORE)


def _run(address: str, statement: str) -> None:
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def sqlite_files(folder: Path) -> Save:
    """Return a function that saves the files of a folder."""
    return partial(SavedFiles.of, folder)


def postgres_rows(address: str) -> Save:
    """Return a function that saves the rows of that database."""
    return partial(SavedRows.of, address)


@dataclass(frozen=True)
class SavedState:
    """Everything that a bot finds when it starts. Equal to another if a bot would find the same."""

    database: SavedDatabase
    workspace: str
    # Each bot that starts from the state uses these permissions up, so each gets a fresh copy.
    _permissions: tuple[Any, ...] = field(compare=False)
    _at: float = field(compare=False)

    @classmethod
    def of(cls, sandbox: Sandbox, save: Save) -> "SavedState":
        """Save the current state."""
        permissions = deepcopy(_permissions_of(sandbox))
        return cls(save(), persistence.dumps(sandbox.workspace, {}), permissions, machine_time().timestamp())

    def restore(self, sandbox: Sandbox) -> None:
        """Restore it with its time: what a bot does depends on how long ago something was attempted."""
        self.database.restore()
        sandbox.clock.restart()
        persistence.restore(sandbox.workspace, json.loads(self.workspace))
        for permissions, saved in zip(_permissions_of(sandbox), self._permissions, strict=True):
            permissions.clear()
            permissions.update(deepcopy(saved))
        sandbox.clock_offset_s -= machine_time().timestamp() - self._at


def _permissions_of(sandbox: Sandbox) -> tuple[dict[str, Any], ...]:
    return sandbox.workspace.response_urls._issued, sandbox.workspace.triggers._issued
