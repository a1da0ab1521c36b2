"""Killed while it reads back what it missed, the bot goes on where it was, and nothing is in the timeline twice."""

from collections import Counter

from bot.timeline import timeline, verification
from tests.crash import evidence
from tests.crash.conftest import EACH_MOMENT
from tests.crash.desk import Desk, kill_points
from tests.crash.process import Moment

MESSAGES = 4
# Whoever was killed acknowledges nothing any more.
UNANSWERED_S = 2


@EACH_MOMENT
def test_a_gap_whose_filling_is_killed_at_any_call_is_filled_once(desk: Desk, moment: Moment) -> None:
    ana, said = desk.sandbox.person("ana"), 0
    for bot, number, calls in kill_points(desk):
        channel = desk.declares(bot, "S3 line 1 is down") if number == 1 else desk.channel_of(1)
        ana.kicks(channel.name, "watchfloor")
        # An event is on its way before the bot can be asked whether it rests.
        desk.sandbox.quiet()
        assert bot.rests()
        for _ in range(MESSAGES):
            said += 1
            ana.says(f"in the dark {said}", channel=channel.name)
        bot.dies(moment, calls)
        ana.invites(channel.name, "watchfloor")
        desk.sandbox.quiet(UNANSWERED_S)

    with desk.database.snapshot() as session:
        kept = Counter(
            str(entry.facts["text"]) for entry in timeline.entries(session, 1) if entry.kind == "message"
        )
        gaps = [entry for entry in timeline.entries(session, 1) if entry.kind == "gap"]
        assert verification.verify(session, 1) == []
    assert kept == Counter(f"in the dark {number}" for number in range(1, said + 1))
    assert len(gaps) == said // MESSAGES
    evidence.nothing_is_there_twice(desk)
