"""Many lockouts of a partner at once: proposed as one incident, in one message that is kept up to date."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot import directory, outbox
from bot.config.floor import Floor
from bot.incidents import incidents
from bot.incidents.rules import OPEN
from bot.lockouts import rules, tables, views
from bot.lockouts.tables import Burst
from bot.runtime.database import insert

log = logging.getLogger(__name__)


def check(session: Session, floor: Floor, partner: str, now: datetime) -> None:
    """Propose one incident for a partner's burst; later lockouts join it until it has ended."""
    recent = tables.recent(session, partner, now)
    if not recent:
        return
    burst = _current_burst(session, floor, partner, recent[0].locked_at, now)
    if burst is None:
        usual = rules.usual_in_window(tables.count_before_window(session, partner, recent[0].locked_at))
        first_at = rules.burst_since([(account.locked_at, account.login) for account in recent], usual)
        if first_at is None:
            return
        burst = Burst(partner=partner, usual=usual, first_at=first_at, asked_at=now)
        insert(session, burst)
    joining = [account.number for account in recent if account.locked_at > burst.first_at - rules.WINDOW]
    tables.put_into(session, burst.number, joining)
    burst.accounts = _count_people(tables.logins_of_burst(session, burst.number))
    show(session, floor, burst, now)


def _current_burst(session: Session, floor: Floor, partner: str, at: datetime, now: datetime) -> Burst | None:
    """The burst that a lockout at that moment belongs to: the one whose incident is open, or the proposal, unless
    nobody was locked out for so long that it has ended."""
    declared = tables.last_declared(session, partner)
    if declared is not None and _is_open(session, declared.incident_id or 0):
        return declared
    proposed = tables.open_burst(session, partner)
    if proposed is not None and at - tables.last_lockout_at(session, proposed) > rules.LAPSES_AFTER:
        proposed.state = tables.LAPSED
        show(session, floor, proposed, now)
        return None
    return proposed


def _is_open(session: Session, incident_id: int) -> bool:
    incident = incidents.by_number(session, incident_id)
    if incident.merged_into:
        incident = incidents.by_number(session, incident.merged_into)
    return incident.status in OPEN


def show_unlocked(session: Session, floor: Floor, burst_id: int | None, now: datetime) -> None:
    """Edit the message about a burst after one of its accounts was unlocked, unless it is closed."""
    burst = tables.burst(session, burst_id) if burst_id else None
    if burst is not None and (burst.state == tables.OPEN or burst.incident_id):
        show(session, floor, burst, now)


def _count_people(logins: Sequence[str]) -> int:
    return len({login.casefold() for login in logins})


def show(session: Session, floor: Floor, burst: Burst, now: datetime) -> None:
    """Post or edit the burst's single message in the incidents channel."""
    incident = incidents.by_number(session, burst.incident_id) if burst.incident_id else None
    locked_count = _count_people(tables.locked_logins_of_burst(session, burst.number))
    text, blocks = views.proposal(burst, burst.accounts - locked_count, incident, now)
    key = f"lockout-burst:{burst.number}"
    row = outbox.by_key(session, key)
    if row is not None:
        outbox.edit(session, row, blocks, now)
        return
    channel_id = directory.channel_id(session, floor.incidents_channel)
    if channel_id is None:
        log.warning("the incidents channel is not known", extra={"burst": burst.number})
        return
    outbox.post(session, key, channel_id, text, now, blocks=blocks, priority=outbox.URGENT)
