"""Rich text as HTML: the blocks of messages by people and by careful apps."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

from markupsafe import Markup

from slack_sandbox import emoji
from slack_sandbox.page import dates, references
from slack_sandbox.page.names import Reader

Json = dict[str, Any]
_STYLES = {
    "code": Markup("<code>{}</code>"),
    "bold": Markup("<strong>{}</strong>"),
    "italic": Markup("<em>{}</em>"),
    "strike": Markup("<s>{}</s>"),
    "underline": Markup("<u>{}</u>"),
}


def to_html(block: Json, reader: Reader) -> Markup:
    return Markup("").join(_part(part, reader) for part in block.get("elements", []))


def _part(part: Json, reader: Reader) -> Markup:
    match part.get("type"):
        case "rich_text_list":
            return _list(part, reader)
        case "rich_text_preformatted":
            return Markup("<pre>{}</pre>").format(_run(part, reader))
        case "rich_text_quote":
            return Markup("<blockquote>{}</blockquote>").format(_run(part, reader))
        case _:
            return Markup('<div class="section">{}</div>').format(_run(part, reader))


def _list(part: Json, reader: Reader) -> Markup:
    items = (Markup("<li>{}</li>").format(_run(item, reader)) for item in part.get("elements", []))
    drawn = Markup("").join(items)
    depth = min(int(part.get("indent", 0)), 8)
    if part.get("style") == "ordered":
        start = int(part.get("offset", 0)) + 1
        return Markup('<ol class="depth-{}" start="{}">{}</ol>').format(depth, start, drawn)
    return Markup('<ul class="depth-{}">{}</ul>').format(depth, drawn)


def _run(part: Json, reader: Reader) -> Markup:
    return Markup("").join(_styled(element, reader) for element in part.get("elements", []))


def _styled(element: Json, reader: Reader) -> Markup:
    drawn = _ELEMENTS.get(str(element.get("type")), _text)(element, reader)
    style = element.get("style")
    names = [name for name in _STYLES if style.get(name)] if isinstance(style, dict) else []
    for name in names:
        drawn = _STYLES[name].format(drawn)
    return drawn


def _text(element: Json, reader: Reader) -> Markup:
    return _broken(str(element.get("text") or element.get("fallback") or ""))


def _broken(text: str) -> Markup:
    return Markup("<br>").join(Markup("{}").format(line) for line in text.split("\n"))


def _link(element: Json, reader: Reader) -> Markup:
    address = str(element.get("url", ""))
    # `references.link` expects an address with Slack's escapes; rich text has none.
    return references.link(address.replace("&", "&amp;"), _broken(str(element.get("text") or address)))


def _emoji(element: Json, reader: Reader) -> Markup:
    return Markup("{}").format(emoji.character(str(element.get("name", ""))))


def _date(element: Json, reader: Reader) -> Markup:
    at = dates.moment(float(element.get("timestamp", 0)), reader.zone)
    shown = dates.filled(str(element.get("format", "")), at, reader.now.astimezone(reader.zone))
    return Markup('<time datetime="{}">{}</time>').format(at.astimezone(UTC).isoformat(), shown)


def _broadcast(element: Json, reader: Reader) -> Markup:
    return references.reference(f"!{element.get('range', 'here')}", reader)


_ELEMENTS: dict[str, Callable[[Json, Reader], Markup]] = {
    "link": _link,
    "emoji": _emoji,
    "date": _date,
    "broadcast": _broadcast,
    "user": lambda element, reader: references.person(str(element.get("user_id", "")), reader),
    "channel": lambda element, reader: references.channel(str(element.get("channel_id", "")), reader),
    "usergroup": lambda element, reader: references.group(str(element.get("usergroup_id", "")), "", reader),
}
