"""Killed while it reads back what it missed, the bot goes on where it was, and nothing is in the timeline twice."""

from collections import Counter

from bot.timeline import timeline, verification
from tests.crash import evidence
from tests.crash.conftest import EACH_MOMENT
from tests.crash.kills import kill_everywhere
from tests.crash.process import Moment
from tests.crash.rig import BotProcess, Rig

MESSAGES = 4


@EACH_MOMENT
def test_a_gap_whose_filling_is_killed_at_any_call_is_filled_once(rig: Rig, moment: Moment) -> None:
    ana = rig.sandbox.person("ana")

    def missed(bot: BotProcess) -> None:
        channel = rig.declares(bot, "S3 line 1 is down")
        ana.kicks(channel.name, "watchfloor")
        # An event is on its way before the bot can be asked whether it rests.
        rig.sandbox.quiet()
        assert bot.rests()
        for number in range(MESSAGES):
            ana.says(f"in the dark {number}", channel=channel.name)

    def invite() -> None:
        ana.invites(rig.channel_of(1).name, "watchfloor")
        rig.sandbox.quiet()

    def is_filled() -> None:
        with rig.database.snapshot() as session:
            kept = Counter(
                str(entry.facts["text"]) for entry in timeline.entries(session, 1) if entry.kind == "message"
            )
            gaps = [entry for entry in timeline.entries(session, 1) if entry.kind == "gap"]
            assert verification.verify(session, 1) == []
        assert kept == Counter(f"in the dark {number}" for number in range(MESSAGES))
        assert len(gaps) == 1
        evidence.nothing_is_there_twice(rig)

    kill_everywhere(rig, moment, prepare=missed, act=invite, check=is_filled)
