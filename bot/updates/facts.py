"""The facts of an update, from the incident's state and the news since the last one; already escaped."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlmodel import Session

from bot import directory
from bot.config.floor import Audience, Moment
from bot.incidents import incidents, situation_tables
from bot.incidents.bridge_rules import bridge_address
from bot.incidents.facts import CALLER_WORDING, FOLLOW_UPS, STEPS_TAKEN
from bot.incidents.incident_text import IncidentText, as_typed, for_outsiders, incident_text
from bot.incidents.milestones import started_at
from bot.incidents.outside_filter import outside_filter, outside_names_filter
from bot.incidents.registry import Registry
from bot.incidents.rules import OPEN, Status
from bot.incidents.situation import RECORDED_FIELDS, Situation, SituationField
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import channel_link, escape, format_duration, live_times, near_time, one_line, shorten
from bot.timeline import timeline
from bot.updates import tables, variables
from bot.updates.figure_facts import figure_facts
from bot.updates.news import News, cause_before, news_inside
from bot.updates.news_filter import NewsFilter, filter_for, is_unchanged
from bot.updates.tables import Choice, Promise
from bot.updates.views import LANGUAGE_SEPARATOR

# Only these add news: the author of an edited update, or of "nothing new", has read what happened.
AUTOMATIC_CHOICES = (Choice.NONE, Choice.NOW)
# Entries after which the line below an update names another time of the next one.
KINDS_THAT_RETIME = ("severity", "update_pace", "update_moved", "updates_paused")
# What an audience waits for that is told neither by the clock nor when something changes.
NEXT_WHEN: dict[object, str] = {Moment.AT_CLOSE: "close", Moment.NEVER: "resolved"}
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


class UpdateContext(Struct, frozen=True):
    """Everything the facts depend on besides the incident: the update, its audience, the language and so on.

    `reader` is the partner whose own copy this is; `part` is `all`, or `body` for what users may edit.
    """

    promise: Promise
    audience: Audience
    now: datetime
    language: str
    reader: str = ""
    part: str = variables.ALL


def facts_of(session: Session, services: Services, incident: Incident, context: UpdateContext) -> dict[str, Any]:
    """Every variable of `docs/templates.md`, limited to what the audience may read."""
    promise, audience, now = context.promise, context.audience, context.now
    since = _since(session, incident, promise)
    began_at = started_at(session, incident.number)
    news = News()
    if promise.choice in AUTOMATIC_CHOICES and not audience.outside:
        news = news_inside(session, incident.number, since or incident.declared_at)
    facts = {
        "number": incident.number,
        "severity": incident.severity,
        "emoji": "✅"
        if incident.status in (Status.RESOLVED, Status.CLOSED)
        else services.floor.severity(incident.severity).emoji,
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
    facts |= _unchanged(session, services, incident, context, since)
    facts |= _next_update(session, incident, context)
    told_cause = cause_before(session, incident.number, since)
    facts["cause_before"] = one_line(as_typed(services, told_cause, context.language), variables.CHANGE)
    facts["open_again"] = _is_open_again(session, incident, since)
    facts["instead_of"] = _instead_of(session, incident, promise, now)
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


def _since(session: Session, incident: Incident, promise: Promise) -> datetime | None:
    """When the last update to this audience was composed; None before the first one."""
    last_update = tables.last_sent(session, incident.number, promise.audience)
    return (last_update.composed_at or last_update.sent_at) if last_update else None


def _is_open_again(session: Session, incident: Incident, since: datetime | None) -> bool:
    """True if the incident was reopened after the last update to this audience, and is open.

    One that was merged was never said to be over.
    """
    if since is None or incident.status not in OPEN:
        return False
    entries = timeline.since(session, incident.number, since, ("reopened",))
    return any(entry.facts.get("was") != Status.MERGED for entry in entries)


def has_nothing_new(
    session: Session, services: Services, incident: Incident, promise: Promise, audience: Audience, now: datetime
) -> bool:
    """True if nothing has changed since the last update to this audience."""
    since = _since(session, incident, promise)
    context = UpdateContext(promise, audience, now, audience.languages[0])
    return bool(_unchanged(session, services, incident, context, since)["unchanged_since"])


def _unchanged(
    session: Session, services: Services, incident: Incident, context: UpdateContext, since: datetime | None
) -> dict[str, Any]:
    """Since when nothing has changed, and whether to say only that, as after two updates that said the same."""
    promise, number = context.promise, incident.number
    news_filter = filter_for(services, context.audience, promise.audience)
    is_same = since is not None and not promise.text.strip()
    if promise.choice in AUTOMATIC_CHOICES:
        is_same = is_same and is_unchanged(session, number, since or context.now, news_filter)
    if not is_same:
        return {"unchanged_since": "", "is_short": False}
    last_entry = timeline.last_of(session, number, (*news_filter.kinds, "declared"))
    return {
        "unchanged_since": near_time(last_entry.at if last_entry else incident.declared_at, context.now),
        "is_short": promise.choice == Choice.NOTHING or is_repeated(session, incident, promise, news_filter),
    }


def is_repeated(session: Session, incident: Incident, promise: Promise, news_filter: NewsFilter) -> bool:
    """True if this update would only repeat the last two; one with user-written text never does."""
    last_updates = tables.last_two_sent(session, incident.number, promise.audience)
    if len(last_updates) < 2 or promise.text.strip() or incident.status not in OPEN:
        return False
    earliest = last_updates[-1].composed_at or last_updates[-1].due_at
    return is_unchanged(session, incident.number, earliest, news_filter)


def _next_promised(session: Session, promise: Promise, now: datetime) -> datetime | None:
    """The earliest later time promised to the same audience by another update."""
    waiting_promises = tables.waiting(session, promise.incident_id, promise.audience)
    return min(
        (
            other_promise.due_at
            for other_promise in waiting_promises
            if other_promise.id != promise.id and other_promise.due_at > now
        ),
        default=None,
    )


def _next_update(session: Session, incident: Incident, context: UpdateContext) -> dict[str, str]:
    """When the next update comes: at a time, when something changes, at the end or the close, or never again."""
    promise, now = context.promise, context.now
    due_at = promise.next_due_at or _next_promised(session, promise, now)
    if incident.status not in OPEN:
        return {"next_update": near_time(due_at, now) if due_at else "", "next_when": ""}
    if due_at:
        return {"next_update": near_time(due_at, now), "next_when": "clock"}
    cadence = context.audience.usual_cadence(incident.severity)
    return {"next_update": "", "next_when": NEXT_WHEN.get(cadence, "change")}


def _instead_of(session: Session, incident: Incident, promise: Promise, now: datetime) -> str:
    """The time that the last update promised, if this one comes before it and nothing comes at that time."""
    last_update = tables.last_sent(session, incident.number, promise.audience)
    promised_at = last_update.next_due_at if last_update else None
    if not last_update or not promised_at or promised_at <= now:
        return ""
    told_at = last_update.composed_at or last_update.due_at
    changed_at = {entry.at for entry in timeline.since(session, incident.number, told_at, KINDS_THAT_RETIME)}
    if len(changed_at) > 1:
        return ""  # after the first change, the line below the last update named another time
    is_kept = promised_at in (promise.next_due_at, _next_promised(session, promise, now))
    return "" if is_kept else near_time(promised_at, now)
