"""The chart of an incident's figures: drawn in its own process, posted in the incident's channel."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot import outbox
from bot.config.floor import Floor
from bot.errors import WatchfloorError
from bot.impact import gathering, wording
from bot.impact.figure_wording import ENGLISH, LANGUAGES, Language, expected_source, formula, percent
from bot.impact.rules.assessment import Assessment, Point
from bot.incidents import incidents
from bot.incidents.access import visible_incident
from bot.incidents.invitations import channel_of
from bot.incidents.tables import Incident
from bot.outbox import kinds, shared_files
from bot.outbox.kinds import Call, Context, Settled
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.runtime.database import Database
from bot.runtime.drawing import drawing
from bot.services import Services
from bot.slack.text import mention
from bot.timeline import timeline

# More columns than this cannot be told apart on a phone.
POINTS_SHOWN = 96


class NothingToDraw(WatchfloorError):
    """There are no figures to draw for the time of this incident. Drop a report of your contact centre into the
    channel, or use `/incident figures add`."""


def request_chart(services: Services, number: int, key: str, by: str) -> str:
    """Enqueue the chart for the incident's channel. Return the answer."""
    incident = visible_incident(services, number, by)
    with services.database.reading() as session:
        if not gathering.has_figures(session, services.floor, incident, utcnow()):
            raise NothingToDraw()
    with services.database.transaction() as session:
        outbox.enqueue(
            session,
            kinds.FIGURES_CHART,
            f"figures-chart:{key}",
            utcnow(),
            incident_id=incident.number,
            payload={"asked_by": by},
        )
    return wording.CHART_REQUESTED


def chart_png(services: Services, number: int, now: datetime) -> bytes:
    """The chart as PNG: volume against forecast, service level and the incident's marks; empty without figures."""
    return drawn_chart(services.database, services.floor, number, now)


def drawn_chart(database: Database, floor: Floor, number: int, now: datetime) -> bytes:
    """The same chart, from a database and a floor. Raises `TryLater` if it could not be drawn in time."""
    language = LANGUAGES.get(floor.language, ENGLISH)
    with drawing("bot.impact.draw_chart") as draw:
        with database.reading() as session:
            incident = incidents.by_number(session, number)
            assessment = gathering.gather(session, floor, incident, now)
        if not assessment.is_known:
            return b""
        return draw(payload(incident, assessment, ZoneInfo(floor.figures.zone), language))


def payload(
    incident: Incident, assessment: Assessment, zone: ZoneInfo, language: Language = ENGLISH
) -> dict[str, Any]:
    """Everything to draw, as plain data; times are the site's local times."""
    phrases = language.phrases
    goal = assessment.whole.goal
    shown_points = [point for point in assessment.points if _is_shown(point, assessment)]
    points = shown_points[-POINTS_SHOWN:]
    cut_note = (
        phrases["chart cut"].format(shown=len(points), all=len(shown_points))
        if len(shown_points) > len(points)
        else ""
    )
    volume = "chart offered" if any(point.expected is not None for point in points) else "chart offered alone"
    level = phrases["chart level"].format(formula=formula(goal, language))
    level += phrases["chart goal"].format(target=percent(goal.target, language)) if goal else ""
    return {
        "title": f"#{incident.number} {incident.title}",
        "target": goal.target if goal else None,
        "level_title": level,
        "volume_title": phrases[volume].format(source=expected_source(assessment, language)),
        "note": phrases["chart note"].format(zone=zone.key),
        "cut": cut_note,
        "points": [_point(point, zone) for point in points],
        "marks": _marks(incident, points, zone, language),
    }


def _is_shown(point: Point, assessment: Assessment) -> bool:
    """Whether the point is in the day until now; later points are only planned."""
    return point.starts_at <= max(assessment.window.until, assessment.whole.latest_at)


def _point(point: Point, zone: ZoneInfo) -> dict[str, Any]:
    at = datetime.fromtimestamp(point.starts_at, UTC).astimezone(zone)
    return {
        "label": f"{at:%H:%M}",
        "day": f"{at:%Y-%m-%d}",
        "offered": point.totals.offered.value,
        "expected": point.expected,
        "low": point.low,
        "high": point.high,
        "level": point.totals.service_level.value,
        "is_incident": point.is_incident,
    }


def _marks(incident: Incident, points: list[Point], zone: ZoneInfo, language: Language) -> list[dict[str, Any]]:
    """A mark for each of declared, mitigated and resolved: its place on the axis and its label."""
    marks = []
    for title, at in (
        ("declared", incident.declared_at),
        ("mitigated", incident.mitigated_at),
        ("resolved", incident.resolved_at),
    ):
        moment = at.timestamp() if at else None
        for index, point in enumerate(points):
            if moment is not None and point.starts_at <= moment < point.starts_at + point.interval_s:
                share = (moment - point.starts_at) / point.interval_s
                local = at.astimezone(zone) if at else None
                name = language.phrases[f"chart {title}"]
                marks.append({"title": f"{name} {local:%H:%M}", "place": index + share})
    return marks


def call(context: Context) -> Call:
    """Draw the chart, upload it and share it in the channel."""
    return shared_files.call(context, channel_of(context), _upload_and_share)


def _upload_and_share(services: Services, row: OutboxRow, channel_id: str) -> None:
    number, row_payload = row.incident_id or 0, row.payload or {}
    png = chart_png(services, number, utcnow())
    if not png:
        return
    file_id = services.slack.upload(f"figures-{number}.png", png)
    with services.database.transaction() as session:
        outbox.remember(session, row, row_payload | {"file_id": file_id}, utcnow())
    text = wording.CHART_SHARED.format(person=mention(row_payload["asked_by"]))
    services.slack.share_files([(file_id, f"Figures {number}")], channel_id, text)


def note_refused(settled: Settled, error: str) -> None:
    """Note in the timeline that Slack refused the chart, and tell the person who asked."""
    session, row, now = settled.session, settled.row, utcnow()
    number, key = row.incident_id or 0, f"{row.key}:refused"
    timeline.append_once(session, number, key, "trouble", now, what="show the chart of the figures", reason=error)
    text = wording.CHART_REFUSED.format(number=number, error=error)
    outbox.post(session, key, (row.payload or {})["asked_by"], text, now, incident_id=number)
