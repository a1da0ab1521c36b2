"""Killing the process anywhere loses nothing and repeats nothing."""

from itertools import count

from tests.crash import evidence
from tests.crash.conftest import DESK_AND_MOMENT
from tests.crash.desk import BotProcess, Desk, kill_everywhere, kill_points
from tests.crash.process import Moment
from tests.floors import AUDIENCES


@DESK_AND_MOMENT
def test_a_declaration_that_is_killed_at_any_call_is_finished_once(desk: Desk, moment: Moment) -> None:
    killed = 0
    for bot, number, calls in kill_points(desk):
        bot.dies(moment, calls)
        desk.says(f"/incident declare S1 line {number} is down")
        killed = number

    assert calls >= 8, "a declaration has at least eight places to be killed at"
    for number in range(1, killed + 1):
        evidence.incident_is_whole(desk, number)
        evidence.once_each(desk, number, ("declared", "playbook_started"))
    evidence.nothing_is_there_twice(desk)


@DESK_AND_MOMENT
def test_an_update_that_is_killed_at_any_call_is_sent_once_to_each_channel(desk: Desk, moment: Moment) -> None:
    hours = count(1)
    for bot, number, calls in kill_points(desk):
        if number == 1:
            desk.declares(bot, "S1 line 1 is down")
        bot.dies(moment, calls)
        desk.comes_to(hours=next(hours))

    assert evidence.every_promise_was_kept_once(desk, 1) == len(AUDIENCES) * (next(hours) - 1)
    evidence.incident_is_whole(desk, 1)
    evidence.nothing_is_there_twice(desk)


@DESK_AND_MOMENT
def test_a_close_that_is_killed_at_any_call_brings_one_post_mortem(desk: Desk, moment: Moment) -> None:
    def resolved(bot: BotProcess) -> None:
        channel = desk.declares(bot, "S1 line 1 is down")
        desk.says("/incident resolve", channel=channel.name)

    def is_whole() -> None:
        assert evidence.post_mortems(desk, 1) == 1
        evidence.once_each(desk, 1, ("closed", "postmortem_delivered"))
        evidence.nothing_is_there_twice(desk)

    def close() -> None:
        desk.says("/incident close", channel=desk.channel_of(1).name)

    calls = kill_everywhere(desk, moment, prepare=resolved, act=close, check=is_whole)

    assert calls >= 8, "a close has at least eight places to be killed at"
