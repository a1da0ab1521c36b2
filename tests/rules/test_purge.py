"""Text that is removed from the database when its time has come, and data that stays."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot import outbox
from bot.bootstrap import build_registry
from bot.cases.tables import Case
from bot.outbox.tables import OutboxRow
from bot.runtime.database import Database
from bot.screens.records import purge
from bot.timeline.erasure import CORRECTION_FACTS, KEPT_FACTS, REMOVED, without_text
from tests import prepared
from tests.rules.test_query_plans import executed_on

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
def test_an_entry_keeps_its_figures_and_loses_its_text(facts: dict[str, Any], bare: dict[str, Any]) -> None:
    assert without_text(facts) == bare


@given(st.dictionaries(st.text(max_size=8), st.text(min_size=1) | st.lists(st.text(min_size=1)), max_size=6))
def test_values_not_known_to_be_figures_do_not_stay(facts: dict[str, Any]) -> None:
    bare = without_text(facts)

    remaining = [value for name, value in bare.items() if name not in KEPT_FACTS | CORRECTION_FACTS]
    assert all(value in (REMOVED, [], {}) for value in remaining)
    assert without_text(bare) == bare


def test_text_of_cases_that_ended_long_ago_is_removed_and_that_of_other_cases_stays(tmp_path: Path) -> None:
    registry, store = build_registry(), Database(prepared.database(tmp_path))
    long_over = {f"old {number}": NOW - timedelta(days=800) for number in range(3)}
    ends = {**long_over, "young": NOW - timedelta(days=3), "open": None}
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

    with executed_on(store) as executed:
        purged = purge.purge(store, registry, NOW - timedelta(days=730), NOW, rows_at_once=2)

    with store.reading() as session:
        texts = {case.name: (case.title, case.traits) for case in session.exec(select(Case)).all()}
    store.close()
    assert purged.rows == 3
    # Two at a time, each time in a transaction of its own, so that nobody waits.
    statements = [statement for statement, _ in executed if statement.startswith(("BEGIN IMMEDIATE", "UPDATE"))]
    assert [statement.split()[0] for statement in statements] == ["BEGIN", "UPDATE", "BEGIN", "UPDATE"]
    assert texts == {
        **dict.fromkeys(long_over, (REMOVED, {})),
        "young": ("Mia is ill", {"product": "Phones"}),
        "open": ("Mia is ill", {"product": "Phones"}),
    }


def test_messages_without_an_incident_keep_their_text_as_long_as_others(tmp_path: Path) -> None:
    store, before = Database(prepared.database(tmp_path)), NOW - timedelta(days=30)
    ages = [("young", 29), *((f"old {number}", 31) for number in range(5))]
    with store.transaction() as session:
        for key, days in ages:
            outbox.post(session, key, "U0FARAH", "Mia is ill", NOW - timedelta(days=days))
        outbox.post(session, "not sent", "U0FARAH", "Mia is ill", NOW - timedelta(days=31))
        session.flush()
        session.connection().exec_driver_sql("UPDATE outbox SET shown = wanted WHERE key != 'not sent'")

    # They are emptied a few at a time, so that nobody waits.
    purged = purge.purge(store, build_registry(), before, NOW, rows_at_once=2)

    with store.reading() as session:
        kept = [row.key for row in session.exec(select(OutboxRow)).all() if row.text]
    store.close()
    assert (kept, purged.rows) == (["young", "not sent"], 5)
