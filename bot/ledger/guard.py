"""Blocks closing an incident while its ledger is open, unless a reason is given; that closes the ledger too."""

from collections.abc import Sequence

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.incidents.change import Change
from bot.incidents.registry import Guard, Objection
from bot.ledger import actions, balance, tables
from bot.ledger.tables import Ledger


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
