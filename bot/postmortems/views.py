"""Views of a post-mortem: the message whose thread has the files, and the reminder. Pure."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.incidents import ids as incident_ids
from bot.incidents.tables import Incident
from bot.postmortems import ids
from bot.postmortems.copies import Copy
from bot.postmortems.rules import State, Verdict
from bot.postmortems.tables import PostMortem
from bot.slack import refusals
from bot.slack.blocks import Block, Message, actions, button, context, section
from bot.slack.text import channel_link, day_and_time, escape, format_duration, mention, one_line

SHARE_METHOD = "files.completeUploadExternal"
TITLE_SHOWN = 200
ENDING_SHOWN = 280
VERDICT_TEXTS = {Verdict.NONE: "no answer yet", Verdict.FINE: "says it is fine", Verdict.CHANGES: "wants changes"}
HEADINGS = {
    State.PREVIEW: "👀 *Preview of the post-mortem*",
    State.DRAFT: "📝 *Post-mortem draft*",
    State.IN_REVIEW: "🔍 *Post-mortem in review*",
    State.PUBLISHED: "📗 *Published post-mortem*",
    State.PUT_ASIDE: "🗄️ *Post-mortem draft set aside*",
}


class PostMortemFacts(Struct, frozen=True):
    """The data shown in the message."""

    incident: Incident
    postmortem: PostMortem
    copies: Sequence[Copy]
    now: datetime
    kept: int
    due: int
    ended_by: str = ""
    address: str = ""
    uploaded_by: str = ""
    # Items to be done before publishing, and whether each is done.
    checklist: Sequence[tuple[str, bool]] = ()

    @property
    def reviewers(self) -> list[Copy]:
        """The people asked to review it."""
        return [copy for copy in self.copies if copy.is_reviewer]

    @property
    def undone(self) -> list[str]:
        """The open checklist items, without their instructions."""
        return [title.partition(":")[0] for title, is_done in self.checklist if not is_done]

    @property
    def author(self) -> str:
        """The person who is to finish it; empty if there is none yet."""
        return self.postmortem.author_id or ""


def message(facts: PostMortemFacts, copy: Copy) -> Message:
    """Return the message whose thread has the files: two lines of summary, the status, and buttons."""
    heading = HEADINGS[State(facts.postmortem.state)]
    if copy.is_published:
        heading = "📗 *Post-mortem*"
    blocks = [section(f"{heading} of {incident_phrase(facts.incident)}\n{_summary(facts)}")]
    status_lines = [] if copy.is_published else _status_lines(facts, copy)
    if status_lines:
        blocks.append(section("\n".join(status_lines)))
    if status_lines and facts.checklist:
        blocks.append(section(_checklist(facts)))
    if buttons := _buttons(facts, copy):
        blocks.append(actions(buttons, block_id=f"postmortem-{copy.number}"))
    blocks.append(context(*_small_print(facts, copy)))
    return f"{heading.replace('*', '')} of {incident_phrase(facts.incident)}", blocks


def message_for_outsider(incident: Incident) -> Message:
    """Return what is left of the message to somebody who left the channel of a private incident."""
    text = f"Post-mortem of incident {incident.number}, which is private: it is shown to people in its channel."
    return text, [section(text)]


def incident_phrase(incident: Incident) -> str:
    return f"incident {incident.number}, {incident.severity} *{one_line(incident.title, TITLE_SHOWN)}*"


def _summary(facts: PostMortemFacts) -> str:
    incident = facts.incident
    if facts.postmortem.state == State.PUT_ASIDE:
        return "The incident was reopened: its next close brings a new draft."
    if incident.resolved_at:
        duration_text = (
            f"It lasted {format_duration(incident.resolved_at - incident.declared_at)} from its declaration on"
        )
        duration_text += f". What solved it: {one_line(facts.ended_by, ENDING_SHOWN)}." if facts.ended_by else "."
    else:
        duration_text = f"It is not over: {incident.status}, declared {day_and_time(incident.declared_at)}."
    kept_text = (
        f"{facts.kept} of {facts.due} promised updates went out on time."
        if facts.due
        else "No scheduled update was due."
    )
    return f"{duration_text}\n{kept_text}"


def _status_lines(facts: PostMortemFacts, shown_copy: Copy) -> list[str]:
    postmortem = facts.postmortem
    if postmortem.state in (State.PREVIEW, State.PUT_ASIDE):
        return []
    author_text = f"*Author* {mention(facts.author)}" if facts.author else "*Author* nobody yet"
    due = f" · *due* {day_and_time(postmortem.due_at)}" if postmortem.due_at else ""
    lines = [f"{author_text}{due}{_late(facts)}"]
    lines += [f"• {mention(copy.place)} {verdict_text(copy)}" for copy in facts.reviewers]
    if postmortem.published_at and postmortem.published_by:
        lines.append(f"Published {day_and_time(postmortem.published_at)} by {mention(postmortem.published_by)}.")
    lines += [_trouble_line(copy) for copy in facts.copies if copy.trouble and copy.number != shown_copy.number]
    return lines


def _checklist(facts: PostMortemFacts) -> str:
    """Return the checklist, whose items tick themselves off; brief, because it is read more than once."""
    if not facts.undone:
        return "✅ Everything on the checklist is done."
    return "\n".join(["*Before you publish*", *(f"{_box(done)} {title}" for title, done in facts.checklist)])


def _box(is_done: bool) -> str:
    return "✅" if is_done else "⬜"


def _late(facts: PostMortemFacts) -> str:
    due = facts.postmortem.due_at
    is_open = facts.postmortem.state in (State.DRAFT, State.IN_REVIEW)
    return " · *late*" if is_open and due and due < facts.now else ""


def verdict_text(copy: Copy) -> str:
    comment = f": {one_line(copy.comment, ENDING_SHOWN)}" if copy.comment else ""
    return VERDICT_TEXTS[Verdict(copy.verdict)] + comment


def _trouble_line(copy: Copy) -> str:
    reason = escape(copy.trouble or "")
    if copy.is_published and copy.delivered_at:
        return f"⚠️ The newest version could not be posted in {channel_link(copy.place)} ({reason})."
    if copy.is_published:
        return f"⚠️ It could not be posted in {channel_link(copy.place)} ({reason}). *Publish…* tries again."
    return f"⚠️ {mention(copy.place)} could not get it ({reason})."


def _buttons(facts: PostMortemFacts, copy: Copy) -> list[Block]:
    number = str(facts.postmortem.number)
    label = "Open it" if copy.is_published else "Open draft"
    open_button = [button(label, ids.OPEN, number, url=facts.address)] if facts.address else []
    if copy.is_published or facts.postmortem.state not in (State.DRAFT, State.IN_REVIEW):
        return open_button
    for_playbook = button("For a playbook…", incident_ids.PROPOSE_FROM_REVIEW, str(facts.incident.number))
    if copy.is_reviewer and copy.place != facts.author:
        return [
            *open_button,
            button("Looks fine", ids.FINE, number, style="primary"),
            button("Changes wanted…", ids.CHANGES, number),
            button("Publish…", ids.PUBLISH, number),
            for_playbook,
        ]
    # With its version, so that a second click writes no second one.
    rewrite = button("Write it again", ids.REWRITE, f"{number}:{facts.postmortem.version}")
    return [
        *open_button,
        *([] if facts.uploaded_by else [rewrite]),
        button("Assign author…", ids.ASSIGN, number),
        button("Request review…", ids.REVIEW, number),
        button("Publish…", ids.PUBLISH, number, style="primary" if _is_ready(facts) else None),
        for_playbook,
    ]


def _is_ready(facts: PostMortemFacts) -> bool:
    return bool(facts.reviewers) and all(copy.verdict == Verdict.FINE for copy in facts.reviewers)


def _small_print(facts: PostMortemFacts, copy: Copy) -> list[str]:
    version = f"Version {facts.postmortem.version}"
    version += f", uploaded by {mention(facts.uploaded_by)}" if facts.uploaded_by else ", written from the record"
    if copy.trouble:
        reason = escape(refusals.reason(SHARE_METHOD, copy.trouble))
        return [f"{version}. ⚠️ Its files could not be put in this thread: {reason}."]
    if copy.is_published or facts.postmortem.state in (State.PREVIEW, State.PUT_ASIDE):
        return [f"{version}. The files are in the thread."]
    return [f"{version}. The files are in the thread; an edited one uploaded there is the next version."]


def reminder(facts: PostMortemFacts) -> Message:
    """Return the reminder to the author, before the due time or when it is late."""
    due = facts.postmortem.due_at
    assert due is not None
    due_text = f"was due {day_and_time(due)}" if due <= facts.now else f"is due {day_and_time(due)}"
    state = "still a draft" if facts.postmortem.state == State.DRAFT else facts.postmortem.state
    text = f"⏰ The post-mortem of {incident_phrase(facts.incident)} {due_text}; it is {state}."
    number = str(facts.postmortem.number)
    buttons = [button("Open draft", ids.OPEN, number, url=facts.address)] if facts.address else []
    buttons += [
        button("Assign author…", ids.ASSIGN, number),
        button("Request review…", ids.REVIEW, number),
        button("Publish…", ids.PUBLISH, number),
    ]
    return text, [section(text), actions(buttons, block_id=f"postmortem-reminder-{number}")]
