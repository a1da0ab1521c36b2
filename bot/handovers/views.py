"""The views of a handover: the direct message, the summary, the lines in the channel. Pure."""

from datetime import datetime

from bot.handovers import ids
from bot.handovers.rules import State
from bot.handovers.tables import Handover
from bot.incidents.tables import Incident
from bot.slack.blocks import Block, Message, actions, button, context, modal, section
from bot.slack.text import channel_link, escape, mention, near_time, one_line

LONGEST_NOTE = 1_000
LONGEST_QUESTION = 500
SECTION = 2_900


def summary_view(handover: Handover) -> Block:
    """The summary of a private incident, shown without being sent anywhere."""
    return modal("handover.summary", "Handover", [*_summary(handover)], close="Close")


def offer_message(handover: Handover, incident: Incident, now: datetime) -> Message:
    """The direct message to the recipient, in the handover's current state."""
    where = channel_link(incident.channel_id or "")
    text = f"🤝 {mention(handover.from_id)} asks you to take command of {_name(incident)} in {where}."
    if not handover.is_pending:
        return text, [section(f"{text}\n{_outcome(handover, now)}")]
    number = str(handover.number)
    # Also what shows that the offer is still there: a deleted one is sent again.
    reminded = [context(f"⏰ Reminded {near_time(handover.reminded_at, now)}")] if handover.reminded_at else []
    buttons = [
        button("Accept", ids.ACCEPT, number, style="primary"),
        button("Send back with a question…", ids.SEND_BACK, number),
    ]
    if incident.is_private:
        # Outside its channel, a private incident's text is not sent: the summary is only shown.
        buttons.append(button("Read the summary", ids.READ, number))
        return text, [section(text), actions(buttons, block_id=f"handover-{number}"), *reminded]
    return text, [section(text), *_summary(handover), actions(buttons, block_id=f"handover-{number}"), *reminded]


def question_message(handover: Handover, incident: Incident) -> Message:
    """The direct message to the outgoing person when the handover is sent back."""
    text = (
        f"{mention(handover.to_id)} sent your handover of incident {incident.number} "
        f"({channel_link(incident.channel_id or '')}) back. You are still in command."
    )
    question = " The question is in its channel."
    if not incident.is_private:
        question = f"\n> {one_line(handover.question, LONGEST_QUESTION)}"
    again_button = button("Hand over again…", ids.OFFER_AGAIN, str(incident.number), style="primary")
    return text, [
        section(f"{text}{question}"),
        actions([again_button], block_id=f"handover-again-{handover.number}"),
    ]


def offered_line(handover: Handover) -> Message:
    """The channel's line when command is offered: who is accountable, and until when."""
    text = (
        f"🤝 {mention(handover.from_id)} hands command over to {mention(handover.to_id)} and stays in command "
        "until they accept."
    )
    back_button = button("Take back", ids.WITHDRAW, str(handover.number))
    return text, [section(text), actions([back_button], block_id=f"handover-offered-{handover.number}")]


def settled_line(handover: Handover, now: datetime) -> Message:
    """The same line once the offer is settled."""
    text = f"🤝 {mention(handover.from_id)} → {mention(handover.to_id)}: {_outcome(handover, now)}"
    question = f"\n> {one_line(handover.question, LONGEST_QUESTION)}" if handover.question else ""
    return text, [section(text + question)]


def unaccepted_text(handover: Handover, now: datetime) -> str:
    """The channel's message when nobody answered in time."""
    return (
        f"⚠️ {mention(handover.to_id)} has not accepted command since {near_time(handover.offered_at, now)}. "
        f"{mention(handover.from_id)} is still in command. `/incident handover` offers it to somebody else."
    )


def _outcome(handover: Handover, now: datetime) -> str:
    when = near_time(handover.decided_at or now, now)
    if handover.state == State.ACCEPTED:
        return f"✅ {mention(handover.to_id)} has been in command since {when}."
    if handover.state == State.RETURNED:
        return f"↩️ Sent back with a question {when}. {mention(handover.from_id)} is still in command."
    return f"Taken back {when}; nothing is asked of {mention(handover.to_id)} any more."


def _name(incident: Incident) -> str:
    if incident.is_private:
        return f"incident {incident.number}, which is private,"
    return f"incident {incident.number}, {incident.severity} *{one_line(incident.title, 200)}*"


def _summary(handover: Handover) -> list[Block]:
    note = f"*{mention(handover.from_id)} adds*\n{escape(handover.note)}" if handover.note else ""
    return [*sections(handover.summary), *([section(note)] if note else [])]


def sections(summary: str) -> list[Block]:
    """Pack paragraphs into sections up to the size limit, so that no paragraph is cut."""
    texts: list[str] = []
    for paragraph in summary.split("\n\n"):
        if texts and len(texts[-1]) + len(paragraph) + 2 <= SECTION:
            texts[-1] += f"\n\n{paragraph}"
        elif paragraph:
            texts.append(paragraph)
    return [section(text) for text in texts]
