"""Block Kit of the forms that hand over command. Pure."""

from bot.handovers import ids
from bot.handovers.tables import Handover
from bot.handovers.views import LONGEST_NOTE, LONGEST_QUESTION, sections
from bot.incidents.tables import Incident
from bot.slack.blocks import Block, context, modal, section, text_field, text_input, user_select
from bot.slack.blocks import field as form_field
from bot.slack.text import mention, one_line


def offer_form(incident: Incident, summary: str, *, person: str | None = None, note: str = "") -> Block:
    """The form to choose the recipient, with the summary before it is sent."""
    blocks = [
        section(f"*#{incident.number}* {one_line(incident.title, 200)}"),
        form_field("Who takes over?", user_select(ids.PERSON, initial=person)),
        context("They get this summary. You stay in command until they accept."),
        *sections(summary),
        text_field(
            "Anything to add?",
            ids.NOTE,
            initial=note,
            multiline=True,
            longest=LONGEST_NOTE,
            placeholder="What to watch, whom to call",
            optional=True,
        ),
    ]
    return modal(ids.OFFER_FORM, "Hand over command", blocks, submit="Send", subject=incident.number)


def question_form(handover: Handover) -> Block:
    """The form for what the recipient needs to know before taking over."""
    question = text_input(ids.QUESTION, multiline=True, longest=LONGEST_QUESTION)
    blocks = [
        form_field("What do you need to know first?", question),
        context(
            f"{mention(handover.from_id)} stays in command, gets your question and can send the handover again."
        ),
    ]
    return modal(ids.QUESTION_FORM, "Send back", blocks, submit="Send back", subject=handover.number)
