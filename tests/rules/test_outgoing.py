"""The addresses to which the bot may send."""

import re
import socket
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from bot.runtime import outgoing
from bot.runtime.network import Network
from bot.runtime.outgoing import AddressRefused, AnswerTooLarge, Reach, is_public
from tests.sources.stand_in import StandIn, running

PRIVATE = (
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1"),
    *("2002:0a00:0001::1", "224.0.0.1", "255.255.255.255"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_called_in_any_notation(address: str) -> None:
    assert not is_public(address)
    assert not Reach().allows(address)


def test_public_addresses_and_networks_named_in_the_file_are_called() -> None:
    assert all(map(is_public, ("8.8.8.8", "93.184.215.14", "2606:4700::1111", "64:ff9b::808:808")))
    reach = Reach.of("https://snow.internal", ["10.20.0.0/16", "fd00::/8"], is_insecure=False)
    assert reach.allows("10.20.3.4")
    assert reach.allows("::ffff:10.20.3.4")
    assert reach.allows("fd12::1")
    assert not reach.allows("10.21.0.1")


class StandInWithFaults(StandIn):
    async def handle(self, request: Request, fault: str) -> Response:
        if fault == "redirect":
            return Response(status_code=302, headers={"location": "http://169.254.169.254/"})
        if fault == "compressed":
            return Response(b"x", headers={"content-encoding": "gzip"})
        return Response(b"x" * 2000)


def resolve(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Resolve a name to another address at each request; return the names that were requested."""
    real_resolver, requested, remaining = socket.getaddrinfo, list[str](), list(answers)

    def answer_in_turn(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        if host != "rebinding.example":
            return real_resolver(host, port, *args, **more)
        requested.append(host)
        return [
            (
                socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (remaining.pop(0) if len(remaining) > 1 else remaining[0], port),
            )
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer_in_turn)
    return requested


def test_the_address_that_was_checked_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(StandInWithFaults()) as stand_in:
        port = stand_in.url.rpartition(":")[2]
        reach = Reach.of("", ["127.0.0.1/32"], is_insecure=True)
        requested = resolve(monkeypatch, "127.0.0.1", "10.0.0.1")
        with outgoing.client(Network(), reach) as client:
            assert client.get(f"http://rebinding.example:{port}/").status_code == 200
            assert len(requested) == 1
            assert stand_in.requests[0].headers["host"] == f"rebinding.example:{port}"
            with pytest.raises(AddressRefused, match="not a public address"):
                client.get(f"http://rebinding.example:{port}/")


def test_redirects_plain_http_large_and_compressed_answers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(StandInWithFaults()) as stand_in, stand_in.client() as client:
        stand_in.faults.extend(["redirect", "compressed"])
        assert client.get("/").status_code == 302
        with pytest.raises(AnswerTooLarge):
            client.get("/")
        monkeypatch.setattr(outgoing, "LARGEST_BYTES", 1000)
        with pytest.raises(AnswerTooLarge):
            client.get("/")
        with outgoing.client(Network(), Reach()) as strict, pytest.raises(AddressRefused, match="https"):
            strict.get(stand_in.url)
        with outgoing.client(Network(), Reach()) as strict, pytest.raises(AddressRefused):
            strict.get(stand_in.url.replace("http:", "https:"))


def test_only_named_hosts_are_requested_through_a_proxy() -> None:
    network = Network(proxy="http://127.0.0.1:9")
    with outgoing.client(network, Reach()) as client, pytest.raises(AddressRefused, match="behind a proxy"):
        client.get("https://example.com/")
    reach = Reach(hosts=(".example.com", "10.0.0.1"))
    with outgoing.client(network, reach) as client:
        with pytest.raises(httpx.ConnectError):  # the proxy itself, which is not there
            client.get("https://api.example.com/")
        with pytest.raises(AddressRefused, match="not a public address"):
            client.get("https://10.0.0.1/")


def test_certificates_are_always_verified() -> None:
    assert Network().tls.verify_mode is ssl.CERT_REQUIRED
    assert Network().tls.check_hostname


OPENS_BY_ITSELF = re.compile(
    r"urllib\.request|urlopen|network\.open\(|httpx\.(?:Client|get|post|stream|AsyncClient)\(|\brequests\.get\("
)
# The outgoing client itself; then modules whose addresses come from Slack alone.
OWN_WAYS = (
    *("bot/runtime/network.py", "bot/runtime/outgoing.py", "bot/slack/files.py"),
    "bot/slack/inspection.py",
    "bot/commands/doctor/port.py",  # asks this machine
)


def test_no_module_opens_addresses_by_itself() -> None:
    modules = {str(path) for path in Path("bot").rglob("*.py") if OPENS_BY_ITSELF.search(path.read_text())}
    assert modules == set(OWN_WAYS)
