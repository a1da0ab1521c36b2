"""Actions on lockouts: show, add, claim, done, partner told; declare an incident for a burst."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.incidents.change import Change
from bot.incidents.declaring import check_may_be_declared, check_may_declare, opening, start_declaration
from bot.incidents.events import Declared, MadePrivate
from bot.incidents.facts import RESETTING, UNLOCKING
from bot.incidents.permissions import changing_as, check_member, check_permission, reading_as
from bot.incidents.registry import Registry
from bot.incidents.workflows import DeclareRequest
from bot.lockouts import bursts, failures, forms, recording, rules, tables, views, wording
from bot.lockouts.recording import AccountChange
from bot.lockouts.rules import SHOWN_FOR, AccountAction, Release
from bot.lockouts.tables import Burst, LockedAccount
from bot.services import Services
from bot.slack.blocks import Block, Message
from bot.slack.text import mention
from bot.sources.port import LockoutKind

FORM_SOURCE = "form"
# The facts that are answered with the function of a source that performs the action.
FACT_BY_ACTION = {AccountAction.UNLOCK: UNLOCKING, AccountAction.RESET: RESETTING}
SEVERITY = "S2"
KEY = "lockout-burst:"


class BurstDecided(WatchfloorError):
    """Somebody has decided about these lockouts already."""


class AlreadyClaimed(WatchfloorError):
    """{person} works on {login} already. `/incident lockouts` shows what nobody has claimed."""


class ProposalEnded(WatchfloorError):
    """Nobody was locked out for an hour, so this proposal has ended. `/incident declare` opens an incident."""


def overview(services: Services, by: str, now: datetime) -> Message:
    """The overview of accounts that are locked out."""
    with reading_as(services, by, "lockouts") as session:
        accounts = tables.all_open(session)
        partners = {account.partner for account in accounts}
        usual = {
            partner: rules.usual_in_window(tables.count_before_window(session, partner, now))
            for partner in partners
        }
    return views.overview(accounts, usual, _possible_actions(services, accounts), now)


def _possible_actions(services: Services, accounts: Sequence[LockedAccount]) -> views.PossibleActions:
    """What the source of each account can do for it."""
    registry = services.get(Registry)
    return {
        source: frozenset(action for action, fact in FACT_BY_ACTION.items() if registry.ask(fact)(services, source))
        for source in {account.source for account in accounts}
    }


def failures_of(services: Services, login_or_partner: str, by: str, now: datetime) -> Message:
    """Why sign-ins of one person, or of a partner's people, failed in the last day."""
    check_member(services, by)
    since = now - SHOWN_FOR
    partner = next(
        (name for name in services.floor.partner_names if name.casefold() == login_or_partner.casefold()), ""
    )
    with services.database.reading() as session:
        check_permission(services, session, by, "lockouts")
        sign_in_failures = (
            failures.of_partner(session, partner, since)
            if partner
            else failures.of_login(session, login_or_partner, since)
        )
        accounts = [
            account for account in tables.all_open(session) if _belongs_to(account, partner, login_or_partner)
        ]
    return views.failures_card(
        partner or login_or_partner, sign_in_failures, accounts, _possible_actions(services, accounts), now
    )


def _belongs_to(account: LockedAccount, partner: str, login: str) -> bool:
    return account.partner == partner if partner else account.login.casefold() == login.casefold()


def failures_of_account(services: Services, lockout_id: int, by: str, now: datetime) -> Message:
    """Why sign-ins of a locked account's owner failed in the last day."""
    with reading_as(services, by, "lockouts") as session:
        login = tables.locked(session, lockout_id, is_changed=False).login
    return failures_of(services, login, by, now)


def form(services: Services, by: str) -> Block:
    """The form for adding lockouts by hand."""
    check_member(services, by)
    return forms.add_form(services.floor.partner_names)


def add(services: Services, partner: str, logins: str, release: Release, key: str, by: str, now: datetime) -> str:
    """Add lockouts that a user reports. Return the answer."""
    check_member(services, by)
    rows = [
        AccountChange(f"{key}:{index}", login.casefold(), login, LockoutKind.LOCKED, now, partner, release)
        for index, login in enumerate(rules.read_logins(logins))
    ]
    with services.database.transaction() as session:
        check_permission(services, session, by, "lockouts")
        new_count = recording.record(session, services.floor, FORM_SOURCE, rows, now)
    return wording.LOCKOUTS_ADDED.format(new_count=new_count, total=len(rows))


def claim(services: Services, lockout_id: int, by: str, now: datetime) -> str:
    """Record that the user is handling the lockout. Return the answer."""
    with open_account(services, lockout_id, by) as (_, account):
        if account.claimed_by and account.claimed_by != by:
            raise AlreadyClaimed(person=mention(account.claimed_by), login=account.login)
        account.claimed_by = by
    return wording.CLAIMED.format(login=account.login)


def done(services: Services, lockout_id: int, by: str, now: datetime) -> str:
    """Record that the account works again. Return the answer."""
    with open_account(services, lockout_id, by) as (session, account):
        account.done_by, account.unlocked_at = by, now
        bursts.show_unlocked(session, services.floor, account.burst_id, now)
    return wording.WORKS_AGAIN.format(login=account.login)


def record_partner_told(services: Services, lockout_id: int, by: str) -> str:
    """Record that the partner knows. Return the answer."""
    with open_account(services, lockout_id, by) as (_, account):
        account.told_by = by
    return wording.PARTNER_KNOWS.format(login=account.login)


@contextmanager
def open_account(services: Services, lockout_id: int, by: str) -> Iterator[tuple[Session, LockedAccount]]:
    """Yield an open lockout to a user who may handle it; changes to it are saved."""
    with changing_as(services, by, "lockouts") as session:
        account = tables.locked(session, lockout_id)
        if account.unlocked_at:
            raise rules.NotLocked(login=account.login)
        yield session, account


def declare(services: Services, burst_id: int, by: str, reply_to: str, now: datetime) -> str:
    """Declare one incident for a burst. Return the answer."""
    check_may_declare(services, by)
    with services.database.reading() as session:
        burst = _check_open(tables.burst(session, burst_id, is_locked=False))
    request = DeclareRequest(
        key=f"{KEY}{burst.number}",
        user_id=by,
        title=wording.BURST_TITLE.format(agents=burst.accounts, partner=burst.partner),
        severity=SEVERITY,
        at=now,
        type="sign_on" if "sign_on" in services.floor.types else "other",
        partners=[burst.partner] if burst.partner in services.floor.partner_names else [],
        reply_to=reply_to,
    )
    check_may_be_declared(services, request)
    # The flow's key is the burst's own, so pressing twice still opens one incident.
    start_declaration(services, request)
    return opening(request.title)


def dismiss(services: Services, burst_id: int, by: str, now: datetime) -> str:
    """Record that a burst is no incident. Return the answer."""
    check_may_declare(services, by)
    with services.database.transaction() as session:
        burst = _check_open(tables.burst(session, burst_id))
        burst.state, burst.decided_by = "dismissed", by
        bursts.show(session, services.floor, burst, now)
    return wording.BURST_DISMISSED


def follow_declared(change: Change, event: Declared) -> None:
    """Link a burst to the incident that was declared for it."""
    key = change.incident.declared_key
    if not key.startswith(KEY):
        return
    burst = tables.burst(change.session, int(key.removeprefix(KEY)))
    burst.state, burst.incident_id, burst.decided_by = "declared", change.number, change.incident.declared_by
    change.log("lockouts_declared", partner=burst.partner, agents=burst.accounts)
    bursts.show(change.session, change.services.floor, burst, change.now)


def hide_private(change: Change, event: MadePrivate) -> None:
    """Have the public message about a burst no longer name its incident."""
    for burst in tables.of_incident(change.session, change.number):
        bursts.show(change.session, change.services.floor, burst, change.now)


def _check_open(burst: Burst) -> Burst:
    if burst.state == tables.LAPSED:
        raise ProposalEnded()
    if burst.state != tables.OPEN:
        raise BurstDecided()
    return burst
