"""Subscriptions and every query on them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.incidents.tables import Incident
from bot.runtime.database import Row, insert_new, partial_index, utc_column
from bot.subscriptions.rules import Scope


class Subscription(Row, table=True):
    """A user's wish for the updates of one incident, or of all that a scope covers; or for none of one incident."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "key"),
        partial_index("ix_subscriptions_standing", "severity", where="incident_id IS NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: str
    key: str
    incident_id: int | None = Field(default=None, foreign_key="incidents.id", index=True)
    severity: str = ""
    type: str = ""
    site: str = ""
    # False: the user opted out of this incident although a standing subscription of theirs covers it.
    is_wanted: bool = True
    since: datetime = Field(sa_column=utc_column(nullable=False))

    @property
    def scope(self) -> Scope:
        """What a standing subscription covers."""
        return Scope(self.severity, self.type, self.site)


def move(session: Session, number: int, target_number: int) -> None:
    """Subscribe one incident's subscribers to another, except those who already chose something for that one."""
    users_with_choice = select(Subscription.user_id).where(Subscription.incident_id == target_number)
    rows_to_add = sa.select(
        col(Subscription.user_id),
        sa.literal(_key(target_number)),
        sa.literal(target_number),
        *(sa.literal("") for _ in range(3)),
        sa.true(),
        col(Subscription.since),
    ).where(
        col(Subscription.incident_id) == number,
        col(Subscription.is_wanted).is_(True),
        col(Subscription.user_id).not_in(users_with_choice),
    )
    columns = ["user_id", "key", "incident_id", "severity", "type", "site", "is_wanted", "since"]
    session.connection().execute(sa.insert(Subscription).from_select(columns, rows_to_add))


def _key(number: int) -> str:
    return f"incident:{number}"


def set_for_incident(session: Session, user_id: str, number: int, now: datetime, *, is_wanted: bool) -> bool:
    """Record that the user wants this incident's updates, or none of them; False if nothing changed."""
    row = Subscription(user_id=user_id, key=_key(number), incident_id=number, is_wanted=is_wanted, since=now)
    if insert_new(session, row):
        return True
    statement = (
        sa.update(Subscription)
        .where(
            col(Subscription.user_id) == user_id,
            col(Subscription.key) == _key(number),
            col(Subscription.is_wanted).is_not(is_wanted),
        )
        .values(is_wanted=is_wanted, since=now)
    )
    return bool(session.connection().execute(statement).rowcount)


def add_standing(session: Session, user_id: str, scope: Scope, now: datetime) -> bool:
    """Subscribe the user to all that the scope covers; False if they were subscribed already."""
    row = Subscription(
        user_id=user_id, key=scope.key, severity=scope.severity, type=scope.type, site=scope.site, since=now
    )
    return insert_new(session, row)


def delete_standing(session: Session, user_id: str, key: str | None = None) -> int:
    """Delete the user's subscription to a scope, or to all scopes; return how many were deleted."""
    statement = sa.delete(Subscription).where(
        col(Subscription.user_id) == user_id, col(Subscription.incident_id).is_(None)
    )
    if key is not None:
        statement = statement.where(col(Subscription.key) == key)
    return int(session.connection().execute(statement).rowcount)


def delete_of_incidents(session: Session, user_id: str) -> int:
    """Delete the user's subscriptions to single incidents; return how many were deleted."""
    statement = sa.delete(Subscription).where(
        col(Subscription.user_id) == user_id,
        col(Subscription.incident_id).is_not(None),
        col(Subscription.is_wanted).is_(True),
    )
    return int(session.connection().execute(statement).rowcount)


def of_person(session: Session, user_id: str) -> Sequence[Subscription]:
    """The user's subscriptions that can still bring an update, newest last."""
    # Nobody gets updates of a private incident by direct message.
    is_silent = sa.or_(col(Incident.status).in_(("closed", "declined", "merged")), col(Incident.is_private))
    return session.exec(
        select(Subscription)
        .join(Incident, col(Incident.id) == col(Subscription.incident_id), isouter=True)
        .where(
            Subscription.user_id == user_id,
            col(Subscription.is_wanted).is_(True),
            sa.or_(col(Incident.id).is_(None), sa.not_(is_silent)),
        )
        .order_by(col(Subscription.id))
    ).all()


def is_subscribed(session: Session, user_id: str, incident: Incident) -> bool:
    """True if the user gets the incident's updates."""
    return user_id in subscribers(session, incident, user_id)


def subscribers_by_choice(session: Session, number: int) -> Sequence[str]:
    """Everyone who chose this very incident, or one that was merged into it."""
    query = select(Subscription.user_id).where(Subscription.incident_id == number, col(Subscription.is_wanted))
    return session.exec(query.order_by(col(Subscription.id))).all()


def subscribers(session: Session, incident: Incident, user_id: str | None = None) -> list[str]:
    """Everyone subscribed to this incident, each once: directly, or because a scope covers it."""
    if incident.is_private:
        return []
    is_site = col(Subscription.site).in_(["", *incident.sites])
    is_standing = sa.and_(
        col(Subscription.incident_id).is_(None),
        sa.or_(col(Subscription.severity) == "", col(Subscription.severity) >= incident.severity),
        col(Subscription.type).in_(["", incident.type]),
        is_site,
    )
    query = select(Subscription).where(sa.or_(col(Subscription.incident_id) == incident.number, is_standing))
    if user_id:
        query = query.where(Subscription.user_id == user_id)
    rows = session.exec(query.order_by(col(Subscription.id))).all()
    declining_users = {row.user_id for row in rows if not row.is_wanted}
    return list(dict.fromkeys(row.user_id for row in rows if row.user_id not in declining_users))
