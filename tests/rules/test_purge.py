"""What is taken out of the database when its time has come, and what stays."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.timeline.erasure import CORRECTION_FACTS, KEPT_FACTS, REMOVED, without_text


@pytest.mark.parametrize(
    ("facts", "bare"),
    [
        ({"text": "Mia is ill", "user": "U1"}, {"text": REMOVED, "user": "U1"}),
        ({"old": "S2", "new": "S1", "reason": "it burns"}, {"old": "S2", "new": "S1", "reason": REMOVED}),
        ({"title": "x", "severity": "S1", "reason": ""}, {"title": REMOVED, "severity": "S1", "reason": ""}),
        ({"files": [{"name": "ill.pdf"}], "author_name": "Mia", "recovered": True}, {"recovered": True}),
        ({"what": "invite Ulla Ultra", "reason": "guest"}, {"what": "invite", "reason": REMOVED}),
        ({"what": "invite", "user": "U1", "reason": ""}, {"what": "invite", "user": "U1", "reason": ""}),
        (
            {"answers": {"How many?": "1,700", "Sure?": True, "Why?": "Mia"}, "step": "Call"},
            {"answers": {"How many?": "1,700", "Sure?": True, "Why?": REMOVED}, "step": "Call"},
        ),
    ],
)
def test_an_entry_keeps_its_figures_and_loses_its_words(facts: dict[str, Any], bare: dict[str, Any]) -> None:
    assert without_text(facts) == bare


@given(st.dictionaries(st.text(max_size=8), st.text(min_size=1) | st.lists(st.text(min_size=1)), max_size=6))
def test_what_is_not_known_to_be_a_figure_does_not_stay(facts: dict[str, Any]) -> None:
    bare = without_text(facts)

    left = [value for name, value in bare.items() if name not in KEPT_FACTS | CORRECTION_FACTS]
    assert all(value in (REMOVED, [], {}) for value in left)
    assert without_text(bare) == bare
