"""An incident is not closed while its ledger is open, unless somebody goes on for a reason; that closes it."""

from collections.abc import Sequence

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.incidents.change import Change
from bot.incidents.registry import Guard, Objection
from bot.ledger import actions, balance, tables


class LedgerOpen(WatchfloorError):
    """Before you {act}, close the ledger of credits and refunds (`/incident ledger`): {reasons}. {button} on the
    control panel (`/incident`) goes on for a reason."""


def _objections(session: Session, number: int, action: str) -> list[Objection]:
    ledger = tables.of_incident(session, number) if action == "close" else None
    if ledger is None or not ledger.is_open:
        return []
    reasons = "; ".join(balance.reasons(session, ledger)) or "it adds up, and nobody has closed it"
    return [Objection(f"The ledger of credits and refunds is open: {reasons}")]


def _refusal(action: str, objections: Sequence[Objection]) -> WatchfloorError:
    reasons = "; ".join(objection.text.partition(": ")[2] for objection in objections)
    return LedgerOpen(act=action, reasons=reasons, button=f"*{action.capitalize()}…*")


def _waive(change: Change, action: str, reason: str) -> None:
    [ledger] = tables.lock_of_incidents(change.session, [change.number])
    actions.close_with(change, ledger, reason)


BALANCED = Guard(_objections, _refusal, _waive)
