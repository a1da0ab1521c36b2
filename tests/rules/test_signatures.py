"""Signed requests: only the sender who knows the secret is heard, in time, and once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel
from sqlmodel import col, select

from bot.runtime.clock import machine_time
from bot.runtime.database import Database
from bot.sources.signatures import NotSigned, NotUnderstood, check, parse, sign
from bot.web.replay_guard import ReplayGuard, SignedRequest
from tests import prepared

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SECRET, BODY = b"secret", b'{"rows": []}'


def headers(timestamp: str, signature: str | None = None) -> dict[str, str]:
    signed = sign(SECRET, timestamp, BODY) if signature is None else signature
    return {"x-watchfloor-timestamp": timestamp, "x-watchfloor-signature": signed}


def at(seconds: int) -> str:
    """Return the timestamp of a moment so many seconds from now."""
    return str(int(NOW.timestamp()) + seconds)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_request_is_accepted_up_to_five_minutes_before_and_after_its_time(seconds: int) -> None:
    assert check(SECRET, BODY, headers(at(seconds)), NOW) == sign(SECRET, at(seconds), BODY)


@pytest.mark.parametrize(
    "sent",
    [
        headers(at(-301)),
        headers(at(301)),
        headers(at(0), sign(b"guessed", at(0), BODY)),
        headers(at(0), sign(SECRET, at(0), b"another body")),
        headers(at(0), sign(SECRET, at(1), BODY)),
        headers(at(0), sign(SECRET, at(0), BODY).upper()),
        headers(at(0), "v0=é"),
        headers(at(0), ""),
        headers("now"),
        headers("-1"),
        headers("9" * 400),
        headers(""),
        {"x-watchfloor-timestamp": at(0)},
        {"x-watchfloor-signature": sign(SECRET, at(0), BODY)},
        {},
    ],
)
def test_any_other_request_is_refused(sent: dict[str, str]) -> None:
    with pytest.raises(NotSigned):
        check(SECRET, BODY, sent, NOW)


class Seven(BaseModel):
    """A body with more fields than problems are shown."""

    a: int
    b: int
    c: int
    d: int
    e: int
    f: int
    g: int


def test_a_body_of_another_shape_is_refused_with_the_places_but_without_what_it_said() -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse(Seven, b'{"a": "a-secret-value", "b": 1}')
    reasons = str(refused.value)
    assert reasons.startswith("a: ")
    assert reasons.count("; ") == 4, "five of its six problems"
    assert "a-secret-value" not in reasons


def test_a_request_counts_once_unless_it_was_not_carried_out(tmp_path: Path) -> None:
    database = Database(prepared.database(tmp_path))
    guard, other_replica = ReplayGuard(database), ReplayGuard(database)

    assert guard.is_new("v0=a")
    assert not guard.is_new("v0=a")
    assert not other_replica.is_new("v0=a")
    assert guard.is_new("v0=b")

    guard.allow_again("v0=a")
    assert other_replica.is_new("v0=a")
    assert not guard.is_new("v0=b")
    database.close()


def test_a_request_is_remembered_for_as_long_as_its_signature_is_accepted(tmp_path: Path) -> None:
    database, now = Database(prepared.database(tmp_path)), machine_time()
    with database.transaction() as session:
        session.add_all(
            SignedRequest(digest=f"{minutes} minutes old", at=now - timedelta(minutes=minutes))
            for minutes in (9, 11)
        )

    ReplayGuard(database).is_new("v0=a")

    with database.reading() as session:
        digests = session.exec(select(SignedRequest.digest).order_by(col(SignedRequest.at))).all()
    assert len(digests) == 2
    assert digests[0] == "9 minutes old"
    database.close()
