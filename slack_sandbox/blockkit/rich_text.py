"""Rich text: sections, lists, quotes and code, made of inline elements."""

from typing import Any

from slack_sandbox.blockkit.objects import URL
from slack_sandbox.blockkit.rules import (
    Problems,
    Rules,
    anything,
    by_type,
    flag,
    integer,
    items,
    one_of,
    shape,
    string,
)

_STYLE: Rules = {"style": shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))}
_LONG = 100_000
_MANY = 10_000
INLINE: Rules = {
    "text": shape({"text": string(_LONG)}, _STYLE),
    "link": shape({"url": URL}, {**_STYLE, "text": string(_LONG), "unsafe": flag}),
    "user": shape({"user_id": string(64)}, _STYLE),
    "usergroup": shape({"usergroup_id": string(64)}, _STYLE),
    "channel": shape({"channel_id": string(64)}, _STYLE),
    "emoji": shape({"name": string(100)}, {**_STYLE, "unicode": string(100), "skin_tone": integer(1, 6)}),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLE),
    "color": shape({"value": string(20)}, _STYLE),
    "date": shape(
        {"timestamp": integer(0, 99_999_999_999), "format": string(500)},
        {**_STYLE, "url": URL, "fallback": string(500)},
    ),
}
_INLINES = items(by_type(INLINE), _MANY, least=0)
_SECTION = shape({"elements": _INLINES})
_BORDER: Rules = {"border": integer(0, 1)}
_PARTS: Rules = {
    "rich_text_section": _SECTION,
    "rich_text_preformatted": shape({"elements": _INLINES}, {**_BORDER, "language": anything}),
    "rich_text_quote": shape({"elements": _INLINES}, _BORDER),
    "rich_text_list": shape(
        {
            "style": one_of("bullet", "ordered"),
            "elements": items(by_type({"rich_text_section": _SECTION}), _MANY),
        },
        {**_BORDER, "indent": integer(0, 8), "offset": integer(0, _MANY)},
    ),
}
_ELEMENTS = items(by_type(_PARTS), _MANY)


def check_elements(value: Any, pointer: str, problems: Problems) -> None:
    """Check the `elements` of a rich_text block."""
    _ELEMENTS(value, pointer, problems)
