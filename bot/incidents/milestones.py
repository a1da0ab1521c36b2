"""Milestones of an incident: looked up, set by an answer, and corrected with a reason."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.incidents import wording
from bot.incidents.change import Change, changing
from bot.incidents.events import MilestoneSet
from bot.incidents.rules import Status
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import day_and_time
from bot.timeline import milestones, timeline
from bot.timeline.milestones import TITLES, Milestone, MilestoneName


def milestones_of(session: Session, number: int) -> dict[MilestoneName, Milestone]:
    """An incident's known milestones: started, detected, declared and so on; unknown ones are left out."""
    return milestones.milestones_from(timeline.of_kinds(session, number, milestones.KINDS))


def started_at(session: Session, number: int) -> datetime | None:
    """When the incident started, if that is known and was in an earlier minute than its declaration."""
    known = milestones_of(session, number)
    started, declared = known.get(MilestoneName.STARTED), known.get(MilestoneName.DECLARED)
    is_earlier = started and declared and started.at < declared.at.replace(second=0, microsecond=0)
    return started.at if started and is_earlier else None


def correct_milestone(
    services: Services,
    number: int,
    name: MilestoneName,
    at: datetime,
    how: str,
    reason: str,
    key: str,
    by: str,
    now: datetime,
) -> str:
    """Correct when a milestone was reached, with the reason. Return the answer."""
    if not reason:
        raise milestones.ReasonMissing()
    with changing(services, number, by, now) as change:
        set_milestone(change, name, at, reason, key, how)
    return wording.MILESTONE_SET.format(title=TITLES[name], at=day_and_time(at))


def set_milestone(change: Change, name: MilestoneName, at: datetime, reason: str, key: str, how: str = "") -> None:
    """The same within a transaction on the incident."""
    session, number = change.session, change.number
    milestones.check_order(milestones_of(session, number), name, at, change.now)
    facts = {"milestone": str(name), "reached_at": at.isoformat(), "reason": reason}
    if how and name == MilestoneName.DETECTED:
        facts["how"] = how
    timeline.append_once(session, number, f"milestone:{key}", milestones.KIND, change.now, change.by, **facts)
    apply_milestones(session, change.incident)
    change.publish(MilestoneSet(name))


def add_afterwards(
    session: Session, number: int, started_at: datetime, ended_at: datetime, now: datetime, by: str
) -> None:
    """Add the milestones of an incident declared afterwards, so that it counts from its actual start to its end."""
    times = {"started": started_at, "declared": started_at, "resolved": ended_at}
    for name, reached_at in times.items():
        facts = {"milestone": name, "reached_at": reached_at.isoformat(), "reason": "declared afterwards"}
        timeline.append(session, number, milestones.KIND, now, by, **facts)


def apply_milestones(session: Session, incident: Incident) -> None:
    """Copy the milestones to the incident's own times, which the card and updates show, and redraw both."""
    milestones_by_name = milestones_of(session, incident.number)
    if MilestoneName.DECLARED in milestones_by_name:
        incident.declared_at = milestones_by_name[MilestoneName.DECLARED].at
    incident.mitigated_at = (
        milestones_by_name[MilestoneName.MITIGATED].at if MilestoneName.MITIGATED in milestones_by_name else None
    )
    if MilestoneName.RESOLVED in milestones_by_name and incident.status in (Status.RESOLVED, Status.CLOSED):
        incident.resolved_at = milestones_by_name[MilestoneName.RESOLVED].at
    if MilestoneName.CLOSED in milestones_by_name and incident.status == Status.CLOSED:
        incident.closed_at = milestones_by_name[MilestoneName.CLOSED].at
    outbox.mark_stale(session, incident.number)


def check_still_possible(session: Session, incident: Incident, now: datetime) -> None:
    """Refuse a moved entry if it makes a milestone that depends on it impossible."""
    milestones_by_name = milestones_of(session, incident.number)
    for name, milestone in milestones_by_name.items():
        milestones.check_order(milestones_by_name, name, milestone.at, now)
