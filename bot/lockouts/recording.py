"""Recording lockouts: each is kept once, and ended when the account works again."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from sqlmodel import Session

from bot.config.floor import Floor
from bot.lockouts import bursts, failures, tables
from bot.lockouts.rules import MANUAL, Release
from bot.lockouts.tables import LockedAccount
from bot.runtime.clock import utcnow
from bot.runtime.database import insert_new
from bot.services import Services
from bot.sources.port import Lockout, LockoutKind

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
    new_count, partners, bursts_with_unlocked = 0, set(), set()
    open_accounts = OpenAccounts(tables.all_open(session, limit=None))
    for row in sorted(rows, key=lambda change: change.at):
        partner = row.partner or floor.lockouts.partner_of(row.login)
        known = open_accounts.by_user(source, row.user_id)
        same_login = open_accounts.by_login(partner, row.login)
        if row.kind != LockoutKind.LOCKED:
            ended = _end(open_accounts, known or same_login, row)
            bursts_with_unlocked |= {ended.burst_id} if ended and ended.burst_id else set()
        elif known:
            _record_limit(known, row)
        elif _add(session, open_accounts, _account(source, partner, row), same_login, now) and same_login is None:
            new_count += 1
            partners.add(partner)
    for partner in sorted(partners - {""}):
        bursts.check(session, floor, partner, now)
    for burst_id in sorted(bursts_with_unlocked):
        bursts.show_unlocked(session, floor, burst_id, now)
    return new_count


class OpenAccounts:
    """The accounts that are locked, as each source and as people name them."""

    def __init__(self, accounts: Iterable[LockedAccount]) -> None:
        self._by_user: dict[tuple[str, str], LockedAccount] = {}
        self._by_login: dict[tuple[str, str], LockedAccount] = {}
        for account in accounts:
            self.add(account)

    def add(self, account: LockedAccount) -> None:
        """Add an account that is locked now."""
        self._by_user[account.source, account.user_id] = account
        self._by_login[account.partner, account.login.casefold()] = account

    def remove(self, account: LockedAccount) -> None:
        """Remove an account that is no longer locked."""
        self._by_user.pop((account.source, account.user_id), None)
        self._by_login.pop((account.partner, account.login.casefold()), None)

    def by_user(self, source: str, user_id: str) -> LockedAccount | None:
        return self._by_user.get((source, user_id))

    def by_login(self, partner: str, login: str) -> LockedAccount | None:
        return self._by_login.get((partner, login.casefold()))


def _account(source: str, partner: str, row: AccountChange) -> LockedAccount:
    return LockedAccount(
        source=source,
        external_id=row.external_id,
        user_id=row.user_id,
        login=row.login,
        partner=partner,
        release=row.release,
        locked_at=row.at,
    )


def _add(
    session: Session,
    open_accounts: OpenAccounts,
    account: LockedAccount,
    same_login: LockedAccount | None,
    now: datetime,
) -> bool:
    """Add a lockout. Of two reports about one login, a directory's stays open, because it can be asked to unlock;
    the other one only keeps its event from being recorded again."""
    is_replaced = same_login is not None and same_login.source in MANUAL and account.source not in MANUAL
    if same_login is not None:
        account.burst_id = same_login.burst_id
        if is_replaced:
            account.claimed_by, account.told_by = same_login.claimed_by, same_login.told_by
        else:
            account.unlocked_at = account.locked_at
    if not insert_new(session, account):
        return False
    if same_login is not None and is_replaced:
        same_login.unlocked_at = now
        open_accounts.remove(same_login)
    if account.unlocked_at is None:
        # The stored row, which a later event of the same request may change.
        open_accounts.add(tables.locked(session, account.number, is_changed=False))
    return True


def _record_limit(account: LockedAccount, row: AccountChange) -> None:
    """Record that an account already locked no longer unlocks itself."""
    if row.release == Release.ADMINISTRATOR:
        account.release = Release.ADMINISTRATOR


def _end(open_accounts: OpenAccounts, account: LockedAccount | None, row: AccountChange) -> LockedAccount | None:
    """End the lockout, and return it unless the event is older than it."""
    if account is None or account.locked_at > row.at:
        return None
    account.unlocked_at = row.at
    open_accounts.remove(account)
    return account
