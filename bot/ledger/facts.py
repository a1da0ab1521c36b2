"""What others ask of credits and refunds: plain data, a file, and whether an incident may be closed."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bot.errors import WatchfloorError
from bot.incidents.change import Change
from bot.incidents.facts import MoneyRow
from bot.incidents.registry import Export, Guard, Naming, Objection, Rows
from bot.incidents.tables import Incident
from bot.ledger import actions, balance, tables
from bot.ledger.line_tables import Entry, Line
from bot.ledger.money import format_amount, major
from bot.ledger.rules import mask
from bot.ledger.tables import Ledger
from bot.services import Services
from bot.slack.text import escape
from bot.timeline.erasure import REMOVED

HEADER = ("line", "cohort", "account", "amount", "currency", "from", "to", "reason", "reference", "by", "at")


def money(session: Session, number: int, language: str) -> list[MoneyRow]:
    """Return a row for each cohort and currency, with sums as that language writes them."""
    ledger = tables.of_incident(session, number)
    totals = tables.totals_of(session, ledger.number) if ledger else []
    return [
        MoneyRow(
            row.cohort,
            row.lines,
            *(
                format_amount(amount, row.currency, language)
                for amount in (row.eligible, row.issued, row.failed, row.excluded, row.pending)
            ),
        )
        for row in totals
    ]


def is_done(session: Session, incident: Incident) -> bool | None:
    """True if the ledger is closed; None without a ledger."""
    ledger = tables.of_incident(session, incident.number)
    return None if ledger is None else not ledger.is_open


def lines(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """Return what is still open in the ledger, for an incoming person."""
    ledger = tables.of_incident(session, incident.number)
    if ledger is None or not ledger.is_open:
        return []
    rows = money(session, incident.number, "en")
    open_ = [f"{escape(row.cohort)}: {row.pending} of {row.eligible} pending" for row in rows]
    return [*open_, *balance.reasons(session, ledger)] or ["open, without accounts yet"]


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
                REMOVED if line.account == REMOVED else mask(line.account),
                str(major(entry.amount, line.currency)),
                line.currency,
            ),
            *(entry.old_state or "", entry.new_state, entry.reason, entry.reference, name_of(entry.by), entry.at),
        )
        for entry, line in session.exec(query.order_by(col(Entry.id)))
    ]


ENTRIES = Export("ledger_entries.csv", HEADER, _rows)


class LedgerOpen(WatchfloorError):
    """Before you {act}, close the ledger of credits and refunds (`/incident ledger`): {reasons}. To go on
    anyway, press {button} on the control panel (`/incident`) and give a reason."""


def _objections(session: Session, number: int, action: str) -> list[Objection]:
    """Return an objection per open ledger, including incidents merged into this one, which nothing else checks."""
    ledgers = tables.open_ledgers(session, number) if action == "close" else []
    return [Objection(f"{_name(ledger, number)} is open: {_reasons(session, ledger)}") for ledger in ledgers]


def _name(ledger: Ledger, number: int) -> str:
    incident_suffix = (
        ""
        if ledger.incident_id == number
        else f" of incident {ledger.incident_id}, which was merged into this one,"
    )
    return f"The ledger of credits and refunds{incident_suffix}"


def _reasons(session: Session, ledger: Ledger) -> str:
    return "; ".join(balance.reasons(session, ledger)) or "it adds up, and nobody has closed it"


def _refusal(action: str, objections: Sequence[Objection]) -> WatchfloorError:
    reasons = "; ".join(objection.text.partition(": ")[2] for objection in objections)
    return LedgerOpen(act=action, reasons=reasons, button=f"*{action.capitalize()}…*")


def _waive(change: Change, action: str, reason: str) -> None:
    for ledger in tables.open_ledgers(change.session, change.number):
        actions.close_with(change, ledger, reason)


BALANCED = Guard(_objections, _refusal, _waive)
