"""The scopes of subscriptions, and the audience whose text a subscriber gets."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from bot import outbox
from bot.errors import WatchfloorError
from bot.outbox import leases
from bot.outbox.tables import OutboxRow
from bot.runtime.database import Database
from bot.subscriptions import rules
from bot.subscriptions.rules import Scope
from tests import prepared

TYPES = {"telephony": "Telephony or IVR", "sign_on": "Sign-on and lockouts", "other": "Something else"}
SENT = {"shown": 1, "channel_id": "D1", "ts": "1.000001"}
SITES = ("Manila", "Bogotá", "San José")


@pytest.mark.parametrize(
    ("typed", "scope"),
    [
        ("S1", Scope("S1")),
        ("sev2 manila", Scope("S2", "", "Manila")),
        ("severity 2 manila", Scope("S2", "", "Manila")),
        ("bogotá", Scope("", "", "Bogotá")),
        ("Telephony or IVR", Scope("", "telephony")),
        ("sign-on", Scope("", "sign_on")),
        ("sign_on, San José", Scope("", "sign_on", "San José")),
        ("S0 telephony Manila", Scope("S0", "telephony", "Manila")),
        ("S0 S1", Scope("S1")),
        ("S2, S0 and Manila", Scope("S2", "", "Manila")),
        ("Everything", Scope()),
    ],
)
def test_a_scope_is_read_as_people_write_it(typed: str, scope: Scope) -> None:
    assert rules.read_scope(typed, TYPES, SITES) == scope


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Say what you want to hear about"),
        ("  ", "Say what you want to hear about"),
        ("S9", "`S9` is not a severity"),
        ("P1", "`P1` is a case's priority"),
        ("Atlantis", "`Atlantis` is not a severity, type or site. Choose from S0 to S4, the types "),
        ("S1 Atlantis", "`Atlantis` is not a severity, type or site."),
        ("<!channel>", "`!channel` is not a severity, type or site."),
    ],
)
def test_text_that_is_no_scope_is_refused_with_the_possible_scopes(typed: str, sentence: str) -> None:
    with pytest.raises(WatchfloorError) as refused:
        rules.read_scope(typed, TYPES, SITES)

    assert refused.value.sentence.startswith(sentence)
    assert "<" not in refused.value.sentence


def test_the_possible_scopes_are_the_floors_own() -> None:
    with pytest.raises(rules.UnknownScope) as refused:
        rules.read_scope("Atlantis", TYPES, SITES)
    assert refused.value.sentence.endswith(f"the types {', '.join(TYPES)}, and the sites {', '.join(SITES)}.")
    with pytest.raises(rules.UnknownScope, match="the sites none"):
        rules.read_scope("Atlantis", TYPES, ())


def test_a_subscriber_reads_the_text_of_their_own_audience_if_it_is_informed() -> None:
    assert rules.choose_audience(["executives"], ["operations", "executives"], ["operations"]) == "executives"
    assert rules.choose_audience(["executives"], ["operations"], ["operations"]) == "operations"
    assert rules.choose_audience([], ["partners", "operations"], ["operations"]) == "operations"
    assert rules.choose_audience([], ["partners"], []) is None


def test_an_unsent_copy_is_superseded_by_the_next_and_other_copies_are_not(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    store = Database(prepared.database(tmp_path))
    with store.transaction() as session:
        for key in ("copy:1:operations:U1:7", "copy:1:operations:U1:8", "copy:1:operations:U10:7", "copy_1"):
            outbox.post(session, key, "U1", "words", now)
        session.connection().exec_driver_sql("UPDATE outbox SET attempted_at = retry_at WHERE key LIKE '%:8'")

        outbox.supersede(session, "copy:1:operations:U1:")

        unsent = [row.key for row in session.exec(select(OutboxRow)) if not row.is_settled]
    store.close()
    assert set(unsent) == {"copy:1:operations:U1:8", "copy:1:operations:U10:7", "copy_1"}


def test_a_pending_edit_of_a_copy_is_superseded_by_the_next(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    store = Database(prepared.database(tmp_path))
    with store.transaction() as session:
        outbox.post(session, "copy:1:operations:U1:7", "U1", "words", now)
        (copy,) = leases.of_messages(session, "replica", now)
        leases.settle(session, [(copy, SENT)])
        outbox.edit(session, copy, [{"type": "divider"}], now)
        assert outbox.due(session, now)

        outbox.supersede(session, "copy:1:operations:U1:")

        assert not outbox.due(session, now)
    store.close()


def test_an_unsent_copy_is_sent_with_the_newer_text(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    store = Database(prepared.database(tmp_path))
    with store.transaction() as session:
        outbox.post(session, "copy:1", "U1", "words", now, incident_id=None)
        (copy,) = session.exec(select(OutboxRow)).all()
        outbox.edit(session, copy, [{"type": "divider"}], now)
    with store.transaction() as session:
        (copy,) = leases.of_messages(session, "replica", now)
        assert copy.payload == {"text": "words", "blocks": [{"type": "divider"}]}
        assert (copy.wanted, copy.ts, copy.attempted_at) == (2, None, now)
        leases.settle(session, [(copy, SENT | {"shown": 2})])
        assert not outbox.due(session, now), "the message that was sent has the current text"
    store.close()


def test_a_copy_that_is_amended_while_being_sent_is_edited_afterwards(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    store = Database(prepared.database(tmp_path))
    with store.transaction() as session:
        outbox.post(session, "copy", "U1", "words", now)
    with store.transaction() as session:
        (leased,) = leases.of_messages(session, "replica", now)
    with store.transaction() as session:
        (copy,) = session.exec(select(OutboxRow)).all()
        outbox.edit(session, copy, [{"type": "divider"}], now)
        assert not outbox.due(session, now), "no other worker may send it meanwhile"
    with store.transaction() as session:
        assert leases.settle(session, [(leased, SENT)]) == {leased.id: now}
    with store.transaction() as session:
        (edited,) = leases.of_messages(session, "replica", now)
        assert (edited.channel_id, edited.ts) == ("D1", "1.000001")
        assert edited.payload == {"text": "words", "blocks": [{"type": "divider"}]}
        assert leases.settle(session, [(edited, {"shown": 2})]) == {edited.id: None}
        assert not outbox.due(session, now)
    store.close()
