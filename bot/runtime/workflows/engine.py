"""The durable engine at work: starts flows once, puts them off, adopts them, takes them over and counts them."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from sqlalchemy.exc import OperationalError

from bot.errors import TryLater
from bot.runtime.clock import machine_time
from bot.runtime.database import (
    CONNECTION_LIMITS,
    IDLE_TIMEOUT_MS,
    ChangeUnknown,
    DatabaseBusy,
    does_person_wait,
    low_priority,
    sqlite_engine,
)
from bot.runtime.waiting import wait_until
from bot.runtime.workflows import records, retired
from bot.runtime.workflows.declaring import Backoff, Flow, Request, flows_by_name, yield_to_foreground

log = logging.getLogger(__name__)

# Gets a new number only when the new code could not finish an old flow.
VERSION = "watchfloor-1"
FLOWS_AT_ONCE = 6
# More may run of the flows that do little but wait for Slack: they hinder no others.
WAITING_FLOWS_AT_ONCE = 16
# A flow that waits for its turn holds a thread, which costs memory: in a crowd, the rest wait without one.
THREADS = FLOWS_AT_ONCE + WAITING_FLOWS_AT_ONCE + 2
MOST_FAILURES = 12
# Out of the three seconds that Slack allows for an answer.
START_TIMEOUT_S = 2.2
START_THREADS = 8
RETRY_QUEUE = records.LATER
# Each poll costs several statements; the engine itself looks once a second for due work.
RETRY_POLL_S = 1.0


class NotStarted(BaseException):
    """The process is ending: the flow begins after the next start. The engine would record an `Exception`."""


class LeftBehind(BaseException):
    """The engine's database is full or broken, so the flow cannot even be put off: it is adopted later."""


class Flows:
    """The running engine. One per process."""

    def __init__(
        self,
        database_url: str,
        *,
        backoff: Backoff | None = None,
        replica: str = "local",
        most_failures: int = MOST_FAILURES,
        retry_poll_s: float = RETRY_POLL_S,
        give_way: Callable[[], None] = lambda: None,
    ) -> None:
        self._backoff = backoff or Backoff()
        self._give_way = give_way
        # A flow that fails this often is given up; waiting does not count as a failure.
        self.most_failures = most_failures
        self._retry_poll_s = retry_poll_s
        self._turns = threading.BoundedSemaphore(FLOWS_AT_ONCE)
        self._waiting_turns = threading.BoundedSemaphore(WAITING_FLOWS_AT_ONCE)
        self._workflows: dict[str, Any] = {}
        self._replica = replica
        self._running_ids, self._counting = Counter[str](), threading.Lock()
        # How many flows are being started, and how often one was started or ended here.
        self._being_started, self._changes = 0, 0
        self._idle_at_change: int | None = None
        self._is_alone = database_url.startswith("sqlite")
        self._left_behind: set[str] = set()
        self._starting = ThreadPoolExecutor(START_THREADS, thread_name_prefix="start flows")
        # On closing: first, nothing new runs; then, nothing new is started.
        self.is_closing = self._is_closed = False
        DBOS(config=_config(database_url, replica))

    def launch(self, services: Any) -> None:
        """Bind every declared flow to `services`, and finish what an earlier process left behind."""
        for declared in flows_by_name.values():
            self._workflows[declared.name] = DBOS.workflow(name=declared.name)(self._runner(declared, services))
        for name in retired.NAMES:
            DBOS.workflow(name=name)(retired.end)
        DBOS.launch()
        DBOS.register_queue(RETRY_QUEUE, polling_interval_sec=self._retry_poll_s)

    def start_once(self, key: str, declared: Flow[Request], request: Request) -> None:
        """Start a flow unless one was ever started under `key`. Once this returns, the flow will be finished.

        While a user waits, raises `ChangeUnknown` after two seconds: the engine itself would wait forever.
        """
        if not does_person_wait():
            self._start(key, declared, request)
            return
        try:
            self._starting.submit(self._start, key, declared, request).result(START_TIMEOUT_S)
        except TimeoutError:
            raise ChangeUnknown() from None
        except OperationalError as refused:
            raise ChangeUnknown() from refused

    def _start(self, key: str, declared: Flow[Request], request: Request) -> None:
        with self._count_being_started(), SetWorkflowID(key):
            if self._is_closed:
                raise TryLater("the process is ending")
            DBOS.start_workflow(self._workflows[declared.name], key, request.model_dump(mode="json"), 1)

    def adopt(self) -> None:
        """Continue the flows of this process that no thread is running, left behind by a database error.

        A flow must be seen twice first, because one that was just started may not have its thread yet.
        """
        if self.is_closing:
            return
        with self._counting:
            running_ids, is_crowded = set(self._running_ids), len(self._running_ids) >= THREADS // 2
        pending_flows = DBOS.list_workflows(
            status="PENDING", executor_id=self._replica, load_input=False, load_output=False
        )
        unattended_ids = {flow.workflow_id for flow in pending_flows} - running_ids if not is_crowded else set()
        if lost_ids := sorted(unattended_ids & self._left_behind):
            log.warning("continuing flows that no thread runs", extra={"flows": len(lost_ids)})
            with self._count_being_started():
                DBOS.resume_workflows(lost_ids)
        self._left_behind = unattended_ids

    def replicas_with_flows(self) -> set[str]:
        """The replicas that are running flows now, or died while running them."""
        pending_flows = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        return {flow.executor_id for flow in pending_flows if flow.executor_id}

    def take_over(self, replica: str) -> None:
        """Continue the flows of a dead replica; each is taken by a replica with a free thread."""
        pending_flows = DBOS.list_workflows(
            status="PENDING", executor_id=replica, load_input=False, load_output=False
        )
        if pending_flows:
            log.warning(
                "taking over the flows of a dead replica", extra={"replica": replica, "flows": len(pending_flows)}
            )
            DBOS.resume_workflows([flow.workflow_id for flow in pending_flows])

    def stuck(self, for_s: float) -> list[str]:
        """The keys of the flows that were started more than `for_s` seconds ago and are not finished."""
        unfinished = DBOS.list_workflows(status=list(records.UNFINISHED), load_input=False, load_output=False)
        # A flow that came back runs under a key of its own; it was started when its first attempt was.
        keys = [flow.workflow_id.partition(records.ATTEMPT_SEPARATOR)[0] for flow in unfinished]
        if not keys:
            return []
        started = DBOS.list_workflows(workflow_ids=keys, load_input=False, load_output=False)
        # The engine dates its records by the machine's clock.
        before_ms = (machine_time().timestamp() - for_s) * 1000
        return sorted(flow.workflow_id for flow in started if (flow.created_at or before_ms) < before_ms)

    def given_up(self) -> list[str]:
        """The keys of the flows that failed too often and have not been restarted or dropped since."""
        return records.given_up(DBOS)

    def delete_finished(self, older_than: timedelta) -> int:
        """Delete the records of finished flows that were started longer ago than this; return how many."""
        return records.delete_finished(DBOS, older_than)

    @property
    def is_running(self) -> bool:
        """True if any flow has a thread now."""
        return bool(self._running_ids)

    def is_idle(self) -> bool:
        """True if nothing of this process is running, waiting or coming back later.

        The records are read again only if something was started or ended here since they last said so.
        """
        changes = self._changes
        if self._running_ids or self._being_started:
            return False
        if not self._is_alone or self._idle_at_change != changes:
            if DBOS.list_workflows(status=list(records.UNFINISHED), limit=1, load_input=False, load_output=False):
                return False
            self._idle_at_change = changes
        return True

    def close(self, within_s: float = 8) -> None:
        """Finish running flows in at most `within_s` seconds; the rest are finished after the next start."""
        self.is_closing = True
        self._starting.shutdown(wait=False, cancel_futures=True)
        wait_until(lambda: not self.is_running, within_s)
        self._is_closed = True
        wait_until(lambda: not self._being_started, START_TIMEOUT_S)
        DBOS.destroy(destroy_registry=True)

    def _runner(self, declared: Flow[Any], services: Any) -> Callable[..., None]:
        turns = self._waiting_turns if declared.is_waiting_flow else self._turns

        # `failures` has a default because flows of earlier versions were stored without it.
        def run(key: str, request: dict[str, Any], attempt: int, failures: int = 0) -> None:
            with self._count_running(), turns, low_priority():
                if self.is_closing:
                    raise NotStarted
                token = yield_to_foreground.set(self._give_way)
                try:
                    declared.function(services, declared.request_type.model_validate(request))
                except (TryLater, DatabaseBusy, ChangeUnknown, OperationalError) as wait:
                    self._retry_later(declared, key, request, attempt, failures, wait)
                except Exception as failure:  # what was acknowledged must be finished, perhaps by the next version
                    log.exception("flow failed", extra={"key": key, "failures": failures + 1})
                    if failures + 1 >= self.most_failures:
                        raise
                    self._retry_later(declared, key, request, attempt, failures + 1, failure)
                finally:
                    yield_to_foreground.reset(token)

        return run

    @contextmanager
    def _count_being_started(self) -> Iterator[None]:
        with self._counting:
            self._being_started += 1
        try:
            yield
        finally:
            with self._counting:
                self._being_started -= 1
                self._changes += 1

    @contextmanager
    def _count_running(self) -> Iterator[None]:
        workflow_id = DBOS.workflow_id or ""
        with self._counting:
            self._running_ids[workflow_id] += 1
        try:
            yield
        finally:
            with self._counting:
                self._changes += 1
                self._running_ids[workflow_id] -= 1
                self._running_ids += Counter()  # removes counts of zero

    def _retry_later(
        self, declared: Flow[Any], key: str, request: dict[str, Any], attempt: int, failures: int, reason: Exception
    ) -> None:
        asked_s = reason.wait_s if isinstance(reason, TryLater) else None
        wait_s = self._backoff.before(attempt) if asked_s is None else asked_s
        log.warning("a flow is retried later", extra={"key": key, "reason": _reason_text(reason), "wait_s": wait_s})
        workflow = self._workflows[declared.name]
        try:
            with (
                SetWorkflowID(f"{key}{records.ATTEMPT_SEPARATOR}{attempt + 1}"),
                SetEnqueueOptions(delay_seconds=wait_s),
            ):
                DBOS.enqueue_workflow(RETRY_QUEUE, workflow, key, request, attempt + 1, failures)
        except OperationalError as refused:
            log.warning("a flow could not be put off", extra={"key": key, "reason": _reason_text(refused)})
            raise LeftBehind from refused


def _reason_text(reason: Exception) -> str:
    # Without the statement, which takes many lines.
    return str(reason.orig if isinstance(reason, OperationalError) else reason)


def _config(database_url: str, replica: str) -> DBOSConfig:
    config: DBOSConfig = {
        "name": "watchfloor",
        "application_version": VERSION,
        "executor_id": replica,
        "log_level": "ERROR",
        "serializer": records.JsonSerializer(),
        "max_executor_threads": THREADS,
        "scheduler_polling_interval_sec": 3600.0,
        # Flows receive no messages: there is nothing to read, but closing waits until the listener wakes up.
        "notification_listener_polling_interval_sec": 0.05,
    }
    if database_url.startswith("sqlite"):
        # A few connections take turns; many would poll for SQLite's one write lock and starve listeners.
        config["system_database_engine"] = sqlite_engine(database_url, connections=2)
        config["system_database_url"] = database_url
        config["use_listen_notify"] = False
    else:
        config["system_database_url"] = database_url
        config["db_engine_kwargs"] = {"connect_args": dict(CONNECTION_LIMITS)}
        config["dbos_system_schema"] = records.SCHEMA
        # A process that is stopped inside a transaction keeps its locks no longer than this.
        config["sys_db_idle_transaction_timeout_sec"] = IDLE_TIMEOUT_MS / 1000
    return config
