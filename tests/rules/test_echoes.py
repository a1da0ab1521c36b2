"""The echo of what the bot did is told from what somebody else did."""

import pytest

from bot.slack.echoes import is_echo

OWN = frozenset({"U0BOT", "B0BOT"})
CARD = {"ts": "1.0", "user": "U0BOT", "bot_id": "B0BOT", "text": "the card"}
SAID = {"ts": "1.0", "user": "U0ANA", "text": "calls fail"}


def message(**event: object) -> dict[str, object]:
    return {"type": "event_callback", "event": {"type": "message", "channel": "C1", **event}}


def edit(now: dict[str, str], before: dict[str, str] | None) -> dict[str, object]:
    return message(subtype="message_changed", ts="2.0", message=now, previous_message=before)


@pytest.mark.parametrize(
    "body",
    [edit(CARD, CARD), message(**CARD), message(**CARD, subtype="bot_message"), edit({"bot_id": "B0BOT"}, CARD)],
)
def test_what_the_bot_posted_or_edited_is_an_echo(body: object) -> None:
    assert is_echo(body, OWN)


@pytest.mark.parametrize(
    "body",
    [
        edit(SAID, SAID),
        # The first message of a thread that was deleted, and an edit of which Slack left out what it was before.
        edit({**CARD, "subtype": "tombstone"}, CARD),
        edit(CARD, None),
        message(subtype="message_deleted", deleted_ts="1.0", previous_message=CARD),
        message(**SAID),
        message(**CARD, files=[{"id": "F1"}]),
        {"type": "event_callback", "event": {"type": "pin_added", "user": "U0BOT"}},
        {"type": "block_actions", "user": {"id": "U0BOT"}},
        {"event": "message"},
        {"event": {"type": "message", "user": {"id": "U0BOT"}}},
        "message",
    ],
)
def test_whatever_else_came_goes_its_way(body: object) -> None:
    assert not is_echo(body, OWN)
    assert not is_echo(edit(CARD, CARD), frozenset())
