"""The way to a pager: one signed HTTPS request for each page, to a public address, without redirects.

A receiver checks `X-Watchfloor-Signature`: `v1=` and the HMAC-SHA256, in hexadecimal, of `v1:TIMESTAMP:BODY`
with the shared secret, where TIMESTAMP is `X-Watchfloor-Timestamp`. The same `Idempotency-Key` is the same page.
"""

import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from bot.config import floor
from bot.errors import TryLater, WatchfloorError
from bot.runtime.network import Network

TIMEOUT_S = 5
RETRY_STATUSES = (408, 425, 429)


class PagerSecretMissing(WatchfloorError):
    """floor.yaml names {variable} for the pager's secret, but it is not set. Set it, or remove `pager`."""


class PagerRefused(WatchfloorError):
    """The pager did not take a page: {reason}. Check `pager` in floor.yaml."""


@dataclass(frozen=True)
class Pager:
    """A receiver of pages, as floor.yaml describes it."""

    url: str
    secret: bytes
    allow_private: bool = False
    network: Network = field(default_factory=Network)

    def ring(self, page: Mapping[str, Any], key: str, now: datetime) -> None:
        """Hand over one page. Raises `PagerRefused`, or `TryLater` when it may work another time."""
        body = json.dumps(page, sort_keys=True).encode()
        try:
            status = self._send(body, self._headers(body, key, now))
        except (OSError, HTTPException) as lost:
            raise TryLater(f"the pager does not answer ({type(lost).__name__})") from lost
        if status >= 500 or status in RETRY_STATUSES:
            raise TryLater(f"the pager answered {status}")
        if not 200 <= status < 300:
            raise PagerRefused(reason=f"it answered {status}")

    def _headers(self, body: bytes, key: str, now: datetime) -> dict[str, str]:
        at = str(int(now.timestamp()))
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Watchfloor-Timestamp": at,
            "X-Watchfloor-Signature": signature(self.secret, at, body),
        }

    def _send(self, body: bytes, headers: dict[str, str]) -> int:
        parts = urlsplit(self.url)
        host, is_tls = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if is_tls else 80)
        connection = self._connection(host, port, is_tls=is_tls)
        try:
            target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            connection.request("POST", target, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def _connection(self, host: str, port: int, *, is_tls: bool) -> HTTPConnection:
        if proxy := self.network.proxy_for(self.url):
            # The proxy finds the address, and decides who may be called; a name may mean nothing here.
            self._refuse_private_literal(host)
            return self.network.tunnel(proxy, host, port, TIMEOUT_S, is_tls=is_tls)
        # The address that was checked is the one that is called: a name could be resolved anew to another.
        return _PinnedConnection(host, port, self._address(host, port), self.network.tls if is_tls else None)

    def _refuse_private_literal(self, host: str) -> None:
        with suppress(ValueError):
            if not self.allow_private and not is_public(host):
                raise PagerRefused(reason=f"{host} is not a public address")

    def _address(self, host: str, port: int) -> str:
        addresses = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if not self.allow_private and not all(map(is_public, addresses)):
            raise PagerRefused(reason=f"{host} is not a public address")
        return addresses[0]


class _PinnedConnection(HTTPConnection):
    def __init__(self, host: str, port: int, address: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S)
        self._address, self._tls = address, tls

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)


def build_pager(settings: floor.Pager | None, environment: Mapping[str, str], network: Network) -> Pager | None:
    """The pager that the floor's file describes, with its secret from the environment; None when there is none."""
    if settings is None:
        return None
    secret = environment.get(settings.secret_env, "").strip()
    if not secret:
        raise PagerSecretMissing(variable=settings.secret_env)
    return Pager(settings.url, secret.encode(), settings.allow_private, network)


def signature(secret: bytes, at: str, body: bytes) -> str:
    """What tells the receiver that a page is ours, and fresh."""
    return f"v1={hmac.new(secret, b'v1:' + at.encode() + b':' + body, hashlib.sha256).hexdigest()}"


def is_public(address: str) -> bool:
    """Is it an address of the open internet, and not of one's own network, machine or cloud?"""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (inner or ip).is_global and not (inner or ip).is_multicast
