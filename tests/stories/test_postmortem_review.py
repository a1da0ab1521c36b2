"""A post-mortem from the close to the published copy: its readers, its author and its reviewers."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.incidents import ids as incident_ids
from bot.postmortems import ids, review_actions
from bot.postmortems.review import BeingPublished
from bot.runtime.clock import utcnow
from bot.timeline import ids as timeline_ids
from slack_sandbox.model import Message
from tests.floor import TestFloor
from tests.stories.conftest import PLAYBOOKS
from tests.stories.record import post_mortem_files, rows, seen_by_all, timeline


def closes(floor: TestFloor, words: str = "S1 IVR down in Manila", who: str = "ana") -> str:
    """Run an incident from its declaration to its close; return its channel."""
    channel = floor.declares(words, who=who)
    floor.says("ana", "/incident claim", channel)
    floor.says("ana", "/incident resolve trunk replaced", channel)
    floor.says("ana", "/incident close", channel)
    return channel


def letter(floor: TestFloor, who: str) -> Message:
    """The newest direct message to a person about a post-mortem."""
    return [
        m for m in floor.sandbox.person(who).direct_messages() if "ost-mortem" in m.visible_text and not m.is_reply
    ][-1]


def says(floor: TestFloor, who: str) -> str:
    """The text of that message, as it is read."""
    return letter(floor, who).visible_text.replace("*", "")


def presses(floor: TestFloor, who: str, action_id: str) -> str:
    """Press a button of the message; return the ephemeral answer, if any."""
    person = floor.sandbox.person(who)
    person.clicks(action_id, channel="dm", ts=letter(floor, who).ts)
    floor.settle()
    return (floor.ephemeral(who, "dm") or [""])[-1]


def submits(floor: TestFloor, who: str, **fields: object) -> dict[str, str]:
    """Fill in and submit the open form; return its errors."""
    person = floor.sandbox.person(who)
    for field, value in fields.items():
        person.fills(field, value)
    errors = person.submits().errors
    floor.settle()
    return errors


def test_the_draft_comes_with_its_files_to_the_commander_and_the_declarer(floor: TestFloor) -> None:
    closes(floor, who="ben")

    for who in ("ana", "ben"):
        text = says(floor, who)
        assert "Post-mortem draft of incident 1, S1 IVR down in Manila" in text
        assert "What solved it: trunk replaced." in text
        assert "Author nobody yet · due" in text
        names = [name for name, _ in post_mortem_files(floor, who)]
        assert names == ["post-mortem-1.md", "post-mortem-1.html", "post-mortem-1-leadership.html"]
    assert post_mortem_files(floor, "ana") == post_mortem_files(floor, "ben")
    [canvas] = floor.sandbox.workspace.canvases.values()
    assert canvas["markdown"].startswith("# Post-mortem 1: IVR down in Manila")
    assert "## Timeline" not in canvas["markdown"]


def canvas(floor: TestFloor, channel: str) -> str:
    """The content of a channel's canvas."""
    target = floor.sandbox.workspace.find_channel(channel)
    assert target
    return str(floor.sandbox.workspace.canvases[target.canvas]["markdown"])


def test_the_canvas_holds_the_draft_of_the_newest_close(floor: TestFloor) -> None:
    floor.sandbox.fault("conversations.canvases.create", "lost_answer")
    channel = closes(floor)
    floor.passes(minutes=1)
    assert "trunk replaced" in canvas(floor, channel), "carried out, although no answer came"

    floor.says("ana", "/incident reopen it is back", channel)
    floor.says("ana", "/incident resolve firmware updated", channel)
    floor.says("ana", "/incident close", channel)

    assert canvas(floor, channel).startswith("# Post-mortem 1: IVR down in Manila")
    assert "firmware updated" in canvas(floor, channel)
    assert len(floor.sandbox.workspace.canvases) == 1
    assert not [row["key"] for row in rows(floor, "outbox") if row["refused"]]


def test_a_canvas_created_by_people_is_left_alone(floor: TestFloor) -> None:
    channel = floor.declares("S2 IVR down")
    floor.ana.writes_canvas(channel, "Who called whom")
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident close", channel)

    assert canvas(floor, channel) == "Who called whom"
    assert not timeline(floor, "trouble")


def test_a_draft_that_is_written_again_is_written_into_the_canvas_too(floor: TestFloor) -> None:
    floor.sandbox.workspace.is_free = True
    channel = closes(floor)
    target = floor.sandbox.workspace.find_channel(channel)
    assert target and not target.canvas, "the plan refused it"

    floor.sandbox.workspace.is_free = False
    presses(floor, "ana", ids.REWRITE)
    assert canvas(floor, channel).startswith("# Post-mortem 1: IVR down in Manila")

    floor.says("ana", "/incident impact 200 callers at Manila", channel)
    presses(floor, "ana", ids.REWRITE)
    assert "200 callers" in canvas(floor, channel)

    del floor.sandbox.workspace.canvases[target.canvas]
    target.canvas = ""
    presses(floor, "ana", ids.REWRITE)
    assert "200 callers" in canvas(floor, channel)

    floor.ana.uploads("dm", "edited.md", b"# Better", thread_ts=letter(floor, "ana").ts)
    floor.settle()
    canvas_writes = [row for row in rows(floor, "outbox") if row["kind"] == "canvas"]
    assert len(canvas_writes) == 4, "a version that people wrote stays out of it"


def test_a_post_mortem_is_assigned_reviewed_edited_and_published(floor: TestFloor) -> None:
    channel = closes(floor)
    assert "Nobody was asked to review it yet" in presses(floor, "ana", ids.PUBLISH)
    assert "⬜ Impact described: `/incident impact`" in says(floor, "ana")
    answer = floor.says("ana", "/incident impact 200 callers at Manila", channel)
    assert answer.endswith("*Write it again* in the message of the post-mortem brings it into the draft.")
    assert "audience" not in answer, "nobody is told any more"
    assert "200 callers" not in post_mortem_files(floor, "ana")[-1][1]
    drawn_before = letter(floor, "ana").blocks
    presses(floor, "ana", ids.REWRITE)
    assert "✅ Impact described" in says(floor, "ana")
    redrawn, letter(floor, "ana").blocks = letter(floor, "ana").blocks, drawn_before
    assert "Version 2 was written meanwhile" in presses(floor, "ana", ids.REWRITE), "once for two clicks"
    letter(floor, "ana").blocks = redrawn
    assert "Version 2, written from the record" in says(floor, "ana")
    assert "200 callers" in post_mortem_files(floor, "ana")[-1][1]

    presses(floor, "ana", ids.ASSIGN)
    assert "'Incident 1, S1 *" in str(floor.ana.modal), "a heading begins with a capital"
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

    assert "Version 3, uploaded by <@U0BEN>" in says(floor, "ana")
    assert ids.REWRITE not in str(letter(floor, "ana").blocks), "what people wrote is not written over"
    for who in ("ana", "chloe", "devi"):
        assert post_mortem_files(floor, who)[-1] == ("edited.md", "# Better")
    assert "no answer yet" in says(floor, "ben"), "nobody has reviewed the new version"
    presses(floor, "devi", ids.FINE)
    presses(floor, "ana", ids.PUBLISH)
    presses(floor, "ben", ids.PUBLISH)
    assert "say why it is published without" in submits(floor, "ben", where=ids.CONFIGURED)[ids.REASON]
    assert not submits(floor, "ben", where=ids.CONFIGURED, reason="nobody knows when it started")
    errors = submits(floor, "ana", where=ids.CONFIGURED, reason="nobody knows when it started")
    assert "It is published already" in errors[ids.WHERE]

    [copy] = [m for m in floor.ana.sees("incidents") if "Post-mortem* of incident 1" in m.visible_text]
    [shared] = [m for m in floor.ana.sees("incidents") if m.thread_ts == copy.ts and m.files]
    assert [file["name"] for file in shared.files] == ["edited.md"]
    assert "Published post-mortem of incident 1" in says(floor, "ana")
    assert not any("Post-mortem of" in words for words in floor.visible_text(channel).splitlines())
    kinds = ("assigned", "review_asked", "reviewed", "version", "incomplete", "published")
    assert [len(timeline(floor, f"postmortem_{kind}")) for kind in kinds] == [1, 2, 3, 1, 1, 1]


def test_what_slack_refuses_once_is_delivered_later_and_a_refused_publication_is_made_elsewhere(
    floor: TestFloor,
) -> None:
    channel = closes(floor)
    presses(floor, "ana", ids.REVIEW)
    floor.sandbox.fault("chat.postMessage", "error", error="messages_tab_disabled")
    assert not submits(floor, "ana", reviewers=["U0CHLOE"])
    assert "messages_tab_disabled" in str(timeline(floor, "trouble")[-1]["facts"])
    floor.passes(minutes=1)
    assert len(post_mortem_files(floor, "chloe")) == 3
    assert "could not get it" not in says(floor, "ana")
    floor.sandbox.fault("files.completeUploadExternal", "error", error="restricted_action")
    floor.ana.uploads("dm", "edited.md", b"# Better", thread_ts=letter(floor, "ana").ts)
    floor.settle()
    assert "<@U0CHLOE> could not get it (restricted_action)" in says(floor, "ana")
    floor.chloe.joins(channel)
    assert "comes to you" in floor.says("chloe", "/incident postmortem", channel)
    assert post_mortem_files(floor, "chloe")[-1] == ("edited.md", "# Better")
    presses(floor, "chloe", ids.FINE)

    floor.sandbox.fault("files.completeUploadExternal", "error", error="restricted_action")
    presses(floor, "ana", ids.PUBLISH)
    assert not submits(floor, "ana", where=ids.OWN_CHANNEL, reason="a test call")
    assert "Post-mortem in review" in says(floor, "ana"), "it is not published yet"
    assert "could not be posted in <#" in says(floor, "ana")
    assert rows(floor, "postmortems")[0]["remind_at"], "the reminders go on"
    presses(floor, "ana", ids.PUBLISH)
    assert not submits(floor, "ana", where=ids.CONFIGURED, reason="a test call")

    assert "Published post-mortem of incident 1" in says(floor, "ana")
    assert "could not be posted" not in says(floor, "ana")
    assert "📗" in floor.visible_text("incidents")
    assert "📗" not in floor.visible_text(channel), "the message without its files is deleted"
    assert len(timeline(floor, "postmortem_published")) == 1


def test_a_corrected_entry_is_quoted_as_corrected_and_a_hidden_one_nowhere(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.says("ana", "/incident brief", channel)
    floor.ana.fills(incident_ids.CAUSE, "Mr Smith's router")
    floor.ana.fills(incident_ids.CERTAINTY, "known")
    assert floor.ana.submits().closed
    floor.says("ana", "/incident severity S2 Mr Smith says so", channel)
    floor.says("ana", "/incident resolve Mr Smith's account was unlocked", channel)
    for kind, field, value in (
        ("cause", timeline_ids.TEXT, "A router"),
        ("severity", timeline_ids.TEXT, "The severity is S2: fewer calls are lost"),
        ("resolved", timeline_ids.HIDE, "hide"),
    ):
        [entry] = timeline(floor, kind)
        floor.says("ana", f"/incident correct {entry['id']}", channel)
        floor.ana.fills(field, value)
        floor.ana.fills(timeline_ids.REASON, "no names")
        assert floor.ana.submits().closed
        floor.settle()

    floor.says("ana", "/incident close", channel)

    files = dict(post_mortem_files(floor, "ana"))
    assert "Cause: A router" in files["post-mortem-1.md"]
    assert "Known: A router" in files["post-mortem-1-leadership.html"]
    assert "| The severity is S2: fewer calls are lost" in files["post-mortem-1.md"]
    assert "Smith" not in "".join(files.values())
    messages = "".join(message.visible_text for message in floor.ana.direct_messages())
    assert "It lasted" in messages
    assert "Smith" not in messages


def test_the_checklist_ticks_itself_off_and_then_no_reason_is_required(floor: TestFloor) -> None:
    channel = closes(floor)
    for item in ("Impact described", "was detected", "Follow-ups", "Questions answered", "Reviewed"):
        assert any(line.startswith("⬜") and item in line for line in says(floor, "ana").splitlines()), item

    declared_at = utcnow() - timedelta(minutes=1)
    for name in ("started", "detected", "mitigated"):
        floor.says("ana", "/incident milestones", channel)
        floor.ana.fills("milestone", name)
        floor.ana.fills(
            "at",
            int((declared_at - timedelta(minutes=30)).timestamp())
            if name != "mitigated"
            else int(utcnow().timestamp()),
        )
        assert not submits(floor, "ana", reason="the graph shows it")
    floor.says("ana", "/incident followup replace the trunk", channel)
    text = says(floor, "ana")
    assert "✅ Follow-ups, each with an owner" in text
    assert "✅ When it started" in text

    presses(floor, "ana", ids.REVIEW)
    assert not submits(floor, "ana", reviewers=["U0CHLOE"])
    floor.ana.uploads("dm", "edited.md", b"# Better", thread_ts=letter(floor, "ana").ts)
    floor.settle()
    presses(floor, "chloe", ids.FINE)
    assert says(floor, "ana").count("⬜") == 3, "cause, impact and figures were never recorded"


def test_the_author_is_reminded_before_the_due_date_and_when_it_is_late(floor: TestFloor) -> None:
    closes(floor)
    presses(floor, "ana", ids.ASSIGN)
    submits(floor, "ana", author="U0BEN")

    floor.passes(hours=23)
    assert reminders(floor, "ben") == []
    floor.passes(hours=2)
    assert ["is due" in words for words in reminders(floor, "ben")] == [True]
    floor.stop_bot()
    floor.passes(days=3)
    floor.start_bot()
    floor.passes(days=1)

    assert [("was due" in words) for words in reminders(floor, "ben")] == [False, True]
    assert "; it is still a draft." in reminders(floor, "ben")[-1]
    floor.ben.clicks(ids.REVIEW, channel="dm")
    assert not submits(floor, "ben", reviewers=["U0ANA"])
    presses(floor, "ana", ids.FINE)
    presses(floor, "ben", ids.PUBLISH)
    assert not submits(floor, "ben", where=ids.CONFIGURED, reason="it was a test call")
    floor.passes(days=4)
    assert len(reminders(floor, "ben")) == 2, "a published post-mortem needs no reminder"


def reminders(floor: TestFloor, who: str) -> list[str]:
    """The reminders sent to a person."""
    return [
        m.visible_text
        for m in floor.sandbox.person(who).direct_messages()
        if m.visible_text.startswith("⏰ The post-mortem")
    ]


def test_before_the_close_a_person_who_asks_gets_a_private_preview(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.chloe.joins(channel)
    floor.settle()
    answer = floor.says("chloe", "/incident postmortem", channel)

    assert "as it stands comes to you" in answer
    assert "Preview of the post-mortem" in says(floor, "chloe")
    assert "This is a preview" in post_mortem_files(floor, "chloe")[0][1]
    assert not floor.sandbox.workspace.canvases
    floor.chloe.uploads("dm", "mine.md", b"# Mine", thread_ts=letter(floor, "chloe").ts)
    floor.settle()
    assert "so I did not keep your file" in floor.visible_text("dm", "chloe")
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident close", channel)
    floor.says("chloe", "/incident postmortem", channel)
    assert "Post-mortem draft" in says(floor, "chloe")
    assert "You have it in your direct messages" in floor.says("chloe", "/incident postmortem", channel)

    floor.says("ana", "/incident reopen it is back", channel)
    assert "Post-mortem draft set aside of incident 1, S1" in says(floor, "ana")
    assert "The incident was reopened: its next close brings a new draft." in says(floor, "ana")


def test_a_private_incidents_post_mortem_goes_only_to_people_in_its_channel(floor: TestFloor) -> None:
    secret = "payroll of the board leaked"
    floor.says("ana", "/incident declare S1")
    floor.ana.fills("What is wrong?", secret)
    floor.ana.fills("Who may see it?", ["private"])
    floor.ana.submits()
    floor.settle()
    channel = "inc-1-payroll-of-the-board-leaked"
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident close", channel)

    presses(floor, "ana", ids.ASSIGN)
    refusal = submits(floor, "ana", author="U0BEN")[ids.AUTHOR]
    assert refusal == "Incident 1 is private and @Ben Okafor is not in its channel. Invite them there first."
    floor.ana.closes()
    presses(floor, "ana", ids.REVIEW)
    assert "not in its channel" in submits(floor, "ana", reviewers=["U0BEN"])[ids.REVIEWERS]
    floor.ana.closes()
    floor.ana.invites(channel, "ben")
    floor.settle()
    presses(floor, "ana", ids.REVIEW)
    assert not submits(floor, "ana", reviewers=["U0BEN"])

    # Somebody who left has no say any more, even in a form that is still open.
    presses(floor, "ben", ids.PUBLISH)
    floor.ben.leaves(channel)
    floor.settle()
    errors = submits(floor, "ben", where=ids.CONFIGURED, reason="all may read")
    assert "There is no such post-mortem" in errors[ids.WHERE]
    floor.ben.closes()
    assert "which is private: it is shown to people in its channel." in says(floor, "ben")
    assert secret not in says(floor, "ben")
    floor.ben.uploads("dm", "secret.md", b"# Mine", thread_ts=letter(floor, "ben").ts)
    floor.settle()
    assert "There is no such post-mortem" in floor.direct_texts("ben")[-1]
    assert [row["version"] for row in rows(floor, "postmortems")] == [1]
    floor.ana.invites(channel, "ben")
    floor.settle()
    assert secret in says(floor, "ben")

    presses(floor, "ana", ids.PUBLISH)
    assert not submits(floor, "ana", reason="it stays among us"), "its own channel is preselected"

    assert "📗" in floor.visible_text(channel)
    own_channels = {
        floor.sandbox.workspace.direct_message(floor.sandbox.person(who).user).id for who in ("ana", "ben")
    }
    other_texts = {
        name: words for name, words in seen_by_all(floor).items() if name not in (channel, *own_channels)
    }
    assert secret not in str(other_texts)
    assert all(
        set(file.shares) <= {*own_channels, floor.sandbox.workspace.channel(channel).id}
        for file in floor.sandbox.workspace.files.values()
    )

    floor.ana.leaves(channel)
    floor.settle()
    files_of_ana = post_mortem_files(floor, "ana")
    floor.ben.uploads("dm", "edited.md", b"# Better", thread_ts=letter(floor, "ben").ts)
    floor.settle()
    assert any("edited.md" in file.name for file in floor.sandbox.workspace.files.values())
    assert "Version 2" in floor.visible_text(channel, who="ben"), "the published copy is the newest version"
    assert post_mortem_files(floor, "ana") == files_of_ana
    floor.says("ben", "/incident reopen it leaks again", channel)
    message_count = len(floor.ana.direct_messages())
    floor.says("ben", "/incident resolve over", channel)
    answer = floor.says("ben", "/incident close", channel)
    assert "The post-mortem draft goes to <@U0BEN>" in answer
    assert "Post-mortem draft" in says(floor, "ben")
    assert len(floor.ana.direct_messages()) == message_count, "the declarer was removed from the channel"


def test_a_published_post_mortem_is_taken_back_with_its_files_when_the_incident_becomes_private(
    floor: TestFloor,
) -> None:
    channel = closes(floor, who="ana")
    presses(floor, "ana", ids.REVIEW)
    assert submits(floor, "ana", reviewers=["U0BEN"]) == {}
    presses(floor, "ana", ids.PUBLISH)
    assert submits(floor, "ana", reason="enough") == {}
    floor.passes(seconds=10)
    assert "IVR down" in floor.visible_text("incidents")
    published = [shared["id"] for message in floor.ana.sees("incidents") for shared in message.files]
    assert published

    floor.says("ana", "/incident reopen it is not over", channel)
    floor.says("ana", "/incident timeline picture", channel)
    floor.passes(seconds=10)
    old_channel = floor.sandbox.workspace.channel(channel)
    assert old_channel.canvas
    assert [message for message in floor.ana.sees(channel) if message.files]
    floor.says("ana", "/incident private customer data", channel)
    floor.passes(minutes=1)

    assert "IVR down" not in floor.visible_text("incidents")
    assert not [message for message in floor.ana.sees("incidents") if message.files]
    assert not set(published) & floor.sandbox.workspace.files.keys()
    assert not old_channel.canvas, "nor does the archived channel show a draft or a picture"
    assert not [message for message in old_channel.messages.values() if message.files]
    assert "IVR down" in says(floor, "ana"), "people in its channel keep their copies"


def test_a_closed_incident_becomes_private_without_being_reopened(floor: TestFloor) -> None:
    channel = closes(floor, who="ana")
    counts = {place: len(floor.ana.sees(place)) for place in ("operations", "executives", "partners")}

    assert "This incident is private now." in floor.says("ana", "/incident private customer data", channel)
    floor.passes(minutes=1)

    assert all(len(floor.ana.sees(place)) <= count for place, count in counts.items()), "nobody hears of it again"
    assert "No incident matches" in floor.says("hana", "/incident list all")
    assert floor.sandbox.workspace.channel(channel).is_archived
    assert rows(floor, "incidents")[0]["status"] == "closed"


def test_guests_and_people_without_permission_are_told_so(floor: TestFloor) -> None:
    closes(floor)
    presses(floor, "ana", ids.ASSIGN)

    assert "Guests" in submits(floor, "ana", author="U0GUS")[ids.AUTHOR]
    floor.ana.closes()
    presses(floor, "ana", ids.REVIEW)
    assert not submits(floor, "ana", reviewers=["U0BEN"])
    presses(floor, "ben", ids.FINE)
    presses(floor, "ben", ids.FINE)
    assert len(timeline(floor, "postmortem_reviewed")) == 1
    floor.sandbox.workspace.is_free = True
    floor.ben.uploads("dm", "photo.png", b"png", thread_ts=letter(floor, "ben").ts)
    floor.settle()
    assert "so I did not use this one" in floor.visible_text("dm", "ben")
    assert "Version 1" in says(floor, "ana")


def test_a_plan_without_canvases_and_a_broken_template_do_no_harm(tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree("message_templates", templates)
    (templates / "post_mortem" / "document.md.j2").write_text("{% if %}")
    (templates / "post_mortem" / "es.yaml").unlink()
    with TestFloor(tmp_path, templates_dir=templates, playbooks_dir=PLAYBOOKS) as floor:
        floor.sandbox.workspace.is_free = True
        closes(floor)

        names = [name for name, _ in post_mortem_files(floor, "ana")]
        assert names == ["post-mortem-1.md", "post-mortem-1.html", "post-mortem-1-leadership.html"]
        assert "trunk replaced" in post_mortem_files(floor, "ana")[0][1]
        assert not timeline(floor, "trouble")
        floor.nothing_was_malformed()


def test_each_file_is_sent_once_when_author_reviewers_and_place_are_chosen_right_after_the_close(
    floor: TestFloor,
) -> None:
    floor.sandbox.fault("files.completeUploadExternal", "delay", seconds=0.3, count=4)
    closes(floor)
    with floor.services.database.reading() as session:
        number = session.connection().execute(sa.text("SELECT max(id) FROM postmortems")).scalar_one()

    review_actions.assign(floor.services, number, "U0BEN", "U0ANA", utcnow())
    review_actions.request_review(floor.services, number, ["U0CHLOE", "U0BEN"], "U0ANA", utcnow())
    review_actions.publish(floor.services, number, ids.CONFIGURED, "a test call", "U0ANA", utcnow())
    with pytest.raises(BeingPublished):
        review_actions.publish(floor.services, number, ids.OWN_CHANNEL, "a test call", "U0BEN", utcnow())
    floor.settle()
    assert "Published post-mortem of incident 1" in says(floor, "ana")

    for who in ("ana", "ben", "chloe"):
        names = [name for name, _ in post_mortem_files(floor, who)]
        assert sorted(names) == sorted(set(names)), who
        assert len(names) == 3, who
