"""A post-mortem from the close to the published copy: who gets it, who finishes it, who reviews it."""

from bot.postmortems import ids
from bot.sandbox.model import Message
from tests.floor import TestFloor
from tests.stories.record import post_mortem_files, timeline


def closes(floor: TestFloor, words: str = "S1 IVR down in Manila", who: str = "ana") -> str:
    """An incident from its declaration to its close; gives back its channel."""
    channel = floor.declares(words, who=who)
    floor.says("ana", "/incident claim", channel)
    floor.says("ana", "/incident resolve trunk replaced", channel)
    floor.says("ana", "/incident close", channel)
    return channel


def letter(floor: TestFloor, who: str) -> Message:
    """The newest message about a post-mortem that a person has."""
    return [m for m in floor.sandbox.person(who).direct_messages() if "ost-mortem" in m.words and not m.is_reply][
        -1
    ]


def says(floor: TestFloor, who: str) -> str:
    """What that message says, as it is read."""
    return letter(floor, who).words.replace("*", "")


def presses(floor: TestFloor, who: str, action_id: str) -> str:
    """Somebody presses a button of the message; gives back what they were told, if anything."""
    person = floor.sandbox.person(who)
    person.clicks(action_id, channel="dm", ts=letter(floor, who).ts)
    floor.settle()
    return (floor.whispered(who, "dm") or [""])[-1]


def submits(floor: TestFloor, who: str, **fields: object) -> dict[str, str]:
    """Somebody fills in the open form and sends it; gives back what was refused."""
    person = floor.sandbox.person(who)
    for field, value in fields.items():
        person.fills(field, value)
    errors = person.submits().errors
    floor.settle()
    return errors


def test_the_draft_comes_with_its_files_to_the_commander_and_the_declarer(floor: TestFloor) -> None:
    closes(floor, who="ben")

    for who in ("ana", "ben"):
        said = says(floor, who)
        assert "Post-mortem draft of incident 1, S1 IVR down in Manila" in said
        assert "what ended it: trunk replaced." in said
        assert "Author nobody yet · due" in said
        names = [name for name, _ in post_mortem_files(floor, who)]
        assert names == ["post-mortem-1.md", "post-mortem-1.html", "post-mortem-1-leadership.html"]
    assert post_mortem_files(floor, "ana") == post_mortem_files(floor, "ben")
    [canvas] = floor.sandbox.workspace.canvases.values()
    assert canvas["markdown"].startswith("# Post-mortem 1: IVR down in Manila")
    assert "## Timeline" not in canvas["markdown"]


def test_it_is_assigned_reviewed_edited_and_published(floor: TestFloor) -> None:
    channel = closes(floor)
    assert "Nobody was asked to review it yet" in presses(floor, "ana", ids.PUBLISH)

    presses(floor, "ana", ids.ASSIGN)
    assert not submits(floor, "ana", author="U0BEN")
    assert "Author <@U0BEN>" in says(floor, "ana")
    assert len(post_mortem_files(floor, "ben")) == 3
    presses(floor, "ben", ids.REVIEW)
    assert not submits(floor, "ben", reviewers=["U0CHLOE", "U0DEVI"])
    assert "Post-mortem in review" in says(floor, "ben")
    presses(floor, "chloe", ids.FINE)
    presses(floor, "devi", ids.CHANGES)
    assert not submits(floor, "devi", comment="say <!channel> who decided")
    assert "<@U0CHLOE> says it is fine" in says(floor, "ben")
    assert "wants changes: say &lt;!channel&gt; who decided" in str(letter(floor, "ben").blocks)
    assert "<@U0DEVI> wants changes. Upload an edited file" in presses(floor, "ben", ids.PUBLISH)

    floor.ben.uploads("dm", "edited.md", b"# Better", thread_ts=letter(floor, "ben").ts)
    floor.settle()

    assert "Version 2, uploaded by <@U0BEN>" in says(floor, "ana")
    for who in ("ana", "chloe", "devi"):
        assert post_mortem_files(floor, who)[-1] == ("edited.md", "# Better")
    assert "no answer yet" in says(floor, "ben"), "nobody has reviewed the new version"
    presses(floor, "devi", ids.FINE)
    presses(floor, "ana", ids.PUBLISH)
    presses(floor, "ben", ids.PUBLISH)
    assert not submits(floor, "ben", where=ids.CONFIGURED)
    assert "It is published already" in submits(floor, "ana", where=ids.CONFIGURED)[ids.WHERE]

    [published] = [m for m in floor.ana.sees("incidents") if "Post-mortem* of incident 1" in m.words]
    [shared] = [m for m in floor.ana.sees("incidents") if m.thread_ts == published.ts and m.files]
    assert [file["name"] for file in shared.files] == ["edited.md"]
    assert "Post-mortem, published" in says(floor, "ana")
    assert not any("Post-mortem of" in words for words in floor.words(channel).splitlines())
    kinds = ("assigned", "review_asked", "reviewed", "version", "published")
    assert [len(timeline(floor, f"postmortem_{kind}")) for kind in kinds] == [1, 2, 3, 1, 1]
