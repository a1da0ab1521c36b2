"""Killing the process anywhere between *Publish* and the published copy leaves exactly one copy."""

from bot.postmortems import ids
from tests.crash import evidence
from tests.crash.bot_process import BotProcess
from tests.crash.conftest import DATABASE_AND_MOMENT
from tests.crash.kills import kill_everywhere
from tests.crash.process import Moment
from tests.crash.rig import Rig

PUBLISHED = "📗"


def opens(rig: Rig, button: str) -> None:
    """Let Ana press a button of the newest message about a post-mortem."""
    ana = rig.sandbox.person("ana")
    letter = [m for m in ana.direct_messages() if "of incident 1," in m.visible_text and not m.is_reply][-1]
    ana.clicks(button, channel="dm", ts=letter.ts)


@DATABASE_AND_MOMENT
def test_a_publication_killed_at_any_call_is_posted_once(rig: Rig, moment: Moment) -> None:
    ana = rig.sandbox.person("ana")

    def in_review(bot: BotProcess) -> None:
        channel = rig.declares(bot, "S1 line 1 is down")
        for words in ("/incident resolve over", "/incident close"):
            rig.says(words, channel=channel.name)
        assert bot.rests()
        opens(rig, ids.REVIEW)
        ana.fills(ids.REVIEWERS, ["U0ANA"])
        assert ana.submits().closed

    def ready() -> None:
        opens(rig, ids.PUBLISH)
        ana.fills(ids.REASON, "nothing more is known")

    def publish() -> None:
        ana.submits()

    def is_whole() -> None:
        begins = f"{PUBLISHED} *Post-mortem* of incident 1,"
        posts = [m for m in evidence.messages(rig) if m.visible_text.startswith(begins)]
        assert len(posts) == 1
        shared = [m for m in evidence.messages(rig) if m.thread_ts == posts[0].ts and m.files]
        assert [len(message.files) for message in shared] == [3]
        evidence.once_each(rig, 1, ("postmortem_published", "postmortem_delivered"))
        evidence.nothing_is_there_twice(rig)

    calls = kill_everywhere(rig, moment, prepare=in_review, ready=ready, act=publish, check=is_whole)

    # Download and upload of three files, the post, the share, the edits of two messages.
    assert calls >= 8, "a publication has at least eight places to kill the bot at"
