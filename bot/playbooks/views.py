"""Playbooks in Slack: one message per run, edited in place, and lines for the incident's card."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.incidents import ids as incident_ids
from bot.playbooks import ids
from bot.playbooks.answers import render_answers
from bot.playbooks.playbook import Guide, Step
from bot.playbooks.progress import current_phase, is_late, late_steps, next_steps, open_steps, progress
from bot.playbooks.rules import State
from bot.playbooks.step_rows import AnyStep
from bot.playbooks.tables import PlaybookRun, PlaybookStep
from bot.slack.blocks import Block, Element, Message, actions, button, context, fit_blocks, section
from bot.slack.pages import page_of
from bot.slack.text import (
    channel_link,
    clock_time,
    escape,
    format_duration,
    link,
    mention,
    mentions,
    one_line,
    shorten,
)

BAR_LENGTH = 10
ANSWER_SHOWN = 200
# Messages are read on phones; "Show all" has the full instructions.
INSTRUCTIONS_SHOWN = 700
FINISHED_SHOWN = 6
PHASES_OF_THE_END = 2
MY_STEPS_PER_PAGE = 25
ROLES = {
    "commander": "Commander",
    "communications_lead": "Communications lead",
    "scribe": "Scribe",
    "responder": "Responder",
}
Holders = Mapping[str, Sequence[str]]
NO_HOLDERS: Holders = {}
STATE_EMOJI = {State.DONE: "✅", State.SKIPPED: "⏭️", State.WAIVED: "🏳️"}


def run_message(
    run: PlaybookRun,
    steps: Sequence[AnyStep],
    now: datetime,
    *,
    newer_exists: bool = False,
    holders: Holders = NO_HOLDERS,
) -> Message:
    """The run's message: notification text and blocks. `holders` maps roles to the people who hold them."""
    text = f"{escape(run.title)}: {progress_line(steps)}"
    blocks = [section(f"📋 *{escape(run.title)}*\n{progress_line(steps)}"), *_phase_line(run, steps)]
    if run.is_running:
        for step in next_steps(steps, now):
            blocks += _step_to_do(run, step, now, holders)
    blocks += [*_finished(run, steps), *_stand_down(run, steps), *_footer(run, steps, now, newer_exists)]
    return text, fit_blocks(blocks)


def progress_line(steps: Sequence[AnyStep]) -> str:
    """`▰▰▰▱▱▱▱▱▱▱ 3 of 10`: for the incident's card."""
    run_progress = progress(steps)
    filled = BAR_LENGTH * run_progress.finished // run_progress.wanted if run_progress.wanted else BAR_LENGTH
    # Show the first of many steps too; rounding down keeps the full bar for when every step is finished.
    filled = max(filled, min(run_progress.finished, 1))
    return f"{'▰' * filled}{'▱' * (BAR_LENGTH - filled)} {run_progress.finished} of {run_progress.wanted}"


def next_step_line(steps: Sequence[AnyStep], now: datetime) -> str:
    """The next step with its owner and clock, on one line, for the incident's card."""
    first_steps = next_steps(steps, now, limit=1)
    if not first_steps:
        return "Every step is finished."
    return f"*{one_line(first_steps[0].title, 200)}* · {owner_and_clock(first_steps[0], now)}"


def done_button(step: AnyStep) -> Element:
    """*Done*, or for a step with questions the button that opens its form."""
    if step.asks:
        return button("Done…", ids.STEP_ANSWER, str(step.number), style="primary")
    return button("Done", ids.STEP_DONE, str(step.number), style="primary")


def undo_button(step: AnyStep) -> Element:
    """The button that opens a finished step again."""
    return button("Undo", ids.STEP_UNDO, str(step.number))


def finished_line(step: AnyStep) -> str:
    """`✅ Title · Ana 14:02`, with the reason of a skipped step and a note if it was out of order."""
    finisher = mention(step.finished_by) if step.finished_by else "Watchfloor"
    finish_time = clock_time(step.finished_at) if step.finished_at else ""
    notes = [escape(step.reason)] if step.reason else []
    notes += ["out of order"] if step.out_of_order else []
    note = f" ({shorten('; '.join(notes), 300)})" if notes else ""
    return f"{STATE_EMOJI.get(State(step.state), '▫️')} {escape(step.title)} · {finisher} {finish_time}{note}"


def finished_with_answers(definition: Step, step: AnyStep) -> str:
    """The line of a finished step, with its answers below."""
    answers = render_answers(definition, step.answers) if step.state != State.OPEN else {}
    return "\n".join(
        [
            finished_line(step),
            *(f"> {question} *{shorten(answer, ANSWER_SHOWN)}*" for question, answer in answers.items()),
        ]
    )


def owner_of(step: AnyStep, holders: Holders = NO_HOLDERS) -> str:
    """The step's owner, or else the responsible role with its holders."""
    if step.owner_id:
        return mention(step.owner_id)
    return f"{ROLES[step.owner_role]} {mentions(holders.get(step.owner_role, []))}".strip()


def _phase_line(run: PlaybookRun, steps: Sequence[AnyStep]) -> list[Block]:
    phase = current_phase(steps)
    if not run.is_running or phase is None:
        return []
    titles = [part.title for part in run.book.phases]
    return [context(f"Phase {titles.index(phase) + 1} of {len(titles)}: *{escape(phase)}*")]


def _step_to_do(run: PlaybookRun, step: AnyStep, now: datetime, holders: Holders) -> list[Block]:
    definition = run.book.steps[step.step_key]
    instructions = (
        f"\n{shorten(escape(definition.instructions), INSTRUCTIONS_SHOWN)}" if definition.instructions else ""
    )
    text = f"*{escape(step.title)}*\n{owner_and_clock(step, now, holders)}{instructions}"
    linked_guides = [guide for guide in run.book.guides if guide.title in definition.guides]
    text += f"\n📖 {_links(linked_guides)}" if linked_guides else ""
    other_titles = [title for title in definition.guides if title not in {guide.title for guide in linked_guides}]
    guide_buttons = [
        button(f"📖 {title}", f"{incident_ids.READ_GUIDE}.{index}", title)
        for index, title in enumerate(other_titles)
    ]
    return [section(text), actions([*_buttons(step), *guide_buttons], block_id=f"step-{step.number}")]


def _buttons(step: AnyStep) -> list[Element]:
    value = str(step.number)
    take_button = [] if step.owner_id else [button("Take it", ids.STEP_TAKE, value)]
    return [
        done_button(step),
        button("Skip…", ids.STEP_SKIP, value),
        *take_button,
        button("Assign…", ids.STEP_ASSIGN, value),
    ]


def owner_and_clock(step: AnyStep, now: datetime, holders: Holders = NO_HOLDERS) -> str:
    """The step's owner, due time or lateness, and what requires it."""
    parts = [owner_of(step, holders)]
    if is_late(step, now) and step.due_at:
        parts.append(f"🔴 *{format_duration(now - step.due_at)} late*")
    elif step.due_at:
        parts.append(f"due {clock_time(step.due_at)}")
    if step.required_before:
        parts.append(f"needed before {step.required_before}")
    return " · ".join(parts)


def _finished(run: PlaybookRun, steps: Sequence[AnyStep]) -> list[Block]:
    """Finished steps with their answers, the newest with a button to undo it."""
    finished_steps = sorted(
        (step for step in steps if step.state != State.OPEN), key=lambda step: str(step.finished_at)
    )
    if not finished_steps:
        return []
    *earlier_steps, newest = finished_steps
    undo = undo_button(newest) if run.is_running else None
    definitions = run.book.steps
    newest_text = finished_with_answers(definitions[newest.step_key], newest)
    blocks = [section(newest_text, block_id=f"finished-{newest.number}", accessory=undo)]
    if earlier_steps:
        shown_steps = reversed(earlier_steps[-FINISHED_SHOWN:])
        lines = [finished_with_answers(definitions[step.step_key], step) for step in shown_steps]
        hidden_count = len(earlier_steps) - len(lines)
        blocks.append(context("\n".join(lines) + (f"\n… and {hidden_count} more" if hidden_count else "")))
    return blocks


def _stand_down(run: PlaybookRun, steps: Sequence[AnyStep]) -> list[Block]:
    """The stand-down conditions, shown from the last but one phase on, since nobody needs them before."""
    book = run.book
    ending_phases = [phase.title for phase in book.phases[-PHASES_OF_THE_END:]]
    if not (run.is_running and book.stand_down and current_phase(steps) in [*ending_phases, None]):
        return []
    return [context("*Stand down when*\n" + "\n".join(f"• {escape(line)}" for line in book.stand_down))]


def _footer(run: PlaybookRun, steps: Sequence[AnyStep], now: datetime, newer_exists: bool) -> list[Block]:
    unfinished_steps, overdue_steps = open_steps(steps), late_steps(steps, now)
    notes = [f"{len(overdue_steps)} late"] if overdue_steps and run.is_running else []
    hidden_count = len(unfinished_steps) - len(next_steps(steps, now))
    notes += [f"{hidden_count} more to come"] if hidden_count and run.is_running else []
    notes += [f"guides: {_links(run.book.guides)}"] if run.book.guides else []
    notes += ["the file has changed since; this run keeps its copy"] if newer_exists else []
    notes += [f"stopped by {mention(run.stopped_by or '')} {clock_time(run.stopped_at)}"] if run.stopped_at else []
    notes += ["every step is finished"] if run.is_running and not unfinished_steps else []
    show_all = actions([button("Show all", ids.SHOW_ALL, str(run.number))], block_id=f"run-{run.number}")
    return [*([context(" · ".join(notes))] if notes else []), show_all]


def _links(guides: Sequence[Guide]) -> str:
    return ", ".join(link(guide.url, guide.title) for guide in guides)


def my_steps(steps: Sequence[PlaybookStep], channels: dict[int, str], now: datetime, page: int = 1) -> Message:
    """A page of a person's open steps in all incidents, each with its channel and clock."""
    if not steps:
        return "You have no open steps.", [section("You have no open steps.")]
    shown_steps, page_note = page_of(steps, page, MY_STEPS_PER_PAGE, "/incident steps")
    blocks = [
        section(
            f"*{escape(step.title)}*\n{channel_link(channels[step.incident_id])} · {owner_and_clock(step, now)}",
            accessory=done_button(step),
        )
        for step in shown_steps
    ]
    summary = f"You have {len(steps)} open step{'s' if len(steps) > 1 else ''}"
    return summary, [section(f"*{summary}*"), *blocks, *page_note]
