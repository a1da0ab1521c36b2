from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_sandbox.blockkit import check_blocks, check_view
from slack_sandbox.errors import Refused

from .conftest import actions, button, modal, plain, section, text_input

Json = dict[str, Any]


def objections(*blocks: Json) -> list[str]:
    """Return Slack's objections to a message with these blocks, as `words at pointer`."""
    try:
        check_blocks(list(blocks))
    except Refused as refusal:
        assert refusal.error == "invalid_blocks"
        return _short(refusal)
    return []


def view_objections(view: Json) -> list[str]:
    try:
        check_view(view, None)
    except Refused as refusal:
        return _short(refusal)
    return []


def _short(refusal: Refused) -> list[str]:
    messages = refusal.fields["response_metadata"]["messages"]
    return [m.removeprefix("[ERROR] ").replace("[json-pointer:", "at ").rstrip("]") for m in messages]


def option(text: str = "One", value: str = "1", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "s", "options": [option()], **more}


def confirm(**more: Any) -> Json:
    return {"title": plain("T"), "text": plain("?"), "confirm": plain("Yes"), "deny": plain("No"), **more}


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://a.example/i.png", "alt_text": "a", **more}


def input_block(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("L"), "element": element, **more}


def text_of(length: int) -> str:
    return "x" * length


LIMITS = {
    "section text": (3000, lambda n: section(text_of(n))),
    "section field": (2000, lambda n: {"type": "section", "fields": [plain(text_of(n))]}),
    "section fields": (10, lambda n: {"type": "section", "fields": [plain("x")] * n}),
    "header": (150, lambda n: {"type": "header", "text": plain(text_of(n))}),
    "context elements": (10, lambda n: {"type": "context", "elements": [plain("x")] * n}),
    "actions": (25, lambda n: actions(*[button(str(i)) for i in range(n)])),
    "button text": (75, lambda n: actions(button("a", text_of(n)))),
    "button value": (2000, lambda n: actions(button("a", value=text_of(n)))),
    "button url": (3000, lambda n: actions(button("a", url="https:" + text_of(n - 6)))),
    "action_id": (255, lambda n: actions(button(text_of(n)))),
    "block_id": (255, lambda n: section("x", block_id=text_of(n))),
    "option text": (75, lambda n: actions(select(options=[option(text_of(n))]))),
    "option value": (150, lambda n: actions(select(options=[option(value=text_of(n))]))),
    "option description": (75, lambda n: actions(select(options=[option(description=plain(text_of(n)))]))),
    "options": (100, lambda n: actions(select(options=[option(value=str(i)) for i in range(n)]))),
    "overflow": (
        5,
        lambda n: actions({"type": "overflow", "action_id": "o", "options": [option()] * n}),
    ),
    "checkboxes": (
        10,
        lambda n: actions({"type": "checkboxes", "action_id": "o", "options": [option()] * n}),
    ),
    "placeholder": (150, lambda n: actions(select(placeholder=plain(text_of(n))))),
    "confirm title": (100, lambda n: actions(button("a", confirm=confirm(title=plain(text_of(n)))))),
    "confirm text": (300, lambda n: actions(button("a", confirm=confirm(text=plain(text_of(n)))))),
    "confirm button": (30, lambda n: actions(button("a", confirm=confirm(confirm=plain(text_of(n)))))),
    "confirm deny": (30, lambda n: actions(button("a", confirm=confirm(deny=plain(text_of(n)))))),
    "image url": (3000, lambda n: image(image_url="https:" + text_of(n - 6))),
    "image alt": (2000, lambda n: image(alt_text=text_of(n))),
    "image title": (2000, lambda n: image(title=plain(text_of(n)))),
    "input label": (2000, lambda n: text_input("b", text_of(n))),
    "input hint": (2000, lambda n: text_input("b", hint=plain(text_of(n)))),
    "initial value": (
        3000,
        lambda n: input_block({"type": "plain_text_input", "initial_value": text_of(n)}),
    ),
    "markdown": (12_000, lambda n: {"type": "markdown", "text": text_of(n)}),
    "table rows": (100, lambda n: {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * n}),
    "table columns": (20, lambda n: {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * n]}),
    "card title": (150, lambda n: {"type": "card", "title": plain(text_of(n))}),
    "card body": (200, lambda n: {"type": "card", "body": plain(text_of(n))}),
    "carousel": (
        10,
        lambda n: {"type": "carousel", "elements": [{"type": "card", "title": plain("x")}] * n},
    ),
    "container": (
        10,
        lambda n: {"type": "container", "title": plain("x"), "child_blocks": [{"type": "divider"}] * n},
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_accepted_and_one_more_is_refused(name: str):
    most, build = LIMITS[name]

    assert objections(build(most)) == []
    assert objections(build(most + 1)) != []


@given(st.sampled_from([n for n in LIMITS if LIMITS[n][0] >= 30]), st.integers(7, 400))
def test_longer_text_is_refused_however_long(name: str, more: int):
    most, build = LIMITS[name]

    assert all("must be less than" in o or "no more than" in o for o in objections(build(most + more)))
    assert objections(build(most + more))


@given(st.text(min_size=1, max_size=3000))
def test_any_text_within_the_limit_is_accepted(text: str):
    assert objections(section(text)) == []


KEYS = st.sampled_from(["type", "text", "elements", "block_id", "fields", "accessory", "options"])
LEAVES = st.none() | st.booleans() | st.integers() | st.sampled_from(["section", "actions", "button", "x"])
JUNK = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner))


@given(JUNK)
def test_any_block_is_answered_and_never_causes_a_crash(junk: Any):
    block = {"type": "section", "text": junk} if not isinstance(junk, dict) else junk
    try:
        check_blocks([block])
    except Refused as refusal:
        assert refusal.error in ("invalid_blocks", "invalid_blocks_format")


@pytest.mark.parametrize(
    ("block", "objection"),
    [
        ({"type": "sektion"}, "unsupported type: sektion at /blocks/0/type"),
        ({"text": plain("x")}, "missing required field: type at /blocks/0"),
        ({"type": "header"}, "missing required field: text at /blocks/0"),
        ({"type": "section"}, "missing required field: text or fields at /blocks/0"),
        (section(""), "must be more than 0 characters at /blocks/0/text/text"),
        (section(text_of(3001)), "must be less than 3001 characters at /blocks/0/text/text"),
        (section("x", colour="red"), "invalid additional property: colour at /blocks/0"),
        (
            {"type": "header", "text": {"type": "mrkdwn", "text": "*x*"}},
            "unsupported type: mrkdwn at /blocks/0/text/type",
        ),
        (
            section("x", accessory={"type": "plain_text_input", "action_id": "a"}),
            "unsupported type: plain_text_input at /blocks/0/accessory/type",
        ),
        (actions(), "no fewer than 1 items allowed at /blocks/0/elements"),
        (
            actions(button("a"), button("a")),
            "action_id `a` already exists for another element at /blocks/0/elements/1/action_id",
        ),
        (actions(button("a", style="green")), "must be a valid enum value at /blocks/0/elements/0/style"),
        (
            actions(select(initial_option=option(value="9"))),
            "must be one of the options at /blocks/0/elements/0/initial_option",
        ),
        (
            actions({"type": "static_select", "action_id": "s"}),
            "must have exactly one of: options, option_groups at /blocks/0/elements/0",
        ),
        ({"type": "image", "alt_text": "x"}, "must have exactly one of: image_url, slack_file at /blocks/0"),
        (
            actions({"type": "datepicker", "initial_date": "22.11.2026"}),
            "must match the expected format at /blocks/0/elements/0/initial_date",
        ),
    ],
)
def test_an_objection_says_what_and_where(block: Json, objection: str):
    assert objection in objections(block)


def test_block_ids_are_unique_in_a_message():
    twice = objections(section("x", block_id="b"), section("y", block_id="b"))

    assert twice == ["block_id `b` already exists at /blocks/1/block_id"]


def test_the_same_action_id_may_stand_in_different_blocks():
    assert objections(actions(button("a")), actions(button("a"))) == []


def test_options_accept_markup_only_in_checkboxes_and_radio_buttons():
    rich = {"text": {"type": "mrkdwn", "text": "*x*"}, "value": "1"}

    assert objections(actions({"type": "checkboxes", "action_id": "c", "options": [rich]})) == []
    assert objections(actions(select(options=[rich]))) == [
        "unsupported type: mrkdwn at /blocks/0/elements/0/options/0/text/type"
    ]


def test_rich_text_is_read_to_its_leaves():
    def rich(*inline: Json) -> Json:
        return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(inline)}]}

    assert objections(rich({"type": "text", "text": "<!channel>"}, {"type": "user", "user_id": "U0ANA"})) == []
    assert objections(rich({"type": "shout", "text": "x"})) == [
        "unsupported type: shout at /blocks/0/elements/0/elements/0/type"
    ]


def test_markdown_blocks_add_up_in_a_message():
    half = {"type": "markdown", "text": text_of(6001)}

    assert objections(half, half)


def test_a_refused_message_carries_the_reason_over_the_wire(client: WebClient, incidents: str):
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=incidents, text="x", blocks=[section(text_of(3001))])

    assert refused.value.response["error"] == "invalid_blocks"
    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


VIEW_LIMITS = {
    "title": (24, lambda n: modal(title=plain(text_of(n)))),
    "submit": (24, lambda n: modal(submit=plain(text_of(n)))),
    "close": (24, lambda n: modal(close=plain(text_of(n)))),
    "private_metadata": (3000, lambda n: modal(private_metadata=text_of(n))),
    "callback_id": (255, lambda n: modal(callback_id=text_of(n))),
    "blocks": (100, lambda n: modal(*[{"type": "divider"}] * n)),
    "home blocks": (100, lambda n: {"type": "home", "blocks": [{"type": "divider"}] * n}),
}


@pytest.mark.parametrize("name", VIEW_LIMITS)
def test_a_views_limit_is_accepted_and_one_more_is_refused(name: str):
    most, build = VIEW_LIMITS[name]

    assert view_objections(build(most)) == []
    assert view_objections(build(most + 1)) != []


def test_a_modal_with_inputs_needs_a_submit_button():
    assert view_objections(modal(text_input("why"), submit=None)) == ["missing required field: submit at /view"]
    assert view_objections(modal(section("only words"), submit=None)) == []


def test_message_only_blocks_are_refused_in_views():
    assert view_objections(modal({"type": "markdown", "text": "x"})) == [
        "unsupported type: markdown at /view/blocks/0/type"
    ]


def test_only_one_element_takes_the_focus():
    def focused(action_id: str) -> Json:
        return input_block({"type": "plain_text_input", "action_id": action_id, "focus_on_load": True})

    assert view_objections(modal(focused("a"))) == []
    assert view_objections(modal(focused("a"), focused("b"))) == [
        "only one element may have focus_on_load at /view/blocks"
    ]


def test_a_view_of_more_than_250_kilobytes_is_too_large():
    big = [section("x" * 2999, block_id=str(n)) for n in range(90)]

    with pytest.raises(Refused) as refused:
        check_view(modal(*big), "modal")
    assert refused.value.error == "view_too_large"
