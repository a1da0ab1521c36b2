"""Views: modals and App Homes as a whole."""

from typing import Any

from slack_sandbox.blockkit.elements import ID_LENGTH
from slack_sandbox.blockkit.layout import IN_VIEW
from slack_sandbox.blockkit.objects import plain
from slack_sandbox.blockkit.rules import Problems, Rules, all_of, by_type, flag, items, shape, string
from slack_sandbox.blockkit.uniqueness import unique_block_ids
from slack_sandbox.message_text import elements_of

VIEW_BLOCKS = 100
TITLE_LENGTH = 24
PRIVATE_METADATA_LENGTH = 3000
_BLOCKS = all_of(items(IN_VIEW, VIEW_BLOCKS, least=0), unique_block_ids)
_COMMON: Rules = {
    "private_metadata": string(PRIVATE_METADATA_LENGTH, least=0),
    "callback_id": string(ID_LENGTH, least=0),
    "external_id": string(ID_LENGTH, least=0),
}


def _submittable(value: Any, pointer: str, problems: Problems) -> None:
    """A modal with inputs needs a submit button."""
    has_input = any(block["type"] == "input" for block in value["blocks"])
    if has_input and not value.get("submit"):
        problems.note("missing required field: submit", pointer)


def _one_focus(value: Any, pointer: str, problems: Problems) -> None:
    if sum(element.get("focus_on_load") is True for _, element in elements_of(value["blocks"])) > 1:
        problems.note("only one element may have focus_on_load", f"{pointer}/blocks")


VIEW = by_type(
    {
        "modal": shape(
            {"title": plain(TITLE_LENGTH), "blocks": _BLOCKS},
            {
                **_COMMON,
                "submit": plain(TITLE_LENGTH),
                "close": plain(TITLE_LENGTH),
                "clear_on_close": flag,
                "notify_on_close": flag,
                "submit_disabled": flag,
            },
            also=all_of(_submittable, _one_focus),
        ),
        "home": shape({"blocks": _BLOCKS}, _COMMON, also=_one_focus),
    }
)
