"""Actions on a ledger: add files, add, change, release, close. One transaction each.

Users who can see the incident can read the totals; viewing and changing accounts needs the right to the ledger.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from msgspec import Struct
from sqlmodel import Session

from bot import outbox
from bot.errors import WatchfloorError, require
from bot.incidents import incidents
from bot.incidents.access import visible_incident
from bot.incidents.change import Change, changing
from bot.ledger import balance, difference_tables, forms, line_tables, releases, rules, tables, views, wording
from bot.ledger.accounts import Hasher, others, same_cause
from bot.ledger.entries import Move, Origin, add_lines, move
from bot.ledger.importing import LINES, RESULTS
from bot.ledger.line_tables import LineRow, NewLine
from bot.ledger.money import format_amount, read_amount, read_currency
from bot.ledger.rules import REVERSED, SAME_CAUSE, LedgerClosed, NoLedger, State
from bot.ledger.tables import Cohort, Ledger, LedgerFile
from bot.outbox import kinds
from bot.runtime.database import insert, upsert
from bot.services import Services
from bot.slack.blocks import Message
from bot.sources.tabular.cells import NotReadable, evident_decimal_sign

CLOSED, OPEN = "closed", "open"


class AmountWrong(WatchfloorError):
    """{reason}. Type an amount such as `12.50`."""


class CurrencyWrong(WatchfloorError):
    """{reason}."""


class AlreadyKnown(WatchfloorError):
    """This account is in the ledger already ({amount}, {state}). If that amount is wrong, exclude the account with
    *Change a line* and add it again."""


def screen(services: Services, number: int, by: str, now: datetime) -> Message:
    """Return the screen of the ledger's current state, without any account."""
    visible_incident(services, number, by)
    with services.database.reading() as session:
        return views.screen(number, balance.facts_of(session, tables.of_incident(session, number)), now)


def import_accounts(
    services: Services, number: int, cohort: str, rule: str, file_id: str, name: str, by: str, now: datetime
) -> str:
    """Enqueue a file of accounts for reading. Return the answer."""
    with changing(services, number, by, now, "ledger") as change:
        ledger = _ledger_or_new(change)
        _set_rule(change, ledger, cohort, rule)
        _enqueue_file(change, ledger, LINES, cohort, file_id, name)
    return wording.FILE_TAKEN


def import_results(services: Services, number: int, file_id: str, name: str, by: str, now: datetime) -> str:
    """Enqueue the payer's file for reading. Return the answer."""
    with _open_ledger(services, number, by, now) as (change, ledger):
        _enqueue_file(change, ledger, RESULTS, "", file_id, name)
    return wording.FILE_TAKEN


def _enqueue_file(change: Change, ledger: Ledger, kind: str, cohort: str, file_id: str, name: str) -> None:
    file = LedgerFile(
        ledger_id=ledger.number,
        kind=kind,
        cohort=cohort,
        slack_id=file_id,
        file_name=name[:200],
        brought_by=change.by,
        brought_at=change.now,
    )
    insert(change.session, file)
    payload, key = {"file": file.number}, f"ledger-file:{file.number}"
    # In one lane, so that payments in one file are known when the next is read.
    outbox.enqueue(
        change.session,
        kinds.LEDGER_FILE,
        key,
        change.now,
        incident_id=change.number,
        payload=payload,
        channel_id=change.by,
        lane=f"ledger:{ledger.number}",
    )


class TypedAccount(Struct, frozen=True):
    """The contents of the form for one account."""

    cohort: str
    rule: str
    account: str
    amount: str
    currency: str


def add_account(services: Services, number: int, typed: TypedAccount, by: str, now: datetime) -> str:
    """Add one account. Return the answer."""
    account = " ".join(typed.account.split())
    amount, currency = _read_money(typed.amount, typed.currency)
    with changing(services, number, by, now, "ledger") as change:
        ledger = _ledger_or_new(change)
        _set_rule(change, ledger, typed.cohort, typed.rule)
        key = Hasher.of(change.session).key(account)
        line = NewLine(ledger.number, typed.cohort, account, key, amount, currency)
        is_paid = _add_line(change, ledger, line)
    if is_paid:
        return wording.ADDED_AS_EXCLUDED.format(reason=SAME_CAUSE)
    return wording.ACCOUNT_ADDED.format(amount=format_amount(amount, currency), cohort=typed.cohort)


def _read_money(amount: str, currency: str) -> tuple[int, str]:
    try:
        code = read_currency(currency)
    except NotReadable as reason:
        raise CurrencyWrong(reason=reason) from None
    try:
        return read_amount(amount, code, evident_decimal_sign([amount])), code
    except NotReadable as reason:
        raise AmountWrong(reason=reason) from None


def _add_line(change: Change, ledger: Ledger, line: NewLine) -> bool:
    """Add a line. True if it is excluded at once, because another incident of the same cause has paid."""
    session, origin = change.session, Origin(change.by, change.now)
    locked_ledgers = list(tables.lock_of_incidents(session, same_cause(session, change.number)))
    existing_line = line_tables.lines_of_accounts(session, ledger.number, [line.account_key]).get(line.account_key)
    if existing_line is not None and existing_line.state != State.EXCLUDED:
        amount = format_amount(existing_line.amount, existing_line.currency)
        raise AlreadyKnown(amount=amount, state=existing_line.state)
    paid_elsewhere = line_tables.paid_elsewhere(session, others(locked_ledgers, ledger), [line.account_key])
    [added_line] = add_lines(session, [line], origin)
    move(session, [Move(added_line, State.EXCLUDED, SAME_CAUSE)] if paid_elsewhere else [], origin)
    return bool(paid_elsewhere)


def change_line(
    services: Services, number: int, account: str, choice: str, reason: str, by: str, now: datetime
) -> str:
    """Change the state of one line. Return the answer."""
    if not reason.strip():
        raise rules.ReasonMissing()
    with _open_ledger(services, number, by, now) as (change, ledger):
        key = Hasher.of(change.session).key(account)
        line = line_tables.lines_of_accounts(change.session, ledger.number, [key]).get(key)
        if line is None:
            raise rules.UnknownAccount()
        new_state = {forms.EXCLUDE: State.EXCLUDED, forms.WITHDRAW: State.EXCLUDED, forms.ISSUED: State.ISSUED}.get(
            choice, State.PENDING
        )
        _check_change(change.session, ledger, line, choice, new_state)
        releases.leave(change.session, line)
        full_reason = (
            f"{REVERSED}: {reason.strip()}" if choice in (forms.WITHDRAW, forms.REVERSE) else reason.strip()
        )
        move(change.session, [Move(line, new_state, full_reason)], Origin(by, now))
        difference_tables.settle_differences(change.session, ledger.number, [key], 0, now)
    return wording.LINE_CHANGED.format(account=rules.mask(account), state=new_state)


def _check_change(session: Session, ledger: Ledger, line: LineRow, choice: str, new_state: State) -> None:
    """Check that the form's choice fits the line's state: a reversal needs an issued line, a retry a failed one."""
    expected = {forms.RETRY: State.FAILED, forms.REVERSE: State.ISSUED, forms.WITHDRAW: State.ISSUED}.get(
        choice, State.PENDING
    )
    if line.state != expected:
        raise rules.WrongMove(old=line.state, new=new_state, advice=wording.CHOOSE_WHAT_HAPPENED)
    if choice == forms.ISSUED and line.release_id not in tables.released_ids(session, ledger.number):
        raise rules.NotReleased()


def release(services: Services, number: int, cohort: str, currency: str, by: str, now: datetime) -> str:
    """Release everything pending there, or request a second person's approval. Return the answer."""
    with _open_ledger(services, number, by, now) as (change, ledger):
        new_release = releases.request(change, ledger, cohort, currency)
    if new_release.state == tables.PREPARING:
        return wording.release_begun(cohort, currency)
    amount = format_amount(new_release.amount, currency)
    if new_release.needs_second:
        return wording.SECOND_PERSON_NEEDED.format(amount=amount)
    return wording.RELEASED.format(amount=amount)


def decide(services: Services, release_id: int, by: str, now: datetime, *, is_approved: bool) -> str:
    """Approve or refuse a release. Return the answer."""
    with services.database.reading() as session:
        _, number = releases.release_and_number(session, release_id)
        incidents.check_visible(session, incidents.by_number(session, number), by, tables.NoSuchLedger)
    with _open_ledger(services, number, by, now) as (change, _):
        pending_release, _ = releases.release_and_number(change.session, release_id)
        releases.decide(change, pending_release, is_approved=is_approved)
    return wording.RELEASE_APPROVED if is_approved else wording.RELEASE_REFUSED


def close(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """Close the ledger if nothing is pending and it adds up, or with a reason. Return the answer."""
    with _open_ledger(services, number, by, now) as (change, ledger):
        open_reasons = balance.reasons(change.session, ledger)
        if open_reasons and not reason.strip():
            raise rules.NotBalanced(reasons="; ".join(open_reasons))
        close_with(change, ledger, reason.strip() if open_reasons else "")
    return wording.CLOSED


def close_with(change: Change, ledger: Ledger, waiver: str) -> None:
    """Close the ledger within a transaction; `waiver` is the reason if it does not add up."""
    ledger.state, ledger.closed_by, ledger.closed_at, ledger.waiver = CLOSED, change.by, change.now, waiver
    if waiver:
        change.log("ledger_waived", reason=waiver)
    else:
        change.log("ledger_closed")


def reopen(services: Services, number: int, by: str, now: datetime) -> str:
    """Reopen the ledger for changes. Return the answer."""
    with changing(services, number, by, now, "ledger") as change:
        ledger = _locked_ledger(change)
        if ledger.is_open:
            return wording.OPEN_ALREADY
        ledger.state, ledger.closed_by, ledger.closed_at, ledger.waiver = OPEN, None, None, ""
        change.log("ledger_reopened")
    return wording.REOPENED


def send_workbook(services: Services, number: int, key: str, by: str, now: datetime) -> str:
    """Enqueue the workbook with every account for a user who may see them. Return the answer."""
    visible_incident(services, number, by, "ledger")
    with services.database.transaction() as session:
        require(tables.of_incident(session, number), NoLedger)
        row_key, payload = f"ledger-workbook:{key}", {"to": by}
        outbox.enqueue(
            session, kinds.LEDGER_WORKBOOK, row_key, now, incident_id=number, payload=payload, channel_id=by
        )
    return wording.WORKBOOK_REQUESTED


@contextmanager
def _open_ledger(services: Services, number: int, by: str, now: datetime) -> Iterator[tuple[Change, Ledger]]:
    """A transaction on an open ledger, for a user with the right to it."""
    with changing(services, number, by, now, "ledger") as change:
        ledger = _locked_ledger(change)
        if not ledger.is_open:
            raise LedgerClosed()
        yield change, ledger


def _locked_ledger(change: Change) -> Ledger:
    """Return the incident's ledger, locked. Raises `NoLedger`."""
    [*ledgers] = tables.lock_of_incidents(change.session, [change.number])
    if not ledgers:
        raise NoLedger()
    return ledgers[0]


def _ledger_or_new(change: Change) -> Ledger:
    if tables.of_incident(change.session, change.number) is None:
        tables.open_ledger(change.session, change.number, change.by, change.now)
        change.log("ledger_opened")
    ledger = _locked_ledger(change)
    if not ledger.is_open:
        raise LedgerClosed()
    return ledger


def _set_rule(change: Change, ledger: Ledger, cohort: str, rule: str) -> None:
    cohorts = change.services.floor.credits.cohorts
    if cohort not in cohorts:
        raise rules.UnknownCohort(given=cohort, known=", ".join(cohorts))
    stored_cohort = next(
        (row for row in tables.cohorts_of(change.session, ledger.number) if row.cohort == cohort), None
    )
    if stored_cohort is None or (rule and stored_cohort.rule != rule):
        upsert(
            change.session,
            Cohort(ledger_id=ledger.number, cohort=cohort, rule=rule, set_by=change.by, set_at=change.now),
        )
        change.log("ledger_rule", cohort=cohort, text=rule)
