"""What others ask of escalation: handovers, the export of an incident, and the auditor."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import directory
from bot.config.floor import Severity
from bot.escalation import ladder_tables, tables
from bot.escalation.tables import Answer, Page
from bot.escalation.views import ANSWER_TEXTS
from bot.incidents import incidents
from bot.incidents.handover_items import HandoverItem
from bot.incidents.registry import Export, Naming, Rows
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import listed, mention, near_time

HEADER = ("number", "who", "tier", "asked by", "reason", "told at (UTC)", "answer", "answered at (UTC)", "obstacle")
# Two ticks of a slow minute: due work normally starts within a second.
LATE_AFTER = timedelta(minutes=2)
PEOPLE_NAMED = 10


def people_awaited(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """A line for each person who was paged and either is on the way or has not answered."""
    awaited = (Answer.COMING, Answer.NONE, Answer.SILENT)
    last_pages = {page.user_id: page for page in tables.pages(session, incident.number)}
    return [
        f"{mention(page.user_id)}: {ANSWER_TEXTS[Answer(page.answer)]}, paged {near_time(page.told_at, now)}"
        for page in last_pages.values()
        if page.answer in awaited
    ]


def unanswered_pages(session: Session, services: Services, now: datetime) -> Sequence[HandoverItem]:
    """The people who were paged for an open incident and owe an answer: one item for each incident."""
    pages_of: dict[int, list[Page]] = {}
    open_incidents = {}
    for page, incident in tables.unanswered(session):
        pages_of.setdefault(incident.number, []).append(page)
        open_incidents[incident.number] = incident
    names = directory.display_names(session, {page.user_id for pages in pages_of.values() for page in pages})
    return [_item_of(open_incidents[number], pages, names) for number, pages in pages_of.items()]


def _item_of(incident: Incident, pages: Sequence[Page], names: Mapping[str, str]) -> HandoverItem:
    people = list(dict.fromkeys(names.get(page.user_id, page.user_id) for page in pages))
    is_one = len(people) == 1
    who = f"{people[0]} has" if is_one else f"{len(people)} people have"
    return HandoverItem(
        key=f"pages:{incident.number}",
        title=f"{who} not answered a page for #{incident.number}",
        severity=incident.severity,
        situation=pages[-1].reason if is_one else listed(people, PEOPLE_NAMED),
        channel_id=incident.channel_id or "",
        incident_id=incident.number,
    )


def _page_rows(session: Session, number: int, name: Naming) -> Rows:
    return [
        (
            page.number,
            name(page.user_id),
            None if page.tier is None else page.tier + 1,
            name(page.asked_by),
            page.reason,
            page.told_at,
            page.answer,
            page.answered_at,
            page.obstacle,
        )
        for page in tables.pages(session, number)
    ]


PAGES = Export("pages.csv", HEADER, _page_rows)


def escalations_that_stopped(
    session: Session, services: Services, now: datetime
) -> Callable[[Incident], dict[str, str]]:
    """Return a check for incidents whose next tier is late, or that have no commander and nobody next to page."""
    due_turns = {number for number, _, _ in ladder_tables.due(session, now - LATE_AFTER)}

    def check(incident: Incident) -> dict[str, str]:
        sentences = {}
        if incident.number in due_turns:
            sentences[f"late tier:{incident.number}"] = "has an escalation that is not carried out"
        if _has_nobody_to_escalate_to(session, services.floor.severity(incident.severity), incident, now):
            sentences[f"nobody next:{incident.number}"] = (
                "has no commander, and nobody is next on its escalation ladder"
            )
        return sentences

    return check


def _has_nobody_to_escalate_to(session: Session, severity: Severity, incident: Incident, now: datetime) -> bool:
    """True if the time to name a commander has passed without one, and nobody is coming or left to page."""
    within = severity.commander_within
    if within is None or incident.declared_at + within + LATE_AFTER > now:
        return False
    if incidents.commander(session, incident.number):
        return False
    if any(rung.due_at for rung in ladder_tables.ladder(session, incident.number)):
        return False
    return all(page.answer != Answer.COMING for page in tables.pages(session, incident.number))
