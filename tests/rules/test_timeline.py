"""Every entry of the timeline is a sentence, whatever its facts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.timeline import wording

NAMES = {"U1": "Ana Reyes", "U2": "Ben Okafor"}


def named(user_id: str) -> str:
    return NAMES.get(user_id, "someone")


@pytest.mark.parametrize(
    ("kind", "actor", "facts", "sentence"),
    [
        (
            "severity",
            "U1",
            {"old": "S2", "new": "S1", "reason": "worse"},
            "Ana Reyes changed the severity from S2 to S1: worse",
        ),
        ("status", "U1", {"new": "mitigated", "reason": ""}, "Ana Reyes set the status to mitigated"),
        ("role_given", "U1", {"user": "U2", "role": "scribe"}, "Ana Reyes made Ben Okafor scribe"),
        ("message", "U2", {"text": "ask <@U1> &amp; wait"}, "Ben Okafor: ask @Ana Reyes & wait"),
        (
            "shortcut_message",
            "U1",
            {"text": "5 &lt; 6", "link": "https://x", "author": "U2"},
            "It began with a message of Ben Okafor: 5 < 6 (https://x)",
        ),
        (
            "step_done",
            "U1",
            {"step": "Call", "answers": {"Who?": "<@U2>", "How many?": "12"}},
            "Ana Reyes did: Call (Who? @Ben Okafor; How many? 12)",
        ),
        ("channel_lost", None, {"reason": "it was archived"}, "Watchfloor lost the channel: it was archived"),
        ("something_new", "U1", {}, "something new"),
    ],
)
def test_an_entry_reads_as_a_sentence(kind: str, actor: str | None, facts: dict[str, Any], sentence: str) -> None:
    assert wording.sentence(kind, actor, facts, named) == sentence


@given(
    st.sampled_from(sorted(wording.SENTENCES)),
    st.dictionaries(
        st.sampled_from(["text", "reason", "new", "old", "user", "step", "role"]), st.text(max_size=20)
    ),
)
def test_no_entry_breaks_on_what_it_holds_or_lacks(kind: str, facts: dict[str, Any]) -> None:
    assert wording.sentence(kind, "U1", facts, named)


def test_everyone_an_entry_speaks_of_is_known() -> None:
    facts = {"user": "U1", "text": "for <@U2>", "answers": {"Who?": "<@U3>"}}

    assert wording.people_in(facts) == {"U1", "U2", "U3"}
