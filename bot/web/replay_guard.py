"""What was let in lately: a request that somebody recorded and sends again is not done again, by any replica."""

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, col

from bot.runtime.clock import elapsed_s, machine_time
from bot.runtime.database import ChangeUnknown, Database, DatabaseBusy, Row, insert_new, utc_column

# As long as a signature is accepted, to both sides of now.
REMEMBERED = timedelta(minutes=10)
FORGET_EVERY_S = 60


class SignedRequest(Row, table=True):
    """A request that was let in, by the hash of its signature."""

    __tablename__ = "signed_requests"

    digest: str = Field(primary_key=True)
    at: datetime = Field(sa_column=utc_column(nullable=False, index=True))


class ReplayGuard:
    """The signatures of the last minutes. Slack signs the time, so its own repeats carry new ones."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._forgot_at = 0.0

    def is_new(self, signature: str) -> bool:
        """Remember it; was it unknown before?

        While the database does not answer, every request is new: it can change nothing, and the person hears so.
        """
        try:
            with self._database.transaction(is_synced=False) as session:
                return self.take(session, signature)
        except (DatabaseBusy, ChangeUnknown):
            return True

    def take(self, session: Session, signature: str) -> bool:
        """Remember it within a transaction, which undoes that when it fails; was it unknown before?"""
        now = machine_time()
        self._forget(session.connection(), now)
        return insert_new(session, SignedRequest(digest=_digest(signature), at=now))

    def allow_again(self, signature: str) -> None:
        """It was not done after all: sent again, it is to be done."""
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
