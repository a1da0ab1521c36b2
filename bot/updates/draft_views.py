"""Draft messages for deciders, with the updates that are due soon. Pure: Block Kit from data."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.incidents import ids as incident_ids
from bot.slack.blocks import Block, actions, button, context, section
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
    where: str
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
    where: str
    # Situation fields that the updates need but nobody has recorded.
    missing: tuple[str, ...] = ()


def message(
    about: IncidentHeading, drafts: Sequence[Draft], now: datetime, name: NameOf
) -> tuple[str, list[Block]]:
    """The drafts of an incident that are due together, each with its buttons."""
    waiting = [draft for draft in drafts if draft.is_open]
    if not waiting:
        return _decided(about, drafts, now, name)
    soonest = min(draft.promise.due_at for draft in waiting)
    subject = "An update is" if len(waiting) == 1 else f"{len(waiting)} updates are"
    heading = f"#{about.number} {one_line(about.title, TITLE_SHOWN)} {about.where}".strip()
    text = f"📣 {subject} due {near_time(soonest, now)} – {heading}"
    blocks = [section(text), *_missing(about)]
    for draft in drafts:
        blocks += _open(draft, now, name) if draft.is_open else [context(_line(draft, now, name))]
    return text, blocks


def _missing(about: IncidentHeading) -> list[Block]:
    """A request for missing situation fields, since updates only say what is recorded; and a button to add them."""
    buttons = [button("Update situation", incident_ids.SITUATION, str(about.number))]
    if not about.missing:
        return [actions(buttons, block_id="draft.situation")]
    names = " and ".join([", ".join(about.missing[:-1]), about.missing[-1]] if about.missing[1:] else about.missing)
    verb = "is" if len(about.missing) == 1 else "are"
    text = f"⚠️ {names} {verb} not filled in: add what you know before it goes out."
    return [section(text), actions(buttons, block_id="draft.situation")]


def handed_over(
    about: IncidentHeading, waiting: Sequence[Promise], to: Sequence[str], now: datetime
) -> tuple[str, list[Block]]:
    """The remainder of a copy whose reader no longer decides: who has the draft now, or that the channel has it."""
    subject = "an update" if len(waiting) == 1 else f"{len(waiting)} updates"
    due = near_time(min(promise.due_at for promise in waiting), now)
    whereabouts = f"with {', '.join(to)} now" if to else f"in {about.where} now, where anybody can decide"
    title = one_line(about.title, SHORT_TITLE)
    text = f"📣 #{about.number} {title}: the draft of {subject} due {due} is {whereabouts}."
    return text, [context(text)]


def _decided(
    about: IncidentHeading, drafts: Sequence[Draft], now: datetime, name: NameOf
) -> tuple[str, list[Block]]:
    """The outcomes in small print, once nothing is left to decide."""
    titles_by_outcome: dict[str, list[str]] = {}
    for draft in drafts:
        outcome = wording.outcome(draft.promise, now, name)
        titles_by_outcome.setdefault(outcome, []).append(f"*{one_line(draft.title, 75)}*")
    summary = " · ".join(f"{', '.join(titles)} {outcome}" for outcome, titles in titles_by_outcome.items())
    text = f"📣 #{about.number} {one_line(about.title, SHORT_TITLE)}: {summary}"
    return text, [context(text)]


def _line(draft: Draft, now: datetime, name: NameOf) -> str:
    return f"*{one_line(draft.title, 75)}* {wording.outcome(draft.promise, now, name)}"


def _open(draft: Draft, now: datetime, name: NameOf) -> list[Block]:
    # Slack does not nest quotations: the mark of a line that is one itself would be shown.
    lines = [line.removeprefix("> ") for line in shorten(draft.preview, PREVIEW).split("\n")]
    quoted = "\n".join(f">{line}" for line in lines)
    rendered = [context(f"{_line(draft, now, name)} → {draft.where}")]
    if quoted.strip("> \n"):
        rendered.append(section(quoted))
    return [*rendered, actions(_buttons(draft), block_id=f"draft.{draft.promise.row}")]


def _buttons(draft: Draft) -> list[Block]:
    row = str(draft.promise.row)
    first = [button("Send now", ids.SEND_NOW, row, style="primary")]
    if draft.promise.needs_approval:
        first = [
            button("Approve", ids.APPROVE, row, style="primary"),
            button("Approve and send now", ids.SEND_NOW, row),
        ]
    rest = [button("Edit…", ids.EDIT, row)]
    if draft.promise.choice != Choice.NOTHING:
        rest.append(button("Nothing new", ids.NOTHING_NEW, row))
    return [*first, *rest, button("Later…", ids.LATER, row)]
