"""The forms of caller messages and routing faults. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.frontdoor import ids
from bot.frontdoor.rules import GUIDANCE, LONGEST_FAULT_TEXT, LONGEST_LINES, LONGEST_TEXT, TITLES, Variant, Wording
from bot.frontdoor.tables import CallerMessage, RoutingFault
from bot.frontdoor.views import FAULT_SHOWN
from bot.incidents.situation_forms import LANGUAGE_NAMES
from bot.incidents.tables import Incident
from bot.slack.blocks import (
    Block,
    Element,
    checkboxes,
    context,
    datetime_picker,
    field,
    modal,
    option,
    section,
    select,
    text_field,
    text_input,
    user_select,
)
from bot.slack.text import escape, one_line

_NO_TEAM = '`front_door: {routing_team: "@group"}` in `floor.yaml` names the team that is brought in.'


def message_form(
    incident: Incident,
    languages: Sequence[str],
    now: datetime,
    look_at: datetime,
    message: CallerMessage | None = None,
    wording: Wording | None = None,
) -> Block:
    """The form for what callers hear; for a message that is on, it starts with the current wording."""
    initial_wording = wording or Wording(Variant.INFORM)
    texts = initial_wording.texts or {}
    blocks = [
        field("What happens to the call?", _variant_select(initial_wording.variant)),
        *_text_fields(dict.fromkeys([*languages, *texts]), texts),
        text_field(
            "On which lines?",
            ids.LINES,
            initial=", ".join(initial_wording.lines),
            placeholder="Billing, Orders",
            longest=LONGEST_LINES,
        ),
        field("Who approved the wording?", user_select(ids.APPROVED_BY, initial=initial_wording.approved_by)),
        field("On since", datetime_picker(ids.ON_AT, message.on_at if message else now)),
        field("Check again at", datetime_picker(ids.LOOK_AT, look_at)),
        field("Did you dial in?", _heard_box(), optional=True),
    ]
    return modal(
        ids.FORM,
        "Caller message",
        blocks,
        submit="Save",
        subject=f"{incident.number}:{message.number if message else 0}",
    )


def _text_fields(languages: Iterable[str], texts: Mapping[str, str]) -> list[Block]:
    return [
        field(
            f"What callers hear ({LANGUAGE_NAMES.get(language, language)})",
            text_input(ids.TEXT, initial=texts.get(language, ""), multiline=True, longest=LONGEST_TEXT),
            name=f"{ids.TEXT}.{language}",
            optional=True,
            hint="The approved text. No cause, no end time." if index == 0 else "",
        )
        for index, language in enumerate(languages)
    ]


def _variant_select(initial_variant: str) -> Element:
    options = [option(TITLES[variant], variant, GUIDANCE[variant]) for variant in Variant]
    return select(ids.VARIANT, options, initial=initial_variant)


def _heard_box() -> Element:
    return checkboxes(ids.HEARD_NOW, [option("I dialled in and heard this wording", "yes")])


def fault_form(number: int, team: str, now: datetime, answer_by: datetime, wrong: str) -> Block:
    """The form with what the routing team needs to know."""
    blocks = [
        field("What is wrong?", _text(ids.WRONG, "Billing in Spanish reaches the English queue", wrong)),
        field(
            "Example contacts",
            _text(ids.EXAMPLES, "Contact ids with their times, one a line. No names, no numbers of callers"),
            optional=True,
        ),
        field("Since", datetime_picker(ids.SINCE, now)),
        field("Workaround", _text(ids.WORKAROUND, "Agents transfer by hand"), optional=True),
        field("Who looks at it, if you know?", user_select(ids.OWNER), optional=True),
        field("Answer due", datetime_picker(ids.DUE, answer_by)),
        context(f"{escape(team)} comes into the channel and gets a card to answer." if team else _NO_TEAM),
    ]
    return modal(ids.ROUTING_FORM, "Routing fault", blocks, submit="Ask", subject=number)


def _text(name: str, placeholder: str, initial: str = "") -> Block:
    return text_input(name, initial=initial, multiline=True, longest=LONGEST_FAULT_TEXT, placeholder=placeholder)


def answer_form(fault: RoutingFault) -> Block:
    """The form for what was found or done."""
    blocks = [
        section(f"*{one_line(fault.wrong, FAULT_SHOWN)}*"),
        text_field("What did you find or do?", ids.REPLY, multiline=True, longest=LONGEST_FAULT_TEXT),
    ]
    return modal(ids.ANSWER_FORM, "Answer", blocks, submit="Answer", subject=fault.number)
