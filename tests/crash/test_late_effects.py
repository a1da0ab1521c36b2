"""Slack carries a request out after the bot has given up on it or was killed: everything is there once."""

from functools import partial

import pytest

from slack_sandbox.records import Call
from tests.crash import evidence
from tests.crash.desk import BotProcess, Desk
from tests.floors import AUDIENCES

PATIENCE_S = 30
# How the bot learns whether an earlier attempt of a call has arrived: from the answer to one of these.
LOOKS = {
    "bookmarks.add": ("bookmarks.list",),
    "chat.postMessage": ("conversations.history", "conversations.replies"),
    "conversations.create": ("conversations.create", "users.conversations", "conversations.list"),
    "files.completeUploadExternal": ("files.info", "files.list"),
}
LATE_S = 13
STEP_S = 2
# Longer than anything that is still waited for.
SETTLED_S = 60


def is_look_for(method: str, call: Call) -> bool:
    """Does the bot look with this call for what an earlier call of the method may have made?"""
    # Messages carry their key in their metadata; reading back what was said in a channel does without it.
    is_with_key = method != "chat.postMessage" or bool(call.args.get("include_all_metadata"))
    return call.method in LOOKS[method] and is_with_key


def hold_until_looked_for(desk: Desk, method: str) -> None:
    """Slack leaves the next call of a method unanswered and carries it out when the bot has looked for it once."""
    desk.sandbox.fault(method, "late", answer="wait", after_call=partial(is_look_for, method))


def is_held_back(desk: Desk, count: int = 1) -> None:
    """Wait until Slack holds back so many requests."""
    desk.sandbox.wait_for(lambda: len(desk.sandbox.late_requests.calls) == count, PATIENCE_S)


def seconds_pass(desk: Desk, bot: BotProcess, seconds: int) -> None:
    """Time passes in small steps, and the bot does at each what is due."""
    for _ in range(0, seconds, STEP_S):
        desk.passes(seconds=STEP_S)
        assert bot.rests()


def late_requests_arrive(desk: Desk, bot: BotProcess) -> None:
    """All that Slack held back is carried out; then everything comes to rest."""
    desk.passes(seconds=SETTLED_S)
    is_held_back(desk, 0)
    desk.passes(seconds=SETTLED_S)
    assert bot.rests()


def test_updates_that_slack_carries_out_after_the_bot_gave_up_are_sent_once(desk: Desk) -> None:
    bot = desk.starts_a_bot()
    desk.declares(bot, "S1 line 1 is down")
    desk.sandbox.fault("chat.postMessage", "late", count=3, seconds=LATE_S)

    desk.passes(minutes=60)
    is_held_back(desk, 3)
    seconds_pass(desk, bot, LATE_S + STEP_S)
    late_requests_arrive(desk, bot)

    assert evidence.every_promise_was_kept_once(desk, 1) >= len(AUDIENCES)
    evidence.nothing_is_there_twice(desk)


def test_an_update_of_a_killed_process_that_arrives_after_the_next_one_has_looked_is_sent_once(desk: Desk) -> None:
    bot = desk.starts_a_bot()
    desk.declares(bot, "S1 line 1 is down")
    hold_until_looked_for(desk, "chat.postMessage")

    desk.passes(minutes=60)
    is_held_back(desk)
    bot.is_killed()
    late_requests_arrive(desk, desk.starts_a_bot())

    assert evidence.every_promise_was_kept_once(desk, 1) >= len(AUDIENCES)
    evidence.nothing_is_there_twice(desk)


MADE_BY_DECLARING = ("conversations.create", "chat.postMessage", "bookmarks.add")
MADE_BY_CLOSING = ("files.completeUploadExternal", "chat.postMessage")


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
@pytest.mark.parametrize("method", MADE_BY_DECLARING)
def test_what_a_declaration_makes_is_made_once_when_slack_carries_it_out_after_the_bot_gave_up(
    desk: Desk, method: str
) -> None:
    bot = desk.starts_a_bot()
    assert bot.rests()
    desk.sandbox.fault(method, "late", seconds=LATE_S)

    desk.says("/incident declare S1 line 1 is down")
    is_held_back(desk)
    seconds_pass(desk, bot, LATE_S + STEP_S)
    late_requests_arrive(desk, bot)

    evidence.incident_is_whole(desk, 1)
    evidence.nothing_is_there_twice(desk)


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
@pytest.mark.parametrize("method", MADE_BY_DECLARING)
def test_what_a_declaration_makes_is_made_once_when_it_arrives_after_a_kill_and_a_look(
    desk: Desk, method: str
) -> None:
    bot = desk.starts_a_bot()
    assert bot.rests()
    hold_until_looked_for(desk, method)

    desk.says("/incident declare S1 line 1 is down")
    is_held_back(desk)
    bot.is_killed()
    late_requests_arrive(desk, desk.starts_a_bot())

    evidence.incident_is_whole(desk, 1)
    evidence.nothing_is_there_twice(desk)


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
@pytest.mark.parametrize("method", MADE_BY_CLOSING)
def test_what_a_close_brings_is_brought_once_when_slack_carries_it_out_after_the_bot_gave_up(
    desk: Desk, method: str
) -> None:
    bot = desk.starts_a_bot()
    channel = is_resolved(desk, bot)
    desk.sandbox.fault(method, "late", seconds=LATE_S)

    desk.says("/incident close", channel=channel)
    is_held_back(desk)
    seconds_pass(desk, bot, LATE_S + STEP_S)
    late_requests_arrive(desk, bot)

    is_closed_once(desk)


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
@pytest.mark.parametrize("method", MADE_BY_CLOSING)
def test_what_a_close_brings_is_brought_once_when_it_arrives_after_a_kill_and_a_look(
    desk: Desk, method: str
) -> None:
    bot = desk.starts_a_bot()
    channel = is_resolved(desk, bot)
    hold_until_looked_for(desk, method)

    desk.says("/incident close", channel=channel)
    is_held_back(desk)
    bot.is_killed()
    late_requests_arrive(desk, desk.starts_a_bot())

    is_closed_once(desk)


def is_resolved(desk: Desk, bot: BotProcess) -> str:
    """An incident that may be closed; gives back the name of its channel."""
    name = desk.declares(bot, "S1 line 1 is down").name
    desk.says("/incident resolve", channel=name)
    assert bot.rests()
    return name


def is_closed_once(desk: Desk) -> None:
    """The post-mortem is there once, and so is everything else."""
    assert evidence.post_mortems(desk, 1) == 1
    evidence.once_each(desk, 1, ("closed", "postmortem_delivered"))
    evidence.nothing_is_there_twice(desk)
