"""Killing the process anywhere between *Publish* and the published copy leaves exactly one of it."""

from bot.postmortems import ids
from tests.crash import evidence
from tests.crash.conftest import DESK_AND_MOMENT
from tests.crash.desk import Desk, kill_points
from tests.crash.process import Moment

PUBLISHED = "📗"


def opens(desk: Desk, button: str, number: int) -> None:
    """Ana presses a button of the newest message about a post-mortem."""
    ana = desk.sandbox.person("ana")
    letter = [m for m in ana.direct_messages() if f"of incident {number}," in m.words and not m.is_reply][-1]
    ana.clicks(button, channel="dm", ts=letter.ts)


@DESK_AND_MOMENT
def test_a_publication_that_is_killed_at_any_call_is_posted_once(desk: Desk, moment: Moment) -> None:
    ana, killed = desk.sandbox.person("ana"), 0
    for bot, number, calls in kill_points(desk):
        channel = desk.declares(bot, f"S1 line {number} is down")
        for words in ("/incident resolve over", "/incident close"):
            desk.says(words, channel=channel.name)
        assert bot.rests()
        opens(desk, ids.REVIEW, number)
        ana.fills(ids.REVIEWERS, ["U0ANA"])
        assert ana.submits().closed
        assert bot.rests()
        opens(desk, ids.PUBLISH, number)
        ana.fills(ids.REASON, "nothing more is known")
        bot.dies(moment, calls)
        ana.submits()
        killed = number

    # Download and upload of three files, the post, the share, the edits of two messages.
    assert calls >= 8, "a publication has at least eight places to be killed at"
    for number in range(1, killed + 1):
        posted = [
            m
            for m in evidence.messages(desk)
            if m.words.startswith(f"{PUBLISHED} *Post-mortem* of incident {number},")
        ]
        assert len(posted) == 1
        shared = [m for m in evidence.messages(desk) if m.thread_ts == posted[0].ts and m.files]
        assert [len(message.files) for message in shared] == [3]
        evidence.once_each(desk, number, ("postmortem_published", "postmortem_delivered"))
    evidence.nothing_is_there_twice(desk)
