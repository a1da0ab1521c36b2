"""Keyed hashes of accounts, and the incidents with the same cause."""

import hmac
import secrets

from sqlmodel import Session, col, or_, select

from bot.incidents.related import RelatedIncident
from bot.incidents.tables import Incident
from bot.ledger.tables import AccountKey, Ledger
from bot.runtime.database import insert_new


class Hasher:
    """Maps accounts to keys that reveal nothing about them without the secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def of(cls, session: Session) -> "Hasher":
        """Return a hasher with this database's secret, which is created on first use."""
        kept = session.get(AccountKey, 1)
        if kept is None:
            insert_new(session, AccountKey(secret=secrets.token_hex(32)))
            kept = session.get_one(AccountKey, 1)
        return cls(bytes.fromhex(kept.secret))

    def key(self, account: str) -> str:
        """Return the account's key; capitals and spaces make no difference."""
        plain = "".join(account.split()).casefold()
        return hmac.digest(self._secret, plain.encode(), "sha256").hex()


def same_cause(session: Session, number: int) -> set[int]:
    """Return the incident and all that are merged with or related to it, directly or indirectly."""
    known, new = {number}, {number}
    while new:
        new = _neighbours(session, new) - known
        known |= new
    return known


def _neighbours(session: Session, numbers: set[int]) -> set[int]:
    related = select(RelatedIncident.incident_id, RelatedIncident.related_id).where(
        or_(col(RelatedIncident.incident_id).in_(numbers), col(RelatedIncident.related_id).in_(numbers))
    )
    merged = select(Incident.id, Incident.merged_into).where(
        col(Incident.merged_into).is_not(None),
        or_(col(Incident.id).in_(numbers), col(Incident.merged_into).in_(numbers)),
    )
    pairs = [*session.exec(related), *session.exec(merged)]
    return {number for pair in pairs for number in pair if number is not None}


def others(ledgers: list[Ledger], ledger: Ledger) -> list[int]:
    """Return the numbers of the other ledgers with the same cause."""
    return [other.number for other in ledgers if other.number != ledger.number]
