"""Recording lockouts: kept once, ended when the account works again, proposed as an incident when many."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from sqlmodel import Session, select

from bot import directory, outbox
from bot.config.floor import Floor
from bot.incidents import incidents
from bot.lockouts import failures, rules, tables, views
from bot.lockouts.rules import Release
from bot.lockouts.tables import Burst, LockedAccount
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.sources.port import Lockout, LockoutKind

log = logging.getLogger(__name__)
# The Okta source's reason for an account that does not unlock itself.
AT_LIMIT = "user.account.lock.limit"


class AccountChange(Struct, frozen=True):
    """A reported change to an account, from any source."""

    external_id: str
    user_id: str
    login: str
    kind: LockoutKind
    at: datetime
    partner: str = ""
    release: Release = Release.ADMINISTRATOR


def take_rows(session: Session, services: Services, source: str, key: str, rows: Sequence[Lockout]) -> None:
    """Record rows from a source; the login's domain determines the partner."""
    failures.record(session, services.floor, source, [row for row in rows if row.kind == LockoutKind.FAILED])
    changes = [
        AccountChange(
            row.external_id,
            row.user_id,
            row.login,
            row.kind,
            row.at,
            release=Release.ADMINISTRATOR if row.reason == AT_LIMIT else Release.ITSELF,
        )
        for row in rows
        if row.kind != LockoutKind.FAILED
    ]
    record(session, services.floor, source, changes, utcnow())


def record(session: Session, floor: Floor, source: str, rows: Iterable[AccountChange], now: datetime) -> int:
    """Record new lockouts, and propose an incident for a burst. Returns the number of newly locked accounts."""
    new_count, partners = 0, set()
    for row in sorted(rows, key=lambda change: change.at):
        if row.kind != LockoutKind.LOCKED:
            _end(session, source, row)
            continue
        if open_account := tables.open_of(session, source, row.user_id):
            _record_limit(session, open_account, row)
            continue
        partner = row.partner or floor.lockouts.partner_of(row.login)
        account = LockedAccount(
            source=source,
            external_id=row.external_id,
            user_id=row.user_id,
            login=row.login,
            partner=partner,
            release=row.release,
            locked_at=row.at,
        )
        if tables.add(session, account):
            new_count += 1
            partners.add(partner)
    for partner in sorted(partners - {""}):
        _check_burst(session, floor, partner, now)
    return new_count


def _record_limit(session: Session, account: LockedAccount, row: AccountChange) -> None:
    """Record that an account already locked no longer unlocks itself."""
    if row.release == Release.ADMINISTRATOR:
        account.release = Release.ADMINISTRATOR
        session.add(account)


def _end(session: Session, source: str, row: AccountChange) -> None:
    account = tables.open_of(session, source, row.user_id)
    if account is not None and account.locked_at <= row.at:
        account.unlocked_at = row.at
        session.add(account)


def _check_burst(session: Session, floor: Floor, partner: str, now: datetime) -> None:
    """Propose one incident for a partner's burst; later lockouts join it while it is open."""
    recent = tables.recent(session, partner, now)
    burst = tables.open_burst(session, partner)
    if burst is None:
        usual = rules.usual_in_window(tables.count_before_window(session, partner, now))
        if not rules.is_burst(len(recent), usual):
            return
        burst = Burst(partner=partner, usual=usual, first_at=recent[0].locked_at, asked_at=now)
        session.add(burst)
        session.flush()
    burst.accounts += len(recent)
    session.add(burst)
    tables.put_into(session, burst.number, [account.number for account in recent])
    show(session, floor, burst, now)


def show(session: Session, floor: Floor, burst: Burst, now: datetime) -> None:
    """Post or edit the burst's single message in the incidents channel."""
    channel_of_incident = ""
    if burst.incident_id:
        channel_of_incident = incidents.channels(session, [burst.incident_id]).get(burst.incident_id, "")
    text, blocks = views.proposal(burst, channel_of_incident, now)
    key = f"lockout-burst:{burst.number}"
    row = session.exec(select(outbox.OutboxRow).where(outbox.OutboxRow.key == key)).first()
    if row is not None:
        outbox.edit(session, row, blocks, now)
        return
    channel_id = directory.channel_id(session, floor.incidents_channel)
    if channel_id is None:
        log.warning("the incidents channel is not known", extra={"burst": burst.number})
        return
    outbox.post(session, key, channel_id, text, now, blocks=blocks, priority=outbox.URGENT)
