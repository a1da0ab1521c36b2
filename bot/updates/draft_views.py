"""What whoever decides sees of the updates that are due soon. Pure: Block Kit from data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.slack.blocks import Block, actions, button, context, section
from bot.slack.text import near_time, one_line, shorten
from bot.updates import ids, wording
from bot.updates.tables import WAITING, Choice, Promise
from bot.updates.wording import Naming

# A phone shows about this much without scrolling past the buttons.
PREVIEW = 900
TITLE_SHOWN = 120
SHORT_TITLE = 60


@dataclass(frozen=True)
class Draft:
    """One update of a draft: to whom, where it goes, and how it would read now; empty when it is decided."""

    title: str
    where: str
    promise: Promise
    preview: str = ""

    @property
    def is_open(self) -> bool:
        """Is there still something to decide?"""
        return self.promise.state == WAITING


@dataclass(frozen=True)
class About:
    """The incident that a draft speaks of, as its message names it."""

    number: int
    title: str
    where: str


def message(about: About, drafts: Sequence[Draft], now: datetime, name: Naming) -> tuple[str, list[Block]]:
    """The drafts of an incident that are due together, each with what can be done about it."""
    waiting = [draft for draft in drafts if draft.is_open]
    if not waiting:
        return _decided(about, drafts, now, name)
    soonest = min(draft.promise.due_at for draft in waiting)
    what = "An update is" if len(waiting) == 1 else f"{len(waiting)} updates are"
    named = f"#{about.number} {one_line(about.title, TITLE_SHOWN)} {about.where}".strip()
    words = f"📣 {what} due {near_time(soonest, now)} – {named}"
    blocks = [section(words)]
    for draft in drafts:
        blocks += _open(draft, now, name) if draft.is_open else [context(_line(draft, now, name))]
    return words, blocks


def handed_on(
    about: About, waiting: Sequence[Promise], to: Sequence[str], now: datetime
) -> tuple[str, list[Block]]:
    """What is left of a copy whose reader does not decide any more: who has it now, or that the channel has."""
    what = "an update" if len(waiting) == 1 else f"{len(waiting)} updates"
    due = near_time(min(promise.due_at for promise in waiting), now)
    who = f"with {', '.join(to)} now" if to else f"in {about.where} now, where anybody can decide"
    words = f"📣 #{about.number} {one_line(about.title, SHORT_TITLE)}: the draft of {what} due {due} is {who}."
    return words, [context(words)]


def _decided(about: About, drafts: Sequence[Draft], now: datetime, name: Naming) -> tuple[str, list[Block]]:
    """Small print is enough when nothing is left to decide."""
    told = " · ".join(_line(draft, now, name) for draft in drafts)
    words = f"📣 #{about.number} {one_line(about.title, SHORT_TITLE)}: {told}"
    return words, [context(words)]


def _line(draft: Draft, now: datetime, name: Naming) -> str:
    return f"*{one_line(draft.title, 75)}* {wording.fate(draft.promise, now, name)}"


def _open(draft: Draft, now: datetime, name: Naming) -> list[Block]:
    quoted = "\n".join(f">{line}" for line in shorten(draft.preview, PREVIEW).split("\n"))
    drawn = [context(f"{_line(draft, now, name)} → {draft.where}")]
    if quoted.strip("> \n"):
        drawn.append(section(quoted))
    return [*drawn, actions(_buttons(draft), block_id=f"draft.{draft.promise.row}")]


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
