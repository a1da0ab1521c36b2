"""Tokens of other systems that read: kept as digests, each with its scopes, revoked for good."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError
from bot.runtime.database import Numbered, insert_new, utc_column

SCOPES = ("incidents", "figures", "reports", "metrics")
PREFIX = "wf_"
LONGEST = 200


class UnknownScope(WatchfloorError):
    """`{scope}` is nothing that a token can be for. There are {known}."""


class NameTaken(WatchfloorError):
    """There is or was a token called {name}. Choose another name."""


class NoSuchToken(WatchfloorError):
    """There is no token called {name} that still counts. `watchfloor tokens list` names them."""


class ApiToken(Numbered, table=True):
    """A token. The token itself is shown once, to the person who creates it."""

    __tablename__ = "api_tokens"

    name: str = Field(unique=True)
    digest: str = Field(unique=True)
    scopes: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON(), nullable=False))
    created_at: datetime = Field(sa_column=utc_column(nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=utc_column())


def create(session: Session, name: str, scopes: Collection[str], now: datetime) -> str:
    """Create a token, which cannot be recovered later. Raises `UnknownScope`, `NameTaken`."""
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownScope(scope=scope, known=", ".join(SCOPES))
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(name=name, digest=_digest(token), scopes=sorted(set(scopes)), created_at=now)
    if not insert_new(session, row):
        raise NameTaken(name=name)
    return token


def revoke(session: Session, name: str, now: datetime) -> None:
    """Revoke a token. Raises `NoSuchToken`."""
    update = sa.update(ApiToken).where(col(ApiToken.name) == name, col(ApiToken.revoked_at).is_(None))
    if not session.connection().execute(update.values(revoked_at=now)).rowcount:
        raise NoSuchToken(name=name)


def every_token(session: Session) -> Sequence[ApiToken]:
    """All tokens, oldest first."""
    return session.exec(select(ApiToken).order_by(col(ApiToken.id))).all()


def may_read(session: Session, authorization: str, scope: str) -> bool | None:
    """Whether the bearer of this header may read that; None if the token is not one of ours."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(PREFIX) or len(token) > LONGEST:
        return None
    # Looked up by its digest, so that the time it takes reveals nothing about the token.
    query = select(ApiToken).where(ApiToken.digest == _digest(token.strip()), col(ApiToken.revoked_at).is_(None))
    stored_token = session.exec(query).first()
    return None if stored_token is None else scope in stored_token.scopes


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
