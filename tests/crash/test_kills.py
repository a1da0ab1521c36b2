"""Killing the process after any call loses nothing and repeats nothing.

Killed before a call, it leaves the same state as right after its last commit or the previous call. In
`test_commit_kills.py` the same stories are killed at their commits, also on PostgreSQL. There the durable engine
stores flows of several steps differently, so a declaration is killed after its calls on both databases.
"""

import pytest

from tests.crash import evidence
from tests.crash.bot_process import BotProcess
from tests.crash.kills import kill_everywhere
from tests.crash.rig import Rig
from tests.floors import AUDIENCES

ON_SQLITE = pytest.mark.parametrize("rig", ["sqlite"], indirect=True)


def test_a_declaration_killed_at_any_call_is_finished_once(rig: Rig) -> None:
    def declare() -> None:
        rig.says("/incident declare S1 line 1 is down")

    def is_whole() -> None:
        evidence.incident_is_whole(rig, 1)
        evidence.once_each(rig, 1, ("declared", "playbook_started"))
        evidence.nothing_is_there_twice(rig)

    calls = kill_everywhere(rig, "after", act=declare, check=is_whole)

    assert calls >= 8, "a declaration has at least eight places to kill the bot at"


@ON_SQLITE
def test_an_update_killed_at_any_call_is_sent_once_to_each_channel(rig: Rig) -> None:
    def declared(bot: BotProcess) -> None:
        rig.declares(bot, "S1 line 1 is down")

    def is_sent() -> None:
        assert evidence.every_promise_was_kept_once(rig, 1) == len(AUDIENCES)
        evidence.incident_is_whole(rig, 1)
        evidence.nothing_is_there_twice(rig)

    calls = kill_everywhere(rig, "after", prepare=declared, act=lambda: rig.passes(hours=1), check=is_sent)

    assert calls >= 3, "an update goes to three channels"


@ON_SQLITE
def test_a_close_killed_at_any_call_produces_one_post_mortem(rig: Rig) -> None:
    def resolved(bot: BotProcess) -> None:
        channel = rig.declares(bot, "S1 line 1 is down")
        rig.says("/incident resolve over", channel=channel.name)

    def is_whole() -> None:
        assert evidence.post_mortems(rig, 1) == 1
        evidence.once_each(rig, 1, ("closed", "postmortem_delivered"))
        evidence.nothing_is_there_twice(rig)

    def close() -> None:
        rig.says("/incident close", channel=rig.channel_of(1).name)

    calls = kill_everywhere(rig, "after", prepare=resolved, act=close, check=is_whole)

    assert calls >= 8, "a close has at least eight places to kill the bot at"
