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
    GUIDES_MISSING,
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
from bot.reports import periods, queues, rules
from bot.reports.periods import Period
from bot.reports.queues import QueueValues
from bot.reports.rules import Counted, Report, Tally, Work
from bot.services import Services
from bot.timeline import milestones
from bot.timeline.milestones import MilestoneName, Milestones
from bot.timeline.tables import TimelineEntry

INCIDENTS_PER_QUERY = 500


def gather(services: Services, period: Period, zone: ZoneInfo, region: str, language: str = "en") -> Report:
    """The report on a period, for a region or for all; formulas and the floor's own names are in the language."""
    earlier = periods.before(period, zone)
    with services.database.snapshot() as session:
        incidents = counted(session, services, earlier[0].start, period.end, region)
        tallies = [_tally(session, services, each, region) for each in (*earlier, period)]
        queues_now = _queues(session, services, (period.start, period.end), region, language)
        is_short = period.end - period.start <= queues.LONGEST_COMPARED
        queues_before = (
            _queues(session, services, (earlier[0].start, period.start), region, language) if is_short else {}
        )
    incidents = [_in_language(each, services.floor, language) for each in incidents]
    severities = list(services.floor.severities)
    report = rules.compose(period, earlier, incidents, tallies, severities, region)
    return replace(report, queues=queues.queue_lines(queues_now, queues_before))


def _queues(
    session: Session, services: Services, span: tuple[datetime, datetime], region: str, language: str
) -> dict[tuple[str, str], QueueValues]:
    """The queues of a region's sites, or all, by their name and the formula of their service level."""
    sites = {site.casefold() for site in services.floor.reports.regions.get(region, ())}
    figures = services.get(Registry).ask(QUEUE_FIGURES)(session, services, *span, language)
    figures_of_region = [each for each in figures if not region or each.site.casefold() in sites]
    return {(each.name, each.formula): _queue_values(each) for each in figures_of_region}


def _in_language(incident: Counted, floor: Floor, language: str) -> Counted:
    kind, *sites = [floor.in_language(name, language) or name for name in (incident.type, *incident.sites)]
    return replace(incident, type=kind, sites=tuple(sites))


def _queue_values(figures: QueueFigures) -> QueueValues:
    level, abandoned = queues.percent(figures.service_level), queues.percent(figures.abandonment)
    return QueueValues(figures.offered, level, figures.asa_s, figures.aht_s, abandoned)


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
    conditions = [*declared, is_counted()]
    if only_public:
        conditions.append(col(Incident.is_private).is_(False))
    all_incidents = session.exec(select(Incident).where(*conditions).order_by(col(Incident.id))).all()
    sites = set(services.floor.reports.regions.get(region, ()))
    incidents_of_region = [incident for incident in all_incidents if not region or sites & set(incident.sites)]
    milestones_by_incident: dict[int, Milestones] = {}
    updates_by_incident: dict[int, UpdatesKept] = {}
    numbers = [incident.number for incident in incidents_of_region]
    for offset in range(0, len(numbers), INCIDENTS_PER_QUERY):
        batch = numbers[offset : offset + INCIDENTS_PER_QUERY]
        milestones_by_incident |= _milestones(session, batch)
        updates_by_incident |= services.get(Registry).ask(UPDATES_KEPT_OF_MANY)(session, batch)
    return [
        _counted(
            services,
            incident,
            milestones_by_incident.get(incident.number, {}),
            updates_by_incident.get(incident.number, UpdatesKept()),
        )
        for incident in incidents_of_region
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
    for number, entries_of_incident in groupby(entries, key=lambda entry: entry.incident_id):
        yield number, milestones.milestones_from(entries_of_incident)


def _counted(
    services: Services, incident: Incident, milestones_by_name: Milestones, updates: UpdatesKept
) -> Counted:
    times = {name: milestone.at for name, milestone in milestones_by_name.items()}
    started = times.get(MilestoneName.STARTED, incident.declared_at)
    detected = times.get(MilestoneName.DETECTED)
    return Counted(
        number=incident.number,
        title="private" if incident.is_private else incident.title,
        severity=incident.severity,
        type=services.floor.types.get(incident.type, incident.type),
        sites=tuple(incident.sites),
        declared_at=incident.declared_at,
        detect_s=_length(times.get(MilestoneName.STARTED), detected),
        acknowledge_s=_length(detected or incident.declared_at, times.get(MilestoneName.ACKNOWLEDGED)),
        mitigate_s=_length(started, times.get(MilestoneName.MITIGATED)),
        resolve_s=_length(started, times.get(MilestoneName.RESOLVED)),
        updates_kept=updates.kept,
        updates_promised=updates.promised,
    )


def _length(start: datetime | None, end: datetime | None) -> float | None:
    return max(0.0, (end - start).total_seconds()) if start and end else None


def _tally(session: Session, services: Services, period: Period, region: str) -> Tally:
    work = _work(session, services, period, region)
    if region:
        return Tally(work=work)
    registry, start, end = services.get(Registry), period.start, period.end
    handovers = registry.ask(SHIFT_HANDOVERS)(session, start, end)
    gaps, gaps_late = registry.ask(SHIFT_GAPS)(session, start, end)
    guides_missing, guides_written = registry.ask(GUIDES_MISSING)(session, start, end)
    return Tally(
        handovers=handovers.begun,
        handovers_complete=handovers.complete,
        gaps=gaps,
        gaps_late=gaps_late,
        follow_ups_overdue=registry.ask(FOLLOW_UPS_OVERDUE)(session, end),
        guides_missing=guides_missing,
        guides_written=guides_written,
        work=work,
    )


def _work(session: Session, services: Services, period: Period, region: str) -> dict[str, Work]:
    """Cases, changes and tasks of a region or all."""
    work: dict[str, Work] = {}
    for figures in services.get(Registry).ask(CASE_FIGURES)(session, services, period.start, period.end):
        if region and figures.region.casefold() != region.casefold():
            continue
        total = work.get(figures.kind, Work())
        work[figures.kind] = Work(
            total.intake + figures.intake,
            total.ended + figures.ended,
            total.backlog + figures.backlog,
            total.with_target + figures.with_target,
            total.met + figures.met,
            total.people + figures.people,
        )
    return work
