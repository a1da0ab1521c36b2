"""The forms of updates: compose, edit, postpone, pace, pause. Pure: Block Kit from data."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.config.floor import Audience, Floor
from bot.incidents.rules import OPEN
from bot.incidents.situation import FIELD_TITLES, SituationField
from bot.incidents.tables import Incident
from bot.incidents.views import STATUS_EMOJI
from bot.slack.blocks import (
    Block,
    checkboxes,
    context,
    field,
    modal,
    multi_select,
    option,
    section,
    select,
    text_field,
)
from bot.slack.text import near_time, one_line
from bot.updates import ids, wording
from bot.updates.tables import Promise

EVERYBODY = "everybody"
USUAL = "usual"
AS_PROMISED = "promised"
AT_ONCE = "at once"
AT_A_TIME = "at"
AS_IT_IS = "as it is"
NEXT_CHOICES = (15, 30, 60, 120, 240)
WAIT_CHOICES = (10, 30, 60)
CADENCE_CHOICES = (10, 15, 20, 30, 60, 120, 240)
MAX_TEXT = 2_500
MAX_REASON = 300
MAX_SEVERITY_REASON = 500


def compose_form(
    incident: Incident,
    floor: Floor,
    audiences: Mapping[str, Audience],
    preselected: Sequence[str],
    message_text: str = "",
) -> Block:
    """The form to tell some audiences now, with the incident's severity and status."""
    options = [option(audience.title, name, _channel_names(audience)) for name, audience in audiences.items()]
    initial_options = [each for each in options if each["value"] in preselected]
    menu = multi_select(ids.AUDIENCES, options) | ({"initial_options": initial_options} if initial_options else {})
    severities = [option(f"{floor.severity(name).emoji} {name}", name) for name in floor.severities]
    next_choices = [option("As each audience is used to", AS_PROMISED)]
    next_choices += [
        option(f"In {wording.describe_cadence(timedelta(minutes=minutes))}", str(minutes))
        for minutes in NEXT_CHOICES
    ]
    blocks = [
        field("Who is told?", menu),
        text_field(
            "Anything to add?",
            ids.TEXT,
            initial=message_text[:MAX_TEXT],
            multiline=True,
            longest=MAX_TEXT,
            hint="Everybody you choose reads this line, within their own update.",
            optional=True,
        ),
        field("Severity", select(ids.SEVERITY, severities, initial=incident.severity)),
        field("Status", _statuses(incident)),
        text_field(
            "Why?",
            ids.REASON,
            placeholder="What has changed",
            longest=MAX_SEVERITY_REASON,
            hint="Needed when you change the severity.",
            optional=True,
        ),
        field("Next update", select(ids.NEXT, next_choices, initial=AS_PROMISED)),
    ]
    return modal(ids.COMPOSE_FORM, "Send an update", blocks, submit="Send", subject=incident.number)


def _statuses(incident: Incident) -> Block:
    """The status menu, with the current status preselected so that nobody reopens an incident by accident."""
    choices = [option(f"{STATUS_EMOJI[status]} {status}", str(status)) for status in OPEN]
    if incident.status in OPEN:
        return select(ids.STATUS, choices, initial=incident.status)
    return select(ids.STATUS, [option(incident.status, AS_IT_IS), *choices], initial=AS_IT_IS)


def _channel_names(audience: Audience) -> str:
    return ", ".join("its channel" if name == "incident" else name for name in audience.channels)


def edit_form(promise: Promise, audience: Audience, text: str, missing: Sequence[SituationField]) -> Block:
    """The form to edit an update; it goes out exactly as saved."""
    blocks = [context(_editing_note(audience))]
    if missing:
        blocks.append(
            context(f"⚠️ Not recorded yet: {', '.join(FIELD_TITLES[field].lower() for field in missing)}.")
        )
    blocks += [
        text_field(
            "Text",
            ids.TEXT,
            initial=text,
            multiline=True,
            longest=MAX_TEXT,
            hint="Headline and next update are added. Write times in UTC, as 14:05 UTC: readers see their own.",
        ),
        field(
            "When?", checkboxes(ids.WHEN, [option("Send it now instead of at its time", AT_ONCE)]), optional=True
        ),
    ]
    return modal(ids.EDIT_FORM, "Edit the update", blocks, submit="Save", subject=promise.row)


def _editing_note(audience: Audience) -> str:
    title = one_line(audience.title, 75)
    if audience.outside:
        return f"*{title}* read this outside the company: no names of colleagues, no guess of when it is over."
    return f"*{title}* get exactly this text."


def postpone_form(promise: Promise, title: str, now: datetime) -> Block:
    """The form to postpone an update, with a reason."""
    wait_options = [option(f"{minutes} minutes later", str(minutes)) for minutes in WAIT_CHOICES]
    wait_options.append(option("At the time below", AT_A_TIME))
    picker = {"type": "datetimepicker", "action_id": ids.AT}
    blocks = [
        section(f"The update for *{one_line(title, 75)}* was promised for {near_time(promise.due_at, now)}."),
        field("When instead?", select(ids.WAIT, wait_options, initial=str(WAIT_CHOICES[0]))),
        field("At this time", picker, optional=True),
        text_field(
            "Why?",
            ids.REASON,
            placeholder="The carrier calls back at half past",
            longest=MAX_REASON,
            hint="It goes into the record and the post-mortem.",
        ),
    ]
    return modal(ids.LATER_FORM, "Put the update off", blocks, submit="Put off", subject=promise.row)


def cadence_form(incident: Incident, audiences: Mapping[str, Audience]) -> Block:
    """The form to set how often an audience is told."""
    options = [option("Every audience with scheduled updates", EVERYBODY)]
    options += [option(audience.title, name) for name, audience in audiences.items()]
    paces = [
        option(f"Every {wording.describe_cadence(timedelta(minutes=minutes))}", f"{minutes} min")
        for minutes in CADENCE_CHOICES
    ]
    paces.append(option("As usual at this severity", USUAL))
    blocks = [
        field("Who?", select(ids.AUDIENCE, options, initial=EVERYBODY)),
        field("How often?", select(ids.PACE, paces, initial="30 min")),
    ]
    return modal(ids.CADENCE_FORM, "Pace of updates", blocks, submit="Set", subject=incident.number)


def pause_form(incident: Incident) -> Block:
    """The form to pause scheduled updates, with a reason."""
    blocks = [
        section("No scheduled updates until `/incident resume`; the last update to each audience says so."),
        text_field("Why?", ids.REASON, longest=MAX_REASON),
    ]
    return modal(ids.PAUSE_FORM, "Pause updates", blocks, submit="Pause", subject=incident.number)
