"""What people see of the handover of a shift: the form, both messages, the call, the questions. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.config.floor import Floor
from bot.handovers import ids, shift_rules
from bot.handovers.rules import State
from bot.handovers.shift_rules import ShiftState, from_json
from bot.handovers.shift_tables import ShiftHandover, WatchItem
from bot.handovers.tables import Handover
from bot.incidents.handover_items import HandoverItem
from bot.slack.blocks import (
    Block,
    actions,
    button,
    context,
    divider,
    field,
    modal,
    paragraphs,
    section,
    text_input,
    user_select,
)
from bot.slack.pages import page_of
from bot.slack.text import channel_link, escape, link, mention, mentions, near_time, one_line

Message = tuple[str, list[Block]]
LONGEST = 1_000
# Each takes two blocks, and a message takes fifty.
SHOWN = 20
LISTED_IN_FORM = 40
WATCHED_PER_PAGE = 25
ANSWERED_CHARACTERS = 3_000
SIGNS = {State.ACCEPTED: "✅", State.RETURNED: "↩️", State.WITHDRAWN: "⏹️"}


def name_of(handover: Handover) -> str:
    """An item by its title."""
    return one_line(from_json(handover.content or {}).title, 120)


def lines_of(item: HandoverItem, now: datetime) -> list[str]:
    """An item as it is read: how grave and how stable, where it stands, what comes next and by whom."""
    head = " · ".join(part for part in (item.severity, item.stability) if part)
    where = f" {channel_link(item.channel_id)}" if item.channel_id else ""
    lines = [f"*{one_line(item.title, 150)}*{f' ({escape(head)})' if head else ''}{where}"]
    if item.situation:
        lines.append(one_line(item.situation, 300))
    if item.next_step:
        owner = f"{mention(item.owner_id)}: " if item.owner_id else ""
        lines.append(f"Next: {owner}{one_line(item.next_step, 300)}")
    elif item.needs_next_step:
        asked = f"; {mention(item.owner_id)} is asked" if item.owner_id else ", and nobody owns it"
        lines.append(f"⚠️ No next step yet{asked}.")
    if item.due_at:
        lines.append(f"Due {near_time(item.due_at, now)}")
    return lines


def offer_form(items: Sequence[HandoverItem], person: str | None) -> Block:
    """Who takes over, everything that goes along, and what the outgoing person adds."""
    listed = [f"• {_short(item)}" for item in items[:LISTED_IN_FORM]]
    if len(items) > LISTED_IN_FORM:
        listed.append(f"… and {len(items) - LISTED_IN_FORM} more")
    blocks = [
        field("Who takes over?", ids.PERSON, user_select(ids.PERSON, initial=person)),
        section("\n".join(listed)),
        context("You stay accountable for each of these until it is accepted."),
        field(
            "Risks of the next two hours",
            ids.RISKS,
            text_input(ids.RISKS, multiline=True, longest=LONGEST, placeholder="The carrier's change at 04:00"),
            optional=True,
        ),
        field(
            "If … then …",
            ids.CONTINGENCIES,
            text_input(
                ids.CONTINGENCIES,
                multiline=True,
                longest=LONGEST,
                placeholder="If the queue passes 200, then call the duty manager",
            ),
            optional=True,
        ),
        field(
            "What else to watch, a line each",
            ids.WATCHED,
            text_input(ids.WATCHED, multiline=True, longest=LONGEST),
            optional=True,
        ),
    ]
    return modal("Hand over the shift", blocks, callback_id=ids.SHIFT_FORM, submit="Send")


def _short(item: HandoverItem) -> str:
    missing = " ⚠️ no next step" if shift_rules.lacks_next_step(item) else ""
    severity = f"{item.severity} " if item.severity else ""
    return f"{severity}{one_line(item.title, 60)}{missing}"


def handover_message(
    shift: ShiftHandover, handovers: Sequence[Handover], unchanged: int, reader: str, floor: Floor, now: datetime
) -> Message:
    """The handover as it stands, to either of the two."""
    accepted = sum(each.state == State.ACCEPTED for each in handovers)
    is_incoming = reader == shift.to_id
    if is_incoming:
        opening = f"🤝 {mention(shift.from_id)} hands the shift over to you"
    else:
        opening = f"🤝 You hand the shift over to {mention(shift.to_id)}"
    text = f"{opening}: {accepted} of {len(handovers)} accepted."
    if shift.state == ShiftState.COMPLETE:
        text += f" Complete since {near_time(shift.completed_at or now, now)}."
    elif shift.state == ShiftState.ENDED:
        text += " What is left was offered anew."
    blocks = [section(text), *_added(shift)]
    if shift.is_offered:
        blocks += _top_buttons(shift, unchanged, floor, is_incoming=is_incoming)
    return text, [*blocks, divider(), *_items(shift, handovers, now, is_incoming=is_incoming)]


def _added(shift: ShiftHandover) -> list[Block]:
    parts = (("Risks", shift.risks), ("If … then …", shift.contingencies), ("In their own words", shift.repeated))
    return [section(f"*{title}*\n{escape(text)}") for title, text in parts if text]


def _top_buttons(shift: ShiftHandover, unchanged: int, floor: Floor, *, is_incoming: bool) -> list[Block]:
    number = str(shift.number)
    buttons = []
    if is_incoming and not shift.repeated and floor.shifts.handover.repeated:
        buttons.append(button("Repeat the top items", ids.REPEAT, number, style="primary"))
    if is_incoming and unchanged:
        buttons.append(button(f"Accept the unchanged ({unchanged})", ids.ACCEPT_UNCHANGED, number))
    if floor.shifts.handover.call:
        buttons.append(button("Start the call", ids.START_CALL, number))
    return [actions(buttons, block_id=f"shift-handover-{number}")] if buttons else []


def _items(shift: ShiftHandover, handovers: Sequence[Handover], now: datetime, *, is_incoming: bool) -> list[Block]:
    waiting = [each for each in handovers if each.is_pending]
    answered = [each for each in handovers if not each.is_pending]
    blocks: list[Block] = []
    for handover in waiting[:SHOWN]:
        lines = lines_of(from_json(handover.content or {}), now)
        if handover.note:
            question = f"> {one_line(handover.question, 200)}\n" if handover.question else ""
            lines.append(f"{question}{mention(handover.from_id)}: {one_line(handover.note, 400)}")
        blocks.append(section("\n".join(lines)))
        if is_incoming and shift.is_offered:
            number = str(handover.number)
            both = [
                button("Accept", ids.ACCEPT_ITEM, number, style="primary"),
                button("Ask first", ids.SEND_ITEM_BACK, number),
            ]
            blocks.append(actions(both, block_id=f"shift-item-{number}"))
    if len(waiting) > SHOWN:
        blocks.append(context(f"… and {len(waiting) - SHOWN} more, which come when these are answered."))
    if answered:
        done = [f"{SIGNS[State(each.state)]} {name_of(each)}" for each in answered]
        blocks += paragraphs(done, rest="", room=ANSWERED_CHARACTERS)
    return blocks


def question_form(handover: Handover) -> Block:
    """What the incoming person needs to know of an item."""
    blocks = [
        section(f"*{name_of(handover)}*"),
        field(
            "What do you need to know first?", ids.QUESTION, text_input(ids.QUESTION, multiline=True, longest=500)
        ),
        context(f"{mention(handover.from_id)} stays accountable until you accept."),
    ]
    number = str(handover.number)
    return modal("Ask first", blocks, callback_id=ids.ITEM_QUESTION_FORM, submit="Ask", private_metadata=number)


def question_message(handover: Handover) -> Message:
    """The question, to the outgoing person."""
    text = (
        f"{mention(handover.to_id)} asks about *{name_of(handover)}*. You stay accountable for it.\n"
        f"> {one_line(handover.question, 500)}"
    )
    reply = button("Answer", ids.ANSWER_ITEM, str(handover.number), style="primary")
    return text, [section(text), actions([reply], block_id=f"shift-question-{handover.number}")]


def answer_form(handover: Handover) -> Block:
    """The answer, with which the item is offered again."""
    blocks = [
        section(f"*{name_of(handover)}*\n> {one_line(handover.question, 500)}"),
        field("Your answer", ids.ANSWER, text_input(ids.ANSWER, multiline=True, longest=LONGEST)),
    ]
    number = str(handover.number)
    return modal("Answer", blocks, callback_id=ids.ANSWER_FORM, submit="Offer again", private_metadata=number)


def repeat_form(shift: ShiftHandover, handovers: Sequence[Handover], count: int) -> Block:
    """The top items, to be said in one's own words."""
    listed = "\n".join(f"• {name_of(each)}" for each in handovers[:count])
    blocks = [
        section(listed or "Nothing is left to accept."),
        field(
            "In your own words: what is most important, what do you do first?",
            ids.REPEATED,
            text_input(ids.REPEATED, multiline=True, longest=LONGEST),
        ),
    ]
    number = str(shift.number)
    return modal(
        "Repeat the top items", blocks, callback_id=ids.REPEAT_FORM, submit="Send", private_metadata=number
    )


def repeated_text(shift: ShiftHandover) -> str:
    """What the outgoing person reads: was it understood?"""
    quoted = "\n".join(f"> {line}" for line in escape(shift.repeated).splitlines())
    return (
        f"{mention(shift.to_id)} understood it like this:\n{quoted}\nIf something is wrong or missing, say so now."
    )


def next_step_question(item: HandoverItem, shift: ShiftHandover) -> Message:
    """An engineer is asked what comes next."""
    text = (
        f"{mention(shift.from_id)} hands the shift over, and *{one_line(item.title, 150)}* has no next step. "
        "What is done next, by whom and by when?"
    )
    add = button("Add the next step", ids.ADD_NEXT_STEP, f"{shift.number}|{item.key}", style="primary")
    return text, [section(text), actions([add], block_id=f"next-step-{shift.number}")]


def next_step_form(value: str, title: str) -> Block:
    """What comes next."""
    blocks = [
        section(f"*{one_line(title, 150)}*"),
        field(
            "What is done next, by whom and by when?",
            ids.NEXT_STEP,
            text_input(ids.NEXT_STEP, multiline=True, longest=500),
        ),
    ]
    return modal("Next step", blocks, callback_id=ids.NEXT_STEP_FORM, submit="Save", private_metadata=value)


def call_message(shift: ShiftHandover, handovers: Sequence[Handover], floor: Floor) -> Message:
    """The agenda of the call, its link, who is there."""
    text = f"📞 Handover call: {mention(shift.from_id)} → {mention(shift.to_id)}"
    agenda = [f"{place}. {name_of(each)}" for place, each in enumerate(handovers[:15], 1)]
    if len(handovers) > 15:
        agenda.append(f"… and {len(handovers) - 15} more")
    present = f"Present: {mentions(shift.present)}" if shift.present else "Nobody has said yet that they are there."
    blocks = [
        section(f"{text}\n{link(floor.shifts.handover.call, 'Join the call')}"),
        section("\n".join(agenda) or "Nothing is open."),
        context(present),
        actions([button("I'm here", ids.JOIN_CALL, str(shift.number))], block_id=f"shift-call-{shift.number}"),
    ]
    return text, blocks


def unaccepted_text(shift: ShiftHandover, waiting: int, now: datetime) -> str:
    """What both and the managers read when nobody accepted in time."""
    items = "1 item" if waiting == 1 else f"{waiting} items"
    return (
        f"⚠️ {mention(shift.to_id)} has not accepted {items} of {mention(shift.from_id)}'s handover since "
        f"{near_time(shift.offered_at, now)}. {mention(shift.from_id)} is still accountable for them. "
        "`/incident handover shift` offers them to somebody else."
    )


def watched_message(items: Sequence[WatchItem], page: int = 1) -> Message:
    """What is watched, page by page, each with a button to end it."""
    if not items:
        return "Nothing is watched. `/incident handover watch` and a few words adds something.", []
    blocks: list[Block] = [section("*Watched*")]
    shown, which_page = page_of(items, page, WATCHED_PER_PAGE, "/incident handover watched")
    for item in shown:
        done = button("Done", f"{ids.END_WATCH}.{item.number}", str(item.number))
        blocks.append(section(f"{one_line(item.text, 300)} ({mention(item.by)})", accessory=done))
    return "Watched", [*blocks, *which_page]
