"""The blocks of a message or a form."""

from collections.abc import Sequence
from typing import Any

from bot.slack.blocks.elements import INPUT_TEXT, Element, mrkdwn, plain_text, text_input
from bot.slack.text import ELLIPSIS

Block = dict[str, Any]
# A message or a screen: the text that stands for it in notifications and lists, and its blocks.
Message = tuple[str, list[Block]]

FIELD_TEXT = 2000
HEADER_TEXT = 150
TEXTS = 10
INPUT_LABEL = 2000


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text, HEADER_TEXT)}


def section(text: str, *, block_id: str | None = None, accessory: Element | None = None) -> Block:
    """A paragraph, with an optional element on its right."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if block_id:
        block["block_id"] = block_id
    if accessory:
        block["accessory"] = accessory
    return block


def context(*texts: str) -> Block:
    """Small print, at most ten texts; any others are counted."""
    return {"type": "context", "elements": [mrkdwn(text) for text in _first_ten(texts)]}


def _first_ten(texts: Sequence[str]) -> Sequence[str]:
    return texts if len(texts) <= TEXTS else [*texts[: TEXTS - 1], f"{ELLIPSIS} and {len(texts) - TEXTS + 1} more"]


def divider() -> Block:
    """A horizontal line."""
    return {"type": "divider"}


def actions(elements: Sequence[Element], *, block_id: str | None = None) -> Block:
    """A row of buttons and selects."""
    block: Block = {"type": "actions", "elements": list(elements[:25])}
    if block_id:
        block["block_id"] = block_id
    return block


def field(label: str, element: Element, *, name: str = "", hint: str = "", optional: bool = False) -> Block:
    """A labelled field of a form; its name is that of its element, unless another is given."""
    block: Block = {
        "type": "input",
        "block_id": name or element["action_id"],
        "label": plain_text(label, INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain_text(hint, INPUT_LABEL)
    return block


def text_field(
    label: str,
    name: str,
    *,
    initial: str = "",
    multiline: bool = False,
    placeholder: str = "",
    longest: int = INPUT_TEXT,
    hint: str = "",
    optional: bool = False,
) -> Block:
    """A labelled field to type in."""
    element = text_input(name, initial=initial, multiline=multiline, placeholder=placeholder, longest=longest)
    return field(label, element, hint=hint, optional=optional)
