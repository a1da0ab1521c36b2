"""Field types of playbook files: texts within Slack's limits, lengths of time, due times, lists."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler, PlainSerializer, WithJsonSchema
from pydantic_core import CoreSchema

from bot.config.floor import Duration
from bot.config.floor.reading import matching
from bot.slack.text import escape

SLUG = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"

Item = TypeVar("Item")


def as_text(raw: Any) -> Any:
    """Convert integers to text; refuse YAML booleans, dates and decimals, and say how to fix them."""
    if isinstance(raw, bool):
        raise ValueError('YAML reads this word as true or false; put it in quotes, such as "Yes"')
    if isinstance(raw, int):
        return str(raw)
    if raw is not None and not isinstance(raw, str | list | dict):
        raise ValueError(f"YAML reads this as a {type(raw).__name__}, not as words; put it in quotes")
    return raw


def at_most(limit: int) -> Callable[[str], str]:
    """Return a validator that refuses empty text, and text longer than `limit` characters once escaped."""

    def check(text: str) -> str:
        if not text.strip():
            raise ValueError("is empty")
        # Slack counts characters after escaping.
        if len(escape(text)) > limit:
            raise ValueError(f"is {len(escape(text))} characters long; at most {limit} fit")
        return text.strip()

    return check


def not_empty(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Refuse an empty list."""
    if not items:
        raise ValueError("is empty; write at least one")
    return items


def as_list(raw: Any) -> Any:
    """`one` as `[one]`: a list of one thing may be written without brackets."""
    return raw if raw is None or isinstance(raw, list | tuple) else [raw]


def write_length(length: timedelta) -> str:
    """A length of time as written in the file: `90 min`, `4 h`, `45 s`."""
    seconds = int(length.total_seconds())
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def read_due(raw: Any) -> Any:
    """`10 min`, `10 min after start`, `10 min after phase`, `10 min after step-id` taken apart."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        raise ValueError(f"{raw} has no unit; write it like `{raw} min`")
    if not isinstance(raw, str):
        return raw
    length, _, after = raw.partition(" after ")
    return {"within": length.strip(), "after": after.strip() or "start"}


class OrAlone:
    """JSON schema annotation: a list of one may be written without brackets."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        list_schema = handler(schema)
        return {"anyOf": [list_schema, list_schema["items"]]}


LENGTH_PATTERN = r"^\d{1,5} ?(s|min|h|days?)$"
DUE_PATTERN = r"^\d{1,5} ?(s|min|h|days?)( after [a-z][a-z0-9-]*)?$"

Length = Annotated[
    Duration,
    PlainSerializer(write_length, return_type=str),
    WithJsonSchema({"type": "string", "pattern": LENGTH_PATTERN, "examples": ["15 min", "4 h"]}),
]
Label = Annotated[str, BeforeValidator(as_text), AfterValidator(at_most(75))]
Title = Annotated[str, BeforeValidator(as_text), AfterValidator(at_most(120))]
Sentence = Annotated[str, BeforeValidator(as_text), AfterValidator(at_most(300))]
Paragraph = Annotated[str, BeforeValidator(as_text), AfterValidator(at_most(1_500))]
Slug = Annotated[
    str,
    BeforeValidator(as_text),
    AfterValidator(matching(SLUG, "`call-carrier`")),
    Field(max_length=60, json_schema_extra={"pattern": SLUG}),
]
Name = Annotated[
    str,
    BeforeValidator(as_text),
    AfterValidator(matching(NAME, "`queues_hit`")),
    Field(max_length=60, json_schema_extra={"pattern": NAME}),
]
Link = Annotated[
    str, AfterValidator(matching(r"https://\S+", "`https://wiki.example.com/phones`")), Field(max_length=500)
]
Group = Annotated[str, AfterValidator(matching(r"@[a-z0-9][a-z0-9._-]*", "`@telephony-oncall`"))]
Word = Annotated[str, BeforeValidator(as_text), Field(min_length=1, max_length=75)]
# YAML only has lists; strict models need tuples, which are immutable.
Many = Annotated[tuple[Item, ...], Field(strict=False)]
OneOrMany = Annotated[tuple[Item, ...], BeforeValidator(as_list), Field(strict=False), OrAlone()]
Some = Annotated[tuple[Item, ...], Field(strict=False), AfterValidator(not_empty)]
