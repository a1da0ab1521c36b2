"""Layout blocks, and which surfaces accept them."""

from typing import Any

from slack_sandbox.blockkit.elements import (
    BUTTON,
    ID_LENGTH,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
)
from slack_sandbox.blockkit.objects import IMAGE, IMAGE_PARTS, ONE_IMAGE, URL, plain, text
from slack_sandbox.blockkit.rich_text import check_elements
from slack_sandbox.blockkit.rules import (
    Problems,
    Rule,
    Rules,
    anything,
    at_least_one_of,
    by_type,
    flag,
    integer,
    items,
    one_of,
    shape,
    string,
)

SECTION_TEXT_LENGTH = 3000
FIELD_LENGTH = 2000
HEADER_LENGTH = 150
LABEL_LENGTH = 2000
MARKDOWN_LENGTH = 12_000
_CONTEXT_TEXT = text(SECTION_TEXT_LENGTH)


def _block(required: Rules, optional: Rules | None = None, also: Rule | None = None) -> Rule:
    return shape(required, {"block_id": string(ID_LENGTH), **(optional or {})}, also)


def _context_element(value: Any, pointer: str, problems: Problems) -> None:
    """A context block mixes images and text objects."""
    if isinstance(value, dict) and value.get("type") == "image":
        IMAGE(value, pointer, problems)
    else:
        _CONTEXT_TEXT(value, pointer, problems)


def _unique_action_ids(value: Any, pointer: str, problems: Problems) -> None:
    seen: set[str] = set()
    for index, element in enumerate(value["elements"]):
        action_id = element.get("action_id")
        if action_id in seen:
            objection = f"action_id `{action_id}` already exists for another element"
            problems.note(objection, f"{pointer}/elements/{index}/action_id")
        if action_id:
            seen.add(action_id)


_RICH_TEXT = _block({"elements": check_elements})
_CARD = _block(
    {},
    {
        "hero_image": by_type({"image": IMAGE}),
        "icon": by_type({"image": IMAGE}),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "actions": items(by_type({"button": BUTTON}), 5),
    },
    also=at_least_one_of("hero_image", "title", "actions", "body"),
)
_TASK_CARD = _block(
    {
        "task_id": string(ID_LENGTH),
        "title": string(ID_LENGTH),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {
        "details": by_type({"rich_text": _RICH_TEXT}),
        "output": by_type({"rich_text": _RICH_TEXT}),
        "sources": anything,
    },
)
_CELL = by_type(
    {
        "raw_text": shape({"text": string(SECTION_TEXT_LENGTH, least=0)}),
        "raw_number": shape({"value": anything}, {"text": string(100)}),
        "rich_text": _RICH_TEXT,
    }
)

EVERYWHERE: Rules = {
    "section": _block(
        {},
        {
            "text": text(SECTION_TEXT_LENGTH),
            "fields": items(text(FIELD_LENGTH), 10),
            "accessory": by_type(IN_SECTION),
            "expand": flag,
        },
        also=at_least_one_of("text", "fields"),
    ),
    "header": _block({"text": plain(HEADER_LENGTH)}, {"level": integer(1, 4)}),
    "divider": _block({}),
    "image": _block({"alt_text": string(2000, least=0)}, {**IMAGE_PARTS, "title": plain(2000)}, also=ONE_IMAGE),
    "context": _block({"elements": items(_context_element, 10)}),
    "actions": _block({"elements": items(by_type(IN_ACTIONS), 25)}, also=_unique_action_ids),
    "input": _block(
        {"label": plain(LABEL_LENGTH), "element": by_type(IN_INPUT)},
        {"hint": plain(LABEL_LENGTH), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": _RICH_TEXT,
    "video": _block(
        {"alt_text": string(2000), "video_url": URL, "thumbnail_url": URL, "title": plain(200)},
        {
            "title_url": URL,
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(50),
            "author_name": string(50),
        },
    ),
    "alert": _block({"text": text(200)}, {"level": one_of("default", "info", "warning", "error", "success")}),
    "card": _CARD,
    "carousel": _block({"elements": items(by_type({"card": _CARD}), 10)}),
}
_MESSAGES_ONLY: Rules = {
    "markdown": _block({"text": string(MARKDOWN_LENGTH)}),
    "table": _block({"rows": items(items(_CELL, 20), 100)}, {"column_settings": items(anything, 20, least=0)}),
    "context_actions": _block({"elements": items(by_type(IN_CONTEXT_ACTIONS), 5)}),
    "task_card": _TASK_CARD,
    "plan": _block({"title": string(ID_LENGTH)}, {"tasks": items(by_type({"task_card": _TASK_CARD}), 50)}),
    "file": _block({"external_id": string(ID_LENGTH), "source": one_of("remote")}),
}
_CONTAINER = _block(
    {"child_blocks": items(by_type(EVERYWHERE), 10)},
    {
        "title": plain(150),
        "rich_text_title": by_type({"rich_text": _RICH_TEXT}),
        "subtitle": text(150),
        "width": one_of("narrow", "standard", "wide", "full"),
        "icon": by_type({"image": IMAGE}),
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
    },
    also=at_least_one_of("title", "rich_text_title"),
)

IN_MESSAGE = by_type({**EVERYWHERE, **_MESSAGES_ONLY, "container": _CONTAINER})
IN_VIEW = by_type({**EVERYWHERE, "container": _CONTAINER})
