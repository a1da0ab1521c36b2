"""What is taken out of the database when its time has come, and what stays."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot.bootstrap import build_registry
from bot.cases.tables import Case
from bot.runtime.database import Database
from bot.screens.records import purge_text
from bot.timeline.erasure import CORRECTION_FACTS, KEPT_FACTS, REMOVED, without_text
from tests import prepared

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


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


def test_words_of_cases_that_ended_long_ago_are_taken_out_and_those_of_others_stay(tmp_path: Path) -> None:
    registry, store = build_registry(), Database(prepared.database(tmp_path))
    ends = {"old": NOW - timedelta(days=800), "young": NOW - timedelta(days=3), "open": None}
    with store.transaction() as session:
        for name, ended_at in ends.items():
            long_ago = NOW - timedelta(days=900)
            case = Case(
                source="x",
                external_id=name,
                name=name,
                title="Mia is ill",
                traits={"product": "Phones"},
                opened_at=long_ago,
                started_at=long_ago,
                updated_at=long_ago,
                touched_at=long_ago,
                ended_at=ended_at,
                is_open=ended_at is None,
            )
            session.add(case)

    with store.transaction() as session:
        removed = purge_text.remove_from_old_rows(session, registry, NOW - timedelta(days=730))

    with store.reading() as session:
        kept = {case.name: (case.title, case.traits) for case in session.exec(select(Case)).all()}
    store.close()
    assert removed == 1
    assert kept == {
        "old": (REMOVED, {}),
        "young": ("Mia is ill", {"product": "Phones"}),
        "open": ("Mia is ill", {"product": "Phones"}),
    }
