"""JSON is read fast, and as Python itself reads it."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runtime.json_text import read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_it_gives_what_was_written(value):
    assert read_json(json.dumps(value)) == value


def test_half_a_character_is_read_as_it_came():
    assert read_json('{"text": "\\ud83d"}') == {"text": "\ud83d"}


def test_a_number_that_python_writes_and_json_does_not_know_is_read():
    assert math.isnan(read_json("[NaN]")[0])


@pytest.mark.parametrize("text", ["", "{", "[1,]", "nothing"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError):
        read_json(text)
