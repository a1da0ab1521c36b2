"""Uniqueness of block_ids in one message or view."""

from typing import Any

from slack_sandbox.blockkit.rules import Problems


def unique_block_ids(blocks: Any, pointer: str, problems: Problems) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            problems.note(f"block_id `{block_id}` already exists", f"{pointer}/{index}/block_id")
        if block_id:
            seen.add(block_id)
