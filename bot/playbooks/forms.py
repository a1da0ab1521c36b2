"""The forms of a playbook: skipping, assigning and answering a step, and the view of all steps."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.playbooks import ids
from bot.playbooks.playbook import Ask, Step
from bot.playbooks.progress import is_late, is_open
from bot.playbooks.rules import State
from bot.playbooks.step_rows import AnyStep
from bot.playbooks.tables import PlaybookRun
from bot.playbooks.views import (
    NO_HOLDERS,
    Holders,
    done_button,
    finished_with_answers,
    owner_of,
    progress_line,
    undo_button,
)
from bot.slack.blocks import (
    Block,
    Element,
    context,
    datetime_picker,
    field,
    header,
    modal,
    option,
    section,
    select,
    text_input,
    user_select,
)
from bot.slack.text import clock_time, escape, format_duration, shorten

LONGEST_REASON = 500
INSTRUCTIONS_SHOWN = 1_500
NUMBER_HINT = "A number, such as 12."
NO_TIMES: Mapping[str, datetime] = {}


def skip_form(step: AnyStep) -> Block:
    """The form that asks why a step is skipped."""
    reason = text_input(ids.VALUE, multiline=True, longest=LONGEST_REASON, placeholder="In a few words")
    blocks = [section(f"*{escape(step.title)}*"), field("Why?", reason, name=ids.REASON)]
    return modal(ids.SKIP_FORM, "Skip this step", blocks, submit="Skip", subject=step.number)


def assign_form(step: AnyStep) -> Block:
    """The form that asks who takes the step."""
    person = user_select(ids.VALUE, initial=step.owner_id)
    blocks = [section(f"*{escape(step.title)}*"), field("Who takes it?", person, name=ids.OWNER)]
    return modal(ids.ASSIGN_FORM, "Assign", blocks, submit="Assign", subject=step.number)


def answer_form(
    step: AnyStep,
    definition: Step,
    message: str = "",
    recipients: str = "",
    times: Mapping[str, datetime] = NO_TIMES,
    zone: str = "",
) -> Block:
    """The form with the step's questions and the message it sends to `recipients`; submitting it finishes the step.

    Time questions are prefilled from `times`; `zone` is the time zone of the user who answers.
    If `recipients` is empty, because the incident is private, the form says that nothing is sent.
    """
    instructions = f"\n{escape(definition.instructions)}" if definition.instructions else ""
    blocks = [section(f"*{escape(step.title)}*{instructions}")]
    blocks += [
        field(ask.question, _field_for(ask, times), name=ask.id, hint=_hint(ask, zone), optional=ask.optional)
        for ask in definition.asks
    ]
    if definition.posts and recipients:
        message_input = text_input(ids.VALUE, initial=message, multiline=True)
        hint = (
            "Read it and change it if you like. Write times in UTC, as 14:05 UTC: readers see their own. "
            "If you leave it empty, nothing is sent."
        )
        blocks.append(field(f"Message to {recipients}", message_input, name=ids.MESSAGE, hint=hint, optional=True))
    elif definition.posts:
        blocks.append(context("This incident is private: the message of this step is not sent."))
    submit = "Send and finish" if definition.posts and recipients else "Done"
    return modal(ids.ANSWER_FORM, "Done", blocks, submit=submit, subject=step.number)


def all_steps_view(
    run: PlaybookRun, steps: Sequence[AnyStep], now: datetime, holders: Holders = NO_HOLDERS
) -> Block:
    """The view of every step of the run, phase by phase, each with its button."""
    book = run.book
    blocks = [section(f"*{escape(run.title)}*\n{progress_line(steps)}\n{escape(book.summary)}")]
    for phase in book.phases:
        blocks.append(header(phase.title))
        blocks += [_step_line(run, step, now, holders) for step in steps if step.phase == phase.title]
    if book.stand_down:
        blocks.append(section("*Stand down when*\n" + "\n".join(f"• {escape(line)}" for line in book.stand_down)))
    return modal(ids.ALL_STEPS, "All steps", blocks, close="Close", subject=run.number)


def _hint(ask: Ask, zone: str) -> str:
    if ask.kind == "time" and zone:
        return f"In your time zone, {zone.replace('_', ' ')}."
    return NUMBER_HINT if ask.kind == "number" else ""


def _field_for(ask: Ask, times: Mapping[str, datetime]) -> Element:
    if ask.kind == "choice":
        return select(ids.VALUE, [option(choice, choice) for choice in ask.options])
    if ask.kind == "person":
        return user_select(ids.VALUE)
    if ask.kind == "time":
        return datetime_picker(ids.VALUE, times.get(ask.id))
    return text_input(ids.VALUE, multiline=ask.kind == "text", longest=1_000)


def _step_line(run: PlaybookRun, step: AnyStep, now: datetime, holders: Holders) -> Block:
    if step.state != State.OPEN:
        text = finished_with_answers(run.book.steps[step.step_key], step)
        return section(text, accessory=undo_button(step) if run.is_running else None)
    if not is_open(step):
        return context(f"▫️ {escape(step.title)} · not needed for now")
    instructions = run.book.steps[step.step_key].instructions
    instructions_line = f"\n{shorten(escape(instructions), INSTRUCTIONS_SHOWN)}" if instructions else ""
    due_note = f" · due {clock_time(step.due_at)}" if step.due_at else ""
    late_note = f" · 🔴 *{format_duration(now - step.due_at)} late*" if step.due_at and is_late(step, now) else ""
    text = f"*{escape(step.title)}*\n{owner_of(step, holders)}{late_note or due_note}{instructions_line}"
    return section(text, accessory=done_button(step) if run.is_running else None)
