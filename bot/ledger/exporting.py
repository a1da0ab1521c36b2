"""Exports the ledger's entries for a spreadsheet, with user and reason; accounts are masked."""

from sqlmodel import Session, col, select

from bot.incidents.registry import Export, Naming, Rows
from bot.ledger import tables
from bot.ledger.line_tables import Entry, Line
from bot.ledger.money import major
from bot.ledger.rules import mask
from bot.timeline.erasure import REMOVED

HEADER = ("line", "cohort", "account", "amount", "currency", "from", "to", "reason", "reference", "by", "at")


def _rows(session: Session, number: int, name_of: Naming) -> Rows:
    ledger = tables.of_incident(session, number)
    if ledger is None:
        return []
    query = (
        select(Entry, Line).join(Line, col(Line.id) == col(Entry.line_id)).where(Entry.ledger_id == ledger.number)
    )
    return [
        (
            *(
                line.number,
                line.cohort,
                _masked_account(line),
                str(major(entry.amount, line.currency)),
                line.currency,
            ),
            *(entry.old_state or "", entry.new_state, entry.reason, entry.reference, name_of(entry.by), entry.at),
        )
        for entry, line in session.exec(query.order_by(col(Entry.id)))
    ]


def _masked_account(line: Line) -> str:
    return REMOVED if line.account == REMOVED else mask(line.account)


ENTRIES = Export("ledger_entries.csv", HEADER, _rows)
