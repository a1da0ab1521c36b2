"""The part of JSON Schema that an editor needs to check a playbook."""

import re
from collections.abc import Iterator
from typing import Any

TYPES = {"string": str, "boolean": bool, "array": list, "object": dict, "null": type(None)}


def complaints(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> Iterator[str]:
    """Yield each way in which `value` does not fit the schema."""
    if "$ref" in schema:
        yield from complaints(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, at)
    if "anyOf" in schema and all(list(complaints(value, one, root, at)) for one in schema["anyOf"]):
        yield f"{at}: {value!r} fits none of the shapes"
    if "type" in schema and not isinstance(value, TYPES[schema["type"]]):
        yield f"{at}: {value!r} is no {schema['type']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{at}: {value!r} does not look right"
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from complaints(item, schema.get("items", {}), root, f"{at}.{index}")
    if isinstance(value, dict) and schema.get("type") == "object":
        yield from _of_an_object(value, schema, root, at)


def _of_an_object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    known, extra = schema.get("properties", {}), schema.get("additionalProperties", {})
    yield from (f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value)
    for name, inner in value.items():
        if name in known:
            yield from complaints(inner, known[name], root, f"{at}.{name}")
        elif extra is False:
            yield f"{at}: {name} is not known"
        else:
            yield from complaints(inner, extra if isinstance(extra, dict) else {}, root, f"{at}.{name}")
