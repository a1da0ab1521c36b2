"""Looking at a timeline, and the forms to add to it and to put it right."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.directory import tables as directory
from bot.directory.lookup import who
from bot.incidents import tables as incidents
from bot.incidents.access import incident
from bot.incidents.tables import Incident
from bot.screens.timeline.milestones import milestones_of
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import SAME_SHIFT, escape, spoken
from bot.timeline import forms, paging, rules, views, wording
from bot.timeline import tables as timeline
from bot.timeline.tables import TimelineEntry
from bot.timeline.views import Line, Page
from bot.timeline.wording import Naming

LONGEST_TITLE = 600


def page(
    services: Services, number: int, user_id: str, narrowed: str = "all", wanted: int = 0
) -> tuple[str, list[Block]]:
    """A page of an incident's timeline for somebody who may see it; 0 is the last page."""
    found = incident(services, number, user_id)
    zone = rules.zone_of(who(services, user_id).timezone)
    with services.store.reading() as session:
        entries, at_page, total, length = paging.turned_to(session, number, narrowed, wanted)
        name = naming(session, entries)
        leads = incidents.roles(session, number).get("commander", [])
    lines = [
        Line(
            number=entry.number,
            at=entry.at,
            words=wording.told(
                entry, name, services.floor.language, lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
            ),
            url=_address(services, found, entry),
            label=entry.label or entry.kind,
            is_marked=entry.is_marked,
            may_amend=user_id in (entry.actor_id, *leads),
        )
        for entry in entries
    ]
    spans_days = length >= SAME_SHIFT
    return views.timeline(Page(number, lines, narrowed, at_page, rules.pages(total), total, spans_days))


def naming(session: Session, entries: Sequence[TimelineEntry]) -> Naming:
    """How everyone in these entries is called."""
    people = {person for entry in entries for person in (entry.actor_id, *wording.people_in(entry.facts)) if person}
    names = directory.names(session, people)
    return lambda user_id: names.get(user_id, user_id)


def _address(services: Services, found: Incident, entry: TimelineEntry) -> str:
    if entry.message_ts and found.channel_id:
        return services.slack.permalink(found.channel_id, entry.message_ts)
    return ""


def note_form(services: Services, number: int, user_id: str, now: datetime) -> Block:
    """The form for a note, for who may write one."""
    return forms.note_form(incident(services, number, user_id).number, now)


def milestone_form(services: Services, number: int, user_id: str, now: datetime) -> Block:
    """The form for milestones, for who may see the incident."""
    found = incident(services, number, user_id)
    with services.store.reading() as session:
        return forms.milestone_form(found.number, milestones_of(session, number), now)


def amend_form(services: Services, number: int, entry_number: int, user_id: str) -> Block:
    """The form to put an entry right, for who may do it."""
    found = incident(services, number, user_id)
    with services.store.reading() as session:
        entry = timeline.get(session, number, entry_number)
        leads = incidents.roles(session, number).get("commander", [])
        name = naming(session, [entry])
    rules.check_may_amend(entry.number, entry.actor_id, user_id, leads)
    words = wording.amendable(entry, name, services.floor.language)
    shown = spoken(wording.said(entry, name, services.floor.language), lambda user_id: None)
    title = f"*[{entry.number}]* {escape(shown[:LONGEST_TITLE])}"
    memory = f"{found.number}:{entry.number}"
    return forms.amend_form(memory, title, words, entry.at, is_hidden=entry.hiding is not None)
