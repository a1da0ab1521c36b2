"""The visible text of a message: its text or blocks, and its buttons."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
_LEAF_TEXT = ("text", "title", "subtitle", "body", "label", "hint", "description", "placeholder", "alt_text")
_PARTS_OF_A_BLOCK = ("elements", "fields", "options", "accessory", "element", "rows")
_CONTAINERS = ("blocks", "child_blocks", "actions", "tasks", *_PARTS_OF_A_BLOCK)
_ONE_LINE = ("rich_text_section", "rich_text_preformatted", "rich_text_quote")


def visible_text(text: str, blocks: list[Json], attachments: list[Json] | None = None) -> str:
    """The flattened text; the fallback text counts only if there are no blocks."""
    pieces = list(_text_parts(blocks)) + list(_text_parts(attachments or []))
    if not blocks:
        pieces.insert(0, text)
    return "\n".join(piece for piece in pieces if piece)


def buttons_of(blocks: list[Json]) -> list[tuple[str, str, str]]:
    """Every button as (action_id, value, label), in reading order."""
    return [
        (element.get("action_id", ""), element.get("value", ""), element["text"]["text"])
        for _, element in elements_of(blocks)
        if element.get("type") == "button"
    ]


def elements_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, interactive element) of a message or view, in reading order."""
    for block in blocks:
        yield from ((block, element) for element in _interactive(block))


def _interactive(node: Any) -> Iterator[Json]:
    if isinstance(node, list):
        for child in node:
            yield from _interactive(child)
    elif isinstance(node, dict):
        if "action_id" in node:
            yield node
            return
        for key in ("elements", "accessory", "element", "child_blocks", "actions"):
            yield from _interactive(node.get(key))


def _text_parts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for child in node:
            yield from _text_parts(child)
    elif isinstance(node, dict):
        yield from _object_text(node)


def _object_text(node: Json) -> Iterator[str]:
    if node.get("type") in _ONE_LINE:
        yield "".join(_inline(child) for child in node.get("elements", []))
        return
    for key in _LEAF_TEXT:
        yield from _text_parts(node.get(key))
    for key in _CONTAINERS:
        yield from _text_parts(node.get(key))


def _inline(element: Json) -> str:
    kind = element.get("type")
    if kind == "user":
        return f"<@{element.get('user_id')}>"
    if kind == "channel":
        return f"<#{element.get('channel_id')}>"
    if kind == "emoji":
        return f":{element.get('name')}:"
    return str(element.get("text") or element.get("url") or element.get("fallback") or "")
