"""A per-process cache of the open cases, which reads only what changed since the last refresh."""

import threading
from bisect import bisect_left, insort
from collections.abc import Mapping
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.cases.rules.board import OpenCase
from bot.cases.tables import Case
from bot.config.floor import Floor
from bot.config.floor.cases import Cases
from bot.config.settings import Settings

# A transaction that began before the last refresh may have committed after it.
OVERLAP = timedelta(seconds=60)
MOST_ENDED = 1_000
# With more changes than this, all cases are sorted again.
FEW = 500
# More moments than this are read as one range.
MOST_MOMENTS = 100
_ORDER = attrgetter("order")
_COLUMNS = (
    *(Case.id, Case.is_open, Case.touched_at, Case.name, Case.title, Case.customer, Case.priority, Case.region),
    *(Case.team, Case.owner, Case.owner_id, Case.phase, Case.due_at, Case.target_s, Case.opened_at, Case.reopened),
    *(Case.snoozed_until, Case.url),
)


class OpenCases:
    """The cache of open cases, held by the services; call `all` within a read transaction."""

    def __init__(self, settings: Cases) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._cases: dict[int, OpenCase] = {}
        # Replaced, not modified, by each change: callers may still be reading the previous list.
        self._in_order: list[OpenCase] = []
        # `touched_at` of each row read; an ended case is kept while its row may be read again.
        self._read: dict[int, datetime] = {}
        # For each moment within the overlap: how many cases were read, and the sum of their numbers.
        self._moments: dict[datetime, tuple[int, int]] = {}
        self._seen_at: datetime | None = None

    @classmethod
    def of(cls, settings: Settings, floor: Floor) -> "OpenCases":
        """Create the cache of a floor."""
        return cls(floor.cases)

    def all(self, session: Session) -> list[OpenCase]:
        with self._lock:
            self._refresh(session)
            return self._in_order

    def _refresh(self, session: Session) -> None:
        cases_before: dict[int, OpenCase | None] = {}
        query = sa.select(*map(col, _COLUMNS))
        if self._seen_at is None:
            query = query.where(col(Case.is_open))
        else:
            unread = self._unread(session, self._seen_at - OVERLAP)
            if not unread:
                return
            touched_at, is_few = col(Case.touched_at), len(unread) <= MOST_MOMENTS
            query = query.where(touched_at.in_(unread) if is_few else touched_at >= min(unread))
        for row in session.connection().execute(query):
            if row.id in self._read and self._read[row.id] == row.touched_at:
                continue  # read before, within the overlap
            self._note_read(row.id, row.touched_at)
            cases_before.setdefault(row.id, self._cases.get(row.id))
            if self._seen_at is None or row.touched_at > self._seen_at:
                self._seen_at = row.touched_at
            if row.is_open:
                self._cases[row.id] = self._open_case(row)
            else:
                self._cases.pop(row.id, None)
        self._update_order(cases_before)
        self._forget_ended()

    def _unread(self, session: Session, since: datetime) -> list[datetime]:
        """The moments with touched cases that have not all been read.

        After an import the overlap holds thousands of cases, so they are counted by moment and not read again.
        """
        self._moments = {at: counts for at, counts in self._moments.items() if at >= since}
        touched_at, number = col(Case.touched_at), col(Case.id)
        query = (
            sa.select(touched_at, sa.func.count(), sa.func.sum(number))
            .where(touched_at >= since)
            .group_by(touched_at)
        )
        rows = session.connection().execute(query)
        return [at for at, count, total in rows if self._moments.get(at) != (count, total)]

    def _note_read(self, number: int, at: datetime) -> None:
        for moment, sign in ((self._read.get(number), -1), (at, 1)):
            if moment is not None:
                count, total = self._moments.get(moment, (0, 0))
                self._moments[moment] = count + sign, total + sign * number
        self._read[number] = at

    def _update_order(self, cases_before: Mapping[int, OpenCase | None]) -> None:
        """Move changed cases to their places; sorting all cases again would take too long for a click."""
        if len(cases_before) > FEW:
            self._in_order = sorted(self._cases.values(), key=_ORDER)
        elif cases_before:
            in_order = list(self._in_order)
            for number, previous in cases_before.items():
                if previous is not None:
                    del in_order[bisect_left(in_order, previous.order, key=_ORDER)]
                if (current := self._cases.get(number)) is not None:
                    insort(in_order, current, key=_ORDER)
            self._in_order = in_order

    def _forget_ended(self) -> None:
        """Forget cases that ended before the overlap and cannot be read again, once there are many of them."""
        if self._seen_at is None or len(self._read) < 2 * len(self._cases) + MOST_ENDED:
            return
        since = self._seen_at - OVERLAP
        self._read = {number: at for number, at in self._read.items() if at >= since or number in self._cases}

    def _open_case(self, row: Any) -> OpenCase:
        return OpenCase(
            number=row.id,
            name=row.name,
            title=row.title,
            customer=row.customer,
            priority=row.priority,
            region=row.region,
            team=row.team,
            owner=row.owner,
            owner_id=row.owner_id,
            phase=row.phase,
            due_at=row.due_at,
            target_s=row.target_s,
            opened_at=row.opened_at,
            reopened=row.reopened,
            is_sensitive=self._settings.is_sensitive(row.customer),
            snoozed_until=row.snoozed_until,
            url=row.url,
        )
