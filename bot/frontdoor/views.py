"""What people see of caller messages and routing faults: the cards in the incident's channel, the list. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.frontdoor import ids
from bot.frontdoor.rules import TITLES, FaultState, Variant, Wording, minutes_on
from bot.frontdoor.tables import CallerMessage, RoutingFault
from bot.incidents.caller_views import next_check
from bot.incidents.situation_forms import LANGUAGE_NAMES
from bot.incidents.tables import Incident
from bot.slack.blocks import Block, Element, Message, actions, button, confirmation, context, section
from bot.slack.pages import and_more
from bot.slack.text import escape, format_duration, listed, mention, near_time, one_line

TEXT_SHOWN = 500
LINES_SHOWN = 6
NOTHING_ON = "No caller message is recorded for this incident."
FAULT_SHOWN = 700
FAULT_TITLE = 120


def card(message: CallerMessage, wording: Wording, now: datetime) -> Message:
    """The one message in the incident's channel about what callers hear."""
    text = f"📣 {headline(message, wording, now)}"
    lines = [text, *_quotes(wording)]
    blocks = [section("\n".join(lines)), context(*_facts(message, wording, now))]
    buttons = _buttons(message)
    return text, [*blocks, actions(buttons, block_id=f"frontdoor-{message.number}")] if buttons else blocks


def moved_card(message: CallerMessage) -> Message:
    """The card in the channel of an incident that was merged into another."""
    text = f"📣 What callers hear goes on in incident {message.incident_id}."
    return text, [section(text)]


def headline(message: CallerMessage, wording: Wording, now: datetime) -> str:
    """The message in one line: what it does, where, since when."""
    lines_text = f" on *{_lines(wording)}*" if wording.lines else ""
    variant_text = TITLES[Variant(wording.variant)].lower()
    if message.off_at:
        length = format_duration(timedelta(minutes=minutes_on(message.on_at, message.off_at, now)))
        return (
            f"~Callers hear a message~ ({variant_text}){lines_text}: off since {near_time(message.off_at, now)}, "
            f"was on {length}"
        )
    return f"*Callers hear a message* ({variant_text}){lines_text}, since {near_time(message.on_at, now)}"


def _lines(wording: Wording) -> str:
    return listed([one_line(line, 60) for line in wording.lines], LINES_SHOWN)


def _quotes(wording: Wording) -> list[str]:
    texts = [(language, text) for language, text in (wording.texts or {}).items() if text]
    if not texts:
        return ["_The wording is not recorded yet: press Change._"]
    return [
        f"> _{escape(LANGUAGE_NAMES.get(language, language))}_ {one_line(text, TEXT_SHOWN)}"
        for language, text in texts
    ]


def _facts(message: CallerMessage, wording: Wording, now: datetime) -> list[str]:
    approver_text = f"by {mention(wording.approved_by)}" if wording.approved_by else "by nobody yet"
    facts = [
        f"Wording approved {approver_text} · version {message.version} · "
        f"switched on by {_switcher_text(message.on_by)}"
    ]
    if message.heard_by and message.heard_at:
        facts.append(f"✅ heard by {mention(message.heard_by)} {near_time(message.heard_at, now)}")
    elif message.is_on:
        facts.append("⚠️ nobody has dialled in and heard it yet")
    if message.is_on:
        return [*facts, next_check(message.look_at, now)]
    facts.append(f"switched off by {_switcher_text(message.off_by or '')}")
    if message.gone_by and message.gone_at:
        facts.append(f"✅ {mention(message.gone_by)} dialled in {near_time(message.gone_at, now)}: it is gone")
    else:
        facts.append("⚠️ nobody has dialled in to hear that it is gone")
    return facts


def _switcher_text(user_id: str) -> str:
    return mention(user_id) if user_id else "a playbook step"


def _buttons(message: CallerMessage) -> list[Element]:
    number = str(message.number)
    if not message.is_on:
        return [] if message.gone_by else [button("I heard it is gone", ids.HEARD_GONE, number, style="primary")]
    buttons = [] if message.heard_by else [button("I heard it", ids.HEARD, number, style="primary")]
    off_confirmation = confirmation(
        "Switch it off?",
        "The bot only records it: switch the message off at the telephone system, too.",
        "It is off",
        "Cancel",
    )
    return [
        *buttons,
        button("Still needed", ids.STILL_NEEDED, number),
        button("Change…", ids.CHANGE, number),
        button("Switch off", ids.SWITCH_OFF, number, style="danger", confirm=off_confirmation),
    ]


def overview(
    incident: Incident,
    messages: Sequence[tuple[CallerMessage, Wording]],
    shown: Sequence[tuple[CallerMessage, Wording]],
    now: datetime,
) -> Message:
    """What callers hear because of an incident, else what they heard last, with a button to record a message."""
    text = f"What callers hear because of incident {incident.number}"
    if not messages:
        text = f"Callers hear no message of incident {incident.number} now. The last one:" if shown else NOTHING_ON
    blocks: list[Block] = [] if messages else [section(text)]
    for message, wording in shown:
        blocks += card(message, wording, now)[1]
    add = button("Record a message…", ids.ADD, str(incident.number), style=None if messages else "primary")
    return text, [*blocks, actions([add], block_id="frontdoor-add")]


def reminder(message: CallerMessage, wording: Wording, incident: Incident, channel: str, now: datetime) -> Message:
    """The question whether the message is still needed."""
    message_text = "a caller message" if incident.is_private else _on_lines(wording)
    text = (
        f"⏰ Is it still needed? {message_text} of incident {incident.number} ({channel}) has been on since "
        f"{near_time(message.on_at, now)}."
    )
    number = str(message.number)
    buttons = [
        button("Still needed", ids.STILL_NEEDED, number),
        button("Switched off", ids.SWITCH_OFF, number, style="danger"),
    ]
    return text, [section(text), actions(buttons, block_id=f"frontdoor-ask-{number}-{int(now.timestamp())}")]


def _on_lines(wording: Wording) -> str:
    return f"The caller message on {_lines(wording)}" if wording.lines else "The caller message"


def forgotten_text(message: CallerMessage, wording: Wording, now: datetime) -> str:
    """The message to the channel when the question whether it is still needed was not answered."""
    return (
        f"⚠️ {_on_lines(wording)} has been on since {near_time(message.on_at, now)}, and nobody said whether it is "
        "still needed. Please answer on its card: *Still needed* or *Switch off*."
    )


def objection(wording: Wording) -> str:
    """Why an incident should not be resolved yet, as plain text."""
    lines = ", ".join(wording.lines[:LINES_SHOWN]) + and_more(wording.lines, LINES_SHOWN)
    return f"Callers still hear a message on {lines}" if lines else "Callers still hear a message"


def fault_card(fault: RoutingFault, now: datetime) -> Message:
    """The card in the incident's channel."""
    text = f"🔀 Routing fault: {one_line(fault.wrong, FAULT_TITLE)}"
    lines = [
        f"🔀 *Routing fault* {one_line(fault.wrong, FAULT_SHOWN)}",
        f"*Since* {near_time(fault.since, now)}",
    ]
    for title, value in (("Examples", fault.examples), ("Workaround", fault.workaround)):
        lines += [f"*{title}* {one_line(value, FAULT_SHOWN)}"] if value else []
    blocks = [section("\n".join(lines)), context(_state_text(fault, now))]
    return text, [*blocks, *_fault_buttons(fault)]


def moved_fault_card(fault: RoutingFault) -> Message:
    """The card in the channel of an incident that was merged into another."""
    wrong = one_line(fault.wrong, FAULT_TITLE)
    text = f"🔀 The routing fault “{wrong}” goes on in incident {fault.incident_id}."
    return text, [section(text)]


def _state_text(fault: RoutingFault, now: datetime) -> str:
    end_text = near_time(fault.answered_at or now, now)
    if fault.state == FaultState.ANSWERED:
        return f"✅ {mention(fault.answered_by or '')} {end_text}: {one_line(fault.answer, FAULT_SHOWN)}"
    if fault.state == FaultState.WITHDRAWN:
        return f"Taken back {end_text}"
    if fault.state == FaultState.ENDED:
        return f"Ended with the incident {end_text}, without an answer"
    owner = mention(fault.owner_id) if fault.owner_id else "nobody yet"
    due_label = "⚠️ answer was due" if fault.answer_by <= now else "answer due"
    requester_text = f"asked by {mention(fault.asked_by)}"
    return f"Looked at by {owner} · {due_label} {near_time(fault.answer_by, now)} · {requester_text}"


def _fault_buttons(fault: RoutingFault) -> list[Block]:
    if fault.state != FaultState.OPEN:
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
        f"⚠️ {owner} {has} answered the routing fault “{one_line(fault.wrong, FAULT_TITLE)}”; the answer was due "
        f"{near_time(fault.answer_by, now)}. Please answer on its card."
    )
