"""A Web API call's arguments: JSON or form, where forms carry everything as text."""

import json
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qsl

from slack_sandbox.errors import Refused, invalid_arguments
from slack_sandbox.http import form_parts
from slack_sandbox.model import Json

_YES = ("1", "true", "True")
# Encoded in forms; the record of calls shows them decoded.
_STRUCTURED = ("attachments", "blocks", "changes", "document_content", "files", "metadata", "view")


def read_arguments(content_type: str, query: bytes, body: bytes, *, reads_json: bool = True) -> Json:
    """The arguments of a request as Slack reads them, from the address, a form or a JSON body.

    Methods that do not take JSON treat such a body as empty.
    """
    args: Json = dict(parse_qsl(query.decode(), keep_blank_values=True))
    if content_type.startswith("application/json"):
        return args | (_read_json(body) if reads_json else {})
    return _decoded(args | _read_form(content_type, body))


def _read_form(content_type: str, body: bytes) -> Json:
    try:
        if content_type.startswith("multipart/form-data"):
            return {_part_name(part): _part_bytes(part).decode() for part in form_parts(content_type, body)}
        if content_type.startswith("application/x-www-form-urlencoded"):
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError as error:
        raise Refused("invalid_form_data") from error
    return {}


def _part_bytes(part: EmailMessage) -> bytes:
    return bytes(part.get_payload(decode=True))


def _part_name(part: EmailMessage) -> str:
    return str(part.get_param("name", "", header="content-disposition"))


def _decoded(args: Json) -> Json:
    """Decode the structured arguments; invalid JSON is left for the method to refuse."""
    return {name: _structure(value) if name in _STRUCTURED else value for name, value in args.items()}


def _structure(value: Any) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _read_json(body: bytes) -> Json:
    try:
        args = json.loads(body or b"{}")
    except ValueError as error:
        raise Refused("invalid_json") from error
    if not isinstance(args, dict):
        raise Refused("json_not_object")
    return args


class Arguments:
    """Typed access to the arguments of one call."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def require(self, *names: str) -> None:
        missing = [name for name in names if not self.has(name)]
        if missing:
            raise invalid_arguments(*(f"missing required field: {name}" for name in missing))

    def require_given(self, *names: str) -> None:
        missing = [name for name in names if self.values.get(name) is None]
        if missing:
            raise invalid_arguments(*(f"missing required field: {name}" for name in missing))

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        return default if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.values.get(name)
        if value is None or value == "":
            return default
        return value is True or str(value) in _YES

    def number(self, name: str, default: int, most: int) -> int:
        if not self.has(name):
            return default
        try:
            value = int(self.values[name])
        except (TypeError, ValueError) as error:
            raise invalid_arguments(f"{name} must be an integer") from error
        if value < 1:
            raise Refused("invalid_limit")
        return min(value, most)

    def items(self, name: str) -> list[str]:
        """A list, comma-separated or JSON."""
        value = self.values.get(name) or []
        if isinstance(value, list):
            return [str(v) for v in value]
        return [part.strip() for part in str(value).split(",") if part.strip()]

    def structure(self, name: str, error: str = "invalid_arguments") -> Any:
        """A JSON value, which is encoded in a form."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as broken:
            raise Refused(error) from broken
