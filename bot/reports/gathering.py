"""What a report counts, read from the stored rows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from msgspec.structs import replace
from sqlmodel import Session, col, select

from bot.config.floor import Floor
from bot.incidents.facts import (
    CASE_FIGURES,
    FOLLOW_UPS_OVERDUE,
    KNOWLEDGE_GAPS,
    QUEUE_FIGURES,
    SENSITIVE_CASES,
    SHIFT_GAPS,
    SHIFT_HANDOVERS,
    UPDATES_KEPT_OF_MANY,
    QueueFigures,
    SensitiveCase,
    UpdatesKept,
)
from bot.incidents.incidents import is_counted
from bot.incidents.registry import Registry
from bot.incidents.tables import Incident
from bot.reports import queues, rules
from bot.reports.queues import QueueValues
from bot.reports.rules import Counted, Period, Report, Tally, Work
from bot.services import Services
from bot.timeline import milestones
from bot.timeline.milestones import MilestoneName, Milestones
from bot.timeline.tables import TimelineEntry

AT_ONCE = 500


def gather(services: Services, period: Period, zone: ZoneInfo, region: str, language: str = "en") -> Report:
    """The report on a period, for a region or for all; formulas and the floor's own names are in the language."""
    earlier = rules.before(period, zone)
    with services.database.snapshot() as session:
        incidents = counted(session, services, earlier[0].start, period.end, region)
        tallies = [_tally(session, services, each, region) for each in (*earlier, period)]
        own = _queues(session, services, (period.start, period.end), region, language)
        is_short = period.end - period.start <= queues.LONGEST_COMPARED
        past = _queues(session, services, (earlier[0].start, period.start), region, language) if is_short else {}
    incidents = [_in_language(each, services.floor, language) for each in incidents]
    severities = list(services.floor.severities)
    report = rules.compose(period, earlier, incidents, tallies, severities, region)
    return replace(report, queues=queues.queue_lines(own, past))


def _queues(
    session: Session, services: Services, span: tuple[datetime, datetime], region: str, language: str
) -> dict[tuple[str, str], QueueValues]:
    """The queues of a region's sites, or all, by their name and the formula of their service level."""
    sites = {site.casefold() for site in services.floor.reports.regions.get(region, ())}
    figures = services.get(Registry).ask(QUEUE_FIGURES)(session, services, *span, language)
    wanted = [each for each in figures if not region or each.site.casefold() in sites]
    return {(each.name, each.formula): _values(each) for each in wanted}


def _in_language(incident: Counted, floor: Floor, language: str) -> Counted:
    kind, *sites = [floor.in_language(name, language) or name for name in (incident.type, *incident.sites)]
    return replace(incident, type=kind, sites=tuple(sites))


def _values(of: QueueFigures) -> QueueValues:
    level, abandoned = queues.percent(of.service_level), queues.percent(of.abandonment)
    return QueueValues(of.offered, level, of.asa_s, of.aht_s, abandoned)


def sensitive_cases(services: Services, now: datetime, region: str, language: str) -> list[SensitiveCase]:
    """The open cases of sensitive customers, of a region or all, the one with the least time left first."""
    with services.database.reading() as session:
        sensitive = services.get(Registry).ask(SENSITIVE_CASES)(session, services, now, language)
    return [case for case in sensitive if not region or case.region.casefold() == region.casefold()]


def counted(
    session: Session, services: Services, start: datetime, end: datetime, region: str, *, only_public: bool = False
) -> list[Counted]:
    """Every incident declared in that time that reports count; with `only_public`, without private ones."""
    declared = (col(Incident.declared_at) >= start, col(Incident.declared_at) < end)
    real = [*declared, is_counted()]
    if only_public:
        real.append(col(Incident.is_private).is_(False))
    all_incidents = session.exec(select(Incident).where(*real).order_by(col(Incident.id))).all()
    sites = set(services.floor.reports.regions.get(region, ()))
    wanted = [incident for incident in all_incidents if not region or sites & set(incident.sites)]
    known: dict[int, Milestones] = {}
    kept: dict[int, UpdatesKept] = {}
    numbers = [incident.number for incident in wanted]
    for place in range(0, len(numbers), AT_ONCE):
        some = numbers[place : place + AT_ONCE]
        known |= _milestones(session, some)
        kept |= services.get(Registry).ask(UPDATES_KEPT_OF_MANY)(session, some)
    return [
        _counted(services, incident, known.get(incident.number, {}), kept.get(incident.number, UpdatesKept()))
        for incident in wanted
    ]


def _milestones(session: Session, numbers: Sequence[int]) -> Iterator[tuple[int, Milestones]]:
    # Columns, not ORM objects: three months have tens of thousands of entries.
    columns = (TimelineEntry.incident_id, TimelineEntry.kind, TimelineEntry.at, TimelineEntry.actor_id)
    milestone_entries = sa.select(
        *map(col, columns), col(TimelineEntry.facts), col(TimelineEntry.id).label("number")
    )
    entries = session.connection().execute(
        milestone_entries.where(
            col(TimelineEntry.incident_id).in_(numbers), col(TimelineEntry.kind).in_(milestones.KINDS)
        ).order_by(col(TimelineEntry.incident_id), col(TimelineEntry.id))
    )
    for number, own in groupby(entries, key=lambda entry: entry.incident_id):
        yield number, milestones.milestones_from(own)


def _counted(services: Services, incident: Incident, known: Milestones, updates: UpdatesKept) -> Counted:
    at = {name: milestone.at for name, milestone in known.items()}
    started = at.get(MilestoneName.STARTED, incident.declared_at)
    detected = at.get(MilestoneName.DETECTED)
    return Counted(
        number=incident.number,
        title="private" if incident.is_private else incident.title,
        severity=incident.severity,
        type=services.floor.types.get(incident.type, incident.type),
        sites=tuple(incident.sites),
        declared_at=incident.declared_at,
        detect_s=_length(at.get(MilestoneName.STARTED), detected),
        acknowledge_s=_length(detected or incident.declared_at, at.get(MilestoneName.ACKNOWLEDGED)),
        mitigate_s=_length(started, at.get(MilestoneName.MITIGATED)),
        resolve_s=_length(started, at.get(MilestoneName.RESOLVED)),
        updates_kept=updates.kept,
        updates_promised=updates.promised,
    )


def _length(start: datetime | None, end: datetime | None) -> float | None:
    return max(0.0, (end - start).total_seconds()) if start and end else None


def _tally(session: Session, services: Services, period: Period, region: str) -> Tally:
    registry, start, end = services.get(Registry), period.start, period.end
    handovers = registry.ask(SHIFT_HANDOVERS)(session, start, end)
    gaps, late = registry.ask(SHIFT_GAPS)(session, start, end)
    missing, written = registry.ask(KNOWLEDGE_GAPS)(session, start, end)
    return Tally(
        handovers=handovers.begun,
        handovers_complete=handovers.complete,
        gaps=gaps,
        gaps_late=late,
        follow_ups_overdue=registry.ask(FOLLOW_UPS_OVERDUE)(session, end),
        guides_missing=missing,
        guides_written=written,
        work=_work(session, services, period, region),
    )


def _work(session: Session, services: Services, period: Period, region: str) -> dict[str, Work]:
    """Cases, changes and tasks of a region or all."""
    work: dict[str, Work] = {}
    for each in services.get(Registry).ask(CASE_FIGURES)(session, services, period.start, period.end):
        if region and each.region.casefold() != region.casefold():
            continue
        known = work.get(each.kind, Work())
        work[each.kind] = Work(
            known.intake + each.intake,
            known.ended + each.ended,
            known.backlog + each.backlog,
            known.with_target + each.with_target,
            known.met + each.met,
            known.people + each.people,
        )
    return work
