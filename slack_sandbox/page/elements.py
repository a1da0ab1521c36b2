"""The options of an element, and the chosen values."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slack_sandbox.fields import VALUE_KEYS
from slack_sandbox.page.names import Reader

Json = dict[str, Any]
Groups = list[tuple[str, list[Json]]]

INPUT_TYPES = {"datepicker": "date", "timepicker": "time", "datetimepicker": "datetime-local"}
LINE_TYPES = {"email_text_input": "email", "url_text_input": "url"}


def option_groups(element: Json, reader: Reader) -> Groups:
    """The options to choose from, under their headings; the heading is "" if there is none."""
    match str(element.get("type", "")).removeprefix("multi_"):
        case "users_select":
            return [("", _named(reader.people, "@"))]
        case "channels_select":
            return [("", _named(reader.channels, "#"))]
        case "conversations_select":
            return [("Channels", _named(reader.channels, "#")), ("People", _named(reader.people, "@"))]
        case _ if element.get("option_groups"):
            return [(group["label"]["text"], group["options"]) for group in element["option_groups"]]
        case _:
            return [("", element.get("options", []))]


def chosen(element: Json, entered: Json | None, reader: Reader) -> list[str]:
    """The values to show: the `entered` ones, or else the app's initial ones."""
    key, initial = VALUE_KEYS.get(element["type"], ("", ""))
    found = element.get(initial) if entered is None else entered.get(key)
    values = found if isinstance(found, list) else [found]
    return [_as_shown(value, element, reader) for value in values if value not in (None, "")]


def _as_shown(value: Any, element: Json, reader: Reader) -> str:
    if isinstance(value, dict):
        return str(value.get("value", ""))
    if element["type"] == "datetimepicker":
        return f"{datetime.fromtimestamp(int(value), UTC).astimezone(reader.zone):%Y-%m-%dT%H:%M}"
    return str(value)


def _named(names: Mapping[str, str], sign: str) -> list[Json]:
    ordered = sorted(names.items(), key=lambda pair: pair[1].lower())
    return [{"value": key, "text": {"type": "plain_text", "text": sign + name}} for key, name in ordered]
