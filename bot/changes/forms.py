"""The form of a planned change. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.changes import ids
from bot.changes.rules import GUIDANCE, LONGEST, LONGEST_TITLE, TITLES, Kind
from bot.slack.blocks import (
    Block,
    Element,
    datetime_picker,
    field,
    modal,
    option,
    select,
    text_field,
    text_input,
    user_select,
)


def change_form(
    sites: Sequence[str], partners: Sequence[str], types: Mapping[str, str], by: str, now: datetime
) -> Block:
    """The form for a nesting or routing change."""
    kinds = [option(title, kind, GUIDANCE[kind]) for kind, title in TITLES.items()]
    scopes = (
        ("Site", ids.SITE, [(name, name) for name in sites]),
        ("Partner", ids.PARTNER, [(name, name) for name in partners]),
        ("Which incidents could it cause?", ids.TYPE, [(title, name) for name, title in types.items()]),
    )
    blocks = [
        field("Kind", select(ids.KIND, kinds, initial=Kind.ROUTING)),
        text_field("What changes?", ids.TITLE, longest=LONGEST_TITLE),
        field("Before", _text_input(ids.BEFORE)),
        field("After", _text_input(ids.AFTER)),
        field("How is it rolled back?", _text_input(ids.ROLLBACK)),
        field("When", datetime_picker(ids.PLANNED_AT, now)),
        field("Requester", user_select(ids.REQUESTER, initial=by)),
        field("Approver", user_select(ids.APPROVER)),
        field("Verification contact", user_select(ids.VERIFIER, initial=by)),
        *(
            field(label, select(name, [option(*each) for each in choices]), optional=True)
            for label, name, choices in scopes
            if choices
        ),
    ]
    return modal(ids.FORM, "Planned change", blocks, submit="Save")


def _text_input(name: str) -> Element:
    return text_input(name, multiline=True, longest=LONGEST)
