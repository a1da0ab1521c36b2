"""What people see of a routing fault: the card with its buttons. Pure."""

from datetime import datetime

from bot.frontdoor import ids
from bot.frontdoor.fault_rules import State
from bot.frontdoor.fault_tables import RoutingFault
from bot.slack.blocks import Block, Message, actions, button, context, section
from bot.slack.text import mention, near_time, one_line

SHOWN = 700
TITLE = 120


def card(fault: RoutingFault, now: datetime) -> Message:
    """The card in the incident's channel."""
    text = f"🔀 Routing fault: {one_line(fault.wrong, TITLE)}"
    lines = [
        f"🔀 *Routing fault* {one_line(fault.wrong, SHOWN)}",
        f"*Since* {near_time(fault.since, now)}",
    ]
    for title, value in (("Examples", fault.examples), ("Workaround", fault.workaround)):
        lines += [f"*{title}* {one_line(value, SHOWN)}"] if value else []
    blocks = [section("\n".join(lines)), context(_state_text(fault, now))]
    return text, [*blocks, *_buttons(fault)]


def moved_card(fault: RoutingFault) -> Message:
    """The card in the channel of an incident that was merged into another."""
    wrong = one_line(fault.wrong, TITLE)
    text = f"🔀 The routing fault “{wrong}” goes on in incident {fault.incident_id}."
    return text, [section(text)]


def _state_text(fault: RoutingFault, now: datetime) -> str:
    end_text = near_time(fault.answered_at or now, now)
    if fault.state == State.ANSWERED:
        return f"✅ {mention(fault.answered_by or '')} {end_text}: {one_line(fault.answer, SHOWN)}"
    if fault.state == State.WITHDRAWN:
        return f"Taken back {end_text}"
    if fault.state == State.ENDED:
        return f"Ended with the incident {end_text}, without an answer"
    owner = mention(fault.owner_id) if fault.owner_id else "nobody yet"
    due_label = "⚠️ answer was due" if fault.answer_by <= now else "answer due"
    requester_text = f"asked by {mention(fault.asked_by)}"
    return f"Looked at by {owner} · {due_label} {near_time(fault.answer_by, now)} · {requester_text}"


def _buttons(fault: RoutingFault) -> list[Block]:
    if fault.state != State.OPEN:
        return []
    number = str(fault.number)
    buttons = [
        *([] if fault.owner_id else [button("I look at it", ids.TAKE, number, style="primary")]),
        button("Answer…", ids.ANSWER, number),
        button("Take back", ids.WITHDRAW, number),
    ]
    return [actions(buttons, block_id=f"routing-{number}")]


def overdue_text(fault: RoutingFault, now: datetime) -> str:
    """The message to the channel when a fault was not answered in time."""
    owner = mention(fault.owner_id) if fault.owner_id else "Nobody"
    has = "has not" if fault.owner_id else "has"
    return (
        f"⚠️ {owner} {has} answered the routing fault “{one_line(fault.wrong, TITLE)}”; the answer was due "
        f"{near_time(fault.answer_by, now)}. Please answer on its card."
    )
