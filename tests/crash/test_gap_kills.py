"""A bot killed while reading back missed messages continues where it was; no timeline entry is duplicated."""

from collections import Counter

from bot.timeline import timeline, verification
from tests.crash import evidence
from tests.crash.bot_process import BotProcess
from tests.crash.conftest import DATABASE_AND_MOMENT
from tests.crash.kills import kill_everywhere
from tests.crash.process import Moment
from tests.crash.rig import Rig

MESSAGES = 4


@DATABASE_AND_MOMENT
def test_a_gap_fill_killed_at_any_call_fills_the_gap_once(rig: Rig, moment: Moment) -> None:
    ana = rig.sandbox.person("ana")

    def missed(bot: BotProcess) -> None:
        channel = rig.declares(bot, "S3 line 1 is down")
        ana.kicks(channel.name, "watchfloor")
        # The event must be on its way before the bot is asked whether it is at rest.
        rig.sandbox.quiet()
        assert bot.rests()
        for number in range(MESSAGES):
            ana.says(f"in the dark {number}", channel=channel.name)

    def invite() -> None:
        ana.invites(rig.channel_of(1).name, "watchfloor")
        rig.sandbox.quiet()

    def is_filled() -> None:
        with rig.database.snapshot() as session:
            texts = Counter(
                str(entry.facts["text"]) for entry in timeline.entries(session, 1) if entry.kind == "message"
            )
            gaps = [entry for entry in timeline.entries(session, 1) if entry.kind == "gap"]
            assert verification.verify(session, 1) == []
        assert texts == Counter(f"in the dark {number}" for number in range(MESSAGES))
        assert len(gaps) == 1
        evidence.nothing_is_there_twice(rig)

    kill_everywhere(rig, moment, prepare=missed, act=invite, check=is_filled)
