"""Once a day, ask each source for what is open here: no source says what it has deleted, merged or hidden."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from bot.errors import TryLater, WatchfloorError
from bot.feeds import tables
from bot.feeds.sources import Sources, errors_as_refusals
from bot.incidents.registry import AskedRows, Registry
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.sources.port import CasesById

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
# After a failure, and after a process that did not finish.
RETRY_AFTER = timedelta(hours=1)
AT_ONCE = 90
CASES = "cases"


def ask_due(services: Services, now: datetime) -> None:
    """Ask the sources that are due, in the background: they may take long to answer."""
    with services.database.transaction() as session:
        sources = [feed.source for feed in tables.to_ask(session, now)]
        for source in sources:
            tables.ask_at(session, source, CASES, now + RETRY_AFTER)
    for source in sources:
        services.background.submit(f"open cases:{source}", partial(ask, services, source))


def ask(services: Services, source: str) -> None:
    """Bring the open cases up to date with their source, and end those that it no longer has."""
    asked_rows = services.get(Registry).asked_rows[CASES]
    with services.database.reading() as session:
        ids, newest_ids = asked_rows.open_ids(session, source), asked_rows.newest_ids(session, source)
    try:
        for start in range(0, len(ids), AT_ONCE):
            _ask_for(services, source, ids[start : start + AT_ONCE], newest_ids, asked_rows)
    except (TryLater, WatchfloorError) as reason:
        log.warning("a source was not asked for its open cases", extra={"source": source, "reason": str(reason)})
        return
    with services.database.transaction() as session:
        tables.ask_at(session, source, CASES, utcnow() + EVERY)


def _ask_for(
    services: Services, name: str, ids: Sequence[str], newest_ids: Sequence[str], asked_rows: AskedRows
) -> None:
    source = services.get(Sources).get(name)
    if not isinstance(source, CasesById):
        return
    asked_ids = dict.fromkeys([*ids, *newest_ids])
    with errors_as_refusals(name):
        rows = [row for row in source.of_ids(list(asked_ids)) if row.external_id in asked_ids]
    known_ids = {row.external_id for row in rows}
    if known_ids.isdisjoint(newest_ids):
        # Rather a right that is missing now than cases that are.
        raise TryLater("it shows none of the cases that it changed last")
    now = utcnow()
    with services.database.transaction() as session:
        _take(services, session, name, rows, now)
        asked_rows.end(session, services, name, [each for each in ids if each not in known_ids], now)


def _take(services: Services, session: Session, name: str, rows: Sequence[Any], now: datetime) -> None:
    for take_rows in services.get(Registry).takes_rows[CASES]:
        take_rows(session, services, name, f"{name}:{CASES}:{now.isoformat()}", rows)
