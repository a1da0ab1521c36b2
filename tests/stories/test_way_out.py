"""Behind a company's proxy: what goes through it, what does not, and which certificates are trusted."""

import http.client
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient

from bot.errors import TryLater
from bot.escalation.pager import Pager, PagerRefused
from bot.runtime.clock import utcnow
from bot.runtime.network import CaUnusable, Network, system_certificates, trust
from bot.slack.errors import NotSent
from bot.slack.gateway import Gateway
from bot.slack.messages import Post
from bot.slack.web_socket import WebSocket, WebSocketRefused
from slack_sandbox import Sandbox
from tests.company import HOST, company

OUTSIDE = "http://slack.example"


class Proxy(BaseHTTPRequestHandler):
    """A proxy that forwards requests to the sandbox, records their targets and refuses tunnels."""

    port: ClassVar[int] = 0
    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        """A request to another host."""
        self.asked.append(self.path)
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        onward = http.client.HTTPConnection("127.0.0.1", self.port)
        onward.request("POST", urlsplit(self.path).path, body, dict(self.headers))
        answer = onward.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        self.send_header("content-type", answer.headers["content-type"])
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_CONNECT(self) -> None:
        """A tunnel to another host."""
        self.asked.append(self.path)
        self.send_error(407)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def proxy(sandbox: Sandbox) -> Iterator[str]:
    """The address of a proxy that forwards to the sandbox."""
    Proxy.port, Proxy.asked = urlsplit(sandbox.url).port or 0, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_calls_responses_and_files_go_through_the_proxy(sandbox: Sandbox, proxy: str) -> None:
    slack = Gateway.to(f"{OUTSIDE}/api/", sandbox.bot_token, Network(proxy))
    sandbox.workspace.response_urls.base = OUTSIDE

    slack.post(Post("k", "C0INCIDENTS", "Hello"))
    slack.upload("a.md", b"words")
    with pytest.raises(Exception, match="response_url"):
        slack.respond(f"{OUTSIDE}/response/expired", "Hello")

    assert [urlsplit(url).path.split("/")[1] for url in Proxy.asked] == ["api", "api", "upload", "response"]
    assert sandbox.person("ana").sees("incidents")[-1].text == "Hello"


def test_calls_and_socket_mode_go_through_a_tunnel_under_the_companys_certificate(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with company(tmp_path, urlsplit(sandbox.url).port or 0) as network:
        trusting = Network.of(network.proxy, network.ca_file)
        slack = Gateway.to(f"https://{HOST}/api/", sandbox.bot_token, trusting)
        slack.post(Post("k", "C0INCIDENTS", "Hello"))
        url = WebClient(sandbox.app_token, f"{sandbox.url}/api/").apps_connections_open(app_token=sandbox.app_token)
        wss = urlsplit(url["url"])._replace(scheme="wss", netloc=HOST).geturl()
        web_socket = WebSocket(wss, trusting)
        assert web_socket.is_open
        web_socket.close()

        stranger = Gateway.to(f"https://{HOST}/api/", sandbox.bot_token, Network(network.proxy))
        with pytest.raises(TryLater):
            stranger.post(Post("k2", "C0INCIDENTS", "Nobody vouches for this"))
        with pytest.raises(WebSocketRefused):
            WebSocket(wss, Network(network.proxy))

    assert sandbox.person("ana").sees("incidents")[-1].text == "Hello"


def test_a_tunnel_refused_by_a_proxy_has_sent_nothing(sandbox: Sandbox, proxy: str) -> None:
    slack = Gateway.to("https://slack.example/api/", sandbox.bot_token, Network(proxy))

    with pytest.raises(NotSent):
        slack.post(Post("k", "C0INCIDENTS", "Hello"))
    with pytest.raises(Exception, match="pager"):
        Pager("https://pager.example/in", b"secret", network=Network(proxy)).ring({}, "k", utcnow())

    assert Proxy.asked == ["slack.example:443", "pager.example:443"]


def test_a_pager_at_a_private_address_is_refused_even_behind_a_proxy(proxy: str) -> None:
    with pytest.raises(PagerRefused):
        Pager("https://169.254.169.254/", b"secret", network=Network(proxy)).ring({}, "k", utcnow())
    assert Proxy.asked == []


def test_the_environments_proxy_and_its_exceptions_are_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "slack.internal")

    assert Network().proxy_for("https://slack.com/api/") == "http://proxy.example:3128"
    assert Network().proxy_for("wss://wss-primary.slack.com/link") == "http://proxy.example:3128"
    assert Network().proxy_for("https://slack.internal/api/") is None
    assert Network().proxy_for("http://127.0.0.1:8099/api/") is None
    assert Network("http://own.example:8080").proxy_for("https://slack.com/api/") == "http://own.example:8080"
    assert Network("http://own.example:8080").proxy_for("ws://localhost:8099/") is None


def test_an_invalid_certificate_file_is_refused_with_advice(tmp_path: Path) -> None:
    broken = tmp_path / "ca.pem"
    broken.write_text("not a certificate")

    with pytest.raises(CaUnusable, match="it holds no certificate"):
        trust(broken)
    with pytest.raises(CaUnusable, match="No such file"):
        trust(tmp_path / "missing.pem")
    assert trust(None) is system_certificates()
