"""The ids that Slack gives to blocks and elements that have none."""

import secrets

from slack_sandbox.fields import VALUE_KEYS
from slack_sandbox.model import Json

_NAMED = {*VALUE_KEYS, "button", "workflow_button", "feedback_buttons", "icon_button"}


def name_blocks(blocks: list[Json]) -> None:
    """Give every block a `block_id` and every interactive element an `action_id`."""
    for block in blocks:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        single = [block[key] for key in ("element", "accessory") if key in block]
        for element in [*single, *block.get("elements", []), *block.get("actions", [])]:
            if element.get("type") in _NAMED:
                element.setdefault("action_id", secrets.token_urlsafe(4))
        name_blocks(block.get("child_blocks", []))
