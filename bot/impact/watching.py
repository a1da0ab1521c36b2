"""What new figures mean for open incidents: the card's line, warnings and recovery."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot import outbox
from bot.impact import gathering, tables, watch_tables
from bot.impact.figure_wording import LANGUAGES, percent, queue_name
from bot.impact.rules.assessment import Assessment, Goal, Group
from bot.impact.rules.warnings import CRITICAL_SHARE, WARNING_SHARE, Alert, Watch, watch
from bot.impact.sentences import sentences
from bot.impact.views import moment
from bot.impact.watch_tables import QueueWatch, Summary
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.events import Declared, MilestoneSet, ScopeChanged
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.runtime.database import upsert
from bot.services import Services
from bot.slack.blocks import context, section
from bot.slack.text import near_time
from bot.timeline import timeline

# Contacts come back, and queues recover, for a while after the cause is gone.
FOLLOWED_FOR = timedelta(hours=4)
RECENT = timedelta(hours=12)
WHAT_NEXT = "`/incident figures` shows what it costs, `/incident whatif` what would help."


def check_new_imports(services: Services, now: datetime) -> None:
    """Check new imports against every incident that they may concern."""
    with services.database.reading() as session:
        due_numbers = [each.number for each in tables.due_imports(session, now)]
        followed_incidents = _followed_incidents(session, now) if due_numbers else []
    for incident in followed_incidents:
        _check_incident(services, incident, max(due_numbers), now)
    if due_numbers:
        with services.database.transaction() as session:
            tables.mark_checked(session, due_numbers, now)


def recheck_figures(change: Change, event: Declared | ScopeChanged | MilestoneSet) -> None:
    """Check the last import again: its figures may concern the new incident, or no longer the one whose sites,
    partners or times were changed."""
    tables.recheck_last_import(change.session, change.now, change.incident.declared_at - RECENT)


def _followed_incidents(session: Session, now: datetime) -> list[Incident]:
    conditions = [col(Incident.resolved_at).is_not(None), col(Incident.resolved_at) > now - FOLLOWED_FOR]
    recovering = session.exec(select(Incident).where(*conditions)).all()
    return [*incidents.all_open(session), *recovering]


def _check_incident(services: Services, incident: Incident, import_id: int, now: datetime) -> None:
    # Read before the transaction, so that no click waits for the arithmetic.
    with services.database.reading() as session:
        assessment = gathering.gather(session, services.floor, incident, now)
        watches_before = watch_tables.watches(session, incident.number)
    if not assessment.is_known:
        _withdraw_summary(services, incident.number)
        return
    states_with_lines = [
        _watch_queue(incident.number, group, watches_before.get(group.id)) for group in assessment.queues
    ]
    with services.database.transaction() as session:
        current = incidents.by_number_locked(session, incident.number)
        summary, summary_before = (
            _summary(services, incident.number, assessment, now),
            watch_tables.summary(session, incident.number),
        )
        if summary_before is None or summary_before.sentences != summary.sentences:
            upsert(session, summary)
        for state, _ in states_with_lines:
            upsert(session, state)
        lines = [(line, state.watched_until) for state, line in states_with_lines if line]
        if lines and services.floor.figures.warnings and current.channel_id and current.status in OPEN:
            _post_alerts(session, current, import_id, lines, now)
        outbox.mark_stale(session, incident.number, (kinds.CARD,))


def _withdraw_summary(services: Services, number: int) -> None:
    """Take back what the card says about figures that no longer belong to the incident."""
    with services.database.reading() as session:
        if watch_tables.summary(session, number) is None:
            return
    with services.database.transaction() as session:
        incidents.by_number_locked(session, number)
        watch_tables.delete_summary(session, number)
        outbox.mark_stale(session, number, (kinds.CARD,))


def _watch_queue(number: int, group: Group, watch_before: QueueWatch | None) -> tuple[QueueWatch, str]:
    """The queue's state after its new intervals, and the line to post if it changed."""
    before = Watch()
    if watch_before:
        before = Watch(Alert(watch_before.alert), watch_before.low_in_a_row, watch_before.watched_until)
    assert group.goal is not None
    state = watch(before, group.levels, group.goal.target)
    row = QueueWatch(
        incident_id=number,
        queue_id=group.id,
        alert=state.alert,
        low_in_a_row=state.low_before,
        watched_until=state.last_at,
    )
    if state.alert == before.alert or state.level is None:
        return row, ""
    return row, alert_line(group.title, state.alert, state.level, group.goal)


def _post_alerts(
    session: Session, incident: Incident, import_id: int, lines: list[tuple[str, int]], now: datetime
) -> None:
    """Post the lines, each with the start of the interval that it is about."""
    text = "\n".join(with_interval(line, moment(starts_at), now) for line, starts_at in lines)
    key = f"figures-alert:{incident.number}:{import_id}"
    outbox.post(
        session,
        key,
        incident.channel_id or "",
        text,
        now,
        incident_id=incident.number,
        blocks=[section(text), context(WHAT_NEXT)],
    )
    plain_lines = [line.replace("*", "").partition(" ")[2] for line, _ in lines]
    timeline.append_once(session, incident.number, key, "figures_warning", now, text="; ".join(plain_lines))


def _summary(services: Services, number: int, assessment: Assessment, now: datetime) -> Summary:
    """The sentences of the card and the updates, in the floor's language, English and Spanish."""
    languages = {services.floor.language, "en", "es"}
    texts = {name: sentences(assessment, name) for name in sorted(languages & set(LANGUAGES))}
    floor_texts = texts.get(services.floor.language) or texts["en"]
    return Summary(incident_id=number, line=floor_texts.get("line", ""), sentences=texts, at=now)


def alert_line(queue: str, alert: Alert, level: float, goal: Goal) -> str:
    """The line about a queue that fell below a limit, or is back above it; each figure is a service level."""
    subject = f"*{queue_name(queue)}*: service level {percent(level)}"
    warning_limit, critical_limit = (percent(share * goal.target) for share in (WARNING_SHARE, CRITICAL_SHARE))
    goal_text = f"(goal {percent(goal.target)})"
    if alert == Alert.CRITICAL:
        return f"🔴 {subject}, below the critical limit of {critical_limit} for two intervals {goal_text}"
    if alert == Alert.WARNING:
        return f"🟠 {subject}, below the warning limit of {warning_limit} {goal_text}"
    return f"🟢 {subject}, back above the warning limit of {warning_limit} {goal_text}"


def with_interval(line: str, starts_at: datetime, now: datetime) -> str:
    """The line with the start of the interval that it is about."""
    return f"{line}, interval from {near_time(starts_at, now)}"
