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
        stored_key = session.get(AccountKey, 1)
        if stored_key is None:
            insert_new(session, AccountKey(secret=secrets.token_hex(32)))
            stored_key = session.get_one(AccountKey, 1)
        return cls(bytes.fromhex(stored_key.secret))

    def key(self, account: str) -> str:
        """Return the account's key; capitals and spaces make no difference."""
        normalized_account = "".join(account.split()).casefold()
        return hmac.digest(self._secret, normalized_account.encode(), "sha256").hex()


def same_cause(session: Session, number: int) -> set[int]:
    """Return the incident and all that are merged with or related to it, directly or indirectly."""
    numbers, new_numbers = {number}, {number}
    while new_numbers:
        new_numbers = _neighbours(session, new_numbers) - numbers
        numbers |= new_numbers
    return numbers


def _neighbours(session: Session, numbers: set[int]) -> set[int]:
    related_query = select(RelatedIncident.incident_id, RelatedIncident.related_id).where(
        or_(col(RelatedIncident.incident_id).in_(numbers), col(RelatedIncident.related_id).in_(numbers))
    )
    merged_query = select(Incident.id, Incident.merged_into).where(
        col(Incident.merged_into).is_not(None),
        or_(col(Incident.id).in_(numbers), col(Incident.merged_into).in_(numbers)),
    )
    pairs = [*session.exec(related_query), *session.exec(merged_query)]
    return {number for pair in pairs for number in pair if number is not None}


def others(ledgers: list[Ledger], ledger: Ledger) -> list[int]:
    """Return the numbers of the other ledgers with the same cause."""
    return [other.number for other in ledgers if other.number != ledger.number]
