"""Lists that are longer than a message: one page of them, and where the others are."""

from collections.abc import Sequence
from typing import TypeVar

from bot.slack.blocks import Block, context

Row = TypeVar("Row")


def page_of(rows: Sequence[Row], page: int, per_page: int, command: str) -> tuple[Sequence[Row], list[Block]]:
    """The rows of a page (the first is 1; beyond the last, the last is shown), and a line that counts them all.

    `command` shows the list, or another page if a number follows it. A list of one page has no such line.
    """
    pages = max(1, -(-len(rows) // per_page))
    page = min(max(page, 1), pages)
    page_rows = rows[(page - 1) * per_page : page * per_page]
    if pages == 1:
        return page_rows, []
    next_page = page % pages + 1
    text = f"Page {page} of {pages}, {len(rows)} in all · `{command} {next_page}` shows page {next_page}"
    return page_rows, [context(text)]


def and_more(rows: Sequence[object], shown_count: int) -> str:
    """The end of a line that lists only the first of something: ` and 3 more`, or nothing."""
    return f" and {len(rows) - shown_count} more" if len(rows) > shown_count else ""
