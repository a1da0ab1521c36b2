"""A pager by webhook: signed, retried until accepted, with the same identity for the same page."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bot.bootstrap import build
from bot.escalation import ids
from bot.escalation.pager import Pager, PagerRefused, PagerSecretMissing, signature
from bot.runtime.clock import utcnow
from bot.runtime.waiting import wait_until
from tests.floor import PATIENCE_S, TestFloor
from tests.stories.record import rows
from tests.stories.seen_escalations import happened, is_told, pages

PLAYBOOKS = Path(__file__).parent / "playbooks"
FLOOR = Path(__file__).parent / "floors" / "escalation.yaml"
SECRET = "a shared secret"


@dataclass
class Gateway:
    """A pager's gateway: the requests it received, and its next answers (200 when none is left)."""

    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/page?from=watchfloor"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            gateway.heard.append((dict(self.headers), body))
            self.send_response(gateway.answers.pop(0) if gateway.answers else 200)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.port = server.server_port
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield gateway
    server.shutdown()
    server.server_close()


@pytest.fixture
def floor(tmp_path: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestFloor]:
    monkeypatch.setenv("PAGER_SECRET", SECRET)
    path = with_pager(tmp_path, gateway.url)
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=path) as floor:
        yield floor


def with_pager(folder: Path, url: str) -> Path:
    """Write a floor file with a pager at that address."""
    path = folder / "floor.yaml"
    pager = f"pager: {{url: '{url}', secret_env: PAGER_SECRET, allow_private: true}}\n"
    path.write_text(pager + FLOOR.read_text())
    return path


def test_each_page_reaches_the_pager_once_and_signed(floor: TestFloor, gateway: Gateway) -> None:
    gateway.answers = [503, 503]
    floor.declares("S0 every line is dead", who="ana")

    floor.passes(minutes=2)
    is_told(floor, "devi")
    floor.passes_until(lambda: len(gateway.heard) == 3)
    floor.tick()

    assert len(gateway.heard) == 3
    assert len({headers["Idempotency-Key"] for headers, _ in gateway.heard}) == 1
    headers, body = gateway.heard[-1]
    assert headers["X-Watchfloor-Signature"] == signature(SECRET.encode(), headers["X-Watchfloor-Timestamp"], body)
    payload = json.loads(body)
    assert (payload["person_id"], payload["title"], payload["tier"]) == ("U0DEVI", "every line is dead", 1)
    assert [page["pager"] for page in rows(floor, "pages")] == ["rung"]


@pytest.mark.parametrize("answer", [302, 403])
def test_a_refusal_or_a_redirect_is_recorded_and_not_retried(
    floor: TestFloor, gateway: Gateway, answer: int
) -> None:
    gateway.answers = [answer]
    floor.declares("S0 every line is dead", who="ana")

    floor.passes(minutes=2)
    is_told(floor, "devi")
    assert wait_until(lambda: len(gateway.heard) == 1, PATIENCE_S)
    floor.settle()
    floor.tick()

    assert len(gateway.heard) == 1
    assert happened(floor, 1).count("pager_failed") == 1


def test_the_pager_is_sent_no_words_of_a_private_incident(floor: TestFloor, gateway: Gateway) -> None:
    floor.says("ana", "/incident declare S0")
    floor.ana.fills("What is wrong?", "Payroll of the board leaked")
    floor.ana.fills("Who may see it?", ["private"])
    assert floor.ana.submits().closed
    floor.settle()

    floor.passes(minutes=2)
    is_told(floor, "devi")
    assert "Payroll" not in pages(floor, "devi")[0]
    floor.devi.clicks(ids.ON_MY_WAY, channel="dm")
    floor.settle()
    channel = "inc-1-payroll-of-the-board-leaked"
    assert channel in [candidate.name for candidate in floor.devi.channels()]

    answer = floor.says("ana", "/incident page @ben the payroll file is on the web", channel)
    is_told(floor, "ben")
    assert "the page gives your name but not the reason" in answer
    assert "<@U0ANA> asks for you." in pages(floor, "ben")[0]
    assert "payroll" not in str([(message.text, message.blocks) for message in floor.ben.direct_messages()])

    floor.passes_until(lambda: len(gateway.heard) == 2)
    assert [body for _, body in gateway.heard if b"payroll" in body.lower()] == []
    floor.nothing_was_malformed()


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "10.0.0.8", "[::1]", "[::ffff:10.0.0.8]"])
def test_a_private_pager_address_is_never_called(host: str) -> None:
    pager = Pager(f"https://{host}/page", b"secret")

    with pytest.raises(PagerRefused):
        pager.ring({"event": "page"}, "key", utcnow())


def test_a_pager_without_a_secret_is_refused_at_startup(tmp_path: Path) -> None:
    floor = TestFloor(tmp_path, floor_file=with_pager(tmp_path, "http://127.0.0.1:1/"))

    with pytest.raises(PagerSecretMissing):
        build(floor.settings())
