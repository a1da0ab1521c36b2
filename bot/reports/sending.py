"""Send reports: by the clock to channels and people, and at once to the person who asks."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot import outbox
from bot.config.floor import Report as SentReport
from bot.directory.lookup import channel_id, language_of_reader
from bot.incidents.facts import SensitiveCase
from bot.incidents.people import people
from bot.incidents.permissions import check_member
from bot.incidents.rules import quoted
from bot.outbox import kinds
from bot.outbox.kinds import Call, Context
from bot.outbox.tables import OutboxRow
from bot.reports import gathering, periods, rules, views, wording, workbook
from bot.reports.periods import Period
from bot.reports.rules import Report
from bot.reports.wording import translate
from bot.runtime.clock import utcnow
from bot.runtime.drawing import draw
from bot.services import Services
from bot.timeline.rules import zone_of

EVERY_S = 60
# A report that is late by more than this, because the bot was off, is not sent any more.
NOT_LATER_THAN = timedelta(hours=12)
CHART_TEXTS = (
    "Incidents, this period and the previous four",
    "This period",
    "Mean of the previous four",
    "Queues, this period",
)
DAYS = re.compile(r"(\d{1,3}) ?days?")


class ReportRequest(Struct, frozen=True):
    """What to report on."""

    period: Period
    region: str


def send_due(services: Services, now: datetime) -> None:
    """Enqueue every report that is due, once across all replicas."""
    for report in services.floor.reports.sent:
        if period := due_period(report, now):
            channels = [name for name in report.to if name.startswith("#")]
            for audience in (*((channel,) for channel in channels), tuple(sorted({*report.to} - {*channels}))):
                _enqueue(services, report, period, audience, now)


def due_period(report: SentReport, now: datetime) -> Period | None:
    """The last period whose report is due, by the clock of the report's zone, and not too late to send."""
    zone = ZoneInfo(report.zone)
    last = periods.last_period(report.every, now, zone, report.weekday)
    # A report of the evening may still be due after midnight, when another period has ended.
    for period in (last, periods.before(last, zone)[-1]):
        due_at = datetime.combine(period.end.astimezone(zone).date(), report.at, zone)
        if timedelta() <= now - due_at < NOT_LATER_THAN:
            return period
    return None


def _enqueue(
    services: Services, report: SentReport, period: Period, audience: Sequence[str], now: datetime
) -> None:
    """Enqueue the report for a channel, or for the people of its list, unless they have it.

    The key names the report, not its place in the list, which an administrator may change.
    """
    about = f"{report.every}:{report.region}:{report.zone}:{period.start:%Y-%m-%d}"
    key = f"report:{about}:{','.join(audience)}:"
    with services.database.reading() as session:
        # Groups are not asked again for their members, who may have changed since.
        is_known = outbox.has_key_beginning(session, key)
    if not audience or is_known:
        return
    targets = audience if audience[0].startswith("#") else people(services, 0, audience)
    with services.database.transaction() as session:
        for target in targets:
            payload = _payload(ReportRequest(period, report.region), target, report.zone)
            outbox.enqueue(session, kinds.REPORT, f"{key}{target}", now, payload=payload)


def _payload(report_request: ReportRequest, target: str, zone: str) -> dict[str, Any]:
    period = report_request.period
    return {
        "kind": period.kind,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "title": period.title,
        "region": report_request.region,
        "target": target,
        "zone": zone,
    }


def request(services: Services, typed: str, key: str, by: str, now: datetime) -> str:
    """Enqueue a report by direct message for the person who asks. Return the answer."""
    check_member(services, by)
    report_request = read_request(services, typed, now)
    with services.database.transaction() as session:
        payload = _payload(report_request, by, services.floor.zone)
        outbox.enqueue(session, kinds.REPORT, f"report:asked:{key}", now, payload=payload, priority=outbox.URGENT)
    language = language_of_reader(services, by)
    answer = translate("The report for {} is being prepared and will come by direct message.", language)
    return answer.format(wording.days(report_request.period.title, language))


def read_request(services: Services, typed: str, now: datetime) -> ReportRequest:
    """`week`, `90 days`, `month EMEA`; raises `UnknownPeriod`, `UnknownRegion`."""
    text, zone = " ".join(typed.split()), zone_of(services.floor.zone)
    match = DAYS.match(text.casefold())
    kind, _, rest = text.partition(" ")
    kind = kind.casefold().removesuffix("ly").replace("dai", "day") or "week"
    if match and 0 < int(match[1]) <= periods.LONGEST_DAYS:
        period, rest = periods.last_days(int(match[1]), now, zone), text[match.end() :]
    elif kind in periods.KINDS:
        period = periods.last_period(kind, now, zone)
    else:
        raise periods.UnknownPeriod()
    return ReportRequest(period, read_region(services, rest.strip()))


def read_region(services: Services, typed: str) -> str:
    regions_by_name = {name.casefold(): name for name in services.floor.reports.regions}
    if typed and not regions_by_name:
        raise rules.NoRegions(given=quoted(typed))
    if typed and typed.casefold() not in regions_by_name:
        raise rules.UnknownRegion(given=quoted(typed), known=", ".join(regions_by_name.values()))
    return regions_by_name.get(typed.casefold(), "")


def target_of(context: Context) -> str:
    """The channel or person that gets the report."""
    target = str((context.row.payload or {})["target"])
    return channel_id(context.services, target) if target.startswith("#") else target


def call(context: Context) -> Call:
    """Make the report, upload its picture and spreadsheet, and share both with a summary."""
    services, row, target = context.services, context.row, target_of(context)
    file_ids = list((row.payload or {}).get("file_ids", ()))

    def exists() -> bool:
        channel = _conversation(services, target)
        return bool(file_ids) and services.slack.is_shared(file_ids[0], channel)

    return Call(row.key, lambda: _share(services, row, target), exists=exists)


def _conversation(services: Services, target: str) -> str:
    return services.slack.direct_channel(target) if target.startswith(("U", "W")) else target


def _share(services: Services, row: OutboxRow, target: str) -> None:
    row_payload = row.payload or {}
    language = language_of_reader(services, target)
    report = of_payload(services, row_payload, language)
    sensitive = _sensitive_for(services, target, report.region, language)
    name = f"report-{report.period.start:%Y-%m-%d}"
    files = (
        (f"{name}.png", picture(report, language)),
        (f"{name}.xlsx", workbook.build(report, sensitive, language)),
    )
    file_ids = [services.slack.upload(file, content) for file, content in files]
    with services.database.transaction() as session:
        outbox.remember(session, row, {**row_payload, "file_ids": file_ids}, utcnow())
    title = views.title(report, language)
    files_with_titles = list(zip(file_ids, (title, translate("{}, figures", language).format(title)), strict=True))
    services.slack.share_files(
        files_with_titles, _conversation(services, target), views.summary(report, len(sensitive or ()), language)
    )


def _sensitive_for(services: Services, target: str, region: str, language: str) -> list[SensitiveCase] | None:
    """The open cases of sensitive customers, for a person who may read them; None for channels and for others."""
    if target not in people(services, 0, services.floor.reports.sensitive_to):
        return None
    return gathering.sensitive_cases(services, utcnow(), region, language)


def of_payload(services: Services, row_payload: dict[str, Any], language: str) -> Report:
    """The report that a row asks for, with its formulas in a language."""
    start, end = (datetime.fromisoformat(row_payload[name]) for name in ("start", "end"))
    period = Period(row_payload["kind"], start, end, row_payload["title"])
    return gathering.gather(services, period, ZoneInfo(row_payload["zone"]), row_payload["region"], language)


def picture(report: Report, language: str = "en") -> bytes:
    """The report as PNG. Raises `TryLater` if it could not be drawn in time."""
    groups = [_group(report, name, language) for name in ("Severity", "Site")]
    facts = {
        "title": views.title(report, language),
        "trend": [(wording.days(title, language), count) for title, count in report.trend],
        "groups": [group for group in groups if group["names"]],
        "words": {text: translate(text, language) for text in CHART_TEXTS},
        "queues": views.queue_table(report, language),
    }
    return draw("bot.reports.draw_chart", facts)


def _group(report: Report, name: str, language: str) -> dict[str, Any]:
    rows = [row for row in report.rows if row.group == name][:8]
    return {
        "title": translate(f"Incidents by {name.lower()}", language),
        "names": [row.name for row in rows],
        "now": [row.now or 0 for row in rows],
        "before": [row.before or 0 for row in rows],
    }
