"""Queries and updates of incidents and their role holders."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.errors import WatchfloorError, require
from bot.incidents import participants
from bot.incidents.participants import Participant
from bot.incidents.rules import ACTIVE, OPEN, OVER, Status
from bot.incidents.tables import Incident, NoIncidentHere, NoSuchIncident, RoleHolder
from bot.runtime.database import insert

# Built once, because every click, redraw and update runs it.
_BY_NUMBER = select(Incident).where(col(Incident.id) == sa.bindparam("number"))
# The number never changes, so inserting a row that only references the incident (a timeline entry) need not wait.
_LOCKED = _BY_NUMBER.with_for_update(key_share=True)

# How many earlier incidents a new title or a finished incident is compared with.
MOST_COMPARED = 500


def by_number(session: Session, number: int) -> Incident:
    """Return the incident with that number; raises `NoSuchIncident` if there is none."""
    return require(session.exec(_BY_NUMBER, params={"number": number}).first(), NoSuchIncident)


def channels(session: Session, numbers: Collection[int]) -> dict[int, str]:
    """The channels of several incidents, by number."""
    rows = session.exec(select(Incident.id, Incident.channel_id).where(col(Incident.id).in_(numbers)))
    return {number: channel_id or "" for number, channel_id in rows if number is not None}


def by_numbers(session: Session, numbers: Collection[int]) -> dict[int, Incident]:
    """The incidents with those numbers, by number."""
    rows = session.exec(select(Incident).where(col(Incident.id).in_(numbers)))
    return {incident.number: incident for incident in rows}


def by_number_locked(session: Session, number: int) -> Incident:
    """Return the incident with that number, locked until the transaction ends."""
    return require(session.exec(_LOCKED, params={"number": number}).first(), NoSuchIncident)


def check_visible(
    session: Session, incident: Incident, user_id: str, error_class: type[WatchfloorError] = NoSuchIncident
) -> None:
    """Refuse a person who does not take part in a private incident, as if it did not exist.

    `error_class` is the error raised if there is no such thing at all, so the two cases cannot be told apart.
    """
    if incident.is_private and not participants.takes_part(session, incident.number, user_id):
        raise error_class()


def by_channel(session: Session, channel_id: str) -> Incident:
    """Return the channel's incident; raises `NoIncidentHere` if it has none."""
    return require(of_channel(session, channel_id), NoIncidentHere)


# Built once, because every message heard runs them.
_IN_CHANNEL = col(Incident.channel_id) == sa.bindparam("channel")
_OF_CHANNEL = select(Incident).where(_IN_CHANNEL)
_NUMBER_OF_CHANNEL = sa.select(col(Incident.id)).where(_IN_CHANNEL)
_BY_KEY = select(Incident).where(col(Incident.declared_key) == sa.bindparam("request_key"))


def of_channel(session: Session, channel_id: str) -> Incident | None:
    return session.exec(_OF_CHANNEL, params={"channel": channel_id}).first()


def number_of_channel(session: Session, channel_id: str) -> int | None:
    return session.connection().execute(_NUMBER_OF_CHANNEL, {"channel": channel_id}).scalar()


def by_key(session: Session, declared_key: str) -> Incident | None:
    """The incident declared by that request, if there is one."""
    return session.exec(_BY_KEY, params={"request_key": declared_key}).first()


def active(session: Session, user_id: str, limit: int = 50) -> Sequence[Incident]:
    """The active incidents, as `running_first`; private ones only for people who take part in them."""
    return session.exec(
        select(Incident)
        .where(col(Incident.status).in_(ACTIVE), visible_to(user_id))
        .order_by(*running_first())
        .limit(limit)
    ).all()


def running_first() -> tuple[sa.SQLColumnExpression[Any], ...]:
    """The order of active incidents: resolved ones last and drills before them, else the most severe first."""
    is_resolved = col(Incident.status) == Status.RESOLVED
    return is_resolved, col(Incident.is_drill), col(Incident.severity), col(Incident.id).desc()


def count_active(session: Session, user_id: str) -> int:
    """The number of active incidents that this person may see."""
    query = select(sa.func.count()).select_from(Incident)
    return session.exec(query.where(col(Incident.status).in_(ACTIVE), visible_to(user_id))).one()


def is_counted() -> sa.ColumnElement[bool]:
    """The condition for incidents that count in figures: drills, declined and merged ones are left out."""
    return sa.and_(col(Incident.is_drill).is_(False), col(Incident.status).not_in((Status.DECLINED, Status.MERGED)))


def all_open(session: Session) -> Sequence[Incident]:
    """Every incident that is neither resolved nor over."""
    return session.exec(select(Incident).where(col(Incident.status).in_(OPEN)).order_by(col(Incident.id))).all()


def titles_since(session: Session, since: datetime, user_id: str) -> list[tuple[int, str]]:
    """The number and title of open incidents with a channel, declared at or after `since`, that this person may
    see; without drills."""
    query = (
        sa.select(col(Incident.id), col(Incident.title))
        .where(
            col(Incident.status).in_(OPEN),
            col(Incident.is_drill).is_(False),
            col(Incident.declared_at) >= since,
            col(Incident.channel_id).is_not(None),
            visible_to(user_id),
        )
        .order_by(col(Incident.id).desc())
        .limit(MOST_COMPARED)
    )
    rows = session.connection().execute(query)
    return [(number, title) for number, title in rows if number is not None]


def public_before(session: Session, number: int) -> Sequence[Incident]:
    """The newest incidents before `number` that anyone may see; without drills, declined and merged ones."""
    return session.exec(
        select(Incident)
        .where(
            col(Incident.id) < number,
            col(Incident.is_private).is_(False),
            col(Incident.is_drill).is_(False),
            col(Incident.status).not_in((Status.DECLINED, Status.MERGED)),
        )
        .order_by(col(Incident.id).desc())
        .limit(MOST_COMPARED)
    ).all()


def visible_to(user_id: str) -> sa.ColumnElement[bool]:
    """The condition for incidents that a person may see: private ones only for people who take part in them."""
    takes_part = sa.exists().where(
        col(Participant.incident_id) == col(Incident.id), col(Participant.user_id) == user_id
    )
    return sa.or_(col(Incident.is_private).is_(False), takes_part)


def add(session: Session, incident: Incident) -> Incident:
    """Insert an incident and return it with its number."""
    return insert(session, incident)


def with_channels(session: Session) -> list[tuple[int, datetime]]:
    """The number and declaration time of every active incident with a channel."""
    rows = session.exec(
        select(Incident.id, Incident.declared_at).where(
            col(Incident.status).in_(ACTIVE), col(Incident.channel_id).is_not(None)
        )
    )
    return [(number, declared_at) for number, declared_at in rows if number is not None]


def set_channel(session: Session, number: int, channel_id: str, channel_name: str) -> Incident:
    incident = by_number(session, number)
    incident.channel_id, incident.channel_name = channel_id, channel_name
    return incident


def set_channel_name(session: Session, channel_id: str, name: str) -> None:
    """Store the name of a channel, if it is still an incident's: the incident may have become private meanwhile."""
    statement = sa.update(Incident).where(col(Incident.channel_id) == channel_id)
    session.connection().execute(statement.values(channel_name=name))


def redirect_merged(session: Session, number: int, target_number: int) -> Sequence[int]:
    """Redirect incidents merged into this one earlier to the other one; return their numbers."""
    merged_here = col(Incident.merged_into) == number
    earlier_numbers = [
        earlier_number
        for earlier_number in session.exec(select(Incident.id).where(merged_here))
        if earlier_number is not None
    ]
    session.connection().execute(sa.update(Incident).where(merged_here).values(merged_into=target_number))
    return earlier_numbers


def change_status(incident: Incident, status: str, now: datetime) -> None:
    """Set the status and the milestones that depend on it; the first mitigation and the last end count."""
    incident.status = status
    if status in ("mitigated", "monitoring") and incident.mitigated_at is None:
        incident.mitigated_at = now
    if status in OPEN:
        incident.resolved_at = incident.closed_at = None
    if status == "resolved":
        incident.resolved_at = now
    if status in OVER:
        incident.closed_at = now


_ROLES = (
    select(RoleHolder.role, RoleHolder.user_id)
    .where(RoleHolder.incident_id == sa.bindparam("of_incident"))
    .order_by(col(RoleHolder.id))
)


def roles(session: Session, incident_id: int) -> dict[str, list[str]]:
    """The holders of each role, in the order they took it."""
    holders_by_role: dict[str, list[str]] = {}
    for role, user_id in session.exec(_ROLES, params={"of_incident": incident_id}):
        holders_by_role.setdefault(role, []).append(user_id)
    return holders_by_role


def roles_of(session: Session, user_id: str) -> list[tuple[int, str]]:
    """The roles a person holds in active incidents."""
    rows = session.exec(
        select(RoleHolder.incident_id, RoleHolder.role)
        .join(Incident, col(Incident.id) == col(RoleHolder.incident_id))
        .where(RoleHolder.user_id == user_id, col(Incident.status).in_(ACTIVE))
    )
    return [(incident_id, role) for incident_id, role in rows]


def private_channels(session: Session) -> list[tuple[int, str]]:
    """The numbers and channels of the active private incidents."""
    rows = session.exec(
        select(Incident.id, Incident.channel_id).where(
            col(Incident.is_private).is_(True), col(Incident.status).in_(ACTIVE)
        )
    )
    return [(number, channel_id) for number, channel_id in rows if number and channel_id]


def replace_channel(session: Session, old_id: str, new_id: str) -> None:
    """Replace the id of an incident's channel with the one Slack gave it."""
    statement = sa.update(Incident).where(col(Incident.channel_id) == old_id)
    session.connection().execute(statement.values(channel_id=new_id))


def commander(session: Session, incident_id: int) -> str | None:
    return next(iter(roles(session, incident_id).get("commander", [])), None)


def without_commander(session: Session, incidents: Iterable[Incident]) -> set[int]:
    """The numbers of those incidents that are open and that nobody leads."""
    open_numbers = {incident.number for incident in incidents if incident.status in OPEN}
    led_numbers = session.exec(
        select(RoleHolder.incident_id).where(
            col(RoleHolder.role) == "commander", col(RoleHolder.incident_id).in_(open_numbers)
        )
    )
    return open_numbers.difference(led_numbers)


def give_role(session: Session, incident_id: int, role: str, user_id: str, now: datetime) -> None:
    """Give a role. Every role but responder has a single holder, who is replaced."""
    if role != "responder":
        drop_role(session, incident_id, role)
    insert(session, RoleHolder(incident_id=incident_id, role=role, user_id=user_id, since=now))


def drop_role(session: Session, incident_id: int, role: str, user_id: str | None = None) -> bool:
    """Take a role from its holder; return False if nobody (or not that person) held it."""
    statement = sa.delete(RoleHolder).where(
        col(RoleHolder.incident_id) == incident_id, col(RoleHolder.role) == role
    )
    if user_id:
        statement = statement.where(col(RoleHolder.user_id) == user_id)
    return bool(session.connection().execute(statement).rowcount)
