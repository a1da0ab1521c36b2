"""The pages of a timeline, and the forms to add to it and to correct it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct
from sqlmodel import Session, col, select

from bot import directory
from bot.directory.lookup import person_of
from bot.incidents import incidents
from bot.incidents.access import visible_incident
from bot.incidents.milestones import milestones_of
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.blocks import Block, Message
from bot.slack.text import SAME_SHIFT, escape, to_plain_text
from bot.timeline import forms, rules, timeline, views, wording
from bot.timeline.rules import FILTERS, PER_PAGE, pages
from bot.timeline.tables import TimelineEntry
from bot.timeline.views import EntryLine, Page
from bot.timeline.wording import NameOf

LONGEST_TITLE = 600
MARKED, DECISIONS = "marked", "decisions"


def timeline_page(
    services: Services, number: int, user_id: str, filter_name: str = "all", page_number: int = 0
) -> Message:
    """A page of an incident's timeline for a reader who may see it; page 0 is the last page."""
    incident = visible_incident(services, number, user_id)
    zone = rules.zone_of(person_of(services, user_id).timezone)
    with services.database.reading() as session:
        page = read_page(session, number, filter_name, page_number)
        name_of = name_resolver(session, page.entries)
        commanders = incidents.roles(session, number).get("commander", [])
    lines = [
        EntryLine(
            number=entry.number,
            at=entry.at,
            sentence=wording.full_sentence(
                entry, name_of, services.floor.language, lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
            ),
            url=_permalink(services, incident, entry),
            label=entry.label or entry.kind,
            is_marked=entry.is_marked,
            may_amend=user_id in (entry.actor_id, *commanders),
        )
        for entry in page.entries
    ]
    spans_days, pages = page.timespan >= SAME_SHIFT, rules.pages(page.total)
    return views.timeline_page(Page(number, lines, filter_name, page.number, pages, page.total, spans_days))


def name_resolver(session: Session, entries: Sequence[TimelineEntry]) -> NameOf:
    """Return a function that gives the display name of anyone in these entries."""
    people = {
        person for entry in entries for person in (entry.actor_id, *wording.user_ids_in(entry.facts)) if person
    }
    names = directory.display_names(session, people)
    return lambda user_id: names.get(user_id, user_id)


def _permalink(services: Services, incident: Incident, entry: TimelineEntry) -> str:
    if not entry.message_ts:
        return ""
    channel_id = incident.channel_of_message(entry.message_ts)
    return services.slack.permalink(channel_id, entry.message_ts) if channel_id else ""


def note_form(services: Services, number: int, user_id: str, now: datetime) -> Block:
    """The form for a note, for readers of the incident."""
    return forms.note_form(visible_incident(services, number, user_id).number, now)


def milestone_form(services: Services, number: int, user_id: str, now: datetime) -> Block:
    """The form for milestones, for people who may change the incident."""
    incident = visible_incident(services, number, user_id, "lead")
    with services.database.reading() as session:
        return forms.milestone_form(incident.number, milestones_of(session, number), now)


def amend_form(services: Services, number: int, entry_number: int, user_id: str) -> Block:
    """The form to correct an entry, for people who may correct it."""
    incident = visible_incident(services, number, user_id)
    with services.database.reading() as session:
        entry = timeline.get(session, number, entry_number)
        commanders = incidents.roles(session, number).get("commander", [])
        name_of = name_resolver(session, [entry])
    rules.check_may_amend(entry.number, entry.actor_id, user_id, commanders)
    text = wording.editable_text(entry, name_of, services.floor.language)
    sentence = to_plain_text(
        wording.corrected_sentence(entry, name_of, services.floor.language), lambda user_id: None
    )
    title = f"*[{entry.number}]* {escape(sentence[:LONGEST_TITLE])}"
    private_metadata = f"{incident.number}:{entry.number}"
    return forms.amend_form(private_metadata, title, text, entry.at, is_hidden=entry.hiding is not None)


class EntryPage(Struct, frozen=True):
    """The entries of a page, its number, the number of all entries, and the time they span."""

    entries: Sequence[TimelineEntry]
    number: int
    total: int
    timespan: timedelta


def read_page(session: Session, incident_id: int, filter_name: str, page: int) -> EntryPage:
    """Return a page of the timeline; 0 or too high a number means the last."""
    conditions = _conditions(incident_id, filter_name)
    statement = sa.select(sa.func.count(), sa.func.min(col(TimelineEntry.at)), sa.func.max(col(TimelineEntry.at)))
    total, first_at, last_at = session.connection().execute(statement.where(*conditions)).one()
    page = min(page, pages(total)) or pages(total)
    entries = session.exec(
        select(TimelineEntry)
        .where(*conditions)
        .order_by(col(TimelineEntry.at), col(TimelineEntry.id))
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    ).all()
    timespan = last_at - first_at if first_at and last_at else timedelta()
    return EntryPage(entries, page, total, timespan)


def _conditions(incident_id: int, filter_name: str) -> list[sa.ColumnElement[bool]]:
    conditions = [col(TimelineEntry.incident_id) == incident_id, col(TimelineEntry.is_shown).is_(True)]
    kinds = FILTERS.get(filter_name, ())
    if filter_name == MARKED:
        return [*conditions, col(TimelineEntry.is_marked).is_(True)]
    if filter_name == DECISIONS:
        return [*conditions, sa.or_(col(TimelineEntry.kind).in_(kinds), col(TimelineEntry.label).in_(kinds))]
    return [*conditions, col(TimelineEntry.kind).in_(kinds)] if kinds else conditions
