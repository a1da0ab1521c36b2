"""Killing the process anywhere between *Publish* and the published copy leaves exactly one of it."""

from bot.postmortems import ids
from tests.crash import evidence
from tests.crash.conftest import DESK_AND_MOMENT
from tests.crash.desk import BotProcess, Desk
from tests.crash.kills import kill_everywhere
from tests.crash.process import Moment

PUBLISHED = "📗"


def opens(desk: Desk, button: str) -> None:
    """Ana presses a button of the newest message about a post-mortem."""
    ana = desk.sandbox.person("ana")
    letter = [m for m in ana.direct_messages() if "of incident 1," in m.words and not m.is_reply][-1]
    ana.clicks(button, channel="dm", ts=letter.ts)


@DESK_AND_MOMENT
def test_a_publication_that_is_killed_at_any_call_is_posted_once(desk: Desk, moment: Moment) -> None:
    ana = desk.sandbox.person("ana")

    def in_review(bot: BotProcess) -> None:
        channel = desk.declares(bot, "S1 line 1 is down")
        for words in ("/incident resolve over", "/incident close"):
            desk.says(words, channel=channel.name)
        assert bot.rests()
        opens(desk, ids.REVIEW)
        ana.fills(ids.REVIEWERS, ["U0ANA"])
        assert ana.submits().closed

    def ready() -> None:
        opens(desk, ids.PUBLISH)
        ana.fills(ids.REASON, "nothing more is known")

    def publish() -> None:
        ana.submits()

    def is_whole() -> None:
        begins = f"{PUBLISHED} *Post-mortem* of incident 1,"
        posted = [m for m in evidence.messages(desk) if m.words.startswith(begins)]
        assert len(posted) == 1
        shared = [m for m in evidence.messages(desk) if m.thread_ts == posted[0].ts and m.files]
        assert [len(message.files) for message in shared] == [3]
        evidence.once_each(desk, 1, ("postmortem_published", "postmortem_delivered"))
        evidence.nothing_is_there_twice(desk)

    calls = kill_everywhere(desk, moment, prepare=in_review, ready=ready, act=publish, check=is_whole)

    # Download and upload of three files, the post, the share, the edits of two messages.
    assert calls >= 8, "a publication has at least eight places to be killed at"
