"""Interactive elements, and which blocks accept them."""

from datetime import date
from typing import Any

from slack_sandbox.blockkit.objects import (
    CONFIRM,
    IMAGE,
    LINK,
    OFFERS,
    OPTION,
    OPTION_LISTS,
    OVERFLOW_OPTION,
    PLACEHOLDER,
    RICH_OPTION,
    initial_is_offered,
    plain,
)
from slack_sandbox.blockkit.rules import (
    Problems,
    Rule,
    Rules,
    all_of,
    anything,
    flag,
    integer,
    items,
    one_of,
    shape,
    string,
)

ID_LENGTH = 255
BUTTON_TEXT_LENGTH = 75
BUTTON_VALUE_LENGTH = 2000
INPUT_LENGTH = 3000
_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = r"([01]\d|2[0-3]):[0-5]\d"

_COMMON: Rules = {"action_id": string(ID_LENGTH), "confirm": CONFIRM, "focus_on_load": flag}
_FIELD: Rules = {**_COMMON, "placeholder": PLACEHOLDER}
_TYPED: Rules = {
    "action_id": string(ID_LENGTH),
    "focus_on_load": flag,
    "placeholder": PLACEHOLDER,
    "initial_value": string(INPUT_LENGTH, least=0),
    "dispatch_action_config": shape(
        {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)}
    ),
}
_LENGTHS: Rules = {"min_length": integer(0, INPUT_LENGTH), "max_length": integer(1, INPUT_LENGTH)}
_MOST: Rules = {"max_selected_items": integer(1, 10_000)}
_CHOSEN_IDS = items(string(ID_LENGTH), 100, least=0)
_CONVERSATIONS: Rules = {"default_to_current_conversation": flag, "filter": anything}

BUTTON = shape(
    {"text": plain(BUTTON_TEXT_LENGTH)},
    {
        "action_id": string(ID_LENGTH),
        "url": LINK,
        "value": string(BUTTON_VALUE_LENGTH),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
_WORKFLOW_BUTTON = shape(
    {"text": plain(BUTTON_TEXT_LENGTH), "workflow": anything},
    {
        "action_id": string(ID_LENGTH),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(75),
    },
)


def _lengths_agree(value: Any, pointer: str, problems: Problems) -> None:
    """Check that the initial value could also be typed."""
    least, most = value.get("min_length", 0), value.get("max_length", INPUT_LENGTH)
    if least > most:
        problems.note("min_length must not be greater than max_length", f"{pointer}/min_length")
    if len(value.get("initial_value") or "") > most:
        problems.note(f"must be less than {most + 1} characters", f"{pointer}/initial_value")


def _is_day(value: Any, pointer: str, problems: Problems) -> None:
    try:
        date.fromisoformat(value)
    except ValueError:
        problems.note("must be a valid date", pointer)


def _field(**own: Rule) -> Rule:
    return shape({}, {**_FIELD, **own})


_SELECTS: Rules = {
    "static_select": shape({}, {**_FIELD, **OPTION_LISTS, "initial_option": OPTION}, also=OFFERS),
    "external_select": _field(initial_option=OPTION, min_query_length=integer(0, 1000)),
    "users_select": _field(initial_user=string(ID_LENGTH)),
    "conversations_select": _field(
        initial_conversation=string(ID_LENGTH), response_url_enabled=flag, **_CONVERSATIONS
    ),
    "channels_select": _field(initial_channel=string(ID_LENGTH), response_url_enabled=flag),
    "multi_static_select": shape(
        {}, {**_FIELD, **OPTION_LISTS, **_MOST, "initial_options": items(OPTION, 100)}, also=OFFERS
    ),
    "multi_external_select": _field(initial_options=items(OPTION, 100), min_query_length=integer(0, 1000), **_MOST),
    "multi_users_select": _field(initial_users=_CHOSEN_IDS, **_MOST),
    "multi_conversations_select": _field(initial_conversations=_CHOSEN_IDS, **_MOST, **_CONVERSATIONS),
    "multi_channels_select": _field(initial_channels=_CHOSEN_IDS, **_MOST),
}
_TICKS: Rules = {
    "checkboxes": shape(
        {"options": items(RICH_OPTION, 10)},
        {**_COMMON, "initial_options": items(RICH_OPTION, 10)},
        also=initial_is_offered,
    ),
    "radio_buttons": shape(
        {"options": items(RICH_OPTION, 10)},
        {**_COMMON, "initial_option": RICH_OPTION},
        also=initial_is_offered,
    ),
}
_DATES: Rules = {
    "datepicker": _field(initial_date=all_of(string(10, pattern=_DATE), _is_day)),
    "timepicker": _field(initial_time=string(5, pattern=_TIME), timezone=string(ID_LENGTH)),
}
_MOMENT: Rules = {
    "datetimepicker": shape({}, {**_COMMON, "initial_date_time": integer(1_000_000_000, 9_999_999_999)})
}
_OVERFLOW: Rules = {
    "overflow": shape({"options": items(OVERFLOW_OPTION, 5)}, {"action_id": string(ID_LENGTH), "confirm": CONFIRM})
}
_BUTTONS: Rules = {"button": BUTTON, "workflow_button": _WORKFLOW_BUTTON}

IN_SECTION: Rules = {**_BUTTONS, **_OVERFLOW, **_SELECTS, **_TICKS, **_DATES, "image": IMAGE}
IN_ACTIONS: Rules = {**_BUTTONS, **_OVERFLOW, **_SELECTS, **_TICKS, **_DATES, **_MOMENT}
IN_INPUT: Rules = {
    **_SELECTS,
    **_TICKS,
    **_DATES,
    **_MOMENT,
    "plain_text_input": shape({}, {**_TYPED, **_LENGTHS, "multiline": flag}, also=_lengths_agree),
    "email_text_input": shape({}, _TYPED),
    "url_text_input": shape({}, _TYPED),
    "number_input": shape(
        {"is_decimal_allowed": flag}, {**_TYPED, "min_value": string(30), "max_value": string(30)}
    ),
    "rich_text_input": shape({}, {**_TYPED, "initial_value": anything}),
    "file_input": shape(
        {},
        {
            "action_id": string(ID_LENGTH),
            "filetypes": items(string(ID_LENGTH), 100),
            "max_files": integer(1, 10),
        },
    ),
}
_FEEDBACK = shape({"text": plain(75), "value": string(BUTTON_VALUE_LENGTH)}, {"accessibility_label": string(75)})
IN_CONTEXT_ACTIONS: Rules = {
    "feedback_buttons": shape(
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": string(ID_LENGTH)}
    ),
    "icon_button": shape(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            "action_id": string(ID_LENGTH),
            "value": string(BUTTON_VALUE_LENGTH),
            "confirm": CONFIRM,
            "visible_to_user_ids": _CHOSEN_IDS,
            "accessibility_label": string(75),
        },
    ),
}
