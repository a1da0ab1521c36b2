"""Requests accepted lately: one that was recorded and is sent again is not carried out again, by any replica."""

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, col

from bot.runtime.clock import elapsed_s, machine_time
from bot.runtime.database import ChangeUnknown, Database, DatabaseBusy, Row, insert_new, utc_column

# As long as a signature is accepted, before and after now.
REMEMBERED = timedelta(minutes=10)
FORGET_EVERY_S = 60


class SignedRequest(Row, table=True):
    """A request that was accepted, by the hash of its signature."""

    __tablename__ = "signed_requests"

    digest: str = Field(primary_key=True)
    at: datetime = Field(sa_column=utc_column(nullable=False, index=True))


class ReplayGuard:
    """The signatures of the last minutes. Slack signs the time, so its own retries carry new ones."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._forgot_at = 0.0

    def is_new(self, signature: str) -> bool:
        """Remember a signature; True if it was unknown before.

        While the database does not answer, every request is new: it can change nothing, and the user is told so.
        """
        try:
            with self._database.transaction(is_synced=False) as session:
                return self.claim(session, signature)
        except (DatabaseBusy, ChangeUnknown):
            return True

    def claim(self, session: Session, signature: str) -> bool:
        """Remember a signature in a transaction, which undoes that if it fails; True if it was unknown before."""
        now = machine_time()
        self._forget(session.connection(), now)
        return insert_new(session, SignedRequest(digest=_digest(signature), at=now))

    def allow_again(self, signature: str) -> None:
        """Forget a request that was not carried out after all, so that it is when it is sent again."""
        with suppress(DatabaseBusy, ChangeUnknown), self._database.transaction(is_synced=False) as session:
            session.connection().execute(
                sa.delete(SignedRequest).where(col(SignedRequest.digest) == _digest(signature))
            )

    def _forget(self, connection: sa.Connection, now: datetime) -> None:
        if elapsed_s() - self._forgot_at > FORGET_EVERY_S:
            self._forgot_at = elapsed_s()
            connection.execute(sa.delete(SignedRequest).where(col(SignedRequest.at) < now - REMEMBERED))


def _digest(signature: str) -> str:
    return hashlib.sha256(signature.encode()).hexdigest()
