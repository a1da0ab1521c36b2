"""Messages and forms within Slack's limits: what does not fit is left out, and a note says so."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.runtime.json_text import write_json
from bot.slack.blocks.elements import SECTION_TEXT, plain_text
from bot.slack.blocks.layout import FIELD_TEXT, Block, context, section
from bot.slack.text import ELLIPSIS, shorten

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
# For all texts of a message together; Slack publishes no number, and accepts a little more.
MESSAGE_CHARACTERS = 12_800
MODAL_TITLE = 24
PRIVATE_METADATA = 3000
MESSAGE_TEXT = 4000
MOST_LAST_BUTTONS = 3
# For what surrounds a list: a heading, the note about the rest, buttons.
RESERVED_BLOCKS = 6
TOPIC_TEXT = 250


def modal(
    form: str,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str = "",
    close: str = "Cancel",
    subject: int | str = "",
    translate: Callable[[str], str] = str,
) -> Block:
    """A form. `subject` says what it is about and comes back with the answer, as its `private_metadata`.

    Users can change that: it proves no permission. `translate` renders the title and the buttons.
    """
    view: Block = {
        "type": "modal",
        "callback_id": form,
        "title": plain_text(translate(title), MODAL_TITLE),
        "close": plain_text(translate(close), MODAL_TITLE),
        "blocks": list(fit_blocks(blocks, VIEW_BLOCKS)),
        "private_metadata": str(subject)[:PRIVATE_METADATA],
    }
    if submit:
        view["submit"] = plain_text(translate(submit), MODAL_TITLE)
    return view


def fit_blocks(blocks: Sequence[Block], limit: int = MESSAGE_BLOCKS) -> list[Block]:
    """At most `limit` blocks; a note counts those left out, and the buttons at the end stay."""
    if len(blocks) <= limit:
        return list(blocks)
    body, buttons = _without_last_buttons(blocks)
    return _cut(body, limit - 1 - len(buttons), buttons)


def _cut(body: Sequence[Block], shown_count: int, buttons: Sequence[Block]) -> list[Block]:
    return [*body[:shown_count], context(f"{ELLIPSIS} {len(body) - shown_count} more not shown here."), *buttons]


def fit_message(blocks: Sequence[Block]) -> list[Block]:
    """The blocks that fit in one message, which limits their number and the characters in all of them."""
    if _is_short(blocks) or text_length(blocks) <= MESSAGE_CHARACTERS:
        return fit_blocks(blocks)
    body, buttons = _without_last_buttons(blocks)
    room = MESSAGE_CHARACTERS - text_length(buttons) - FIELD_TEXT // 10
    fitting_count = 0
    while fitting_count < len(body) and (room := room - text_length(body[fitting_count])) >= 0:
        fitting_count += 1
    return _cut(body, min(fitting_count, MESSAGE_BLOCKS - 1 - len(buttons)), buttons)


def _is_short(blocks: Sequence[Block]) -> bool:
    """True if it is short enough even with its markup: most messages are, and this check is fast."""
    return len(write_json(blocks)) <= MESSAGE_CHARACTERS


def text_length(part: Any) -> int:
    """The number of characters in all texts of a part of a message."""
    if isinstance(part, Mapping):
        own_length = len(part["text"]) if isinstance(part.get("text"), str) else 0
        return own_length + sum(text_length(value) for value in part.values())
    return sum(map(text_length, part)) if isinstance(part, list | tuple) else 0


def _without_last_buttons(blocks: Sequence[Block]) -> tuple[Sequence[Block], Sequence[Block]]:
    end = len(blocks)
    while end and blocks[end - 1]["type"] == "actions" and len(blocks) - end < MOST_LAST_BUTTONS:
        end -= 1
    return blocks[:end], blocks[end:]


def paragraphs(lines: Sequence[str], *, rest: str, room: int = MESSAGE_CHARACTERS) -> list[Block]:
    """Lines in as many sections as they need, at most `room` characters in all.

    Lines that do not fit are counted; `rest` says where they are, such as "`/incident partners` shows all".
    """
    sections: list[str] = []
    for number, line in enumerate(lines):
        short = shorten(line, SECTION_TEXT)
        room -= len(short) + 1
        if room < 0 or len(sections) > MESSAGE_BLOCKS - RESERVED_BLOCKS:
            left_out = len(lines) - number
            return [*map(section, sections), context(f"{ELLIPSIS} and {left_out} more. {rest}")]
        if sections and len(sections[-1]) + 1 + len(short) <= SECTION_TEXT:
            sections[-1] += f"\n{short}"
        elif short:  # a section is never empty: it does not begin with a blank line
            sections.append(short)
    return list(map(section, sections))
