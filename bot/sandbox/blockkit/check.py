"""The entrances: blocks of a message, attachments, a view."""

from typing import Any

from bot.sandbox.errors import Refused, invalid_arguments
from bot.sandbox.model import Json

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100


def check_blocks(blocks: Any) -> list[Json]:
    if blocks is None:
        return []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refused("invalid_blocks_format")
    if len(blocks) > MESSAGE_BLOCKS:
        raise Refused("invalid_blocks")
    return blocks


def check_attachments(attachments: Any) -> list[Json]:
    if attachments is None:
        return []
    if not isinstance(attachments, list) or len(attachments) > 100:
        raise Refused("invalid_attachments")
    return attachments


def check_view(view: Any, expected: str | None) -> None:
    if not isinstance(view, dict) or view.get("type") not in ((expected,) if expected else ("modal", "home")):
        raise invalid_arguments("invalid view type [json-pointer:/view/type]")
    if not isinstance(view.get("blocks"), list) or len(view["blocks"]) > VIEW_BLOCKS:
        raise invalid_arguments("blocks [json-pointer:/view/blocks]")
