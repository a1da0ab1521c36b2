"""Alerts from firing to resolution, and the groups in which users see them; every query on them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.alerts.rules import ReceivedAlert, State
from bot.errors import WatchfloorError, require
from bot.runtime.database import Numbered, next_due, partial_index, utc_column

DELETED_AT_ONCE = 500


class NoSuchGroup(WatchfloorError):
    """These alerts are no longer kept. What fires now has a newer message."""


class AlertGroup(Numbered, table=True):
    """Alerts that belong together, from the first that fires until all of them are resolved."""

    __tablename__ = "alert_groups"
    __table_args__ = (
        partial_index("ux_alert_groups_live", "source_name", "group_key", where="ended_at IS NULL", unique=True),
        partial_index("ix_alert_groups_due", "due_at", where="due_at IS NOT NULL"),
    )

    source_name: str
    group_key: str
    state: str = State.NOTED
    # The first alert's title, or the one that the rule makes of it.
    title: str
    # The index of the rule that applies; -1 while none does.
    rule_place: int = 0
    severity: str = ""
    incident_id: int | None = Field(default=None, foreign_key="incidents.id", index=True)
    declared_key: str = ""
    # Who decided, and until when an ignored group stays ignored.
    decided_by: str = ""
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    began_at: datetime = Field(sa_column=utc_column(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=utc_column())


class Alert(Numbered, table=True):
    """One alert from its beginning to its end; if it fires again later, that is another alert."""

    __tablename__ = "alerts"
    __table_args__ = (
        sa.Index("ix_alerts_key", "source_name", "alert_key"),
        # Two replicas may receive the same alert at once; the later one is told to try again.
        partial_index("ux_alerts_live", "source_name", "alert_key", where="resolved_at IS NULL", unique=True),
    )

    group_id: int = Field(foreign_key="alert_groups.id", index=True)
    source_name: str
    alert_key: str
    title: str
    severity: str = ""
    text: str = ""
    link: str = ""
    labels: dict[str, str] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON(), nullable=False))
    times: int = 1
    # By the monitoring system's clock, from its latest request.
    sent_at: datetime | None = Field(default=None, sa_column=utc_column())
    fired_at: datetime = Field(sa_column=utc_column(nullable=False))
    resolved_at: datetime | None = Field(default=None, sa_column=utc_column())


def received_of(alert: Alert) -> ReceivedAlert:
    """An alert that fires, as its system sent it last."""
    return ReceivedAlert(
        alert.alert_key, alert.title, True, alert.severity, alert.text, alert.link, alert.labels, alert.sent_at
    )


NEXT_DUE = next_due(col(AlertGroup.due_at))


def newest(session: Session, source: str, keys: Sequence[str]) -> dict[str, Alert]:
    """The newest alert of each key, in one statement."""
    newest_ids = (
        select(sa.func.max(col(Alert.id)))
        .where(Alert.source_name == source, col(Alert.alert_key).in_(keys))
        .group_by(col(Alert.alert_key))
    )
    return {alert.alert_key: alert for alert in session.exec(select(Alert).where(col(Alert.id).in_(newest_ids)))}


def live_group(session: Session, source: str, group_key: str) -> AlertGroup | None:
    query = select(AlertGroup).where(
        AlertGroup.source_name == source, AlertGroup.group_key == group_key, col(AlertGroup.ended_at).is_(None)
    )
    return session.exec(query.with_for_update()).first()


def last_group(session: Session, source: str, group_key: str) -> AlertGroup | None:
    """The most recent group of that key."""
    query = select(AlertGroup).where(AlertGroup.source_name == source, AlertGroup.group_key == group_key)
    return session.exec(query.order_by(col(AlertGroup.id).desc()).limit(1)).first()


def group_locked(session: Session, group_id: int) -> AlertGroup:
    """A group, locked for update. Raises `NoSuchGroup`."""
    return require(session.get(AlertGroup, group_id, with_for_update=True), NoSuchGroup)


_DECLARED_BY_KEY = (
    select(AlertGroup)
    .where(AlertGroup.declared_key == sa.bindparam("request_key"), AlertGroup.declared_key != "")
    .with_for_update()
)


def declared_by_key(session: Session, declared_key: str) -> AlertGroup | None:
    """The group for which an incident was declared under that key."""
    return session.exec(_DECLARED_BY_KEY, params={"request_key": declared_key}).first()


def alerts_of(session: Session, group_id: int) -> Sequence[Alert]:
    """A group's alerts, the oldest first."""
    return session.exec(select(Alert).where(Alert.group_id == group_id).order_by(col(Alert.id))).all()


def due(session: Session, now: datetime) -> Sequence[AlertGroup]:
    """Groups whose time of being ignored is over."""
    query = select(AlertGroup).where(col(AlertGroup.due_at) <= now).order_by(col(AlertGroup.due_at)).limit(50)
    return session.exec(query.with_for_update(skip_locked=True)).all()


def delete_ended(session: Session, before: datetime) -> None:
    """Delete some groups that ended before then and belong to no incident."""
    ended_groups = select(AlertGroup.id).where(
        col(AlertGroup.ended_at) < before, col(AlertGroup.incident_id).is_(None)
    )
    ids = session.exec(ended_groups.limit(DELETED_AT_ONCE)).all()
    session.connection().execute(sa.delete(Alert).where(col(Alert.group_id).in_(ids)))
    session.connection().execute(sa.delete(AlertGroup).where(col(AlertGroup.id).in_(ids)))


# The prefix of a declaration's key, followed by the group's number.
KEY = "alerts:"


def group(session: Session, group_id: int) -> AlertGroup:
    """A group. Raises `NoSuchGroup`."""
    return require(session.get(AlertGroup, group_id), NoSuchGroup)


_GROUPS_OF = select(AlertGroup).where(AlertGroup.incident_id == sa.bindparam("of_incident"))


def groups_of(session: Session, incident_id: int) -> Sequence[AlertGroup]:
    return session.exec(_GROUPS_OF, params={"of_incident": incident_id}).all()
