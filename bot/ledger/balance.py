"""Checks whether a ledger adds up: its totals, the lines below them, the payer's file."""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import Session, select

from bot.ledger import difference_tables, line_tables, tables
from bot.ledger.difference_tables import Difference
from bot.ledger.line_tables import Line
from bot.ledger.rules import Totals, Trouble, open_reasons
from bot.ledger.tables import Ledger
from bot.ledger.views import LedgerFacts


def facts_of(session: Session, ledger: Ledger | None) -> LedgerFacts:
    """Return everything that the screen shows of a ledger."""
    if ledger is None:
        return LedgerFacts(None)
    number = ledger.number
    differences = difference_tables.open_differences(session, number, 50)
    return LedgerFacts(
        ledger,
        tables.cohorts_of(session, number),
        tables.totals_of(session, number),
        tables.releases_of(session, number),
        differences,
        difference_tables.count_differences(session, number),
        errors(session, number),
        _unreleased(session, number),
        _owed_by_account(session, number, differences),
    )


def _owed_by_account(
    session: Session, ledger_id: int, differences: Sequence[Difference]
) -> dict[str, tuple[int, str]]:
    """Return the ledger's amount and currency for accounts where the payer's file differs in either."""
    keys = [
        difference.account_key
        for difference in differences
        if difference.trouble in (Trouble.AMOUNT, Trouble.CURRENCY)
    ]
    lines = line_tables.lines_of_accounts(session, ledger_id, keys) if keys else {}
    return {key: (line.amount, line.currency) for key, line in lines.items()}


def errors(session: Session, ledger_id: int) -> list[str]:
    """Return the totals that differ from the sums of their lines, as sentences."""
    counted_totals = line_tables.sums_of_lines(session, ledger_id)
    stored_totals = {(row.cohort, row.currency): row.totals for row in tables.totals_of(session, ledger_id)}
    wrong_keys = [
        key
        for key in counted_totals.keys() | stored_totals.keys()
        if counted_totals.get(key, Totals()) != stored_totals.get(key, Totals())
    ]
    return [
        f"the totals of {cohort}, {currency} are not what its lines add up to"
        for cohort, currency in sorted(wrong_keys)
    ]


def reasons(session: Session, ledger: Ledger) -> Sequence[str]:
    """Return the reasons why the ledger may not be closed without a waiver."""
    pending: Counter[str] = Counter()
    for row in tables.totals_of(session, ledger.number):
        pending[row.currency] += row.totals.pending
    differences = difference_tables.count_differences(session, ledger.number)
    return open_reasons(pending, differences, len(errors(session, ledger.number)))


def _unreleased(session: Session, ledger_id: int) -> frozenset[tuple[str, str]]:
    query = select(Line.cohort, Line.currency).where(
        Line.ledger_id == ledger_id, *line_tables.unreleased(ledger_id)
    )
    return frozenset((cohort, currency) for cohort, currency in session.exec(query.distinct()))
