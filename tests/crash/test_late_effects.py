"""Slack carries a request out after the bot has given up on it or was killed: everything is there once."""

from functools import partial

import pytest

from slack_sandbox.records import Call
from tests.crash import evidence
from tests.crash.rig import BotProcess, Rig
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


def hold_until_looked_for(rig: Rig, method: str) -> None:
    """Slack leaves the next call of a method unanswered and carries it out when the bot has looked for it once."""
    rig.sandbox.fault(method, "late", answer="wait", after_call=partial(is_look_for, method))


def is_held_back(rig: Rig, count: int = 1) -> None:
    """Wait until Slack holds back so many requests."""
    rig.sandbox.wait_for(lambda: len(rig.sandbox.late_requests.calls) == count, PATIENCE_S)


def seconds_pass(rig: Rig, bot: BotProcess, seconds: int) -> None:
    """Time passes in small steps, and the bot does at each what is due."""
    for _ in range(0, seconds, STEP_S):
        rig.passes(seconds=STEP_S)
        assert bot.rests()


def late_requests_arrive(rig: Rig, bot: BotProcess) -> None:
    """All that Slack held back is carried out; then everything comes to rest."""
    rig.passes(seconds=SETTLED_S)
    is_held_back(rig, 0)
    rig.passes(seconds=SETTLED_S)
    assert bot.rests()


def test_updates_that_slack_carries_out_after_the_bot_gave_up_are_sent_once(rig: Rig) -> None:
    bot = rig.starts_a_bot()
    rig.declares(bot, "S1 line 1 is down")
    rig.sandbox.fault("chat.postMessage", "late", count=3, seconds=LATE_S)

    rig.passes(minutes=60)
    is_held_back(rig, 3)
    seconds_pass(rig, bot, LATE_S + STEP_S)
    late_requests_arrive(rig, bot)

    assert evidence.every_promise_was_kept_once(rig, 1) >= len(AUDIENCES)
    evidence.nothing_is_there_twice(rig)


def test_an_update_of_a_killed_process_that_arrives_after_the_next_one_has_looked_is_sent_once(
    rig: Rig,
) -> None:
    bot = rig.starts_a_bot()
    rig.declares(bot, "S1 line 1 is down")
    hold_until_looked_for(rig, "chat.postMessage")

    rig.passes(minutes=60)
    is_held_back(rig)
    bot.is_killed()
    late_requests_arrive(rig, rig.starts_a_bot())

    assert evidence.every_promise_was_kept_once(rig, 1) >= len(AUDIENCES)
    evidence.nothing_is_there_twice(rig)


MADE_BY_DECLARING = ("conversations.create", "chat.postMessage", "bookmarks.add")
MADE_BY_CLOSING = ("files.completeUploadExternal", "chat.postMessage")


@pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
@pytest.mark.parametrize("method", MADE_BY_DECLARING)
def test_what_a_declaration_makes_is_made_once_when_slack_carries_it_out_after_the_bot_gave_up(
    rig: Rig, method: str
) -> None:
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
def test_what_a_declaration_makes_is_made_once_when_it_arrives_after_a_kill_and_a_look(
    rig: Rig, method: str
) -> None:
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
def test_what_a_close_brings_is_brought_once_when_slack_carries_it_out_after_the_bot_gave_up(
    rig: Rig, method: str
) -> None:
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
def test_what_a_close_brings_is_brought_once_when_it_arrives_after_a_kill_and_a_look(rig: Rig, method: str) -> None:
    bot = rig.starts_a_bot()
    channel = is_resolved(rig, bot)
    hold_until_looked_for(rig, method)

    rig.says("/incident close", channel=channel)
    is_held_back(rig)
    bot.is_killed()
    late_requests_arrive(rig, rig.starts_a_bot())

    is_closed_once(rig)


def is_resolved(rig: Rig, bot: BotProcess) -> str:
    """An incident that may be closed; gives back the name of its channel."""
    name = rig.declares(bot, "S1 line 1 is down").name
    rig.says("/incident resolve", channel=name)
    assert bot.rests()
    return name


def is_closed_once(rig: Rig) -> None:
    """The post-mortem is there once, and so is everything else."""
    assert evidence.post_mortems(rig, 1) == 1
    evidence.once_each(rig, 1, ("closed", "postmortem_delivered"))
    evidence.nothing_is_there_twice(rig)
