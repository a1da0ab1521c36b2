"""Killing the process right after any commit: what was to follow from it follows after the next start, once.

The bot's own commits are counted too, such as its heartbeat's: then it was killed before it heard what was said.
"""

from contextlib import suppress

from tests.crash import evidence
from tests.crash.desk import BotProcess, Desk, kill_everywhere, kill_points
from tests.floors import AUDIENCES

HEARTBEATS = 2


def test_a_declaration_that_is_killed_at_any_commit_is_finished_once(desk: Desk) -> None:
    killed = 0
    for bot, number, commits in kill_points(desk):
        bot.dies("commit", commits)
        desk.says(f"/incident declare S1 line {number} is down")
        killed = number

    declared = evidence.with_entry(desk, "declared")
    assert commits >= 5, "a declaration has at least five transactions"
    assert len(declared) >= killed - HEARTBEATS
    for number in declared:
        evidence.incident_is_whole(desk, number)
        evidence.once_each(desk, number, ("declared", "playbook_started"))
    evidence.nothing_is_there_twice(desk)


def test_a_click_on_a_step_that_is_killed_at_any_commit_counts_once_and_is_shown(desk: Desk) -> None:
    killed = 0
    for bot, number, commits in kill_points(desk):
        channel = desk.declares(bot, f"S4 phones down {number}")
        bot.dies("commit", commits)
        with suppress(TimeoutError):
            desk.sandbox.person("ana").clicks("step.done", channel=channel.name)
        killed = number

    clicked = evidence.with_entry(desk, "step_done")
    assert commits >= 3, "the click, the claim of what is to be drawn and its settling are three transactions"
    assert len(clicked) >= killed - HEARTBEATS
    for number in clicked:
        evidence.once_each(desk, number, ("step_done",))
        (playbook,) = [m for m in desk.channel_of(number).messages.values() if m.words.startswith("📋")]
        assert "✅ Call the carrier" in playbook.words
    evidence.nothing_is_there_twice(desk)


def test_a_role_that_is_killed_at_any_commit_is_told_to_its_holder_once(desk: Desk) -> None:
    killed = 0
    for bot, number, commits in kill_points(desk):
        channel = desk.declares(bot, f"S4 line {number} is down")
        bot.dies("commit", commits)
        desk.says("/incident claim commander", channel=channel.name)
        killed = number

    taken = evidence.with_entry(desk, "role_taken")
    assert commits >= 3
    assert len(taken) >= killed - HEARTBEATS
    for number in taken:
        evidence.once_each(desk, number, ("role_taken",))
        told = [times for key, times in evidence.keys(desk).items() if key.startswith(f"role:{number}:")]
        assert told == [1]
    evidence.nothing_is_there_twice(desk)


def test_an_update_that_is_killed_at_any_commit_is_sent_once_to_each_channel(desk: Desk) -> None:
    killed = 0
    for bot, number, commits in kill_points(desk):
        if number == 1:
            desk.declares(bot, "S1 line 1 is down")
        bot.dies("commit", commits)
        # By the hour from the beginning: what moved the clock meanwhile must not add up to another update.
        desk.comes_to(hours=number)
        killed = number

    assert commits >= 3
    assert evidence.every_promise_was_kept_once(desk, 1) == len(AUDIENCES) * killed
    evidence.nothing_is_there_twice(desk)


def test_a_close_that_is_killed_at_any_commit_brings_one_post_mortem(desk: Desk) -> None:
    closed: list[bool] = []

    def resolved(bot: BotProcess) -> None:
        channel = desk.declares(bot, "S1 line 1 is down")
        desk.says("/incident resolve", channel=channel.name)

    def is_whole() -> None:
        closed.append(bool(evidence.with_entry(desk, "closed")))
        if closed[-1]:
            assert evidence.post_mortems(desk, 1) == 1
            evidence.once_each(desk, 1, ("closed", "postmortem_delivered"))
        evidence.nothing_is_there_twice(desk)

    def close() -> None:
        desk.says("/incident close", channel=desk.channel_of(1).name)

    commits = kill_everywhere(desk, "commit", prepare=resolved, act=close, check=is_whole)

    assert commits >= 3
    assert closed.count(False) <= HEARTBEATS
