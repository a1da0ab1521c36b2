"""Brings Slack up to date with the database: lease, render, deliver, settle.

Losing a piece of this work is harmless: the row still has more wanted than shown, and its lease expires.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.outbox import delivery, leases, queries
from bot.outbox.kinds import CARD, Context, Kinds, Settled
from bot.outbox.outcomes import Outcome, Rendered
from bot.outbox.tables import DUE, LEASED, OutboxRow
from bot.runtime.clock import utcnow
from bot.services import Services

# How many batches of rows that are not rendered from an incident may be on their way at once.
SENDERS = 3
# How many files may be read at once.
IMPORTERS = 2

Lease = Callable[..., list[OutboxRow]]


class Worker:
    """The outbox worker: one per process; it runs on the background threads."""

    def __init__(self, services: Services, kinds: Kinds) -> None:
        self._services, self._kinds = services, kinds
        self._lock = threading.Lock()
        # Only one thread of this process delivers a row at a time, whatever the clock says.
        self._row_ids_in_hand: set[int] = set()
        self._senders: set[int] = set()
        # Leased rows that read whole files, in order.
        self._imports: list[OutboxRow] = []
        # Rows that were leased in the transaction that changed them, until a thread takes them.
        self._leased_already: dict[int, list[list[OutboxRow]]] = {}
        # Incidents with rows that are due and were not leased: new ones, and those in hand when others were leased.
        self._incidents_behind: set[int] = set()

    def lease(self, session: Session) -> None:
        """Before a commit, lease what the transaction changed, which saves a separate transaction."""
        incident_ids = [incident_id for incident_id in session.info.get(DUE, ()) if incident_id is not None]
        # With many incidents, each is leased when its turn comes, so that no lease expires in the queue.
        if len(incident_ids) == 1:
            lease = partial(leases.edits_of_incident, incident_id=incident_ids[0])
            session.info[LEASED] = self._lease(session, lease)

    def wake(self, notes: Mapping[str, Any]) -> None:
        """After a commit, deliver what the transaction wrote."""
        leased = notes.get(LEASED) or ()
        for incident_id in sorted(notes.get(DUE, ()), key=lambda number: number or 0):
            with self._lock:
                if leased and leased[0].incident_id == incident_id:
                    self._leased_already.setdefault(incident_id, []).append(leased)
                elif incident_id is not None:
                    # One delivery may follow this commit and one that leased its rows: it must lease these, too.
                    self._incidents_behind.add(incident_id)
            self._submit(incident_id)

    def tick(self, now: datetime) -> None:
        """Deliver rows that are due and were not delivered after their commit."""
        with self._services.database.reading() as session:
            due = queries.due(session, now)
        for incident_id in due:
            self._submit(incident_id)

    def _submit(self, incident_id: int | None) -> None:
        if incident_id is not None:
            self._services.background.submit(f"outbox:{incident_id}", partial(self.deliver_incident, incident_id))
            return
        with self._lock:
            free_senders = [number for number in range(SENDERS) if number not in self._senders]
        self._submit_sender(free_senders[0] if free_senders else 0)

    def _submit_sender(self, number: int) -> None:
        self._services.background.submit(f"outbox messages:{number}", partial(self._send, number))

    def deliver_incident(self, incident_id: int) -> None:
        """Deliver all of an incident's rows that are out of date: a new card first, the rest in parallel."""
        with self._services.background.serialized(incident_id):
            self._deliver_incident(incident_id)

    def _deliver_incident(self, incident_id: int) -> None:
        for leased in self._leases_of(incident_id):
            with self._claim_rows(leased) as rows:
                is_behind = self._deliver(rows, incident_id)
            if is_behind:
                with self._lock:
                    self._incidents_behind.add(incident_id)
                self._submit(incident_id)

    def _leases_of(self, incident_id: int) -> Iterator[list[OutboxRow]]:
        """Yield the rows of one lease at a time: they are settled together."""
        with self._lock:
            leased_already = self._leased_already.pop(incident_id, [])
            is_behind = incident_id in self._incidents_behind
            self._incidents_behind.discard(incident_id)
        yield from leased_already
        if is_behind or not leased_already:
            yield self._lease_rows(partial(leases.of_incident, incident_id=incident_id))

    def _send(self, number: int) -> None:
        with self._lock:
            self._senders.add(number)
        try:
            has_sent = self._send_some()
        finally:
            with self._lock:
                self._senders.discard(number)
        if has_sent:
            # The rest is a job of its own: until it begins, people and other jobs may go first, or the process end.
            self._submit_sender(number)

    def _send_some(self) -> bool:
        leased_rows = self._lease_rows(leases.of_messages)
        if len(leased_rows) == leases.MESSAGES_AT_ONCE:
            # There may be enough rows for more than one sender.
            self._submit(None)
        self._submit_imports([row for row in leased_rows if self._is_import(row)])
        with self._claim_rows([row for row in leased_rows if not self._is_import(row)]) as rows:
            self._deliver(rows, None)
        return bool(leased_rows)

    def _is_import(self, row: OutboxRow) -> bool:
        kind = self._kinds.by_name.get(row.kind)
        return kind is not None and kind.is_import

    def _submit_imports(self, rows: Sequence[OutboxRow]) -> None:
        """Read files in jobs of their own: the messages leased with them are settled now, and senders stay free."""
        with self._lock:
            new_rows = [row for row in rows if row.number not in self._row_ids_in_hand]
            self._row_ids_in_hand.update(row.number for row in new_rows)
            self._imports += new_rows
        for number in range(IMPORTERS if new_rows else 0):
            self._submit_importer(number)

    def _submit_importer(self, number: int) -> None:
        self._services.background.submit(f"outbox imports:{number}", partial(self._import_next, number))

    def _import_next(self, number: int) -> None:
        with self._lock:
            row = self._imports.pop(0) if self._imports else None
        if row is None:
            return
        try:
            is_due_again = self._deliver([row], None)
        finally:
            with self._lock:
                self._row_ids_in_hand.discard(row.number)
            self._submit_importer(number)
        if is_due_again:
            # Its lease ended while it waited for its turn.
            self._submit(None)

    def _lease_rows(self, lease: Lease) -> list[OutboxRow]:
        with self._services.database.transaction() as session:
            return self._lease(session, lease)

    def _lease(self, session: Session, lease: Lease) -> list[OutboxRow]:
        with self._lock:
            in_hand = set(self._row_ids_in_hand)
        return lease(session, owner=self._services.replicas.name, now=utcnow(), in_hand=in_hand)

    @contextmanager
    def _claim_rows(self, rows: Sequence[OutboxRow]) -> Iterator[list[OutboxRow]]:
        numbers = {row.number for row in rows}
        with self._lock:
            numbers -= self._row_ids_in_hand
            self._row_ids_in_hand |= numbers
        try:
            yield [row for row in rows if row.number in numbers]
        finally:
            with self._lock:
                self._row_ids_in_hand -= numbers

    def _deliver(self, rows: Sequence[OutboxRow], incident_id: int | None) -> bool:
        """Deliver leased rows; True if something must be delivered again at once."""
        if not rows:
            return False
        outcomes, rendered_rows = self._render_rows(rows, incident_id)
        new_cards = [item for item in rendered_rows if item.row.kind == CARD and item.row.ts is None]
        other_rows = [item for item in rendered_rows if item not in new_cards]
        is_behind = self._settle(outcomes + self._call_slack(new_cards)) if new_cards or outcomes else False
        return self._settle(self._call_slack(other_rows)) or is_behind

    def _render_rows(
        self, rows: Sequence[OutboxRow], incident_id: int | None
    ) -> tuple[list[Outcome], list[Rendered]]:
        results: list[Outcome | Rendered] = []
        while len(results) < len(rows):
            results += self._render_in_one_read(rows[len(results) :], incident_id)
        outcomes = [result for result in results if isinstance(result, Outcome)]
        return outcomes, [result for result in results if isinstance(result, Rendered)]

    def _render_in_one_read(
        self, rows: Sequence[OutboxRow], incident_id: int | None
    ) -> Iterator[Outcome | Rendered]:
        """Render the rows from one read after the lease: what is shown is never older than what the lease wants.

        It ends with the first row whose query fails, because PostgreSQL accepts no other in that transaction.
        """
        with self._services.database.reading() as session:
            snapshot = None if incident_id is None else self._kinds.incidents.snapshot(session, incident_id)
            for row in rows:
                try:
                    yield delivery.render(self._kinds, Context(session, self._services, snapshot, row))
                except DBAPIError as failure:
                    yield delivery.refused_query(row, failure)
                    return

    def _call_slack(self, rendered_rows: Sequence[Rendered]) -> list[Outcome]:
        outcomes: list[Outcome] = []

        def call(rendered: Rendered) -> None:
            outcomes.append(delivery.deliver(self._services, rendered))

        self._services.background.run_all([partial(call, rendered) for rendered in rendered_rows])
        return outcomes

    def _settle(self, outcomes: Sequence[Outcome]) -> bool:
        """Record what Slack shows now, and what follows, in one transaction; True if a row is due again at once."""
        if not outcomes:
            return False
        now = utcnow()
        follows = [outcome for outcome in outcomes if outcome.then]
        with self._services.database.transaction() as session:
            if follows:
                # The incident is locked first, then its rows in order, as everywhere: that prevents deadlocks.
                for incident_id in sorted({one.row.incident_id for one in follows if one.row.incident_id}):
                    self._kinds.incidents.lock(session, incident_id)
            again = leases.settle(session, [(outcome.row, outcome.values) for outcome in outcomes])
            for outcome in follows:
                if outcome.then and outcome.row.number in again:
                    outcome.then(Settled(session, self._services, outcome.row), self._kinds.incidents)
        return any(at is not None and at <= now for at in again.values())
