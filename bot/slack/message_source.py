"""What a message says, in Slack's markup; other apps often leave its text empty and use blocks or attachments."""

from collections.abc import Iterator
from typing import Any

from bot.slack.text import channel_link, escape, link, mention

Json = dict[str, Any]
LINES = ("rich_text_section", "rich_text_quote", "rich_text_preformatted")
CONTENTS = ("title", "subtitle", "text", "body", "fields", "elements", "rows", "child_blocks")
# They ask for something instead of saying it.
CONTROLS = ("actions", "context_actions", "input", "button")


def source_text(message: Json) -> str:
    """The message's text, or else that of its blocks and attachments, one line for each of them."""
    if message.get("text"):
        return str(message["text"])
    attachments = message.get("attachments") or []
    texts = [_text_of_blocks(message.get("blocks")), *map(_text_of_attachment, attachments)]
    return "\n".join(text for text in texts if text)


def _text_of_attachment(attachment: Json) -> str:
    # Of an attachment with blocks, Slack's own fallback is "[no preview available]".
    return _text_of_blocks(attachment.get("blocks")) or attachment.get("fallback") or attachment.get("text") or ""


def _text_of_blocks(blocks: Any) -> str:
    return "\n".join(line for line in _lines(blocks) if line.strip())


def _lines(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from _lines(item)
    elif isinstance(part, dict):
        yield from _lines_of_object(part)


def _lines_of_object(part: Json) -> Iterator[str]:
    kind, text = part.get("type"), part.get("text")
    if kind in LINES:
        yield "".join(_inline(element) for element in part.get("elements") or [] if isinstance(element, dict))
    elif kind in ("mrkdwn", "markdown"):
        yield str(text or "")
    elif kind in ("plain_text", "raw_text"):
        yield escape(str(text or ""))
    elif kind not in CONTROLS:
        for name in CONTENTS:
            yield from _lines(part.get(name))


def _inline(element: Json) -> str:
    """One element of a rich text, as it stands in a message's text."""
    kind, text = element.get("type"), str(element.get("text") or element.get("fallback") or "")
    if kind == "link":
        return link(str(element.get("url")), text or str(element.get("url")))
    if kind == "user":
        return mention(str(element.get("user_id")))
    if kind == "channel":
        return channel_link(str(element.get("channel_id")))
    if kind == "usergroup":
        return f"<!subteam^{element.get('usergroup_id')}>"
    if kind == "broadcast":
        return f"<!{element.get('range')}>"
    return f":{element.get('name')}:" if kind == "emoji" else escape(text)
