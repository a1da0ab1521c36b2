"""The timeline's forms: add a note, correct an entry, correct a milestone. Pure: Block Kit from data."""

from collections.abc import Mapping
from datetime import datetime

from bot.slack.blocks import (
    PLACEHOLDER,
    Block,
    checkboxes,
    context,
    datetime_picker,
    modal,
    option,
    plain_text,
    section,
    select,
    text_field,
    text_input,
)
from bot.slack.blocks import field as form_field
from bot.slack.text import day_and_time, escape
from bot.timeline import ids
from bot.timeline.milestones import DETECTED_BY, TITLES, Milestone, MilestoneName
from bot.timeline.rules import CUSTOMER_IMPACT, DECISION, LONGEST_NOTE, NOTE, RULED_OUT

KIND_TITLES = {
    NOTE: "A note",
    DECISION: "A decision",
    RULED_OUT: "A hypothesis ruled out",
    CUSTOMER_IMPACT: "Customer impact",
}
DETECTED_TITLES = {
    "alert": "An alert",
    "floor": "People on the floor",
    "customer": "A customer",
    "partner": "A partner",
    "other": "Something else",
}
ONLY_WHEN_DETECTED = "Counts for “Detected” only."


def note_form(number: int, now: datetime) -> Block:
    """The form for a note: its text, its kind and its time."""
    kinds = [option(title, kind) for kind, title in KIND_TITLES.items()]
    blocks = [
        text_field("What is to be noted?", ids.TEXT, multiline=True, longest=LONGEST_NOTE),
        form_field("What is it?", select(ids.KIND, kinds, initial=NOTE)),
        form_field("When was it?", datetime_picker(ids.AT, now)),
    ]
    return modal(ids.NOTE_FORM, "Add to the timeline", blocks, submit="Add", subject=number)


def amend_form(private_metadata: str, title: str, text: str, at: datetime, *, is_hidden: bool) -> Block:
    """The form to correct or hide an entry, with a reason. The original stays in the log."""
    hide = option("Hide it: it stays in the log, and nowhere else", "hide")
    boxes = checkboxes(ids.HIDE, [hide], initial=["hide"] if is_hidden else [])
    blocks = [
        section(title),
        text_field("What it says", ids.TEXT, initial=text, multiline=True),
        form_field("When it was", datetime_picker(ids.AT, at)),
        form_field("Not for anyone?", boxes, optional=True),
        text_field("Why?", ids.REASON, longest=500, placeholder="The log keeps it"),
        context("The original is kept in the log."),
    ]
    return modal(ids.AMEND_FORM, "Correct an entry", blocks, submit="Save", subject=private_metadata)


def milestone_form(number: int, known_milestones: Mapping[MilestoneName, Milestone], now: datetime) -> Block:
    """The form to set when a milestone was reached, with the reason."""
    names = [option(TITLES[name], str(name)) for name in MilestoneName]
    detection_options = [option(DETECTED_TITLES[how], how) for how in DETECTED_BY]
    first_unknown = next((name for name in MilestoneName if name not in known_milestones), MilestoneName.STARTED)
    detection_field = select(ids.HOW, detection_options, placeholder="Who or what noticed it")
    reason_field = text_input(ids.REASON, longest=500)
    reason_field["placeholder"] = plain_text("What shows it: a graph, a call, a log", PLACEHOLDER)
    blocks = [
        section("\n".join(_milestone_line(name, known_milestones.get(name)) for name in MilestoneName)),
        form_field("Which one?", select(ids.MILESTONE, names, initial=str(first_unknown))),
        form_field("When was it?", datetime_picker(ids.AT, now)),
        form_field("How was it noticed?", detection_field, hint=ONLY_WHEN_DETECTED, optional=True),
        form_field("How do you know?", reason_field),
    ]
    return modal(ids.MILESTONE_FORM, "Milestones", blocks, submit="Set", subject=number)


def _milestone_line(name: MilestoneName, milestone: Milestone | None) -> str:
    if milestone is None:
        return f"*{TITLES[name]}* – not known"
    notes = ["estimated"] if milestone.is_estimated else []
    notes += [f"by {DETECTED_TITLES[milestone.how].lower()}"] if milestone.how in DETECTED_TITLES else []
    notes += [escape(milestone.basis)] if milestone.basis else []
    return f"*{TITLES[name]}* {day_and_time(milestone.at)}{' – ' + ', '.join(notes) if notes else ''}"
