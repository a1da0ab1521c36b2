"""The facts of an update, from the incident's state and the news since the last one; already escaped."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot import directory
from bot.incidents import incidents, situation_tables
from bot.incidents.bridge_rules import bridge_address
from bot.incidents.facts import CALLER_WORDING, FIGURE_SENTENCES, FOLLOW_UPS, MONEY, STEPS_TAKEN
from bot.incidents.incident_text import IncidentText, as_typed, for_outsiders, incident_text
from bot.incidents.milestones import started_at
from bot.incidents.outside_filter import outside_filter, outside_names_filter
from bot.incidents.registry import Registry
from bot.incidents.rules import OPEN, Status
from bot.incidents.situation import RECORDED_FIELDS, Situation, SituationField
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import channel_link, escape, format_duration, joined, live_times, near_time, one_line, shorten
from bot.timeline import timeline
from bot.updates import variables
from bot.updates.news import News, cause_before, news_inside
from bot.updates.tables import Choice
from bot.updates.timing_facts import (
    AUTOMATIC_CHOICES,
    UpdateContext,
    instead_of,
    is_open_again,
    last_told_at,
    next_update,
    unchanged,
)
from bot.updates.views import LANGUAGE_SEPARATOR

HIDDEN_OUTSIDE: dict[str, Any] = {
    "lead": "",
    "channel": "",
    "figures": "",
    "queue_figures": "",
    "money": [],
    "taken": [],
    "cause": "",
    "certainty": "",
    "cause_before": "",
    "actions": "",
    "needs": "",
    "bridge": "",
    "resolution": "",
    "follow_ups": [],
}


def facts_of(session: Session, services: Services, incident: Incident, context: UpdateContext) -> dict[str, Any]:
    """Every variable of `docs/templates.md`, limited to what the audience may read."""
    promise, audience, now = context.promise, context.audience, context.now
    since = last_told_at(session, incident, promise)
    began_at = started_at(session, incident.number)
    news = News()
    if promise.choice in AUTOMATIC_CHOICES and not audience.outside:
        news = news_inside(session, incident.number, since or incident.declared_at)
    is_well_ended = incident.status in (Status.RESOLVED, Status.CLOSED)
    facts = {
        "number": incident.number,
        "severity": incident.severity,
        "emoji": "✅" if is_well_ended else services.floor.severity(incident.severity).emoji,
        "status": str(incident.status),
        "is_over": incident.status not in OPEN,
        "part": context.part,
        "began": near_time(began_at, now) if began_at else "",
        "started": near_time(incident.declared_at, now),
        "lasting": format_duration(max((incident.resolved_at or now) - incident.declared_at, timedelta(minutes=1))),
        "missed": promise.missed,
        "occasion": promise.occasion.partition(":")[0],
        "audience": escape(audience.title),
        "last_update": near_time(since, now) if since else "",
    }
    facts |= _news_facts(news)
    facts |= _texts(session, services, incident, context)
    facts |= unchanged(session, services, incident, context, since)
    facts |= next_update(session, incident, context)
    told_cause = cause_before(session, incident.number, since)
    facts["cause_before"] = one_line(as_typed(services, told_cause, context.language), variables.CHANGE)
    facts["open_again"] = is_open_again(session, incident, since)
    facts["instead_of"] = instead_of(session, incident, promise, now)
    facts |= figure_facts(session, services, incident, context.language, since)
    caller_wording = services.get(Registry).ask(CALLER_WORDING)(session, incident.number, context.language)
    facts["callers_hear"] = one_line(caller_wording, variables.IMPACT)
    return facts | (
        HIDDEN_OUTSIDE if audience.outside else _inside_facts(session, services, incident, context.language)
    )


def _news_facts(news: News) -> dict[str, Any]:
    return {
        "new_fields": news.new_fields,
        "changes": news.changes[-variables.LISTED :],
        "done": news.done,
        "more_done": news.more_done,
        "said": news.said[-variables.LISTED :],
    }


def _texts(session: Session, services: Services, incident: Incident, context: UpdateContext) -> dict[str, Any]:
    """User-written texts in the audience's language; for outsiders without names and guesses. A title with nothing
    left in it is replaced by the type."""
    situation = situation_tables.current(session, incident.number)
    text = incident_text(session, services, incident, situation, context.language)
    written_text, is_outside = _written_text(context), context.audience.outside
    is_filtered = is_outside and bool(written_text)
    filter_written = outside_filter(session, services, context.language, context.reader) if is_filtered else str
    title, impact = text.title, text.impact
    if is_outside:
        read_for_outsiders = for_outsiders(session, services, text, context.language, context.reader)
        title, impact = read_for_outsiders(SituationField.TITLE), read_for_outsiders(SituationField.IMPACT)
    if is_filtered and context.promise.choice == Choice.EDITED:
        # Checked when it was saved; the update goes out as the editor saw it.
        filter_written = outside_names_filter(session, services, context.language, context.reader)
    # Partners are not told about each other.
    places = [*text.sites, *([] if is_outside else incident.partners)]
    news = live_times(shorten(escape(filter_written(written_text).strip()), variables.NEWS), context.now)
    return {
        # Templates show it in bold type, which Slack ends at the first asterisk.
        "title": one_line(title.replace("*", "∗"), variables.TITLE) or escape(text.type),
        "type": escape(text.type),
        "places": one_line(", ".join(places), variables.LINE),
        "impact": one_line(impact, variables.IMPACT),
        "news": news,
        "is_edited": bool(news) and context.promise.choice == Choice.EDITED,
    } | _situation_facts(situation, text)


def _situation_facts(situation: Situation, text: IncidentText) -> dict[str, Any]:
    lines = {field.value: one_line(getattr(text, field.value), variables.LINE) for field in RECORDED_FIELDS[1:]}
    return lines | {"certainty": situation.certainty}


def _written_text(context: UpdateContext) -> str:
    """The text a user wrote for this update: the part in this language if it has one part per language."""
    whole_text = context.promise.text.strip()
    parts = whole_text.split(LANGUAGE_SEPARATOR)
    languages = context.audience.languages
    has_each_language = len(parts) == len(languages) and context.language in languages
    return parts[languages.index(context.language)] if has_each_language else whole_text


def _inside_facts(session: Session, services: Services, incident: Incident, language: str) -> dict[str, Any]:
    """Facts for colleagues only: the lead, the channel and bridge, the steps with an owner, and the ending."""
    lead_id = incidents.commander(session, incident.number)
    steps_taken = (
        services.get(Registry).ask(STEPS_TAKEN)(session, incident.number) if incident.status in OPEN else []
    )
    names = directory.display_names(
        session, {*([lead_id] if lead_id else []), *(step.owner_id for step in steps_taken)}
    )
    return _ending_facts(session, services, incident, language) | {
        "lead": escape(names.get(lead_id, "") if lead_id else ""),
        "channel": channel_link(incident.channel_id) if incident.channel_id else "",
        "bridge": bridge_address(incident, services.floor) if incident.status in OPEN else "",
        "taken": [
            {"step": one_line(step.title, variables.STEP), "who": escape(names.get(step.owner_id, ""))}
            for step in steps_taken[: variables.LISTED]
        ],
    }


def _ending_facts(session: Session, services: Services, incident: Incident, language: str) -> dict[str, Any]:
    """How the incident ended, and its follow-ups; empty while it is open."""
    if incident.status in OPEN:
        return {"resolution": "", "follow_ups": []}
    titles = services.get(Registry).ask(FOLLOW_UPS)(session, incident.number)
    return {
        "resolution": one_line(
            as_typed(services, timeline.resolution(session, incident.number), language), variables.LINE
        ),
        "follow_ups": [
            one_line(as_typed(services, title, language), variables.STEP) for title in titles[: variables.LISTED]
        ],
    }


def figure_facts(
    session: Session, services: Services, incident: Incident, language: str, since: datetime | None
) -> dict[str, Any]:
    """The cost of the incident, compensation, and the state of the queues if that has changed since the last update
    or the incident is over."""
    sentences = services.get(Registry).ask(FIGURE_SENTENCES)(session, incident.number, language)
    # The sum of all queues, then each queue, the worst first.
    queue_texts = [line.removeprefix("• ").rstrip(".") for line in sentences.operations.split("\n") if line]
    is_new = since is None or (sentences.changed_at is not None and sentences.changed_at > since)
    is_told = is_new or incident.status not in OPEN
    money_rows = services.get(Registry).ask(MONEY)(session, incident.number, language)
    return {
        "figures": shorten(sentences.executives.rstrip("."), variables.LINE),
        "queue_figures": joined(queue_texts, variables.LINE) if is_told else "",
        "money": [
            {"cohort": escape(row.cohort), "eligible": row.eligible, "issued": row.issued}
            for row in money_rows[: variables.LISTED]
        ],
    }
