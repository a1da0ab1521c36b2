"""Lockouts of a partner's agents: received, listed, handled; six in six minutes become one incident."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.incidents.facts import UNLOCKING
from bot.incidents.registry import Registry
from bot.lockouts import ids
from bot.runtime.clock import utcnow
from bot.sources.signatures import sign
from tests.floor import TestFloor
from tests.sources.okta import OktaStandIn
from tests.sources.stand_in import TOKEN, running
from tests.stories.command_line import Typed
from tests.stories.conftest import PLAYBOOKS
from tests.stories.record import rows, timeline

SECRET = "between the two of us"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    """A bot that accepts lockouts from other systems."""
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


def show_lockouts(floor: TestFloor) -> str:
    floor.says("ana", "/incident lockouts")
    return floor.ephemeral("ana")[-1]


def press(floor: TestFloor, action: str, channel: str = "general", value: str | None = None) -> None:
    floor.ana.clicks(action, channel=channel, value=value)
    floor.settle()


def test_six_lockouts_in_six_minutes_are_proposed_once_declared_once_and_handled_one_by_one(
    floor: TestFloor,
) -> None:
    assert "password" in str(send(floor, 1, password="x")["error"]), "no secret is ever accepted"
    assert send(floor, 1, 2, 3) == {"rows": 3, "new": 3, "code": 200}
    assert send(floor, 1, 2, 3, 4, 5)["new"] == 2, "known lockouts change nothing"
    assert "locked out" not in floor.visible_text("incidents")
    assert send(floor, 6, release="itself")["new"] == 1
    proposal = floor.visible_text("incidents")
    assert "6 agents of Northline are locked out" in proposal
    assert "Usual in six minutes: hardly any." in proposal
    send(floor, 7)
    assert "7 agents of Northline are locked out" in floor.visible_text("incidents")
    assert len(rows(floor, "lockout_bursts")) == 1

    press(floor, ids.DECLARE, "incidents")
    floor.tick()
    [incident] = rows(floor, "incidents")
    assert json.loads(incident["partners"]) == ["Northline"]
    assert timeline(floor, "lockouts_declared")
    assert "was declared for it" in floor.visible_text("incidents")

    lockout_list = show_lockouts(floor)
    assert "7 agents locked out, 6 need an administrator · usual in six minutes: hardly any" in lockout_list
    assert lockout_list.index("a7@") < lockout_list.index("a6@"), "the accounts that need somebody first"
    send(floor, 6, id="limit-6")
    send(floor, 50, partner="")
    both = show_lockouts(floor)
    assert "7 agents locked out, 7 need an administrator" in both
    assert "1 agent locked out, 1 needs an administrator" in both
    assert both.index("Northline") < both.index("No partner known"), "most agents first"
    send(floor, 50, event="unlocked", partner="")
    floor.says("devi", "/incident lockouts")
    press(floor, ids.CLAIM, value="1")
    floor.sandbox.person("devi").clicks(ids.CLAIM, channel="general", value="1")
    floor.settle()
    assert "<@U0ANA> works on a1@northline.example already." in floor.ephemeral("devi")[-1]
    assert "claimed by <@U0ANA>" in show_lockouts(floor)
    unaided_list = show_lockouts(floor)
    assert "Unlock" not in unaided_list, "no source can"
    assert "whatif" not in unaided_list
    press(floor, ids.DONE, value="1")
    requested_ids: list[str] = []
    answers = {"a2@northline.example": "", "a3@northline.example": "it is deactivated"}

    def unlock(user_id: str) -> str:
        requested_ids.append(user_id)
        return answers[user_id]

    floor.services.get(Registry).answers(UNLOCKING, lambda services, source: unlock)
    for _ in answers:
        show_lockouts(floor)
        press(floor, ids.UNLOCK, value=str(2 + len(requested_ids)))
        floor.tick()
    assert requested_ids == list(answers)
    floor.passes_until(lambda: "was not unlocked: it is deactivated" in floor.direct_text("ana"), seconds=1)
    assert "a2@northline.example is unlocked." in floor.direct_text("ana")
    send(floor, 4, event="signed in")
    remaining = show_lockouts(floor)
    for number in (1, 2, 4):
        assert f"a{number}@northline.example" not in remaining
    assert "a3@northline.example" in remaining
    proposal = floor.visible_text("incidents")
    assert "7 agents of Northline were locked out" in proposal
    assert "3 of them can sign in again." in proposal

    send(floor, *range(20, 30), release="itself")
    floor.tick()
    assert len(rows(floor, "lockout_bursts")) == 1, "the incident that is open takes the later ones, too"
    assert "17 agents of Northline were locked out" in floor.visible_text("incidents")
    answers |= {f"a{at}@northline.example": "" for at in range(20, 30)}
    for value in range(9, 18):
        show_lockouts(floor)
        press(floor, ids.UNLOCK, value=str(value))
        floor.tick()
    assert "You have asked for 10 accounts within ten minutes" in floor.ephemeral("ana")[-1]
    floor.says("devi", "/incident lockouts")
    floor.sandbox.person("devi").clicks(ids.UNLOCK, channel="general", value="17")
    floor.settle()
    assert "is asked to unlock a28@northline.example" in floor.ephemeral("devi")[-1]

    assert f"<#{incident['channel_id']}> was declared for it" in floor.visible_text("incidents")
    [channel] = [channel.name for channel in floor.ana.channels() if channel.name.startswith("inc-1-")]
    floor.says("ana", "/incident private somebody works for the attackers", channel)
    floor.tick()
    assert "An incident was declared for it" in floor.visible_text("incidents"), "it is not named any more"


def test_lockouts_are_typed_by_hand_and_dismissed_as_no_incident(floor: TestFloor) -> None:
    floor.says("ana", "/incident lockouts add")
    floor.ana.fills(ids.PARTNER, "Telvia")
    floor.ana.fills(ids.LOGINS, "agent-0\nmy password 123, https://idp.example/reset?token=1")
    refusal = floor.ana.submits().errors[ids.LOGINS]
    assert "Line 2 is no login" in refusal
    assert "123" not in refusal, "it is neither stored nor repeated"
    floor.ana.fills(ids.LOGINS, "\n".join(f"agent-{at}<!here>" for at in range(8)))
    floor.ana.fills(ids.RELEASE, "directory")
    assert floor.ana.submits().closed
    floor.settle()
    assert "8 agents of Telvia are locked out" in floor.visible_text("incidents")
    lockout_list = show_lockouts(floor)
    assert "is unlocked in its directory, not here" in lockout_list
    press(floor, ids.DISMISS, "incidents")
    assert "says that it is no incident" in floor.visible_text("incidents")
    floor.says("ben", "/incident lockouts")
    assert "<!here>" not in floor.live_markup("general", who="ben")


def log_row(number: int, user: str, event: str, **more: object) -> dict[str, object]:
    """A row of Okta's log about an agent, two minutes old."""
    at = utcnow() - timedelta(minutes=2)
    client = {"ipAddress": "203.0.113.1", "geographicalContext": {"city": "Manila", "country": "Philippines"}}
    client |= {"userAgent": {"browser": "CHROME", "os": "Windows 10"}}
    person = {"type": "User", "id": user, "alternateId": f"{user}@northline.example"}
    row = {
        "uuid": f"{number}",
        "eventType": event,
        "published": at.isoformat(),
        "client": client,
        "target": [person],
    }
    return row | {"outcome": {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}} | more


@contextmanager
def floor_with_okta(tmp_path: Path, directory: OktaStandIn, database_url: str = "") -> Iterator[TestFloor]:
    """A floor whose lockouts come from a directory, which is asked to unlock or reset them."""
    with running(directory):
        source = f"{{kind: okta, url: {directory.url}, secret: OKTA_TOKEN, every: 1 min, insecure: true, "
        source += "allow_networks: [127.0.0.0/8]}"
        text = Path("floor.yaml").read_text().replace("domains: {}", "domains: {northline.example: Northline}")
        file = tmp_path / "floor.yaml"
        file.write_text(f"{text}\nsources:\n  directory: {source}\n")
        with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=file, database_url=database_url) as floor:
            floor.passes_until(lambda: "a12@northline.example" in show_lockouts(floor), seconds=30)
            yield floor
            floor.nothing_was_malformed()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_directory_is_asked_at_once_for_one_account_and_with_a_second_person_for_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, database: str
) -> None:
    url = request.getfixturevalue("prepared_postgres_url") if database == "postgresql" else ""
    monkeypatch.setenv("OKTA_TOKEN", TOKEN)
    users = [f"a{at:02}" for at in range(1, 13)]
    failures = [log_row(at, user, "user.session.start") for at, user in enumerate(users)]
    locks = [log_row(100 + at, user, "user.account.lock.limit") for at, user in enumerate([*users, "ad13"])]
    directory = OktaStandIn([*failures, *locks])
    with floor_with_okta(tmp_path, directory, url) as floor:
        floor.says("ana", "/incident lockouts northline")
        card = floor.ephemeral("ana")[-1]
        assert "12 failures in the last 24 hours" in card
        assert "12 people come from one network (203.0.113.1): look at that site's connection" in card
        assert "Why: 12 × wrong password" in card
        assert "From: 12 × Manila, Philippines (203.0.113.1)" in card
        assert (
            "No failure is known" in floor.says("ana", "/incident lockouts nobody@x") + floor.ephemeral("ana")[-1]
        )
        floor.says("ana", "/incident lockouts a01@northline.example")
        assert "1 failure in the last 24 hours" in floor.ephemeral("ana")[-1]

        show_lockouts(floor)
        floor.ana.chooses(ids.MORE, f"{ids.FAILURES}:1", channel="general")
        floor.settle()
        assert "Sign-in failures of a01@northline.example" in floor.ephemeral("ana")[-1]
        press(floor, ids.RESET, value="1")
        floor.passes_until(lambda: directory.mailed, seconds=1)
        assert directory.mailed == ["a01"]
        assert "has mailed a01@northline.example a way to set a new password" in floor.direct_text("ana")
        assert "reset_password/secret" not in floor.direct_text("ana")

        show_lockouts(floor)
        press(floor, ids.MANY)
        floor.ana.fills(ids.PARTNER, "Northline")
        assert floor.ana.submits().closed
        floor.settle()
        assert "need a second person" in floor.direct_text("ana")
        request_text = floor.visible_text("incidents")
        assert "Unlock 13 accounts*, asked by <@U0ANA>" in request_text
        assert "a02@northline.example" not in request_text
        press(floor, ids.APPROVE, "incidents")
        assert "You have asked for it yourself" in floor.ephemeral("ana", "incidents")[-1]
        assert directory.unlocked == []

        devi = floor.sandbox.person("devi")
        devi.clicks(ids.APPROVE, channel="incidents")
        assert "a02@northline.example" in str(devi.modal)
        assert devi.submits().closed
        floor.passes_until(lambda: len(directory.unlocked) == 13, seconds=1)
        floor.settle()
        assert sorted(directory.unlocked) == [*users, "ad13"]
        assert "approved by" in floor.visible_text("incidents")
        assert "13 done" in floor.visible_text("incidents")
        for person in (floor.ana, devi):
            texts = "\n".join(message.visible_text for message in person.direct_messages())
            assert all(f"{user}@northline.example: unlocked" in texts for user in users)
        assert "No open lockouts" in show_lockouts(floor)


def test_up_to_ten_accounts_are_reset_at_once_and_each_refusal_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OKTA_TOKEN", TOKEN)
    users = ["a11", "ad10", "a12"]
    directory = OktaStandIn([log_row(at, user, "user.account.lock") for at, user in enumerate(users)])
    with floor_with_okta(tmp_path, directory) as floor:
        show_lockouts(floor)
        press(floor, ids.MANY)
        floor.ana.fills(ids.ACTION, "reset")
        floor.ana.fills(ids.ACCOUNTS, ["1", "2"])
        assert floor.ana.submits().closed
        floor.passes_until(lambda: "1 done · 1 not done" in floor.direct_text("ana"), seconds=1)
        assert "⚠️ ad10@northline.example: the state of the account allows no reset" in floor.direct_text("ana")
        assert "✅ a11@northline.example: the directory has sent the mail" in floor.direct_text("ana")
        assert directory.mailed == ["a11"]


def test_a_file_of_lockouts_is_dropped_or_imported_by_hand(
    floor: TestFloor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = utcnow() - timedelta(minutes=1)
    lines = [f"a{number}@northline.example,{at:%Y-%m-%dT%H:%M:%SZ},Northline,limit" for number in range(1, 7)]
    content = "\n".join(["Login,Locked at,Partner,Lock type", *lines, ",,,"]).encode()
    floor.ana.uploads("dm", "locked.csv", content)
    floor.settle()
    floor.tick()
    assert "locked.csv: 6 locked accounts, 6 of them new" in floor.direct_text("ana")
    assert "6 agents of Northline are locked out" in floor.visible_text("incidents")
    assert send(floor, *range(1, 7), release="itself")["new"] == 0, "the same agents, from another source"
    assert "Northline 6 agents locked out" in show_lockouts(floor).replace("*", "")
    send(floor, *range(1, 7), event="unlocked")
    assert "No open lockouts" in show_lockouts(floor)

    floor.passes(days=1)
    late = (utcnow() - timedelta(minutes=10)).isoformat()
    send(floor, 41, 42, 42, at=late)
    send(floor, *range(43, 47), at=late)
    texts = [message.visible_text for message in floor.ana.sees("incidents") if "Northline" in message.visible_text]
    assert len(texts) == 2, "the six of yesterday are not these six, which were only read late"
    assert "Nobody decided" in texts[0]
    assert "Declare an incident" not in texts[0]
    assert "6 agents of Northline are locked out" in texts[1]
    assert "Declare an incident" in texts[1]
    floor.ana.uploads("dm", "<!channel> broken.csv", content + b"\n,,," * 60 + b'\n"' + b"a" * 10_001)
    floor.settle()
    floor.tick()
    assert "of &lt;!channel&gt; broken.csv a quotation mark is not closed" in floor.live_markup("dm")
    future = b"Login,Locked at\na1@northline.example,2099-01-01T00:00:00Z\n"
    floor.ana.uploads("dm", "future.csv", future)
    floor.settle()
    floor.tick()
    assert "future.csv: no locked account." in floor.direct_text("ana")
    assert "in the future (2099-01-01T00:00:00Z)." in floor.direct_text("ana")
    file = tmp_path / "locked.csv"
    file.write_bytes(content + b"\na7@northline.example,,Northline,auto\n,2026-05-13,,\n")
    command_line = Typed(floor, monkeypatch, tmp_path)
    preview = command_line.types("lockouts", "import", str(file), "--preview").output
    assert "7 locked accounts can be imported." in preview
    assert "is left out: it names no login." in preview
    assert "7 locked accounts, 1 of them new" in command_line.types("lockouts", "import", str(file)).output
    assert "7 locked accounts, 0 of them new" in command_line.types("lockouts", "import", str(file)).output
