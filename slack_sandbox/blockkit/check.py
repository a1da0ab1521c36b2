"""The entry points: checking a message's blocks, attachments, or a view."""

import json
from typing import Any

from slack_sandbox.blockkit.layout import IN_MESSAGE, MARKDOWN_LENGTH
from slack_sandbox.blockkit.objects import OFFERED
from slack_sandbox.blockkit.rules import Problems, all_of, items
from slack_sandbox.blockkit.uniqueness import unique_block_ids
from slack_sandbox.blockkit.views import VIEW
from slack_sandbox.errors import Refused
from slack_sandbox.model import Json

MESSAGE_BLOCKS = 50
# Slack publishes no limit; this is the observed one.
MESSAGE_LENGTH = 13_200
TABLE_LENGTH = 10_000
ATTACHMENTS = 100
VIEW_BYTES = 250_000


def _all_markdown(blocks: Any, pointer: str, problems: Problems) -> None:
    """Check the total length: Slack adds up the markdown of one message."""
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_LENGTH:
        problems.note(f"must be less than {MARKDOWN_LENGTH + 1} characters in all markdown blocks", pointer)


def _one_table(blocks: Any, pointer: str, problems: Problems) -> None:
    tables = [block for block in blocks if block["type"] == "table"]
    if len(tables) > 1:
        problems.note("only_one_table_allowed", pointer)
    if sum(map(text_length, tables)) > TABLE_LENGTH:
        problems.note(f"must be less than {TABLE_LENGTH + 1} characters in a table", pointer)


def text_length(part: Any) -> int:
    """The number of characters of all texts in a part of a message."""
    if isinstance(part, list):
        return sum(map(text_length, part))
    if isinstance(part, dict):
        own = len(part["text"]) if isinstance(part.get("text"), str) else 0
        return own + sum(text_length(value) for name, value in part.items() if not isinstance(value, str))
    return 0


_MESSAGE = all_of(items(IN_MESSAGE, MESSAGE_BLOCKS, least=0), unique_block_ids, _all_markdown, _one_table)


def check_options(answer: Json) -> None:
    """Check the options that an app offers for an external select."""
    problems = Problems()
    OFFERED(answer, "", problems)
    _refuse("invalid_options", problems)


def check_blocks(blocks: Any, pointer: str = "/blocks") -> list[Json]:
    """Return the blocks of a message. Raises `Refused` with the error and its place."""
    if blocks is None:
        return []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refused("invalid_blocks_format")
    problems = Problems()
    _MESSAGE(blocks, pointer, problems)
    _refuse("invalid_blocks", problems)
    if text_length(blocks) > MESSAGE_LENGTH:
        raise Refused("msg_blocks_too_long")
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
    """Check a view; `expected` is the only type that the method accepts."""
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
