"""The values of interactive elements, in the forms of `state.values` and of `actions`."""

from typing import Any

from slack_sandbox.message_text import elements_of
from slack_sandbox.model import Json

# Element type → (key of its value, key of its initial value).
VALUE_KEYS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "file_input": ("files", ""),
}
_STATELESS = ("button", "overflow", "workflow_button")


def is_many(kind: str) -> bool:
    return kind.startswith("multi_") or kind in ("checkboxes", "file_input")


def initial_values(blocks: list[Json]) -> dict[str, Json]:
    """`state.values` before anyone touched anything: block_id → action_id → value."""
    values: dict[str, Json] = {}
    for block, element in elements_of(blocks):
        kind = element["type"]
        if kind in _STATELESS or kind not in VALUE_KEYS:
            continue
        key, initial = VALUE_KEYS[kind]
        value = element.get(initial, [] if is_many(kind) else None)
        values.setdefault(block["block_id"], {})[element["action_id"]] = {"type": kind, key: value}
    return values


def chosen(element: Json, values: tuple[Any, ...]) -> Json:
    """The element's value after these were chosen, e.g. `{"type": …, "selected_option": …}`."""
    kind = element["type"]
    key, _ = VALUE_KEYS[kind]
    if key.startswith("selected_option"):
        picked: list[Any] = [_option(element, value) for value in values]
    else:
        picked = list(values)
    if is_many(kind):
        return {"type": kind, key: picked}
    return {"type": kind, key: picked[0] if picked else None}


def is_empty(value: Json) -> bool:
    """Whether a field is still empty."""
    return all(v in (None, "", []) for k, v in value.items() if k != "type")


def _option(element: Json, value: str) -> Json:
    options: list[Json] = list(element.get("options", []))
    for group in element.get("option_groups", []):
        options += group["options"]
    for option in options:
        if value in (option.get("value"), option["text"]["text"]):
            return option
    known = ", ".join(str(option.get("value")) for option in options)
    raise LookupError(f"{element['action_id']} offers no {value!r}, only: {known}")
