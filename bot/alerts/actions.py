"""Decisions on alerts: declare an incident, add them to one, or ignore them for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import outbox
from bot.alerts import proposing, tables, views, wording
from bot.alerts.rules import State
from bot.alerts.tables import Alert, AlertGroup
from bot.errors import WatchfloorError, require
from bot.incidents import incidents
from bot.incidents.change import Change, changing
from bot.incidents.declaring import check_may_be_declared, check_may_declare, opening, start_declaration
from bot.incidents.events import Declared, Merged, Withdrawn
from bot.incidents.permissions import reading_as
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Message
from bot.timeline import timeline

FORGET_EVERY_S = 6 * 3600
RETENTION = timedelta(days=90)
IGNORED_FOR = timedelta(hours=views.IGNORED_FOR_H)


class AlreadyDecided(WatchfloorError):
    """Somebody has already dealt with these alerts; the message says how."""


class NothingFires(WatchfloorError):
    """These alerts have been resolved since. To open an incident anyway, type `/incident declare`."""


class NotHere(WatchfloorError):
    """There are no such alerts in this channel. Type it where their message is, with the number that it names."""


class NoAlerts(WatchfloorError):
    """No alerts belong to this incident."""


class NoOpenIncident(WatchfloorError):
    """No open incident fits these alerts. Declare one."""


class IncidentOver(WatchfloorError):
    """Incident {number} is {status}. Choose one that is open, or declare another."""


@contextmanager
def _undecided(services: Services, group_id: int) -> Iterator[tuple[Session, AlertGroup]]:
    with services.database.transaction() as session:
        yield session, _check_undecided(tables.group_locked(session, group_id))


def _check_undecided(group: AlertGroup) -> AlertGroup:
    if group.state == State.OVER:
        raise NothingFires()
    if group.state not in (State.PROPOSED, State.IGNORED):
        raise AlreadyDecided()
    return group


def declare(services: Services, group_id: int, by: str, reply_to: str, now: datetime) -> str:
    """Declare an incident for a group of alerts. Return the answer."""
    check_may_declare(services, by)
    with services.database.reading() as session:
        group = _check_undecided(tables.group(session, group_id))
        request = proposing.request_of(services, session, group, by, now, reply_to)
    check_may_be_declared(services, request)
    # The flow's key is the group's own, so pressing twice still opens one incident.
    start_declaration(services, request)
    with _decided(services, group_id) as (session, group):
        if group.state in (State.PROPOSED, State.IGNORED):
            group.state, group.declared_key, group.decided_by, group.due_at = State.DECLARED, request.key, by, None
            proposing.show(services, session, group, now)
    return opening(request.title)


@contextmanager
def _decided(services: Services, group_id: int) -> Iterator[tuple[Session, AlertGroup]]:
    with services.database.transaction() as session:
        yield session, tables.group_locked(session, group_id)


def choices(services: Services, group_id: int, by: str) -> tuple[AlertGroup, list[Incident]]:
    """The open incidents that this person can see. Raises `NoOpenIncident`."""
    check_may_declare(services, by)
    with services.database.reading() as session:
        group = _check_undecided(tables.group(session, group_id))
        open_incidents = [one for one in incidents.active(session, by) if one.status in OPEN]
    if not open_incidents:
        raise NoOpenIncident()
    return group, open_incidents


def belongs_to(services: Services, group_id: int, number: int, by: str, now: datetime) -> str:
    """Add the alerts to an open incident's timeline instead of declaring one. Return the answer."""
    with changing(services, number, by, now, permission=None) as change:
        if change.incident.status not in OPEN:
            raise IncidentOver(number=number, status=change.incident.status)
        group = _check_undecided(tables.group_locked(change.session, group_id))
        group.state, group.incident_id, group.decided_by, group.due_at = State.DECLARED, number, by, None
        for alert in tables.alerts_of(change.session, group_id):
            _note(change, alert, now)
        proposing.show(services, change.session, group, now)
    return wording.ADDED_TO.format(number=number)


def listing(services: Services, group_id: int, channel_id: str, by: str, page: int) -> Message:
    """All alerts of a group, for readers of its message: requested in its channel or in its incident's channel."""
    with reading_as(services, by) as session:
        group = session.get(AlertGroup, group_id)
        if group is None or channel_id not in _channels(session, group):
            raise NotHere()
        return views.listing(group, tables.alerts_of(session, group_id), page)


def listing_of_incident(services: Services, channel_id: str, by: str) -> Message:
    """The alerts of the incident in that channel: all of its only group, or a line for each group."""
    with reading_as(services, by) as session:
        incident = require(incidents.of_channel(session, channel_id), NotHere)
        groups = [
            (group, tables.alerts_of(session, group.number)) for group in tables.groups_of(session, incident.number)
        ]
        if not groups:
            raise NoAlerts()
        return views.listing(*groups[0], 1) if len(groups) == 1 else views.group_listing(groups)


def _channels(session: Session, group: AlertGroup) -> set[str]:
    message_row = outbox.by_key(session, proposing.key_of(group))
    incident = incidents.by_number(session, group.incident_id) if group.incident_id else None
    channel_ids = (message_row.channel_id if message_row else "", incident.channel_id if incident else "")
    return {channel_id for channel_id in channel_ids if channel_id}


def ignore(services: Services, group_id: int, by: str, now: datetime) -> None:
    """Ignore a group for two hours; it is proposed again if it still fires then."""
    check_may_declare(services, by)
    with _undecided(services, group_id) as (session, group):
        group.state, group.decided_by, group.due_at = State.IGNORED, by, now + IGNORED_FOR
        proposing.show(services, session, group, now)


def show_again(services: Services, now: datetime) -> None:
    """Propose groups again that were ignored long enough and still fire."""
    with services.database.transaction() as session:
        for group in tables.due(session, now):
            group.state, group.due_at = State.PROPOSED, None
            proposing.show(services, session, group, now)


def forget_old(services: Services) -> None:
    """Delete groups that ended long ago and belong to no incident."""
    with services.database.transaction() as session:
        tables.delete_ended(session, utcnow() - RETENTION)


def follow_declared(change: Change, event: Declared) -> None:
    """Link the alerts to the incident that was declared for them."""
    group = tables.declared_by_key(change.session, change.incident.declared_key)
    if group is None and change.incident.declared_key.startswith(tables.KEY):
        # Declared by a click whose own transaction commits after the flow's.
        group = tables.group_locked(change.session, int(change.incident.declared_key.removeprefix(tables.KEY)))
    if group is None:
        return
    group.state, group.incident_id, group.declared_key = State.DECLARED, change.number, change.incident.declared_key
    group.due_at = None
    for alert in tables.alerts_of(change.session, group.number):
        # It is on the timeline when it fired: that is how the incident was detected.
        _note(change, alert, min(alert.fired_at, change.now))
    proposing.show(change.services, change.session, group, change.now)


def propose_again(change: Change, event: Withdrawn) -> None:
    """Propose the alerts again, because their incident could not be opened."""
    for group in tables.groups_of(change.session, change.number):
        group.state, group.incident_id, group.declared_key = State.PROPOSED, None, ""
        proposing.show(change.services, change.session, group, change.now)


def follow_merge(change: Change, event: Merged) -> None:
    """Move the alerts to the incident into which theirs was merged."""
    for group in tables.groups_of(change.session, change.number):
        group.incident_id = event.into
        proposing.show(change.services, change.session, group, change.now)


def show_incident(change: Change, event: object) -> None:
    """Update the alerts' message with the incident's channel, unless the incident is now private."""
    for group in tables.groups_of(change.session, change.number):
        proposing.show(change.services, change.session, group, change.now)


def _note(change: Change, alert: Alert, at: datetime) -> None:
    facts = {"text": alert.title, "source": alert.source_name, "link": alert.link}
    timeline.append_once(change.session, change.number, f"alert_fired:{alert.number}", "alert_fired", at, **facts)
