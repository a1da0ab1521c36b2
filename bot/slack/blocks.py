"""Block Kit from plain words, within Slack's limits: too long is shortened here, never refused there."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.slack.text import ELLIPSIS, shorten

Block = dict[str, Any]
Element = dict[str, Any]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
SECTION_TEXT = 3000
FIELD_TEXT = 2000
HEADER_TEXT = 150
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTIONS = 100
OPTION_GROUPS = 100
TEXTS = 10
# All texts of a message together; Slack publishes no number, and takes a little more.
MESSAGE_CHARACTERS = 12_800
MODAL_TITLE = 24
PRIVATE_METADATA = 3000
INPUT_LABEL = 2000
INPUT_TEXT = 3000
PLACEHOLDER = 150
MESSAGE_TEXT = 4000
MOST_LAST_BUTTONS = 3
# For what stands around a list: a heading, the rest, buttons.
RESERVED_BLOCKS = 6
TOPIC_TEXT = 250


def plain_text(text: str, limit: int) -> Element:
    """Plain text: markup in it is not read, so it needs no escaping."""
    return {"type": "plain_text", "text": shorten(text, limit), "emoji": True}


def mrkdwn(text: str, limit: int = SECTION_TEXT) -> Element:
    """Formatted text; what people typed in it must have been escaped already."""
    return {"type": "mrkdwn", "text": shorten(text, limit)}


def header(text: str) -> Block:
    """A headline."""
    return {"type": "header", "text": plain_text(text, HEADER_TEXT)}


def section(text: str, *, block_id: str | None = None, accessory: Element | None = None) -> Block:
    """A paragraph, with an optional element at its right."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if block_id:
        block["block_id"] = block_id
    if accessory:
        block["accessory"] = accessory
    return block


def fields(*texts: str) -> Block:
    """Up to ten short texts in two columns; the rest is counted."""
    return {"type": "section", "fields": [mrkdwn(text, FIELD_TEXT) for text in _first_ten(texts)]}


def context(*texts: str) -> Block:
    """Small print, at most ten texts; the rest is counted."""
    return {"type": "context", "elements": [mrkdwn(text) for text in _first_ten(texts)]}


def _first_ten(texts: Sequence[str]) -> Sequence[str]:
    return texts if len(texts) <= TEXTS else [*texts[: TEXTS - 1], f"{ELLIPSIS} and {len(texts) - TEXTS + 1} more"]


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def actions(elements: Sequence[Element], *, block_id: str | None = None) -> Block:
    """A row of buttons and selects."""
    block: Block = {"type": "actions", "elements": list(elements[:25])}
    if block_id:
        block["block_id"] = block_id
    return block


def button(
    label: str,
    action_id: str,
    value: str = "",
    *,
    style: str | None = None,
    url: str | None = None,
    confirm: Element | None = None,
) -> Element:
    """A button; `style` is `primary` or `danger`."""
    element: Element = {"type": "button", "text": plain_text(label, BUTTON_TEXT), "action_id": action_id}
    optional = {"value": shorten(value, BUTTON_VALUE), "style": style, "url": url, "confirm": confirm}
    return element | {key: given for key, given in optional.items() if given}


def confirmation(title: str, text: str, yes: str, no: str) -> Element:
    """The question Slack asks before a click counts."""
    return {
        "title": plain_text(title, 100),
        "text": plain_text(text, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
    }


def option(label: str, value: str, description: str = "") -> Element:
    """One choice of a select; its description is one line of guidance."""
    element: Element = {"text": plain_text(label, OPTION_TEXT), "value": value[:OPTION_VALUE]}
    if description:
        element["description"] = plain_text(description, OPTION_TEXT)
    return element


def select(
    action_id: str, options: Sequence[Element], *, placeholder: str = "Choose", initial: str | None = None
) -> Element:
    """A menu of fixed options."""
    element: Element = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder, PLACEHOLDER),
        **_offered(options),
    }
    return element | _initial(options, initial)


def _offered(options: Sequence[Element]) -> Element:
    """The options of a menu; of more than Slack takes in one list groups, named by their first and last."""
    if len(options) <= OPTIONS:
        return {"options": list(options)}
    groups = [options[start : start + OPTIONS] for start in range(0, len(options), OPTIONS)][:OPTION_GROUPS]
    return {"option_groups": [{"label": _group_label(group), "options": list(group)} for group in groups]}


def _group_label(group: Sequence[Element]) -> Element:
    first, last = (shorten(element["text"]["text"], OPTION_TEXT // 2 - 2) for element in (group[0], group[-1]))
    return plain_text(f"{first} – {last}", OPTION_TEXT)


def _initial(options: Sequence[Element], value: str | None) -> Element:
    chosen = [element for element in options if element["value"] == value]
    return {"initial_option": chosen[0]} if chosen else {}


def multi_select(
    action_id: str, options: Sequence[Element], *, placeholder: str = "Choose", initial: Collection[str] = ()
) -> Element:
    """A menu of fixed options of which several may be chosen; those whose value is in `initial` are chosen."""
    element: Element = {
        "type": "multi_static_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder, PLACEHOLDER),
        **_offered(options),
    }
    chosen = [option for option in options if option["value"] in initial]
    return element | ({"initial_options": chosen} if chosen else {})


def overflow(action_id: str, options: Sequence[Element]) -> Element:
    """A menu behind three dots, for what is done seldom; at most five choices."""
    return {"type": "overflow", "action_id": action_id, "options": list(options[:5])}


def user_select(action_id: str, *, placeholder: str = "Choose a person", initial: str | None = None) -> Element:
    """A menu of people."""
    element: Element = {
        "type": "users_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder, PLACEHOLDER),
    }
    return element | ({"initial_user": initial} if initial else {})


def date_picker(action_id: str, *, initial: str | None = None) -> Element:
    """A day to choose; `initial` is written `2030-01-31`."""
    element: Element = {"type": "datepicker", "action_id": action_id}
    return element | ({"initial_date": initial} if initial else {})


def datetime_picker(action_id: str, initial: datetime | None = None) -> Element:
    """A day and a time, in the zone of whoever looks."""
    picker: Element = {"type": "datetimepicker", "action_id": action_id}
    return picker | ({"initial_date_time": int(initial.timestamp())} if initial else {})


def multi_user_select(action_id: str, *, placeholder: str = "Choose people", most: int = 10) -> Element:
    """A menu of people of whom several may be chosen."""
    return {
        "type": "multi_users_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder, PLACEHOLDER),
        "max_selected_items": most,
    }


def radio_buttons(action_id: str, options: Sequence[Element], *, initial: str | None = None) -> Element:
    """A few choices of which one is taken, all to be seen."""
    element: Element = {"type": "radio_buttons", "action_id": action_id, "options": list(options[:10])}
    return element | _initial(options, initial)


def checkboxes(action_id: str, options: Sequence[Element]) -> Element:
    """Boxes to tick."""
    return {"type": "checkboxes", "action_id": action_id, "options": list(options[:10])}


def text_input(
    action_id: str,
    *,
    initial: str = "",
    multiline: bool = False,
    placeholder: str = "",
    longest: int = INPUT_TEXT,
) -> Element:
    """A field to type in; what is given beforehand is shortened to what may be typed."""
    element: Element = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": multiline,
        "max_length": min(longest, INPUT_TEXT),
    }
    if initial:
        element["initial_value"] = shorten(initial, min(longest, INPUT_TEXT))
    if placeholder:
        element["placeholder"] = plain_text(placeholder, PLACEHOLDER)
    return element


def field(label: str, block_id: str, element: Element, *, hint: str = "", optional: bool = False) -> Block:
    """A labelled field of a form."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label, INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain_text(hint, INPUT_LABEL)
    return block


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str,
    submit: str | None = None,
    close: str = "Cancel",
    private_metadata: str = "",
) -> Block:
    """A form. `memory` comes back with the answer, but people can change it: never trust it for a right."""
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(title, MODAL_TITLE),
        "close": plain_text(close, MODAL_TITLE),
        "blocks": list(fit_blocks(blocks, VIEW_BLOCKS)),
        "private_metadata": private_metadata[:PRIVATE_METADATA],
    }
    if submit:
        view["submit"] = plain_text(submit, MODAL_TITLE)
    return view


def fit_blocks(blocks: Sequence[Block], limit: int = MESSAGE_BLOCKS) -> list[Block]:
    """At most `limit` blocks; what was left out is said, and the buttons at the end stay."""
    if len(blocks) <= limit:
        return list(blocks)
    body, buttons = _without_last_buttons(blocks)
    return _cut(body, limit - 1 - len(buttons), buttons)


def _cut(body: Sequence[Block], shown: int, buttons: Sequence[Block]) -> list[Block]:
    return [*body[:shown], context(f"{ELLIPSIS} {len(body) - shown} more not shown here."), *buttons]


def fit_message(blocks: Sequence[Block]) -> list[Block]:
    """What Slack takes in one message: so many blocks, and so many characters in all of them."""
    if _is_short(blocks) or text_length(blocks) <= MESSAGE_CHARACTERS:
        return fit_blocks(blocks)
    body, buttons = _without_last_buttons(blocks)
    room = MESSAGE_CHARACTERS - text_length(buttons) - FIELD_TEXT // 10
    fitting = 0
    while fitting < len(body) and (room := room - text_length(body[fitting])) >= 0:
        fitting += 1
    return _cut(body, min(fitting, MESSAGE_BLOCKS - 1 - len(buttons)), buttons)


def _is_short(blocks: Sequence[Block]) -> bool:
    """Even with everything around its texts it is short enough: most messages are, and this is known at once."""
    return len(json.dumps(blocks, ensure_ascii=False)) <= MESSAGE_CHARACTERS


def text_length(part: Any) -> int:
    """The characters of every text in a part of a message."""
    if isinstance(part, Mapping):
        own = len(part["text"]) if isinstance(part.get("text"), str) else 0
        return own + sum(text_length(value) for value in part.values())
    return sum(map(text_length, part)) if isinstance(part, list | tuple) else 0


def _without_last_buttons(blocks: Sequence[Block]) -> tuple[Sequence[Block], Sequence[Block]]:
    end = len(blocks)
    while end and blocks[end - 1]["type"] == "actions" and len(blocks) - end < MOST_LAST_BUTTONS:
        end -= 1
    return blocks[:end], blocks[end:]


def paragraphs(lines: Sequence[str], *, rest: str, room: int = MESSAGE_CHARACTERS) -> list[Block]:
    """Lines in as many sections as they need, at most `room` characters in all.

    What does not fit is counted; `rest` says where it is, such as "`/incident partners` shows all".
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
        else:
            sections.append(short)
    return list(map(section, sections))
