"""Views of follow-ups: the channel's message, direct messages, lists, the weekly digest. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from bot.followups import ids, rules
from bot.followups.rules import State
from bot.followups.tables import FollowUp
from bot.incidents import ids as incident_ids
from bot.incidents.tables import Incident
from bot.slack.blocks import MESSAGE_TEXT, Block, Element, Message, actions, button, context, header, section
from bot.slack.pages import page_of
from bot.slack.text import channel_link, day, escape, link, mention, one_line, shorten

TEXT_SHOWN = 600
TEXT_IN_LIST = 200
DIGEST_SHOWN = 15
LISTED_PER_PAGE = 20
NOBODY = "_nobody yet_"


class FollowUpFacts(Struct, frozen=True):
    """The data shown in the messages."""

    follow_up: FollowUp
    incident: Incident
    now: datetime

    @property
    def is_late(self) -> bool:
        """True if its day is over and it is still open."""
        return self.follow_up.is_open and rules.is_late(self.follow_up.due_at, self.now)


def channel_message(facts: FollowUpFacts) -> Message:
    """Return the one message about a follow-up in its incident's channel."""
    follow_up = facts.follow_up
    text = f"🔖 Follow-up {follow_up.number}: {_short_text(follow_up)}"
    blocks = [
        section(f"{_emoji(facts)} *Follow-up {follow_up.number}* {_short_text(follow_up)}"),
        context(_status_line(facts)),
        actions(_channel_buttons(follow_up), block_id=f"followup-{follow_up.number}"),
    ]
    return text, blocks


def _channel_buttons(follow_up: FollowUp) -> list[Element]:
    number = str(follow_up.number)
    playbook_button = button("For a playbook…", incident_ids.PROPOSE_FROM_FOLLOW_UP, number)
    if not follow_up.is_open:
        return [button("Open again", ids.REOPEN, number), playbook_button]
    done_button = button("Done", ids.DONE, number, style="primary")
    take_buttons = [] if follow_up.owner_id else [button("Take it", ids.TAKE, number)]
    return [done_button, *take_buttons, button("Change…", ids.CHANGE, number), playbook_button]


class DirectMessage(Struct, frozen=True):
    """A direct message about a follow-up: its reader, its number, and whether it is a reminder.

    A reader who has left a private incident may no longer read its text.
    """

    reader_id: str
    number: int
    is_reminder: bool = False
    may_read: bool = True


def owner_message(facts: FollowUpFacts, message: DirectMessage) -> Message:
    """Return a direct message to the owner, or the person who is to find one; the newest has the buttons."""
    follow_up = facts.follow_up
    text_shown = _short_text(follow_up) if message.may_read else "_its text is in the channel_"
    status_sentence = _status_sentence(facts, message)
    text = f"🔖 {status_sentence} Follow-up {follow_up.number}: {text_shown}"
    if message.number < follow_up.told:
        # Older messages are reduced, so that they do not distract from the newest.
        return text, [
            context(f"{_emoji(facts)} *Follow-up {follow_up.number}* {shorten(text_shown, 80)} · {status_sentence}")
        ]
    blocks = [
        section(f"{_emoji(facts)} {status_sentence}\n*Follow-up {follow_up.number}* {text_shown}"),
        context(_details(facts, with_link=message.may_read)),
    ]
    if follow_up.is_open and message.reader_id == follow_up.responsible_id and message.may_read:
        buttons = _owner_buttons(follow_up, message.reader_id)
        blocks.append(actions(buttons, block_id=f"followup-{follow_up.number}-{message.number}"))
    return text, blocks


def _status_sentence(facts: FollowUpFacts, message: DirectMessage) -> str:
    follow_up = facts.follow_up
    if follow_up.state == State.DONE:
        return f"Done by {mention(follow_up.finished_by or '')}. Thank you."
    if follow_up.state == State.DROPPED:
        return "It is no longer needed."
    if message.reader_id != follow_up.responsible_id:
        return _handed_over_line(follow_up)
    if message.number < follow_up.told:
        return "there is a newer message below."
    if follow_up.owner_id is None:
        return "*Nobody has this follow-up.* Please give it to somebody, or take it."
    if facts.is_late:
        return f"*This is late*; it was due {day(follow_up.due_at)}."
    due = day(follow_up.due_at)
    return f"*A reminder:* it is due {due}." if message.is_reminder else f"*This is yours to do*, due {due}."


def _handed_over_line(follow_up: FollowUp) -> str:
    if follow_up.owner_id:
        return f"It is {_owner(follow_up)}'s now."
    if follow_up.asked_id:
        return f"Nobody has it now; {mention(follow_up.asked_id)} is asked to find somebody."
    return "Nobody has it now. Please say in the channel who could do it."


def _owner_buttons(follow_up: FollowUp, reader_id: str) -> list[Element]:
    number = str(follow_up.number)
    if reader_id != follow_up.owner_id:
        assign_button = button("Assign…", ids.CHANGE, number, style="primary")
        return [assign_button, button("Take it", ids.TAKE, number)]
    return [
        button("Done", ids.DONE, number, style="primary"),
        button("Later…", ids.LATER, number),
        button("Not mine", ids.NOT_MINE, number),
    ]


def _short_text(follow_up: FollowUp) -> str:
    return one_line(follow_up.text, TEXT_SHOWN)


def _emoji(facts: FollowUpFacts) -> str:
    if facts.follow_up.is_open:
        return "⚠️" if facts.is_late else "🔖"
    return "✅" if facts.follow_up.state == State.DONE else "🚫"


def _owner(follow_up: FollowUp) -> str:
    return mention(follow_up.owner_id) if follow_up.owner_id else NOBODY


def _status_line(facts: FollowUpFacts) -> str:
    follow_up = facts.follow_up
    parts = [_owner(follow_up)]
    if follow_up.state == State.DONE:
        parts.append(f"done by {mention(follow_up.finished_by or '')}")
    elif follow_up.state == State.DROPPED:
        parts.append("no longer needed")
    else:
        parts.append(f"{'*late*, was due' if facts.is_late else 'due'} {day(follow_up.due_at)}")
    return " · ".join([*parts, *_marks(follow_up)])


def _marks(follow_up: FollowUp) -> list[str]:
    kind = [follow_up.kind] if follow_up.kind else []
    return [*kind, link(follow_up.link, "link")] if follow_up.link else kind


def _details(facts: FollowUpFacts, *, with_link: bool) -> str:
    marks = _marks(facts.follow_up) if with_link else []
    return " · ".join([_of_incident(facts.incident), *marks])


def _of_incident(incident: Incident) -> str:
    # Outside its channel, only the existence of a private incident is shown.
    if incident.is_private:
        return f"Incident {incident.number}, which is private"
    where = channel_link(incident.channel_id) if incident.channel_id else one_line(incident.title, 100)
    return f"Incident {incident.number} {where}"


class Listed(Struct, frozen=True):
    """A list: its title, its text when empty, the command for its pages, and the page shown."""

    title: str
    empty_text: str
    command: str
    page: int = 1


def listing(pairs: Sequence[tuple[FollowUp, Incident]], listed: Listed, now: datetime) -> Message:
    """Return a page of follow-ups, each with a button that opens it."""
    if not pairs:
        return listed.empty_text, [section(listed.empty_text)]
    blocks = [header(listed.title)]
    shown, which_page = page_of(pairs, listed.page, LISTED_PER_PAGE, listed.command)
    for follow_up, incident in shown:
        facts = FollowUpFacts(follow_up, incident, now)
        text = one_line(follow_up.text, TEXT_IN_LIST)
        line_text = (
            f"{_emoji(facts)} *{follow_up.number}* {text}\n{_status_line(facts)} · {_channel_or_number(incident)}"
        )
        open_button = button("Open…", ids.CHANGE, str(follow_up.number))
        blocks.append(section(line_text, block_id=f"followup-{follow_up.number}", accessory=open_button))
    return f"{listed.title}: {len(pairs)}", [*blocks, *which_page]


def _channel_or_number(incident: Incident) -> str:
    return channel_link(incident.channel_id) if incident.channel_id else f"incident {incident.number}"


class Week(Struct, frozen=True):
    """The data of the weekly digest, from incidents that everyone may see."""

    open: int
    late: int
    done: int
    due: Sequence[tuple[FollowUp, Incident]]
    names: Mapping[str, str]
    now: datetime


def digest(week: Week) -> Message:
    """Return the weekly digest: figures, then what is late or due this week. It mentions and notifies no one."""
    figures = f"{week.open} open, {week.late} late, {week.done} done last week"
    lines = [_digest_line(follow_up, incident, week) for follow_up, incident in week.due[:DIGEST_SHOWN]]
    left_out = len(week.due) - len(lines)
    blocks = [section(f"🔖 *Follow-ups this week* {figures}")]
    if lines:
        blocks.append(section("\n".join(lines)))
    more = [f"… and {left_out} more late or due."] if left_out > 0 else []
    blocks.append(context(" ".join([*more, "`/incident followups overdue` lists what is late, `mine` yours."])))
    return shorten(f"🔖 Follow-ups this week: {figures}", MESSAGE_TEXT), blocks


def digest_without(blocks: Sequence[Block], incident: Incident) -> list[Block]:
    """The digest's blocks without the lines about an incident that became private."""
    names = (channel_link(incident.former_channel_id or ""), f"incident {incident.number}")
    return [shortened for block in blocks if (shortened := _without_lines(block, names))]


def _without_lines(block: Block, line_ends: tuple[str, ...]) -> Block | None:
    if block["type"] != "section":
        return block
    lines = [line for line in block["text"]["text"].split("\n") if not line.endswith(line_ends)]
    return section("\n".join(lines)) if lines else None


def _digest_line(follow_up: FollowUp, incident: Incident, week: Week) -> str:
    owner = escape(week.names.get(follow_up.owner_id or "", "")) or NOBODY
    late = "⚠️ late, was due" if rules.is_late(follow_up.due_at, week.now) else "due"
    due = f"{late} {day(follow_up.due_at)}"
    return f"• {one_line(follow_up.text, 110)} · {owner} · {due} · {_channel_or_number(incident)}"
