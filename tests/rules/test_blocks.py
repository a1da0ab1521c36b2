"""Blocks stay within Slack's limits whatever their content; the sandbox's own checker is the judge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import blocks
from bot.slack.text import escape, mentions
from slack_sandbox.blockkit import check_blocks, check_view

words = st.text(min_size=1, max_size=40).filter(str.strip).flatmap(lambda text: st.sampled_from([text, text * 200]))


@given(words, words, words)
def test_a_message_with_any_text_is_accepted(first: str, second: str, third: str) -> None:
    message_blocks = [
        blocks.header(first),
        blocks.section(escape(second)),
        blocks.context(escape(third)),
        blocks.actions([blocks.button(first, "press", second), blocks.user_select("who")]),
    ]

    check_blocks(blocks.fit_blocks(message_blocks))


@given(words, words, words)
def test_a_form_with_any_text_is_accepted(label: str, given_before: str, choice: str) -> None:
    options = [blocks.option(choice, "one", label), blocks.option(choice, "two")]
    form = blocks.modal(
        "form",
        label,
        [
            blocks.field(label, blocks.text_input("text", initial=given_before, longest=500), hint=choice),
            blocks.field(label, blocks.select("one", options, initial="two")),
            blocks.field(label, blocks.multi_select("many", options), optional=True),
        ],
        submit=choice,
        subject=given_before,
    )

    check_view(form, "modal")


@given(st.integers(1, 200))
def test_too_many_blocks_are_cut_and_counted(number: int) -> None:
    shown = blocks.fit_blocks([blocks.section(str(index)) for index in range(number)])

    assert len(shown) <= blocks.MESSAGE_BLOCKS
    if number > blocks.MESSAGE_BLOCKS:
        assert shown[-1]["elements"][0]["text"] == f"… {number - 49} more not shown here."


LENGTHS = [0, 1, blocks.MESSAGE_BLOCKS, blocks.MESSAGE_BLOCKS + 1, 1_000]


@pytest.mark.parametrize("number", LENGTHS)
@pytest.mark.parametrize("length", [10, 500, 2_999])
def test_a_message_of_many_blocks_is_accepted_and_keeps_its_buttons(number: int, length: int) -> None:
    buttons = blocks.actions([blocks.button("Do it", "do")])
    message_blocks = [*(blocks.section(f"{index} ".ljust(length, "x")) for index in range(number)), buttons]

    shown = blocks.fit_message(message_blocks)

    check_blocks(shown)
    assert shown[-1] == buttons
    if len(shown) < len(message_blocks):
        left_out = number - (len(shown) - 2)
        assert shown[-2]["elements"][0]["text"] == f"… {left_out} more not shown here."


@pytest.mark.parametrize("number", [0, 1, 60, 1_000])
@pytest.mark.parametrize("length", [20, 180, 4_000])
def test_lines_take_as_many_paragraphs_as_they_need_and_the_rest_is_counted(number: int, length: int) -> None:
    lines = [f"line {index} ".ljust(length, "x") for index in range(number)]

    paragraphs = blocks.paragraphs(lines, rest="The list shows all.")

    check_blocks(paragraphs)
    message_text = "\n".join(block["text"]["text"] for block in paragraphs if block["type"] == "section")
    shown = sum(f"line {index} " in message_text for index in range(number))
    rest = [block["elements"][0]["text"] for block in paragraphs if block["type"] == "context"]
    assert rest == ([f"… and {number - shown} more. The list shows all."] if shown < number else [])
    assert shown == number or len(message_text) > 9_000


def test_a_blank_line_is_no_section_of_its_own() -> None:
    check_blocks(blocks.paragraphs(["x" * blocks.SECTION_TEXT, "", "y"], rest=""))


@pytest.mark.parametrize("number", [1, blocks.OPTIONS, blocks.OPTIONS + 1, 1_000])
def test_every_option_of_a_menu_can_be_chosen(number: int) -> None:
    options = [blocks.option(f"Playbook {index}", str(index)) for index in range(number)]
    last = str(number - 1)
    form = blocks.modal(
        "form",
        "Choose",
        [
            blocks.field("One", blocks.select("one", options, initial=last)),
            blocks.field("Many", blocks.multi_select("many", options)),
        ],
        submit="Choose",
    )

    check_view(form, "modal")
    menu = form["blocks"][0]["element"]
    groups = menu.get("option_groups") or [{"options": menu["options"]}]
    assert [option["value"] for group in groups for option in group["options"]] == [str(n) for n in range(number)]
    assert menu["initial_option"]["value"] == last


@pytest.mark.parametrize("number", [1, 10, 11, 1_000])
def test_small_print_counts_what_it_leaves_out(number: int) -> None:
    texts = [str(index) for index in range(number)]

    check_blocks([blocks.context(*texts)])
    last = blocks.context(*texts)["elements"][-1]["text"]
    assert last == (f"… and {number - 9} more" if number > 10 else str(number - 1))


@pytest.mark.parametrize("number", [0, 1, 40, 41, 1_000])
def test_many_people_are_counted(number: int) -> None:
    line = mentions(f"U{index}" for index in range(number))

    assert line.count("<@") == (number if number <= 40 else 39)
    assert ("and" in line) == (number > 40)
    assert number <= 40 or line.endswith(f"and {number - 39} more")
