"""Blocks stay within Slack's limits whatever is put into them; the sandbox's own checker is the judge."""

from hypothesis import given
from hypothesis import strategies as st

from bot.slack import blocks
from bot.slack.text import escape
from slack_sandbox.blockkit import check_blocks, check_view

words = st.text(min_size=1, max_size=40).filter(str.strip).flatmap(lambda text: st.sampled_from([text, text * 200]))


@given(words, words, words)
def test_a_message_of_any_words_is_accepted(first: str, second: str, third: str) -> None:
    made = [
        blocks.header(first),
        blocks.section(escape(second)),
        blocks.fields(escape(first), escape(third)),
        blocks.context(escape(third)),
        blocks.actions([blocks.button(first, "press", second), blocks.user_select("who", placeholder=third)]),
    ]

    check_blocks(blocks.fit_blocks(made))


@given(words, words, words)
def test_a_form_of_any_words_is_accepted(label: str, given_before: str, choice: str) -> None:
    options = [blocks.option(choice, "one", label), blocks.option(choice, "two")]
    form = blocks.modal(
        label,
        [
            blocks.field(label, "text", blocks.text_input("text", initial=given_before, longest=500), hint=choice),
            blocks.field(label, "one", blocks.select("one", options, initial="two")),
            blocks.field(label, "many", blocks.multi_select("many", options), optional=True),
        ],
        callback_id="form",
        submit=choice,
        private_metadata=given_before,
    )

    check_view(form, "modal")


@given(st.integers(1, 200))
def test_too_many_blocks_are_cut_and_counted(number: int) -> None:
    shown = blocks.fit_blocks([blocks.section(str(index)) for index in range(number)])

    assert len(shown) <= blocks.MESSAGE_BLOCKS
    if number > blocks.MESSAGE_BLOCKS:
        assert shown[-1]["elements"][0]["text"] == f"… {number - 49} more not shown here."
