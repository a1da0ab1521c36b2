"""Receiving alerts in one transaction: each is recorded once, in its group, and its rule is applied."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session

from bot.alerts import proposing, tables
from bot.alerts.rules import ReceivedAlert, State, group_key, is_outdated, reaches, tidy
from bot.alerts.sources import ConfiguredAlertSource
from bot.alerts.tables import Alert, AlertGroup, received_of
from bot.incidents import incidents
from bot.incidents.rules import OPEN
from bot.runtime.database import insert
from bot.services import Services
from bot.timeline import timeline


def receive_alerts(
    services: Services,
    session: Session,
    source: ConfiguredAlertSource,
    received: Sequence[ReceivedAlert],
    now: datetime,
) -> int:
    """Record new and changed alerts. Returns how many there were."""
    alerts = [tidy(alert) for alert in received]
    newest_by_key = tables.newest(session, source.name, [alert.key for alert in alerts])
    changed_count = 0
    for alert in alerts:
        previous_alert = newest_by_key.get(alert.key)
        if previous_alert is not None and is_outdated(alert, previous_alert.sent_at or previous_alert.fired_at):
            continue
        is_live = previous_alert is not None and previous_alert.resolved_at is None
        if alert.is_firing and not is_live:
            newest_by_key[alert.key] = _fire(services, session, source, alert, now)
            changed_count += 1
        elif previous_alert is not None and is_live and alert.is_firing:
            _repeat(services, session, source, previous_alert, alert, now)
        elif previous_alert is not None and is_live:
            _resolve(services, session, previous_alert, alert, now)
            changed_count += 1
    return changed_count


def _fire(
    services: Services, session: Session, source: ConfiguredAlertSource, received: ReceivedAlert, now: datetime
) -> Alert:
    """Record an alert that has begun to fire, in its live group or a new one."""
    key = group_key(received, source.described.group_by)
    group = _live_group(session, source, key, now) or _begin_group(session, source, received, key, now)
    alert = Alert(
        group_id=group.number,
        source_name=source.name,
        alert_key=received.key,
        title=received.title,
        severity=received.severity,
        text=received.text,
        link=received.link,
        labels=dict(received.labels),
        sent_at=received.at,
        fired_at=now,
    )
    insert(session, alert)
    if group.incident_id is not None:
        _note(session, group.incident_id, "alert_fired", alert, now)
    _follow_rule(services, session, source, group, received, now)
    return alert


def _live_group(session: Session, source: ConfiguredAlertSource, key: str, now: datetime) -> AlertGroup | None:
    """Return the live group. A group ends with its incident, as some of its alerts may never be resolved."""
    group = tables.live_group(session, source.name, key)
    if group is None or group.incident_id is None or _is_incident_open(session, group.incident_id):
        return group
    group.ended_at = now
    return None


def _begin_group(
    session: Session, source: ConfiguredAlertSource, received: ReceivedAlert, key: str, now: datetime
) -> AlertGroup:
    """Start a new group; while the incident of the previous one is open, that one continues."""
    previous_group = tables.last_group(session, source.name, key)
    if previous_group is not None and _is_incident_open(session, previous_group.incident_id):
        previous_group.ended_at = None
        return previous_group
    rule_index = source.rule_of(received)
    group = AlertGroup(
        source_name=source.name,
        group_key=key,
        title=received.title if rule_index is None else source.title_of(received, rule_index),
        rule_place=-1 if rule_index is None else rule_index,
        severity="" if rule_index is None else source.rules[rule_index].described.severity,
        began_at=now,
    )
    return insert(session, group)


def _is_incident_open(session: Session, number: int | None) -> bool:
    return number is not None and incidents.by_number(session, number).status in OPEN


def _follow_rule(
    services: Services,
    session: Session,
    source: ConfiguredAlertSource,
    group: AlertGroup,
    received: ReceivedAlert,
    now: datetime,
) -> None:
    """Propose or declare once enough of the group's alerts to which a rule applies fire.

    A rule that is graver than the one that was followed replaces it until an incident has the alerts.
    """
    rule_index = source.rule_of(received)
    if rule_index is not None and _is_graver(source, rule_index, group):
        rule = source.rules[rule_index].described
        if reaches(_fired_times(session, source, group, rule_index), rule.at_least, rule.within, now):
            if group.rule_place != rule_index:
                group.title = source.title_of(received, rule_index)
            group.rule_place, group.severity = rule_index, rule.severity
            if rule.then == "declare":
                proposing.declare_at_once(session, group, now)
            else:
                group.state, group.due_at = State.PROPOSED, None
    proposing.show(services, session, group, now)


def _is_graver(source: ConfiguredAlertSource, rule_index: int, group: AlertGroup) -> bool:
    """True if a rule asks for more than what was done about the group."""
    rule = source.rules[rule_index].described
    if rule.then == "note" or group.state not in (State.NOTED, State.PROPOSED, State.IGNORED):
        return False
    return group.state == State.NOTED or rule.then == "declare" or rule.severity < group.severity


def _fired_times(
    session: Session, source: ConfiguredAlertSource, group: AlertGroup, rule_index: int
) -> Iterator[datetime]:
    """Since when the group's alerts to which a rule applies fire."""
    for alert in tables.alerts_of(session, group.number):
        if alert.resolved_at is None and source.rule_of(received_of(alert)) == rule_index:
            yield alert.fired_at


def _repeat(
    services: Services,
    session: Session,
    source: ConfiguredAlertSource,
    alert: Alert,
    received: ReceivedAlert,
    now: datetime,
) -> None:
    """Record that an alert still fires; one that became graver or less grave counts as one that begins now."""
    alert.times += 1
    alert.sent_at = received.at or alert.sent_at
    if received.severity == alert.severity:
        return
    alert.title, alert.severity, alert.text = received.title, received.severity, received.text
    alert.link, alert.labels, alert.fired_at = received.link, dict(received.labels), now
    _follow_rule(services, session, source, tables.group_locked(session, alert.group_id), received, now)


def _resolve(services: Services, session: Session, alert: Alert, received: ReceivedAlert, now: datetime) -> None:
    """Record that an alert is resolved; this never resolves or closes an incident."""
    alert.resolved_at, alert.sent_at = now, received.at or alert.sent_at
    group = tables.group_locked(session, alert.group_id)
    if all(each.resolved_at for each in tables.alerts_of(session, group.number)):
        # Alerts from now on form a new group, whatever was decided about this one.
        group.ended_at, group.due_at = now, None
        if group.state in (State.NOTED, State.PROPOSED, State.IGNORED):
            group.state = State.OVER
    if group.incident_id is not None:
        _note(session, group.incident_id, "alert_resolved", alert, now)
    proposing.show(services, session, group, now)


def _note(session: Session, incident_id: int, kind: str, alert: Alert, now: datetime) -> None:
    facts = {"text": alert.title, "source": alert.source_name, "link": alert.link}
    timeline.append_once(session, incident_id, f"{kind}:{alert.number}", kind, now, **facts)
