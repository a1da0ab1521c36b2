"""The messages of a shift handover: to both people, for the call, and the questions. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.config.floor import Floor
from bot.handovers import ids
from bot.handovers.rules import State
from bot.handovers.shift.rules import ShiftState, from_json
from bot.handovers.shift.tables import ShiftHandover, WatchItem
from bot.handovers.shift.wording import of_item
from bot.handovers.tables import Handover
from bot.incidents.handover_items import HandoverItem
from bot.slack.blocks import Block, Message, actions, button, context, divider, paragraphs, section
from bot.slack.pages import page_of
from bot.slack.phrases import Translator
from bot.slack.text import ago, channel_link, escape, link, mention, mentions, near_time, one_line

# An item takes two blocks, and a message takes fifty.
SHOWN = 20
WATCHED_PER_PAGE = 25
ANSWERED_CHARACTERS = 3_000
NAMED = 5
WHAT_NEXT = "What is done next, by whom and by when?"
SIGNS = {State.ACCEPTED: "✅", State.RETURNED: "↩️", State.WITHDRAWN: "⏹️"}


def name_of(handover: Handover, translate: Translator) -> str:
    """An item's title."""
    return one_line(of_item(from_json(handover.content or {}).title, translate.language), 120)


def short_name(handover: Handover, translate: Translator) -> str:
    """What an item is called in a message that stays as it is: never the title of an incident, which may become
    private."""
    is_incident = handover.item == f"incident:{handover.incident_id}"
    return f"#{handover.incident_id}" if is_incident else name_of(handover, translate)


def lines_of(item: HandoverItem, translate: Translator, now: datetime) -> list[str]:
    """An item's lines: severity and stability, situation, next step and its owner, due time."""
    condition = " · ".join(part for part in (item.severity, translate(item.stability)) if part)
    channel_text = f" {channel_link(item.channel_id)}" if item.channel_id else ""
    title = one_line(of_item(item.title, translate.language), 150)
    lines = [f"*{title}*{f' ({escape(condition)})' if condition else ''}{channel_text}"]
    if item.situation:
        parts = (of_item(part, translate.language) for part in item.situation.split(", "))
        lines.append(one_line(", ".join(parts), 300))
    if item.next_step:
        owner = f"{mention(item.owner_id)}: " if item.owner_id else ""
        lines.append(translate("Next: {step}", step=f"{owner}{one_line(item.next_step, 300)}"))
    elif item.needs_next_step:
        asked_phrase, nobody_phrase = (
            "No next step yet; {person} is asked.",
            "No next step yet, and nobody in Slack owns it.",
        )
        missing_text = (
            translate(asked_phrase, person=mention(item.owner_id)) if item.owner_id else translate(nobody_phrase)
        )
        lines.append(f"⚠️ {missing_text}")
    if item.updates:
        lines.append(translate("Updates due: {updates}", updates=" · ".join(item.updates)))
    if item.due_at:
        lines.append(translate("Due {when}", when=near_time(item.due_at, now)))
    return lines


def handover_message(
    shift: ShiftHandover,
    handovers: Sequence[Handover],
    unchanged: int,
    reader: str,
    floor: Floor,
    translate: Translator,
    now: datetime,
) -> Message:
    """The handover's current state, for either person."""
    is_incoming = reader == shift.to_id
    accepted = sum(each.state == State.ACCEPTED for each in handovers)
    # What was over before it was accepted is not missing from a handover that goes on or is complete.
    counted = [each for each in handovers if each.state != State.WITHDRAWN or shift.state == ShiftState.ENDED]
    counts = {"accepted": accepted, "count": len(counted)}
    incoming_phrase = "{person} hands the shift over to you: {accepted} of {count} accepted."
    outgoing_phrase = "You hand the shift over to {person}: {accepted} of {count} accepted."
    other_person = mention(shift.from_id if is_incoming else shift.to_id)
    text = f"🤝 {translate(incoming_phrase if is_incoming else outgoing_phrase, person=other_person, **counts)}"
    if shift.state == ShiftState.COMPLETE:
        text += f" {translate('Complete since {when}.', when=near_time(shift.completed_at or now, now))}"
    elif shift.state == ShiftState.ENDED:
        text += f" {translate('What was not accepted is no longer offered here.')}"
    blocks = [section(text), *_added_sections(shift, translate)]
    if shift.is_offered:
        blocks += _top_buttons(shift, unchanged, floor, translate, is_incoming=is_incoming)
    return text, [*blocks, divider(), *_item_blocks(shift, handovers, translate, now, is_incoming=is_incoming)]


def _added_sections(shift: ShiftHandover, translate: Translator) -> list[Block]:
    parts = (("Risks", shift.risks), ("If … then …", shift.contingencies), ("In their own words", shift.repeated))
    return [section(f"*{translate(title)}*\n{escape(text)}") for title, text in parts if text]


def _top_buttons(
    shift: ShiftHandover, unchanged: int, floor: Floor, translate: Translator, *, is_incoming: bool
) -> list[Block]:
    number = str(shift.number)
    buttons = []
    if is_incoming and not shift.repeated and floor.shifts.handover.repeated:
        buttons.append(button(translate("Repeat the top items…"), ids.REPEAT, number, style="primary"))
    if is_incoming and unchanged:
        buttons.append(
            button(translate("Accept the unchanged ({count})", count=unchanged), ids.ACCEPT_UNCHANGED, number)
        )
    if floor.shifts.handover.call:
        buttons.append(button(translate("Start the call"), ids.START_CALL, number))
    return [actions(buttons, block_id=f"shift-handover-{number}")] if buttons else []


def _item_blocks(
    shift: ShiftHandover, handovers: Sequence[Handover], translate: Translator, now: datetime, *, is_incoming: bool
) -> list[Block]:
    pending = [each for each in handovers if each.is_pending]
    answered = [each for each in handovers if not each.is_pending]
    blocks: list[Block] = []
    for handover in pending[:SHOWN]:
        lines = lines_of(from_json(handover.content or {}), translate, now)
        if handover.note:
            question = f"> {one_line(handover.question, 200)}\n" if handover.question else ""
            lines.append(f"{question}{mention(handover.from_id)}: {one_line(handover.note, 400)}")
        blocks.append(section("\n".join(lines)))
        if is_incoming and shift.is_offered:
            number = str(handover.number)
            buttons = [
                button(translate("Accept"), ids.ACCEPT_ITEM, number, style="primary"),
                button(translate("Ask first…"), ids.SEND_ITEM_BACK, number),
            ]
            blocks.append(actions(buttons, block_id=f"shift-item-{number}"))
    if len(pending) > SHOWN:
        blocks.append(
            context(
                translate("… and {count} more, which come when these are answered.", count=len(pending) - SHOWN)
            )
        )
    if answered:
        answered_lines = [f"{SIGNS[State(each.state)]} {name_of(each, translate)}" for each in answered]
        blocks += paragraphs(answered_lines, rest="", room=ANSWERED_CHARACTERS)
    return blocks


def question_message(handover: Handover, translate: Translator) -> Message:
    """The question, for the outgoing person; without its words if they were about what is private now."""
    question_phrase = "{person} asks about *{item}*. You stay accountable for it."
    item = name_of(handover, translate) if handover.question else short_name(handover, translate)
    text = translate(question_phrase, person=mention(handover.to_id), item=item) + quoted(handover.question)
    answer_button = button(translate("Answer…"), ids.ANSWER_ITEM, str(handover.number), style="primary")
    return text, [section(text), actions([answer_button], block_id=f"shift-question-{handover.number}")]


def quoted(question: str) -> str:
    """A question on a line of its own, if there is one."""
    return f"\n> {one_line(question, 500)}" if question else ""


def instead_text(by: str, to: str, translate: Translator) -> str:
    """Tells the person whom a shift was offered first that it is offered to somebody else."""
    phrase = "{person} hands the shift over to {other} instead. What you have accepted stays yours."
    return translate(phrase, person=mention(by), other=mention(to))


def answer_text(handover: Handover, translate: Translator) -> str:
    """Tells the incoming person of the answer to their question. What is said of an incident stays in the handover,
    from which it can be removed."""
    phrase = "{person} answered about *{item}*. The handover above has the answer, and *Accept*."
    headline = translate(phrase, person=mention(handover.from_id), item=short_name(handover, translate))
    return headline if handover.incident_id else f"{headline}\n> {one_line(handover.note, 500)}"


def repeated_text(shift: ShiftHandover, translate: Translator) -> str:
    """The incoming person's words, for the outgoing person to check."""
    quoted_lines = "\n".join(f"> {line}" for line in escape(shift.repeated).splitlines())
    headline = translate("{person} understood it like this:", person=mention(shift.to_id))
    return f"{headline}\n{quoted_lines}\n{translate('If something is wrong or missing, say so now.')}"


def next_step_question(item: HandoverItem, shift: ShiftHandover, translate: Translator) -> Message:
    """The request to an engineer for the next step."""
    phrase = "{person} hands the shift over, and *{item}* has no next step."
    text = (
        f"{translate(phrase, person=mention(shift.from_id), item=one_line(item.title, 150))} {translate(WHAT_NEXT)}"
    )
    add_button = button(
        translate("Add the next step…"), ids.ADD_NEXT_STEP, f"{shift.number}|{item.key}", style="primary"
    )
    return text, [section(text), actions([add_button], block_id=f"next-step-{shift.number}")]


def next_step_added(handover: Handover, translate: Translator) -> Message:
    """The same request once its answer is in the handover; only the item's name if it has become private."""
    next_step = from_json(handover.content or {}).next_step
    text = f"*{name_of(handover, translate)}*"
    if next_step:
        text += f"\n{translate('Next: {step}', step=one_line(next_step, 300))}"
    return text, [section(text)]


def call_message(
    shift: ShiftHandover, handovers: Sequence[Handover], floor: Floor, translate: Translator
) -> Message:
    """The call's agenda, link and attendance."""
    text = f"📞 {translate('Handover call')}: {mention(shift.from_id)} → {mention(shift.to_id)}"
    agenda = [f"{position}. {name_of(each, translate)}" for position, each in enumerate(handovers[:15], 1)]
    if len(handovers) > 15:
        agenda.append(translate("… and {count} more", count=len(handovers) - 15))
    nobody_phrase = "Nobody has said yet that they are there."
    present = (
        translate("Present: {people}", people=mentions(shift.present))
        if shift.present
        else translate(nobody_phrase)
    )
    blocks = [
        section(f"{text}\n{link(floor.shifts.handover.call, translate('Join the call'))}"),
        section("\n".join(agenda) or translate("Nothing is open.")),
        context(present),
        actions(
            [button(translate("I'm here"), ids.JOIN_CALL, str(shift.number))], block_id=f"shift-call-{shift.number}"
        ),
    ]
    return text, blocks


def unaccepted_text(
    shift: ShiftHandover,
    unaccepted: Sequence[Handover],
    accountable: Sequence[str],
    reader: str,
    translate: Translator,
    now: datetime,
) -> str:
    """The message about what was not accepted in time, with the people who are accountable for it."""
    count = len(unaccepted)
    is_incoming = reader == shift.to_id
    others_phrase = "{incoming} has not accepted {items} of {outgoing}'s handover since {when}."
    incoming_phrase = "You have not accepted {items} of {outgoing}'s handover since {when}."
    incoming = {} if is_incoming else {"incoming": mention(shift.to_id)}
    text = translate(
        incoming_phrase if is_incoming else others_phrase,
        outgoing=mention(shift.from_id),
        items=translate("1 item") if count == 1 else translate("{count} items", count=count),
        when=near_time(shift.offered_at, now),
        **incoming,
    )
    names = ", ".join(short_name(each, translate) for each in unaccepted[:NAMED])
    if count > NAMED:
        names += f", {translate('… and {count} more', count=count - NAMED)}"
    named_text = translate("Not accepted: {items}.", items=names)
    accountable_text = translate("Accountable until then: {people}.", people=mentions(accountable))
    sentences = [text, accountable_text, named_text]
    if not is_incoming:
        sentences.append(translate("`/incident handover shift` offers them to somebody else."))
    elif any(each.is_pending for each in unaccepted):
        sentences.append(translate("The handover above has *Accept* and *Ask first*."))
    return f"⚠️ {' '.join(sentences)}"


def complete_text(shift: ShiftHandover, translate: Translator) -> str:
    """The message to the outgoing person when everything has been accepted."""
    complete_phrase = "{person} has accepted everything. Your shift is handed over; rest well."
    return f"🤝 {translate(complete_phrase, person=mention(shift.to_id))}"


def watched_message(items: Sequence[WatchItem], translate: Translator, page: int = 1) -> Message:
    """The watch items, page by page, each with a button to end it."""
    if not items:
        return translate(
            "Nothing is being watched. Add something with `/incident handover watch` and a few words."
        ), []
    blocks: list[Block] = [section(f"*{translate('Watched')}*")]
    shown, which_page = page_of(items, page, WATCHED_PER_PAGE, "/incident handover watched")
    for item in shown:
        done_button = button(translate("Done"), f"{ids.END_WATCH}.{item.number}", str(item.number))
        text = f"{one_line(item.text, 300)} ({mention(item.by)}, {ago(item.added_at)})"
        blocks.append(section(text, accessory=done_button))
    return translate("Watched"), [*blocks, *which_page]
