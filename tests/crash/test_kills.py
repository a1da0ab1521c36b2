"""Killing the process anywhere loses nothing and repeats nothing."""

from tests.crash import evidence
from tests.crash.conftest import DESK_AND_MOMENT
from tests.crash.desk import BotProcess, Desk
from tests.crash.kills import kill_everywhere
from tests.crash.process import Moment
from tests.floors import AUDIENCES


@DESK_AND_MOMENT
def test_a_declaration_that_is_killed_at_any_call_is_finished_once(desk: Desk, moment: Moment) -> None:
    def declare() -> None:
        desk.says("/incident declare S1 line 1 is down")

    def is_whole() -> None:
        evidence.incident_is_whole(desk, 1)
        evidence.once_each(desk, 1, ("declared", "playbook_started"))
        evidence.nothing_is_there_twice(desk)

    calls = kill_everywhere(desk, moment, act=declare, check=is_whole)

    assert calls >= 8, "a declaration has at least eight places to be killed at"


@DESK_AND_MOMENT
def test_an_update_that_is_killed_at_any_call_is_sent_once_to_each_channel(desk: Desk, moment: Moment) -> None:
    def declared(bot: BotProcess) -> None:
        desk.declares(bot, "S1 line 1 is down")

    def is_sent() -> None:
        assert evidence.every_promise_was_kept_once(desk, 1) == len(AUDIENCES)
        evidence.incident_is_whole(desk, 1)
        evidence.nothing_is_there_twice(desk)

    calls = kill_everywhere(desk, moment, prepare=declared, act=lambda: desk.passes(hours=1), check=is_sent)

    assert calls >= 3, "an update goes to three channels"


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
