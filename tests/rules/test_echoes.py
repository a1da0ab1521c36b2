"""The echo of the bot's own posts is distinguished from other people's actions."""

import pytest

from bot.slack.echoes import is_echo

OWN = frozenset({"U0BOT", "B0BOT"})
CARD = {"ts": "1.0", "user": "U0BOT", "bot_id": "B0BOT", "text": "the card"}
HUMAN_MESSAGE = {"ts": "1.0", "user": "U0ANA", "text": "calls fail"}


def message(**event: object) -> dict[str, object]:
    return {"type": "event_callback", "event": {"type": "message", "channel": "C1", **event}}


def edit(now: dict[str, str], before: dict[str, str] | None) -> dict[str, object]:
    return message(subtype="message_changed", ts="2.0", message=now, previous_message=before)


@pytest.mark.parametrize(
    "body",
    [edit(CARD, CARD), message(**CARD), message(**CARD, subtype="bot_message"), edit({"bot_id": "B0BOT"}, CARD)],
)
def test_the_bots_own_posts_and_edits_are_echoes(body: object) -> None:
    assert is_echo(body, OWN)


@pytest.mark.parametrize(
    "body",
    [
        edit(HUMAN_MESSAGE, HUMAN_MESSAGE),
        # The first message of a thread, deleted; and an edit from which Slack left out the previous version.
        edit({**CARD, "subtype": "tombstone"}, CARD),
        edit(CARD, None),
        message(subtype="message_deleted", deleted_ts="1.0", previous_message=CARD),
        message(**HUMAN_MESSAGE),
        message(**CARD, files=[{"id": "F1"}]),
        {"type": "event_callback", "event": {"type": "pin_added", "user": "U0BOT"}},
        {"type": "block_actions", "user": {"id": "U0BOT"}},
        {"event": "message"},
        {"event": {"type": "message", "user": {"id": "U0BOT"}}},
        "message",
    ],
)
def test_every_other_event_is_not_an_echo(body: object) -> None:
    assert not is_echo(body, OWN)
    assert not is_echo(edit(CARD, CARD), frozenset())
