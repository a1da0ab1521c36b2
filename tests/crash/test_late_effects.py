"""Slack carries out a request after the bot has given up on it or was killed: everything exists once."""

from functools import partial

import pytest

from slack_sandbox.records import Call
from tests.crash import evidence
from tests.crash.bot_process import BotProcess
from tests.crash.rig import Rig
from tests.floors import AUDIENCES

PATIENCE_S = 30
# For each method, the calls whose response tells the bot whether an earlier attempt has arrived.
LOOKS = {
    "bookmarks.add": ("bookmarks.list",),
    "chat.postMessage": ("conversations.history", "conversations.replies"),
    "conversations.create": ("conversations.create", "users.conversations", "conversations.list"),
    "files.completeUploadExternal": ("files.info", "files.list"),
}
LATE_S = 13
STEP_S = 2
# Longer than any wait that can still be pending.
SETTLED_S = 60


def is_look_for(method: str, call: Call) -> bool:
    """Whether the bot uses this call to look for the result of an earlier call of the method."""
    # Messages have their key in their metadata; reading a channel's messages back does not need it.
    is_with_key = method != "chat.postMessage" or bool(call.args.get("include_all_metadata"))
    return call.method in LOOKS[method] and is_with_key


def hold_until_looked_for(rig: Rig, method: str) -> None:
    """Make Slack leave the next call of a method unanswered and carry it out once the bot has looked for it."""
    rig.sandbox.fault(method, "late", answer="wait", after_call=partial(is_look_for, method))


def is_held_back(rig: Rig, count: int = 1) -> None:
    """Wait until Slack holds back that many requests."""
    rig.sandbox.wait_for(lambda: len(rig.sandbox.late_requests.calls) == count, PATIENCE_S)


def seconds_pass(rig: Rig, bot: BotProcess, seconds: int) -> None:
    """Let time pass in small steps, with the bot doing its due work at each."""
    for _ in range(0, seconds, STEP_S):
        rig.passes(seconds=STEP_S)
        assert bot.rests()


def late_requests_arrive(rig: Rig, bot: BotProcess) -> None:
    """Let Slack carry out everything it held back, and wait until everything is at rest."""
    rig.passes(seconds=SETTLED_S)
    bot.ticks()
    is_held_back(rig, 0)
    rig.passes(seconds=SETTLED_S)
    assert bot.rests()


def test_updates_carried_out_after_the_bot_gave_up_are_sent_once(rig: Rig) -> None:
    bot = rig.starts_a_bot()
    rig.declares(bot, "S1 line 1 is down")
    rig.sandbox.fault("chat.postMessage", "late", count=3, seconds=LATE_S)

    rig.passes(minutes=60)
    bot.ticks()
    is_held_back(rig, 3)
    seconds_pass(rig, bot, LATE_S + STEP_S)
    late_requests_arrive(rig, bot)

    assert evidence.every_promise_was_kept_once(rig, 1) >= len(AUDIENCES)
    evidence.nothing_is_there_twice(rig)


def test_an_update_of_a_killed_process_arriving_after_its_successor_looked_is_sent_once(rig: Rig) -> None:
    bot = rig.starts_a_bot()
    rig.declares(bot, "S1 line 1 is down")
    hold_until_looked_for(rig, "chat.postMessage")

    rig.passes(minutes=60)
    bot.ticks()
    is_held_back(rig)
    bot.is_killed()
    late_requests_arrive(rig, rig.starts_a_bot())

    assert evidence.every_promise_was_kept_once(rig, 1) >= len(AUDIENCES)
    evidence.nothing_is_there_twice(rig)


MADE_BY_DECLARING = ("conversations.create", "chat.postMessage", "bookmarks.add")
MADE_BY_CLOSING = ("files.completeUploadExternal", "chat.postMessage")


@pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
@pytest.mark.parametrize("method", MADE_BY_DECLARING)
def test_a_declaration_carried_out_after_the_bot_gave_up_creates_everything_once(rig: Rig, method: str) -> None:
    bot = rig.starts_a_bot()
    assert bot.rests()
    rig.sandbox.fault(method, "late", seconds=LATE_S)

    rig.says("/incident declare S1 line 1 is down")
    is_held_back(rig)
    seconds_pass(rig, bot, LATE_S + STEP_S)
    late_requests_arrive(rig, bot)

    evidence.incident_is_whole(rig, 1)
    evidence.nothing_is_there_twice(rig)


@pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
@pytest.mark.parametrize("method", MADE_BY_DECLARING)
def test_a_declaration_arriving_after_a_kill_and_a_look_creates_everything_once(rig: Rig, method: str) -> None:
    bot = rig.starts_a_bot()
    assert bot.rests()
    hold_until_looked_for(rig, method)

    rig.says("/incident declare S1 line 1 is down")
    is_held_back(rig)
    bot.is_killed()
    late_requests_arrive(rig, rig.starts_a_bot())

    evidence.incident_is_whole(rig, 1)
    evidence.nothing_is_there_twice(rig)


@pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
@pytest.mark.parametrize("method", MADE_BY_CLOSING)
def test_a_close_carried_out_after_the_bot_gave_up_produces_everything_once(rig: Rig, method: str) -> None:
    bot = rig.starts_a_bot()
    channel = is_resolved(rig, bot)
    rig.sandbox.fault(method, "late", seconds=LATE_S)

    rig.says("/incident close", channel=channel)
    is_held_back(rig)
    seconds_pass(rig, bot, LATE_S + STEP_S)
    late_requests_arrive(rig, bot)

    is_closed_once(rig)


@pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
@pytest.mark.parametrize("method", MADE_BY_CLOSING)
def test_a_close_arriving_after_a_kill_and_a_look_produces_everything_once(rig: Rig, method: str) -> None:
    bot = rig.starts_a_bot()
    channel = is_resolved(rig, bot)
    hold_until_looked_for(rig, method)

    rig.says("/incident close", channel=channel)
    is_held_back(rig)
    bot.is_killed()
    late_requests_arrive(rig, rig.starts_a_bot())

    is_closed_once(rig)


def is_resolved(rig: Rig, bot: BotProcess) -> str:
    """Declare and resolve an incident; return the name of its channel."""
    name = rig.declares(bot, "S1 line 1 is down").name
    rig.says("/incident resolve over", channel=name)
    assert bot.rests()
    return name


def is_closed_once(rig: Rig) -> None:
    """Assert that the post-mortem exists once, like everything else."""
    assert evidence.post_mortems(rig, 1) == 1
    evidence.once_each(rig, 1, ("closed", "postmortem_delivered"))
    evidence.nothing_is_there_twice(rig)
