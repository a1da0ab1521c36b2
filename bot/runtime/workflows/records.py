"""The engine's records of flows: stored as JSON, for as long as they may be needed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient, EnqueueOptions, Serializer, WorkflowStatus

from bot.errors import WatchfloorError
from bot.runtime.clock import machine_time
from bot.runtime.database import sqlite_engine, unusable_as_sentence
from bot.runtime.migrations import NoDatabase

SCHEMA = "durable"
# Precedes the number of an attempt in the key of a flow that came back.
ATTEMPT_SEPARATOR = "~"
UNFINISHED = ("PENDING", "ENQUEUED", "DELAYED")
FINISHED = ("SUCCESS", "CANCELLED")
# Kept until they are restarted or dropped.
GIVEN_UP = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
LATER = "later"
DELETE_BATCH = 200


class JsonSerializer(Serializer):
    """Stores flows as JSON: readable, and nothing in the database can become code."""

    def name(self) -> str:
        """The name stored beside each value."""
        return "watchfloor-json"

    def serialize(self, data: Any) -> str:
        """Convert to text; errors become their messages."""
        return json.dumps(data, default=str)

    def deserialize(self, serialized_data: str) -> Any:
        """Convert from text."""
        return json.loads(serialized_data)


class NoSuchFlow(WatchfloorError):
    """There is no flow `{key}` that was given up. `watchfloor flows list` names those that were."""


def delete_finished_records(database_url: str, older_than: timedelta) -> int:
    """Delete the records of finished flows started longer ago than this, from a process that runs no flows."""
    with client_of(database_url) as client:
        return delete_finished(client, older_than)


@contextmanager
def client_of(database_url: str) -> Iterator[DBOSClient]:
    """A client for the records, for a process that runs no flows."""
    if database_url.startswith("sqlite"):
        engine = sqlite_engine(database_url, connections=1)
        client = DBOSClient(system_database_engine=engine, serializer=JsonSerializer())
    else:
        client = DBOSClient(
            system_database_url=database_url, dbos_system_schema=SCHEMA, serializer=JsonSerializer()
        )
    try:
        with unusable_as_sentence():
            _check_exists(database_url)
            yield client
    finally:
        client.destroy()


def _check_exists(database_url: str) -> None:
    """Refuse a database in which no bot has run any flow."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    schema = None if engine.dialect.name == "sqlite" else SCHEMA
    if not sa.inspect(engine).has_table("workflow_status", schema=schema):
        raise NoDatabase()


def given_up(engine: Any) -> list[str]:
    """The keys of the flows that failed too often."""
    flows = engine.list_workflows(status=list(GIVEN_UP), load_input=False, load_output=False)
    return sorted({flow.workflow_id.partition(ATTEMPT_SEPARATOR)[0] for flow in flows})


def start_again(client: DBOSClient, key: str) -> None:
    """Let the running bot retry a flow that was given up; its failures are counted anew."""
    for flow in _given_up_as(client, key):
        assert flow.input is not None
        _, request, attempt, *_ = flow.input["args"]
        again: EnqueueOptions = {
            "workflow_name": flow.name,
            "queue_name": LATER,
            "workflow_id": f"{key}{ATTEMPT_SEPARATOR}{attempt + 1}",
        }
        client.enqueue(again, key, request, attempt + 1, 0)
        client.delete_workflows([flow.workflow_id])


def drop(client: DBOSClient, key: str) -> None:
    """Delete a flow that was given up and is no longer wanted."""
    client.delete_workflows([flow.workflow_id for flow in _given_up_as(client, key)])


def _given_up_as(client: DBOSClient, key: str) -> list[WorkflowStatus]:
    flows = client.list_workflows(status=list(GIVEN_UP), workflow_id_prefix=key, load_output=False)
    attempts = [flow for flow in flows if flow.workflow_id.partition(ATTEMPT_SEPARATOR)[0] == key]
    if not attempts:
        raise NoSuchFlow(key=key)
    return attempts


def delete_finished(engine: Any, older_than: timedelta) -> int:
    """Delete the records of finished flows that were started longer ago than this; return how many."""
    # The engine dates its records by the machine's clock.
    started_before = (machine_time() - older_than).isoformat()
    names_only = {"load_input": False, "load_output": False}
    unfinished = engine.list_workflows(status=list(UNFINISHED), **names_only)
    # A flow that comes back later still needs to know when it was started.
    needed = {flow.workflow_id.partition(ATTEMPT_SEPARATOR)[0] for flow in unfinished}
    deleted = offset = 0
    while True:
        finished_flows = engine.list_workflows(
            status=list(FINISHED), end_time=started_before, limit=DELETE_BATCH, offset=offset, **names_only
        )
        keys = [flow.workflow_id for flow in finished_flows if flow.workflow_id not in needed]
        if keys:
            engine.delete_workflows(keys)
        deleted, offset = deleted + len(keys), offset + len(finished_flows) - len(keys)
        if len(finished_flows) < DELETE_BATCH:
            return deleted
