"""Receiving alerts in one transaction: each is recorded once, in its group, and its rule is applied."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.alerts import proposing, tables
from bot.alerts.rules import ReceivedAlert, State, group_key, is_outdated, reaches, tidy
from bot.alerts.sources import AlertSourceMade
from bot.alerts.tables import Alert, AlertGroup
from bot.incidents import incidents
from bot.incidents.rules import OPEN
from bot.services import Services
from bot.timeline import timeline


def take(
    services: Services, session: Session, source: AlertSourceMade, received: Sequence[ReceivedAlert], now: datetime
) -> int:
    """Record new and changed alerts. Returns how many there were."""
    alerts = [tidy(alert) for alert in received]
    known = tables.newest(session, source.name, [alert.key for alert in alerts])
    changed = 0
    for alert in alerts:
        before = known.get(alert.key)
        if before is not None and is_outdated(alert, before.sent_at or before.fired_at):
            continue
        is_live = before is not None and before.resolved_at is None
        if alert.is_firing and not is_live:
            known[alert.key] = _fire(services, session, source, alert, now)
            changed += 1
        elif before is not None and is_live and alert.is_firing:
            _repeat(session, before, alert)
        elif before is not None and is_live:
            _resolve(services, session, source, before, alert, now)
            changed += 1
    return changed


def _fire(
    services: Services, session: Session, source: AlertSourceMade, received: ReceivedAlert, now: datetime
) -> Alert:
    """Record an alert that has begun to fire, in its live group or a new one."""
    key = group_key(received, source.described.group_by)
    group = tables.live_group(session, source.name, key) or _begin_group(session, source, received, key, now)
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
    tables.save(session, alert)
    if group.incident_id is not None:
        _note(session, group.incident_id, "alert_fired", alert, now)
    _follow_rule(services, session, source, group, received, now)
    return alert


def _begin_group(
    session: Session, source: AlertSourceMade, received: ReceivedAlert, key: str, now: datetime
) -> AlertGroup:
    """Start a new group. It joins the previous group's incident only while that is open."""
    place = source.rule_of(received)
    group = AlertGroup(
        source_name=source.name,
        group_key=key,
        title=received.title if place is None else source.title_of(received, place),
        rule_place=-1 if place is None else place,
        severity="" if place is None else source.rules[place].described.severity,
        began_at=now,
    )
    before = tables.last_group(session, source.name, key)
    if before is not None and _is_incident_open(session, before.incident_id):
        group.state, group.incident_id = State.DECLARED, before.incident_id
        group.rule_place = before.rule_place
    tables.save(session, group)
    return group


def _is_incident_open(session: Session, number: int | None) -> bool:
    return number is not None and incidents.by_number(session, number).status in OPEN


def _follow_rule(
    services: Services,
    session: Session,
    source: AlertSourceMade,
    group: AlertGroup,
    received: ReceivedAlert,
    now: datetime,
) -> None:
    """Propose or declare once enough of the group's alerts fire; earlier decisions are not asked for again."""
    if group.rule_place < 0:
        place = source.rule_of(received)
        if place is None:
            return
        group.rule_place, group.severity = place, source.rules[place].described.severity
        group.title = source.title_of(received, place)
        tables.save(session, group)
    rule = source.rules[group.rule_place].described
    if group.state == State.NOTED and rule.then != "note":
        firing = [alert.fired_at for alert in tables.alerts_of(session, group.number) if alert.resolved_at is None]
        if reaches(firing, rule.at_least, rule.within, now):
            if rule.then == "declare":
                proposing.declare_at_once(session, group, now)
            else:
                group.state = State.PROPOSED
                tables.save(session, group)
    proposing.show(services, session, group, now)


def _repeat(session: Session, alert: Alert, received: ReceivedAlert) -> None:
    alert.times += 1
    alert.sent_at = received.at or alert.sent_at
    tables.save(session, alert)


def _resolve(
    services: Services,
    session: Session,
    source: AlertSourceMade,
    alert: Alert,
    received: ReceivedAlert,
    now: datetime,
) -> None:
    """Record that an alert is resolved; this never resolves or closes an incident."""
    alert.resolved_at, alert.sent_at = now, received.at or alert.sent_at
    tables.save(session, alert)
    group = tables.group_locked(session, alert.group_id)
    if all(each.resolved_at for each in tables.alerts_of(session, group.number)):
        # Alerts from now on form a new group, whatever was decided about this one.
        group.ended_at, group.due_at = now, None
        if group.state in (State.NOTED, State.PROPOSED, State.IGNORED):
            group.state = State.OVER
        tables.save(session, group)
    if group.incident_id is not None:
        _note(session, group.incident_id, "alert_resolved", alert, now)
    proposing.show(services, session, group, now)


def _note(session: Session, incident_id: int, kind: str, alert: Alert, now: datetime) -> None:
    facts = {"text": alert.title, "source": alert.source_name, "link": alert.link}
    timeline.append_once(session, incident_id, f"{kind}:{alert.number}", kind, now, **facts)
