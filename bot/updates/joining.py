"""Updates for several audiences of one channel, joined into one message."""

from collections.abc import Collection, Sequence

from bot.outbox.kinds import Message, joined
from bot.slack.blocks import Block, section


def join_updates(messages: Sequence[Message]) -> Message:
    """Join messages one below the other: each line once, with the time of the next update at the end."""
    said: set[str] = set()
    endings = [text.rstrip().rpartition("\n")[2] for text, _ in messages]
    shortened = []
    for place, (text, blocks) in enumerate(messages):
        left_out = said - {endings[place]} | set(endings[place + 1 :])
        kept = [block for block in (_without(each, left_out) for each in blocks) if block]
        shortened.append((_remaining(text, left_out), kept))
        said |= {line for line in text.split("\n") if line.strip()}
    return joined([message for message in shortened if message[1]])


def _without(block: Block, left_out: Collection[str]) -> Block | None:
    """The block without these lines; None if nothing is left of it."""
    if block["type"] != "section":
        return block
    text = _remaining(block["text"]["text"], left_out)
    return section(text) if text else None


def _remaining(text: str, left_out: Collection[str]) -> str:
    return "\n".join(line for line in text.split("\n") if line not in left_out).strip()
