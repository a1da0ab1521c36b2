"""Every query of the soak to the bot's database and engine: nothing else here knows their tables."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbos import DBOSClient
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from bot.alarms import tables as alarms
from bot.config.settings import Settings
from bot.incidents.tables import Incident, RoleHolder
from bot.outbox.kinds import UPDATE
from bot.outbox.tables import SUPERSEDED, OutboxRow
from bot.playbooks.tables import PlaybookRun
from bot.postmortems.rules import State
from bot.postmortems.tables import PostMortem
from bot.runtime.database import Database, DatabaseBusy, sqlite_engine
from bot.runtime.workflows import records
from bot.subscriptions.tables import Subscription
from bot.timeline import verification
from bot.timeline.tables import TimelineEntry
from bot.updates.tables import SENDING, SENT, WAITING, Promise

FAILED = ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
WITHDRAWN = "declined"


@dataclass(frozen=True)
class Entry:
    """One entry of a timeline."""

    number: int
    incident: int
    kind: str
    actor: str | None
    facts: dict[str, Any]
    at: str
    message_ts: str | None
    heard: str


@dataclass(frozen=True)
class Open:
    """One incident in its current state."""

    number: int
    title: str
    severity: str
    status: str
    is_private: bool
    has_channel: bool

    @property
    def is_over(self) -> bool:
        """True if nothing more is to be done."""
        return self.status in ("closed", WITHDRAWN)


@dataclass(frozen=True)
class SentUpdate:
    """An update that counts as sent, and the keys of the messages that say it, perhaps together with another."""

    incident: int
    key: str
    messages: frozenset[str]


class Evidence:
    """The content of the database."""

    def __init__(self, database_url: str) -> None:
        self._store = Database(database_url)
        self._durable_url = Settings(_env_file=None, database_url=database_url).durable_url

    def close(self) -> None:
        """Release every connection."""
        self._store.close()

    def incidents(self) -> list[Open]:
        """Every incident."""
        with self._store.snapshot() as session:
            return [
                Open(row.number, row.title, row.severity, row.status, row.is_private, bool(row.channel_id))
                for row in session.exec(select(Incident).order_by(col(Incident.id)))
            ]

    def led(self) -> set[int]:
        """The incidents that have a commander."""
        with self._store.snapshot() as session:
            return set(session.exec(select(RoleHolder.incident_id).where(RoleHolder.role == "commander")))

    def entries(self) -> list[Entry]:
        """Every entry of every timeline."""
        with self._store.snapshot() as session:
            return [
                Entry(
                    row.number,
                    row.incident_id,
                    row.kind,
                    row.actor_id,
                    row.facts,
                    str(row.at),
                    row.message_ts,
                    str(row.heard),
                )
                for row in session.exec(select(TimelineEntry))
            ]

    def subscriptions(self) -> dict[tuple[str, int], bool]:
        """Return, for each person and incident on record, whether its updates are wanted."""
        with self._store.snapshot() as session:
            rows = session.exec(select(Subscription).where(col(Subscription.incident_id).is_not(None)))
            return {(row.user_id, row.incident_id): row.is_wanted for row in rows if row.incident_id}

    def runs(self) -> Counter[int]:
        """Count the playbook runs of each incident."""
        with self._store.snapshot() as session:
            return Counter(session.exec(select(PlaybookRun.incident_id)))

    def canvases(self) -> dict[int, str | None]:
        """Return the canvas with the newest draft of each closed incident."""
        drafts = select(PostMortem).where(col(PostMortem.state) != State.PREVIEW).order_by(col(PostMortem.id))
        with self._store.snapshot() as session:
            return {draft.incident_id: draft.canvas_id for draft in session.exec(drafts)}

    def sent_updates(self) -> list[SentUpdate]:
        """Every update that counts as sent."""
        with self._store.snapshot() as session:
            sent = session.exec(select(Promise).where(Promise.state == SENT)).all()
            batch = aliased(OutboxRow)
            batches_of_updates = session.exec(
                select(OutboxRow.subject, batch.key)
                .join(batch, col(OutboxRow.batch_id) == col(batch.id))
                .where(OutboxRow.kind == UPDATE)
            )
            messages: dict[str, set[str]] = {}
            for subject, key in batches_of_updates:
                messages.setdefault(subject, set()).add(key)
        return [
            SentUpdate(promise.incident_id, promise.key, frozenset(messages.get(str(promise.shown_by), ())))
            for promise in sent
        ]

    def promised_twice(self) -> list[tuple[int, str]]:
        """Return audience and incident where more than one update waits: each audience has one next update."""
        with self._store.snapshot() as session:
            waiting = session.exec(select(Promise).where(Promise.state == WAITING))
            promises = Counter((promise.incident_id, promise.audience) for promise in waiting)
        return [place for place, times in promises.items() if times > 1]

    def words_of_updates(self) -> list[tuple[int, str]]:
        """Return the text that people wrote in updates, of each incident."""
        with self._store.snapshot() as session:
            return [
                (promise.incident_id, promise.text) for promise in session.exec(select(Promise)) if promise.text
            ]

    def left_over(self) -> list[str]:
        """Return what is still to be shown, written or sent."""
        is_unsettled = (col(OutboxRow.wanted) > col(OutboxRow.shown), col(OutboxRow.refused).is_(None))
        with self._store.snapshot() as session:
            unsettled = session.exec(select(OutboxRow).where(*is_unsettled)).all()
        with self._store.snapshot() as session:
            sending = session.exec(select(Promise).where(Promise.state == SENDING)).all()
        return [
            *(f"not in Slack: {row.key} (error {row.error}, retry at {row.retry_at})" for row in unsettled),
            *(f"not sent: {row.key}" for row in sending),
            *(f"not finished: {key}" for key in self._flows(*records.UNFINISHED)),
        ]

    def leases_of(self, replicas: list[str], now: datetime) -> int:
        """Count the rows that these replicas are sending to Slack now; none while the database is away."""
        is_held = (col(OutboxRow.leased_by).in_(replicas), col(OutboxRow.leased_until) > now)
        try:
            with self._store.reading() as session:
                return len(session.exec(select(OutboxRow.id).where(*is_held)).all())
        except DatabaseBusy:
            return 0

    def gave_up(self) -> list[str]:
        """Return what was tried and will not be tried again."""
        with self._store.snapshot() as session:
            refused_rows = session.exec(select(OutboxRow).where(col(OutboxRow.refused).is_not(None))).all()
        given_up = [f"{row.key}: {row.refused}" for row in refused_rows if row.refused != SUPERSEDED]
        return [*(f"flow {key}" for key in self._flows(*FAILED)), *given_up]

    def alarms(self) -> list[str]:
        """Return the bot's own alarms."""
        with self._store.snapshot() as session:
            return [f"{alarm.key}: {alarm.text}" for alarm in alarms.open_alarms(session)]

    def broken_chains(self) -> list[str]:
        """Return the mismatches in the log under the timelines."""
        with self._store.snapshot() as session:
            numbers = verification.incidents_with_a_timeline(session)
            return [str(finding) for number in numbers for finding in verification.verify(session, number)]

    def _flows(self, *states: str) -> list[str]:
        with self._engine() as engine:
            workflows = engine.list_workflows(status=list(states), load_input=False, load_output=False)
            return [f"{flow.workflow_id} ({flow.status})" for flow in workflows]

    @contextmanager
    def _engine(self) -> Iterator[DBOSClient]:
        if self._durable_url.startswith("sqlite"):
            engine = sqlite_engine(self._durable_url, connections=1)
            client = DBOSClient(system_database_engine=engine, serializer=records.JsonSerializer())
        else:
            client = DBOSClient(
                system_database_url=self._durable_url,
                dbos_system_schema="durable",
                serializer=records.JsonSerializer(),
            )
        try:
            yield client
        finally:
            client.destroy()
