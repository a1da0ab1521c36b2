"""Reminders of overdue steps in Slack, and how they follow their steps. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.incidents import ids as incident_ids
from bot.playbooks import ids, wording
from bot.playbooks.rules import State, reminder_level
from bot.playbooks.step_rows import AnyStep
from bot.playbooks.views import done_button, finished_line, owner_and_clock
from bot.slack.blocks import Block, Message, actions, button, context, section
from bot.slack.text import clock_time, escape, mention

REMINDER_PREFIX = "remind-"
BUTTONS_PREFIX = "act-"
LINE_PREFIX = "line-"
NO_REASONS: Mapping[int, str] = {}
# More steps with buttons than this fill several screens of a phone; the others are a line each.
STEPS_WITH_BUTTONS = 4


def reminder_message(steps: Sequence[AnyStep], now: datetime, reasons: Mapping[int, str] = NO_REASONS) -> Message:
    """The reminder of overdue steps, posted in the thread of the run's message.

    `reasons` maps each step to the reason why this person is reminded of it.
    """
    first_line = f"⏰ *{escape(steps[0].title)}* · {owner_and_clock(steps[0], now)}"
    text = (
        first_line
        if len(steps) == 1
        else f"⏰ {len(steps)} steps wait: {', '.join(escape(s.title) for s in steps)}"
    )
    blocks = [
        block for step in steps[:STEPS_WITH_BUTTONS] for block in _reminder(step, now, reasons.get(step.number, ""))
    ]
    blocks += [block for step in steps[STEPS_WITH_BUTTONS:] for block in _reminder_line(step, now)]
    return text, blocks + ([context(wording.OTHER_BUTTONS)] if len(steps) > STEPS_WITH_BUTTONS else [])


def leaderless_reminder(steps: Sequence[AnyStep], number: int, now: datetime) -> Message:
    """The reminder of an incident that nobody leads: taking command comes first, then the steps without buttons."""
    summary = wording.nobody_leads(len(steps))
    claim = button("Take command", f"{incident_ids.CLAIM}.commander", f"{number}:commander", style="primary")
    lines = [block for step in steps for block in _reminder_line(step, now)]
    return f"⏰ {summary}", [section(f"⏰ {summary}"), actions([claim]), *lines]


def redrawn_reminder(
    blocks: Sequence[Block], steps: Mapping[int, AnyStep], now: datetime, *, is_over: bool = False
) -> list[Block]:
    """The blocks of a reminder with these steps' current state; `is_over`: the steps are no longer needed."""
    redrawn_blocks: list[Block] = []
    for block in blocks:
        prefix, _, number = block.get("block_id", "").partition("-")
        step = steps.get(int(number)) if number.isdigit() else None
        if step is None or f"{prefix}-" not in (REMINDER_PREFIX, BUTTONS_PREFIX, LINE_PREFIX):
            redrawn_blocks.append(block)
        elif f"{prefix}-" == REMINDER_PREFIX:
            # The step's buttons, right below it, are rendered with it.
            redrawn_blocks += _reminder(step, now, is_over=is_over)
        elif f"{prefix}-" == LINE_PREFIX:
            redrawn_blocks += _reminder_line(step, now, is_over=is_over)
    return redrawn_blocks


def _reminder_line(step: AnyStep, now: datetime, *, is_over: bool = False) -> list[Block]:
    line, *_ = _reminder(step, now, is_over=is_over)
    return [line | {"block_id": f"{LINE_PREFIX}{step.number}"}]


def _reminder(step: AnyStep, now: datetime, reason: str = "", *, is_over: bool = False) -> list[Block]:
    block_id = f"{REMINDER_PREFIX}{step.number}"
    if step.state != State.OPEN:
        return [section(finished_line(step), block_id=block_id)]
    if is_over:
        return [section(f"▫️ {escape(step.title)} · no longer needed", block_id=block_id)]
    snooze_note = _snooze_note(step, now)
    text = f"⏰ *{escape(step.title)}* · {owner_and_clock(step, now)}{snooze_note}" + (
        f"\n_{reason}_" if reason else ""
    )
    snooze_choices = [
        button("Snooze 10 min", ids.STEP_SNOOZE_10, str(step.number)),
        button("Snooze 30 min", ids.STEP_SNOOZE_30, str(step.number)),
    ]
    # After the last reminder there is nothing left to snooze.
    snoozes = snooze_choices if reminder_level(step.reminders_sent) and not snooze_note else []
    assign_button = [] if step.owner_id else [button("Assign…", ids.STEP_ASSIGN, str(step.number))]
    buttons = actions([done_button(step), *assign_button, *snoozes], block_id=f"{BUTTONS_PREFIX}{step.number}")
    return [section(text, block_id=block_id), buttons]


def _snooze_note(step: AnyStep, now: datetime) -> str:
    """Who snoozed the step and until when; empty if it is not snoozed."""
    if not (step.snoozed_by and step.remind_at and step.remind_at > now):
        return ""
    return f" · 💤 until {clock_time(step.remind_at)} ({mention(step.snoozed_by)})"
