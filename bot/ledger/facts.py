"""Facts about credits and refunds for other modules, as plain data without any account."""

from datetime import datetime

from sqlmodel import Session

from bot.incidents.facts import MoneyRow
from bot.incidents.tables import Incident
from bot.ledger import balance, tables
from bot.ledger.money import format_amount
from bot.services import Services
from bot.slack.text import escape


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
