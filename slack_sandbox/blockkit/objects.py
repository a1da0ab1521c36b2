"""Composition objects: text, options, confirmations, images."""

from typing import Any

from slack_sandbox.blockkit.rules import (
    Problems,
    Rule,
    all_of,
    anything,
    at_least_one_of,
    by_type,
    exactly_one_of,
    flag,
    items,
    one_of,
    shape,
    string,
)

URL_LENGTH = 3000
OPTION_TEXT_LENGTH = 75
OPTION_VALUE_LENGTH = 150
PLACEHOLDER_LENGTH = 150
OPTIONS = 100


def plain(most: int) -> Rule:
    """A `plain_text` object; Slack accepts no markup here."""
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": flag})})


def text(most: int) -> Rule:
    """A text object of either type."""
    return by_type(
        {
            "plain_text": shape({"text": string(most)}, {"emoji": flag}),
            "mrkdwn": shape({"text": string(most)}, {"verbatim": flag}),
        }
    )


# Where a browser may be sent: neither to a script nor to a file of the reader's.
LINK = string(URL_LENGTH, pattern=r"(https?|mailto|tel|sms|slack|msteams|zoommtg):.+")
URL = string(URL_LENGTH, pattern=r"[A-Za-z][A-Za-z0-9+.-]*:.+")
PLACEHOLDER = plain(PLACEHOLDER_LENGTH)
IMAGE_PARTS = {"image_url": URL, "slack_file": anything}
ONE_IMAGE = exactly_one_of("image_url", "slack_file")
IMAGE = shape({"alt_text": string(2000, least=0)}, IMAGE_PARTS, also=ONE_IMAGE)

CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)

_OPTION_VALUE = string(OPTION_VALUE_LENGTH)
OPTION = shape(
    {"text": plain(OPTION_TEXT_LENGTH), "value": _OPTION_VALUE}, {"description": plain(OPTION_TEXT_LENGTH)}
)
OVERFLOW_OPTION = shape(
    {"text": plain(OPTION_TEXT_LENGTH), "value": _OPTION_VALUE},
    {"description": plain(OPTION_TEXT_LENGTH), "url": LINK},
)
RICH_OPTION = shape(
    {"text": text(OPTION_TEXT_LENGTH), "value": _OPTION_VALUE}, {"description": text(OPTION_TEXT_LENGTH)}
)
"""Checkboxes and radio buttons are the only ones whose options take markup."""

OPTION_GROUP = shape({"label": plain(OPTION_TEXT_LENGTH), "options": items(OPTION, OPTIONS)})
OPTION_LISTS = {"options": items(OPTION, OPTIONS), "option_groups": items(OPTION_GROUP, OPTIONS)}

OFFERED = shape(
    {}, {"options": items(OPTION, OPTIONS, least=0), "option_groups": items(OPTION_GROUP, OPTIONS, least=0)}
)
"""The answer of an app that is asked for options."""


def initial_is_offered(value: Any, pointer: str, problems: Problems) -> None:
    """Check that an initial choice is exactly one of the options."""
    offered = list(value.get("options") or [])
    for group in value.get("option_groups") or []:
        offered += group["options"]
    if "initial_option" in value and value["initial_option"] not in offered:
        problems.note("must be one of the options", f"{pointer}/initial_option")
    for index, initial in enumerate(value.get("initial_options") or []):
        if initial not in offered:
            problems.note("must be one of the options", f"{pointer}/initial_options/{index}")


OFFERS = all_of(
    exactly_one_of("options", "option_groups"),
    at_least_one_of("options", "option_groups"),
    initial_is_offered,
)
