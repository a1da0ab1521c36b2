"""Agents of a partner are locked out: sent, listed, seen to; six in six minutes become one incident."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.incidents.facts import UNLOCKING
from bot.incidents.registry import Registry
from bot.lockouts import ids
from bot.runtime.clock import utcnow
from bot.sources.signatures import sign
from tests.floor import TestFloor
from tests.stories.record import rows, timeline

SECRET = "between the two of us"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    """A bot that takes lockouts of other systems."""
    with TestFloor(tmp_path, over_http=True, lockouts_secret=SECRET) as floor:
        yield floor
        floor.nothing_was_malformed()


def send(floor: TestFloor, *numbers: int, event: str = "locked", **more: str) -> dict[str, object]:
    now = utcnow()
    lockouts = [
        {"id": f"{event}-{at}", "login": f"a{at}@northline.example", "at": now.isoformat(), "event": event}
        | {"partner": "Northline"}
        | more
        for at in numbers
    ]
    body = json.dumps({"source": "idp", "lockouts": lockouts}).encode()
    at = str(int(now.timestamp()))
    headers = {"X-Watchfloor-Timestamp": at, "X-Watchfloor-Signature": sign(SECRET.encode(), at, body)}
    answer = httpx.post(f"{floor.address}/lockouts", content=body, headers=headers)
    floor.settle()
    return answer.json() | {"code": answer.status_code}


def shown(floor: TestFloor) -> str:
    floor.says("ana", "/incident lockouts")
    return floor.whispered("ana")[-1]


def directly(floor: TestFloor) -> str:
    return "\n".join(message.words for message in floor.ana.direct_messages())


def press(floor: TestFloor, action: str, channel: str = "general", value: str | None = None) -> None:
    floor.ana.clicks(action, channel=channel, value=value)
    floor.settle()


def test_six_in_six_minutes_are_proposed_once_declared_once_and_seen_to_one_by_one(floor: TestFloor) -> None:
    assert "password" in str(send(floor, 1, password="x")["error"]), "no secret is ever taken"
    assert send(floor, 1, 2, 3) == {"rows": 3, "new": 3, "code": 200}
    assert send(floor, 1, 2, 3, 4, 5)["new"] == 2, "what is known changes nothing"
    assert "locked out" not in floor.words("incidents")
    assert send(floor, 6, release="itself")["new"] == 1
    assert "6 agents of Northline are locked out" in floor.words("incidents")
    send(floor, 7)
    assert "7 agents of Northline are locked out" in floor.words("incidents")
    assert len(rows(floor, "lockout_bursts")) == 1

    press(floor, ids.DECLARE, "incidents")
    floor.tick()
    [incident] = rows(floor, "incidents")
    assert json.loads(incident["partners"]) == ["Northline"]
    assert timeline(floor, "lockouts_declared")
    assert "was declared for it" in floor.words("incidents")

    assert "7 agents locked out, 6 of them need an administrator" in shown(floor)
    send(floor, 6, id="limit-6")
    assert "7 agents locked out, 7 of them need an administrator" in shown(floor)
    press(floor, ids.CLAIM, value="1")
    assert "claimed by <@U0ANA>" in shown(floor)
    press(floor, ids.UNLOCK, value="1")
    assert "No source that can unlock" in floor.whispered("ana")[-1]
    shown(floor)
    press(floor, ids.DONE, value="1")
    asked: list[str] = []
    answers = {"a2@northline.example": "", "a3@northline.example": "it is deactivated"}

    def unlock(user_id: str) -> str:
        asked.append(user_id)
        return answers[user_id]

    floor.services.get(Registry).answers(UNLOCKING, lambda services, source: unlock)
    for _ in answers:
        shown(floor)
        press(floor, ids.UNLOCK, value=str(2 + len(asked)))
        floor.tick()
    assert asked == list(answers)
    floor.passes_until(lambda: "was not unlocked: it is deactivated" in directly(floor), seconds=1)
    assert "a2@northline.example is unlocked." in directly(floor)
    send(floor, 4, event="signed in")
    left = shown(floor)
    for gone in (1, 2, 4):
        assert f"a{gone}@northline.example" not in left
    assert "a3@northline.example" in left

    send(floor, *range(20, 30), release="itself")
    answers |= {f"a{at}@northline.example": "" for at in range(20, 30)}
    for value in range(8, 17):
        shown(floor)
        press(floor, ids.UNLOCK, value=str(value))
        floor.tick()
    assert "You have asked for 10 unlocks within ten minutes" in floor.whispered("ana")[-1]
    floor.says("devi", "/incident lockouts")
    floor.sandbox.person("devi").clicks(ids.UNLOCK, channel="general", value="16")
    floor.settle()
    assert "is asked to unlock a28@northline.example" in floor.whispered("devi")[-1]


def test_somebody_types_them_and_says_that_it_is_no_incident(floor: TestFloor) -> None:
    floor.says("ana", "/incident lockouts add")
    floor.ana.fills(ids.PARTNER, "Telvia")
    floor.ana.fills(ids.LOGINS, "\n".join(f"agent-{at} <!here>" for at in range(8)))
    floor.ana.fills(ids.RELEASE, "directory")
    assert floor.ana.submits().closed
    floor.settle()
    assert "8 agents of Telvia are locked out" in floor.words("incidents")
    listed = shown(floor)
    assert "is unlocked in its directory, not here" in listed
    press(floor, ids.DISMISS, "incidents")
    assert "says that it is no incident" in floor.words("incidents")
    floor.says("ben", "/incident lockouts")
    assert "<!here>" not in floor.live_markup("general", who="ben")
