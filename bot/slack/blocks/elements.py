"""The elements of blocks: texts, buttons, menus and inputs, within Slack's length limits."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from bot.slack.text import shorten

Element = dict[str, Any]

SECTION_TEXT = 3000
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTIONS = 100
OPTION_GROUPS = 100
INPUT_TEXT = 3000
PLACEHOLDER = 150
MOST_PEOPLE = 10


def plain_text(text: str, limit: int) -> Element:
    """Plain text: markup in it is not interpreted, so it needs no escaping."""
    return {"type": "plain_text", "text": shorten(text, limit), "emoji": True}


def mrkdwn(text: str, limit: int = SECTION_TEXT) -> Element:
    """Formatted text; anything that people typed must already be escaped."""
    return {"type": "mrkdwn", "text": shorten(text, limit)}


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
    return element | {key: value for key, value in optional.items() if value}


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
        **_option_lists(options),
    }
    return element | _initial(options, initial)


def _option_lists(options: Sequence[Element]) -> Element:
    """The options of a menu; if too many for one list, groups named after their first and last options."""
    if len(options) <= OPTIONS:
        return {"options": list(options)}
    groups = [options[start : start + OPTIONS] for start in range(0, len(options), OPTIONS)][:OPTION_GROUPS]
    return {"option_groups": [{"label": _group_label(group), "options": list(group)} for group in groups]}


def _group_label(group: Sequence[Element]) -> Element:
    first_text, last_text = (
        shorten(element["text"]["text"], OPTION_TEXT // 2 - 2) for element in (group[0], group[-1])
    )
    return plain_text(f"{first_text} – {last_text}", OPTION_TEXT)


def _initial(options: Sequence[Element], value: str | None) -> Element:
    initial_options = [element for element in options if element["value"] == value]
    return {"initial_option": initial_options[0]} if initial_options else {}


def multi_select(
    action_id: str, options: Sequence[Element], *, placeholder: str = "Choose", initial: Collection[str] = ()
) -> Element:
    """A menu of fixed options that allows several choices; those whose value is in `initial` are preselected."""
    element: Element = {
        "type": "multi_static_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder, PLACEHOLDER),
        **_option_lists(options),
    }
    return element | _initial_options(options, initial)


def _initial_options(options: Sequence[Element], values: Collection[str]) -> Element:
    initial_options = [element for element in options if element["value"] in values]
    return {"initial_options": initial_options[:OPTIONS]} if initial_options else {}


def overflow(action_id: str, options: Sequence[Element]) -> Element:
    """A menu behind three dots, for rare actions; at most five options."""
    return {"type": "overflow", "action_id": action_id, "options": list(options[:5])}


def user_select(action_id: str, *, initial: str | None = None) -> Element:
    """A menu of people."""
    element: Element = {
        "type": "users_select",
        "action_id": action_id,
        "placeholder": plain_text("Choose a person", PLACEHOLDER),
    }
    return element | ({"initial_user": initial} if initial else {})


def date_picker(action_id: str, *, initial: str | None = None) -> Element:
    """A date picker; `initial` is written `2030-01-31`."""
    element: Element = {"type": "datepicker", "action_id": action_id}
    return element | ({"initial_date": initial} if initial else {})


def datetime_picker(action_id: str, initial: datetime | None = None) -> Element:
    """A date and time picker, in the reader's own zone."""
    picker: Element = {"type": "datetimepicker", "action_id": action_id}
    return picker | ({"initial_date_time": int(initial.timestamp())} if initial else {})


def multi_user_select(action_id: str) -> Element:
    """A menu of people that allows several choices."""
    return {
        "type": "multi_users_select",
        "action_id": action_id,
        "placeholder": plain_text("Choose people", PLACEHOLDER),
        "max_selected_items": MOST_PEOPLE,
    }


def radio_buttons(action_id: str, options: Sequence[Element], *, initial: str | None = None) -> Element:
    """A few options, all visible, of which one is chosen."""
    element: Element = {"type": "radio_buttons", "action_id": action_id, "options": list(options[:10])}
    return element | _initial(options, initial)


def checkboxes(action_id: str, options: Sequence[Element], *, initial: Collection[str] = ()) -> Element:
    """Boxes to tick; those whose value is in `initial` are ticked already."""
    element: Element = {"type": "checkboxes", "action_id": action_id, "options": list(options[:10])}
    return element | _initial_options(options, initial)


def text_input(
    action_id: str, *, initial: str = "", multiline: bool = False, placeholder: str = "", longest: int = INPUT_TEXT
) -> Element:
    """A text field; its initial text is shortened to the length that may be typed."""
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
