"""What users see of changes: the calendar, the reminder, the possible causes of an incident. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.changes import ids
from bot.changes.rules import LONGEST_TITLE, TITLES, Kind, State
from bot.changes.tables import PlannedChange
from bot.slack.blocks import Block, Element, Message, actions, button, context, section
from bot.slack.pages import page_of
from bot.slack.text import escape, mention, near_time, one_line

SHOWN = 10
CAUSES_SHOWN = 5
NONE = "No nesting or routing changes are planned, and none waits for an answer."


def overview(changes: Sequence[PlannedChange], types: Mapping[str, str], now: datetime, page: int = 1) -> Message:
    """The calendar, ordered by time; changes awaiting an answer have buttons."""
    blocks: list[Block] = []
    shown_changes, which_page = page_of(changes, page, SHOWN, "/incident changes")
    for change in shown_changes:
        blocks += _card(change, types, now)
    blocks += which_page
    add = button("Record a change…", ids.ADD)
    return (
        "Planned changes" if changes else NONE,
        [*(blocks or [section(NONE)]), actions([add], block_id="changes-add")],
    )


def _card(change: PlannedChange, types: Mapping[str, str], now: datetime) -> list[Block]:
    blocks = [section(f"{line(change, now)}{_details(change)}"), context(_people(change), *_scope(change, types))]
    buttons = _buttons(change, now)
    return [*blocks, actions(buttons, block_id=f"change-{change.number}")] if buttons else blocks


def line(change: PlannedChange, now: datetime) -> str:
    state = State(change.state)
    if state == State.PLANNED:
        state_text = "not verified yet" if change.planned_at <= now else "planned"
    else:
        state_text = f"{state} by {mention(change.answered_by or '')} {near_time(change.answered_at or now, now)}"
    kind = TITLES[Kind(change.kind)]
    return f"*{kind}: {one_line(change.title, LONGEST_TITLE)}* {near_time(change.planned_at, now)} · {state_text}"


def _details(change: PlannedChange) -> str:
    parts = (("Before", change.before), ("After", change.after), ("Rollback", change.rollback))
    return "".join(f"\n{title}: {one_line(text, 300)}" for title, text in parts if text)


def _people(change: PlannedChange) -> str:
    return (
        f"Requested by {mention(change.requester)} · approved by {mention(change.approver)} · "
        f"{mention(change.verifier)} verifies it"
    )


def _scope(change: PlannedChange, types: Mapping[str, str]) -> list[str]:
    names = [change.site, change.partner, types.get(change.type, change.type)]
    return [" · ".join(escape(name) for name in names if name)] if any(names) else []


def _buttons(change: PlannedChange, now: datetime) -> list[Element]:
    number = str(change.number)
    if change.state != State.PLANNED:
        return []
    if change.planned_at > now:
        return [button("Cancel the change", ids.CANCELLED, number)]
    return [
        button("Verified", ids.VERIFIED, number, style="primary"),
        button("Rolled back", ids.ROLLED_BACK, number),
    ]


def notice(change: PlannedChange, types: Mapping[str, str], now: datetime) -> Message:
    """The notice to the approver and the verification contact of a recorded change."""
    text = f"{mention(change.recorded_by)} recorded a change with your name. Tell them if that is wrong."
    change_blocks = [
        section(f"{line(change, now)}{_details(change)}"),
        context(_people(change), *_scope(change, types)),
    ]
    return text, [section(text), *change_blocks]


def reminder(change: PlannedChange, now: datetime) -> Message:
    """The reminder that asks whether the change works."""
    text = f"⏰ Does this change work? {line(change, now)}{_details(change)}"
    return text, [section(text), actions(_buttons(change, now), block_id=f"change-ask-{change.number}")]


def possible_causes(changes: Sequence[PlannedChange], now: datetime) -> str:
    """The message in a new incident's channel."""
    lines = [f"• {line(change, now)}" for change in changes[:CAUSES_SHOWN]]
    if len(changes) > CAUSES_SHOWN:
        lines.append(f"• and {len(changes) - CAUSES_SHOWN} more: `/incident changes`")
    return "\n".join(["🗓️ Changes around this time, in case one is the cause:", *lines])
