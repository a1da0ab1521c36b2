"""The forms of a shift handover: the offer, questions and answers, the next step. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.handovers import ids
from bot.handovers.shift import rules
from bot.handovers.shift.tables import ShiftHandover
from bot.handovers.shift.views import WHAT_NEXT, name_of, quoted
from bot.handovers.shift.wording import of_item
from bot.handovers.tables import Handover
from bot.incidents.handover_items import HandoverItem
from bot.slack.blocks import Block, context, field, modal, paragraphs, section, text_field, user_select
from bot.slack.phrases import Translator
from bot.slack.text import mention, near_time, one_line

LONGEST = 1_000
LISTED_IN_FORM = 40


def offer_form(
    items: Sequence[HandoverItem],
    person: str | None,
    earlier_offer: ShiftHandover | None,
    translate: Translator,
    now: datetime,
) -> Block:
    """The form of an offer: the recipient, everything that is handed over, and the outgoing person's additions.

    What was written for an earlier offer that is still open is kept.
    """
    risks, contingencies = (earlier_offer.risks, earlier_offer.contingencies) if earlier_offer else ("", "")
    earlier_phrase = (
        "{person} has your handover already. Sending this offers to somebody else what is not accepted."
    )
    earlier_note = translate(earlier_phrase, person=mention(earlier_offer.to_id)) if earlier_offer else ""
    item_lines = [f"• {_item_line(item, translate, now)}" for item in items[:LISTED_IN_FORM]]
    if len(items) > LISTED_IN_FORM:
        item_lines.append(translate("… and {count} more", count=len(items) - LISTED_IN_FORM))
    blocks = [
        field(translate("Who takes over?"), user_select(ids.PERSON, initial=person)),
        *paragraphs(item_lines, rest=""),
        *([context(earlier_note)] if earlier_note else []),
        context(translate("You stay accountable for each of these until it is accepted.")),
        text_field(
            translate("Risks of the next two hours"),
            ids.RISKS,
            multiline=True,
            longest=LONGEST,
            initial=risks,
            placeholder=translate("The carrier's change at 04:00"),
            optional=True,
        ),
        text_field(
            translate("If … then …"),
            ids.CONTINGENCIES,
            multiline=True,
            longest=LONGEST,
            initial=contingencies,
            placeholder=translate("If the queue passes 200, then call the duty manager"),
            optional=True,
        ),
        text_field(
            translate("What else to watch, a line each"),
            ids.WATCHED,
            multiline=True,
            longest=LONGEST,
            optional=True,
        ),
    ]
    return modal(ids.SHIFT_FORM, "Hand over the shift", blocks, submit="Send", translate=translate)


def _item_line(item: HandoverItem, translate: Translator, now: datetime) -> str:
    due_text = f" · {translate('Due {when}', when=near_time(item.due_at, now))}" if item.due_at else ""
    missing_note = f" ⚠️ {translate('no next step')}" if rules.lacks_next_step(item) else ""
    severity = f"{item.severity} " if item.severity else ""
    return f"{severity}{one_line(of_item(item.title, translate.language), 60)}{due_text}{missing_note}"


def question_form(handover: Handover, translate: Translator) -> Block:
    """The form in which the incoming person asks about an item."""
    blocks = [
        section(f"*{name_of(handover, translate)}*"),
        text_field(translate("What do you need to know first?"), ids.QUESTION, multiline=True, longest=500),
        context(translate("{person} stays accountable until you accept.", person=mention(handover.from_id))),
    ]
    return modal(
        ids.ITEM_QUESTION_FORM, "Ask first", blocks, submit="Ask", subject=handover.number, translate=translate
    )


def answer_form(handover: Handover, translate: Translator) -> Block:
    """The form for the answer, which offers the item again."""
    blocks = [
        section(f"*{name_of(handover, translate)}*{quoted(handover.question)}"),
        text_field(translate("Your answer"), ids.ANSWER, multiline=True, longest=LONGEST),
    ]
    return modal(
        ids.ANSWER_FORM, "Answer", blocks, submit="Offer again", subject=handover.number, translate=translate
    )


def repeat_form(shift: ShiftHandover, handovers: Sequence[Handover], count: int, translate: Translator) -> Block:
    """The form in which the incoming person repeats the top items in their own words."""
    item_lines = "\n".join(f"• {name_of(each, translate)}" for each in handovers[:count])
    blocks = [
        section(item_lines or translate("Nothing is left to accept.")),
        text_field(
            translate("In your own words: what is most important, what do you do first?"),
            ids.REPEATED,
            multiline=True,
            longest=LONGEST,
        ),
    ]
    return modal(
        ids.REPEAT_FORM, "Repeat the top items", blocks, submit="Send", subject=shift.number, translate=translate
    )


def next_step_form(value: str, title: str, translate: Translator) -> Block:
    blocks = [
        section(f"*{one_line(title, 150)}*"),
        text_field(translate(WHAT_NEXT), ids.NEXT_STEP, multiline=True, longest=500),
    ]
    return modal(ids.NEXT_STEP_FORM, "Next step", blocks, submit="Save", subject=value, translate=translate)
