"""Updates for several audiences of one channel, joined into one message."""

from collections.abc import Collection, Sequence

from bot.outbox.kinds import Message, joined
from bot.slack.blocks import Block, section


def join_updates(messages: Sequence[Message]) -> Message:
    """Join messages one below the other: each line once, with the time of the next update at the end."""
    earlier_lines: set[str] = set()
    last_lines = [text.rstrip().rpartition("\n")[2] for text, _ in messages]
    shortened_messages = []
    for index, (text, blocks) in enumerate(messages):
        omitted_lines = earlier_lines - {last_lines[index]} | set(last_lines[index + 1 :])
        remaining_blocks = [block for block in (_without_lines(each, omitted_lines) for each in blocks) if block]
        shortened_messages.append((_remaining_text(text, omitted_lines), remaining_blocks))
        earlier_lines |= {line for line in text.split("\n") if line.strip()}
    return joined([message for message in shortened_messages if message[1]])


def _without_lines(block: Block, omitted_lines: Collection[str]) -> Block | None:
    """The block without these lines; None if nothing is left of it."""
    if block["type"] != "section":
        return block
    text = _remaining_text(block["text"]["text"], omitted_lines)
    return section(text) if text else None


def _remaining_text(text: str, omitted_lines: Collection[str]) -> str:
    return "\n".join(line for line in text.split("\n") if line not in omitted_lines).strip()
