"""Draft messages for deciders, with the updates that are due soon. Pure: Block Kit from data."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.incidents import ids as incident_ids
from bot.slack.blocks import Block, Message, actions, button, context, section
from bot.slack.text import near_time, one_line, shorten
from bot.updates import ids, wording
from bot.updates.tables import WAITING, Choice, Promise
from bot.updates.wording import NameOf

# The whole text, as long as it fits into a Slack section with its quotation marks.
PREVIEW = 2_400
TITLE_SHOWN = 120
SHORT_TITLE = 60


class Draft(Struct, frozen=True):
    """One update of a draft: its audience, its channels, and a preview, which is empty once it is decided."""

    title: str
    channels_text: str
    promise: Promise
    preview: str = ""

    @property
    def is_open(self) -> bool:
        """True while a decision is pending."""
        return self.promise.state == WAITING


class IncidentHeading(Struct, frozen=True):
    """The incident of a draft, as named in the draft's message."""

    number: int
    title: str
    channel: str
    # Situation fields that the updates need but nobody has recorded.
    missing: tuple[str, ...] = ()


def message(heading: IncidentHeading, drafts: Sequence[Draft], now: datetime, name: NameOf) -> Message:
    """The drafts of an incident that are due together, each with its buttons."""
    waiting_drafts = [draft for draft in drafts if draft.is_open]
    if not waiting_drafts:
        return _decided_message(heading, drafts, now, name)
    due_times = sorted(draft.promise.due_at for draft in waiting_drafts)
    due_text = wording.enumerated(list(dict.fromkeys(near_time(due_at, now) for due_at in due_times)))
    subject = "An update is" if len(waiting_drafts) == 1 else f"{len(waiting_drafts)} updates are"
    heading_text = f"#{heading.number} {one_line(heading.title, TITLE_SHOWN)} {heading.channel}".strip()
    text = f"📣 {subject} due {due_text} – {heading_text}"
    blocks = [section(text), *_missing_fields(heading)]
    for draft in drafts:
        blocks += _open_draft(draft, now, name) if draft.is_open else [context(_outcome_line(draft, now, name))]
    return text, blocks


def _missing_fields(heading: IncidentHeading) -> list[Block]:
    """A request for missing situation fields, since updates only say what is recorded; and a button to add them."""
    buttons = [button("Update situation…", incident_ids.SITUATION, str(heading.number))]
    if not heading.missing:
        return [actions(buttons, block_id="draft.situation")]
    missing_names = wording.enumerated(heading.missing)
    verb = "is" if len(heading.missing) == 1 else "are"
    text = f"⚠️ {missing_names} {verb} not filled in: add what you know before it goes out."
    return [section(text), actions(buttons, block_id="draft.situation")]


def handed_over_message(
    heading: IncidentHeading, waiting_promises: Sequence[Promise], recipients: Sequence[str], now: datetime
) -> Message:
    """The remainder of a copy whose reader no longer decides: who has the draft now, or that the channel has it."""
    subject = "an update" if len(waiting_promises) == 1 else f"{len(waiting_promises)} updates"
    due_text = near_time(min(promise.due_at for promise in waiting_promises), now)
    whereabouts = (
        f"with {', '.join(recipients)} now" if recipients else f"in {heading.channel} now, where anybody can decide"
    )
    title = one_line(heading.title, SHORT_TITLE)
    text = f"📣 #{heading.number} {title}: the draft of {subject} due {due_text} is {whereabouts}."
    return text, [context(text)]


def _decided_message(heading: IncidentHeading, drafts: Sequence[Draft], now: datetime, name: NameOf) -> Message:
    """The outcomes in small print, once nothing is left to decide."""
    titles_by_outcome: dict[str, list[str]] = {}
    for draft in drafts:
        outcome = wording.outcome(draft.promise, now, name)
        titles_by_outcome.setdefault(outcome, []).append(f"*{one_line(draft.title, 75)}*")
    summary = " · ".join(f"{', '.join(titles)} {outcome}" for outcome, titles in titles_by_outcome.items())
    text = f"📣 #{heading.number} {one_line(heading.title, SHORT_TITLE)}: {summary}"
    return text, [context(text)]


def _outcome_line(draft: Draft, now: datetime, name: NameOf) -> str:
    return f"*{one_line(draft.title, 75)}* {wording.outcome(draft.promise, now, name)}"


def _open_draft(draft: Draft, now: datetime, name: NameOf) -> list[Block]:
    # Slack does not nest quotations: the mark of a line that is one itself would be shown.
    lines = [line.removeprefix("> ") for line in shorten(draft.preview, PREVIEW).split("\n")]
    quoted_preview = "\n".join(f">{line}" for line in lines)
    blocks = [context(f"{_outcome_line(draft, now, name)} → {draft.channels_text}")]
    if quoted_preview.strip("> \n"):
        blocks.append(section(quoted_preview))
    return [*blocks, actions(_buttons(draft), block_id=f"draft.{draft.promise.row}")]


def _buttons(draft: Draft) -> list[Block]:
    row = str(draft.promise.row)
    decision_buttons = [button("Send now", ids.SEND_NOW, row, style="primary")]
    if draft.promise.needs_approval:
        decision_buttons = [
            button("Approve", ids.APPROVE, row, style="primary"),
            button("Approve and send now", ids.SEND_NOW, row),
        ]
    other_buttons = [button("Edit…", ids.EDIT, row)]
    if draft.promise.choice != Choice.NOTHING:
        other_buttons.append(button("Nothing new", ids.NOTHING_NEW, row))
    return [*decision_buttons, *other_buttons, button("Later…", ids.LATER, row)]
