"""The entrances: blocks of a message, attachments, a view."""

import json
from typing import Any

from slack_sandbox.blockkit.layout import IN_MESSAGE, MARKDOWN_LENGTH
from slack_sandbox.blockkit.rules import Problems, all_of, items
from slack_sandbox.blockkit.uniqueness import unique_block_ids
from slack_sandbox.blockkit.views import VIEW
from slack_sandbox.errors import Refused
from slack_sandbox.model import Json

MESSAGE_BLOCKS = 50
ATTACHMENTS = 100
VIEW_BYTES = 250_000


def _all_markdown(blocks: Any, pointer: str, problems: Problems) -> None:
    """Slack adds up the markdown of one message."""
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_LENGTH:
        problems.note(f"must be less than {MARKDOWN_LENGTH + 1} characters in all markdown blocks", pointer)


_MESSAGE = all_of(items(IN_MESSAGE, MESSAGE_BLOCKS, least=0), unique_block_ids, _all_markdown)


def check_blocks(blocks: Any, pointer: str = "/blocks") -> list[Json]:
    """The blocks of a message, or a refusal that names the error and its place."""
    if blocks is None:
        return []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refused("invalid_blocks_format")
    problems = Problems()
    _MESSAGE(blocks, pointer, problems)
    _refuse("invalid_blocks", problems)
    return blocks


def check_attachments(attachments: Any) -> list[Json]:
    if attachments is None:
        return []
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise Refused("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise Refused("too_many_attachments")
    for index, attachment in enumerate(attachments):
        check_blocks(attachment.get("blocks"), f"/attachments/{index}/blocks")
    return attachments


def check_view(view: Any, expected: str | None) -> None:
    """A view; `expected` is the only type this method takes."""
    problems = Problems()
    VIEW(view, "/view", problems)
    if expected and isinstance(view, dict) and view.get("type") in ("modal", "home") and view["type"] != expected:
        problems.note(f"must be {expected}", "/view/type")
    _refuse("invalid_arguments", problems)
    if len(json.dumps(view)) > VIEW_BYTES:
        raise Refused("view_too_large")


def _refuse(error: str, problems: Problems) -> None:
    if not problems.messages:
        return
    bare = [message.removeprefix("[ERROR] ") for message in problems.messages]
    raise Refused(error, errors=bare, response_metadata={"messages": problems.messages})
