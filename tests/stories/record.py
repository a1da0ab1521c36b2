"""A look behind the screens: the database's rows, Slack's messages and the post-mortem files."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from slack_sandbox.model import Message
from tests.floor import TestFloor

KEPT_TABLES = (
    "incidents",
    "role_holders",
    "timeline_entries",
    "promises",
    "playbook_runs",
    "playbook_steps",
    # Rendering the same state again is not a change.
    "outbox WHERE kind = 'message'",
    "postmortems",
    "follow_ups",
)


def rows(floor: TestFloor, table: str) -> list[dict[str, Any]]:
    """Every row of a table."""
    with floor.services.database.reading() as session:
        result = session.connection().execute(sa.text(f"SELECT * FROM {table} ORDER BY id"))
        return [dict(row._mapping) for row in result]


def timeline(floor: TestFloor, kind: str) -> list[dict[str, Any]]:
    """The timeline entries of one kind."""
    return [row for row in rows(floor, "timeline_entries") if row["kind"] == kind]


def seen_by_all(floor: TestFloor) -> dict[str, list[str]]:
    """The text of every channel as its members see it."""
    with floor.sandbox.workspace.lock:
        return {
            channel.name or channel.id: [message.visible_text for message in channel.messages.values()]
            for channel in floor.sandbox.workspace.channels.values()
        }


def card_message(floor: TestFloor, channel: str) -> Message:
    """The incident's card as shown in its channel."""
    [card] = [message for message in floor.ana.sees(channel) if "declared by" in message.visible_text]
    return card


@contextmanager
def untouched(floor: TestFloor, answered: str = "") -> Iterator[None]:
    """Assert that nothing changed: the database and every channel are the same afterwards as before.

    The person who is `answered` by direct message may read the answers meanwhile.
    """
    reader = floor.sandbox.person(answered).user if answered else None
    answers = floor.sandbox.workspace.direct_message(reader).id if reader else ""

    def state() -> tuple[object, object]:
        floor.settle()
        channel_texts = {name: texts for name, texts in seen_by_all(floor).items() if name != answers}
        return {table: rows(floor, table) for table in KEPT_TABLES}, channel_texts

    state_before = state()
    yield
    assert state() == state_before


def post_mortems(floor: TestFloor, who: str) -> list[str]:
    """The post-mortem drafts a person got by direct message in Markdown, oldest first."""
    return [file for name, file in post_mortem_files(floor, who) if name.endswith(".md")]


def post_mortem_files(floor: TestFloor, who: str) -> list[tuple[str, str]]:
    """Every file that a person got by direct message from the bot: its name and content."""
    files = [
        floor.sandbox.workspace.files[file["id"]]
        for message in floor.sandbox.person(who).direct_messages()
        for file in message.files
        if message.user == floor.sandbox.workspace.bot.id
    ]
    return [(file.name, file.content.decode()) for file in files]


def seen_in(markdown: str) -> str:
    """Markdown without the numbers and addresses of timeline entries."""
    return re.sub(r" \[\\\[\d+\\\]\]\[\d+\]|^\[\d+\]: .*\n?", "", markdown, flags=re.MULTILINE)


def table_of(markdown: str, heading: str) -> list[list[str]]:
    """The rows, without the header, of the first table below a heading in a Markdown file."""
    section = seen_in(markdown).split(f"## {heading}\n", 1)[1]
    table = section[section.index("|") :].split("\n\n", 1)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[2:] if line.startswith("|")]
