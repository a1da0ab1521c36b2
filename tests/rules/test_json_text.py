"""JSON is read fast, and with the same result as Python's own parser."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runtime.json_text import has_lone_surrogates, read_json, write_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_values_are_read_back_as_they_were_written(value):
    assert read_json(json.dumps(value)) == value


def test_an_unpaired_surrogate_is_read_unchanged():
    assert read_json('{"text": "\\ud83d"}') == {"text": "\ud83d"}


def test_numbers_that_python_writes_but_json_does_not_know_are_read():
    assert math.isnan(read_json("[NaN]")[0])


@pytest.mark.parametrize("text", ["", "{", "[1,]", "nothing"])
def test_text_that_is_no_json_is_refused(text):
    with pytest.raises(ValueError):
        read_json(text)


class Escaped(str):
    """Text of a type of its own, as templates return it."""


@given(VALUES.filter(lambda value: "inf" not in repr(value)))
def test_what_is_written_is_read_again(value):
    assert json.loads(write_json(value)) == value
    assert not has_lone_surrogates(value)


def test_text_of_its_own_type_is_written_as_text():
    assert write_json({"text": Escaped("a < b")}) == b'{"text":"a < b"}'


def test_half_a_character_is_found_and_written_as_an_escape():
    assert has_lone_surrogates({"blocks": [{"text": "\ud83d"}]})
    assert json.loads(write_json(["\ud83d"])) == ["\ud83d"]
