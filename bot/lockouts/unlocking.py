"""Unlocking accounts and resetting passwords through their source: one, several, or many with a second person.

The directory sends its own mail for a reset; no secret passes through here.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from bot import directory, outbox
from bot.errors import WatchfloorError, require
from bot.incidents.permissions import changing_as, reading_as
from bot.incidents.registry import Registry
from bot.lockouts import forms, rules, tables, wording
from bot.lockouts.actions import FACT_BY_ACTION, open_account
from bot.lockouts.rules import AccountAction, Release
from bot.lockouts.tables import DECLINED, STARTED, WAITING, AccountRequest, LockedAccount, RequestBatch
from bot.outbox import kinds
from bot.runtime.database import insert
from bot.services import Services
from bot.slack.blocks import Block

REFUSALS: dict[AccountAction, type[WatchfloorError]] = {
    AccountAction.UNLOCK: rules.NoUnlocking,
    AccountAction.RESET: rules.NoResetting,
}
REQUESTED_ANSWERS = {
    AccountAction.UNLOCK: wording.UNLOCK_ASKED,
    AccountAction.RESET: wording.RESET_ASKED,
}


class NobodyChosen(WatchfloorError):
    """Choose accounts, or a partner for all of its locked accounts."""


class BatchDecided(WatchfloorError):
    """Somebody has decided about this already."""


def unlock(services: Services, lockout_id: int, by: str, now: datetime) -> str:
    """Ask the source to unlock an account. Return the answer; the result comes by direct message."""
    return _request_one(services, AccountAction.UNLOCK, lockout_id, by, now)


def reset(services: Services, lockout_id: int, by: str, now: datetime) -> str:
    """Ask the source to mail the owner a way to set a new password. Return the answer."""
    return _request_one(services, AccountAction.RESET, lockout_id, by, now)


def _request_one(services: Services, action: AccountAction, lockout_id: int, by: str, now: datetime) -> str:
    with open_account(services, lockout_id, by) as (session, account):
        check_possible(services, action, account)
        request_count = tables.count_requested_accounts(session, by, now - rules.ASKED_WITHIN, account.number)
        rules.check_asked(request_count, account.login)
        account.claimed_by = account.claimed_by or by
        _add_request(session, action, account, by, now)
    return REQUESTED_ANSWERS[action].format(source=account.source, login=account.login)


def check_possible(services: Services, action: AccountAction, account: LockedAccount) -> None:
    """Raise an error with the reason if the account's source cannot do that."""
    if account.unlocked_at and action == AccountAction.UNLOCK:
        raise rules.NotLocked(login=account.login)
    if account.release == Release.DIRECTORY:
        raise rules.DirectorySourced(login=account.login)
    if not function_of_source(services, action, account.source):
        raise REFUSALS[action](login=account.login)


def function_of_source(services: Services, action: AccountAction, source: str) -> Callable[[str], str] | None:
    """The function of a source that performs the action and returns why it failed."""
    return services.get(Registry).ask(FACT_BY_ACTION[action])(services, source)


def _add_request(
    session: Session,
    action: AccountAction,
    account: LockedAccount,
    by: str,
    now: datetime,
    batch_id: int | None = None,
) -> None:
    """Add the request and the outbox row that carries it out."""
    request = AccountRequest(lockout_id=account.number, batch_id=batch_id, action=action, by=by, asked_at=now)
    number = insert(session, request).number
    payload = {"lockout": account.number, "by": by, "action": action, "request": number, "batch": batch_id}
    key = f"lockout-request:{number}"
    outbox.enqueue(session, kinds.LOCKOUT_UNLOCK, key, now, payload=payload, channel_id=by)


def form(services: Services, by: str) -> Block:
    """The form for several accounts at once."""
    with reading_as(services, by, "lockouts") as session:
        accounts = tables.all_open(session)
    return forms.many_form(accounts)


def request_many(
    services: Services,
    action: AccountAction,
    chosen_numbers: Sequence[int],
    partner: str | None,
    key: str,
    by: str,
    now: datetime,
) -> str:
    """Request an action for chosen accounts, or for all locked at a partner. Return the answer."""
    with changing_as(services, by, "lockouts") as session:
        numbers = [
            account.number for account in tables.all_open(session) if _is_selected(account, chosen_numbers, partner)
        ]
        if not numbers:
            raise NobodyChosen()
        request_count = tables.count_requested_accounts(session, by, now - rules.ASKED_WITHIN)
        new_batch = RequestBatch(key=key, action=action, lockouts=numbers, by=by, asked_at=now)
        batch = require(tables.add_batch(session, new_batch), BatchDecided)
        if not rules.needs_second_person(request_count, len(numbers)):
            _start(session, services, batch, [by], now)
            return wording.MANY_STARTED
        _show(session, batch, directory.channel_id(session, services.floor.incidents_channel) or by, now)
    channel = services.floor.incidents_channel
    return wording.SECOND_PERSON_NEEDED.format(channel=channel)


def _is_selected(account: LockedAccount, chosen_numbers: Sequence[int], partner: str | None) -> bool:
    return account.number in chosen_numbers or (partner is not None and account.partner == partner)


def approval_form(services: Services, batch_id: int, by: str) -> Block:
    """The form that shows a second person the accounts to approve."""
    with reading_as(services, by, "lockouts") as session:
        batch = _batch_to_approve(session, batch_id, by, is_locked=False)
        accounts = tables.of_numbers(session, batch.lockouts)
    return forms.approval_form(batch, accounts)


def approve(services: Services, batch_id: int, by: str, now: datetime) -> str:
    """Start a batch that a second person has approved. Return the answer."""
    with changing_as(services, by, "lockouts") as session:
        batch = _batch_to_approve(session, batch_id, by)
        batch.decided_by = by
        _start(session, services, batch, [batch.by, by], now)
    return wording.MANY_APPROVED


def decline(services: Services, batch_id: int, by: str, now: datetime) -> str:
    """Decline a batch; the requester may also withdraw it. Return the answer."""
    with changing_as(services, by, "lockouts") as session:
        batch = _check_undecided(tables.batch(session, batch_id))
        batch.state, batch.decided_by = DECLINED, by
        outbox.edit_about(session, kinds.LOCKOUT_BATCH, str(batch.number), now)
    return wording.MANY_DECLINED


def _batch_to_approve(session: Session, batch_id: int, by: str, *, is_locked: bool = True) -> RequestBatch:
    batch = _check_undecided(tables.batch(session, batch_id, is_locked=is_locked))
    rules.check_approver(batch.by, by)
    return batch


def _check_undecided(batch: RequestBatch) -> RequestBatch:
    if batch.state != WAITING:
        raise BatchDecided()
    return batch


def _start(
    session: Session, services: Services, batch: RequestBatch, readers: Sequence[str], now: datetime
) -> None:
    """Request the action for every account; record the reason at once where the source cannot do it."""
    batch.state = STARTED
    action = AccountAction(batch.action)
    for account in tables.of_numbers(session, batch.lockouts):
        try:
            check_possible(services, action, account)
        except WatchfloorError as refused:
            _refuse(session, batch, account, refused.sentence, now)
            continue
        account.claimed_by = account.claimed_by or batch.by
        _add_request(session, action, account, batch.by, now, batch.number)
    outbox.edit_about(session, kinds.LOCKOUT_BATCH, str(batch.number), now)
    for reader in readers:
        _show(session, batch, reader, now)


def _refuse(session: Session, batch: RequestBatch, account: LockedAccount, reason: str, now: datetime) -> None:
    request = AccountRequest(
        lockout_id=account.number,
        batch_id=batch.number,
        action=batch.action,
        by=batch.by,
        asked_at=now,
        answered_at=now,
        trouble=reason,
    )
    insert(session, request)


def _show(session: Session, batch: RequestBatch, target: str, now: datetime) -> None:
    """Enqueue the batch's message: with every account for a person, without logins for a channel."""
    subject = f"{batch.number}:{target}"
    key = f"lockout-batch:{subject}"
    outbox.enqueue(session, kinds.LOCKOUT_BATCH, key, now, subject=subject, channel_id=target)
