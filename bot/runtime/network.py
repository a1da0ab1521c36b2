"""The way out: through which proxy, and whose certificates are trusted."""

import ipaddress
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Self, cast
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener, getproxies, proxy_bypass

from bot.errors import WatchfloorError


class CaUnusable(WatchfloorError):
    """WATCHFLOOR_CA_FILE names {file}, which cannot be used: {reason}. It must hold your company's certificates."""


@cache
def system_certificates() -> ssl.SSLContext:
    """One context for all connections: loading the certificates takes as long as a call."""
    return ssl.create_default_context()


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """The system's certificates, and the company's own if a file names them. Raises `CaUnusable`."""
    if ca_file is None:
        return system_certificates()
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(ca_file)
    except ssl.SSLError as failure:
        raise CaUnusable(file=ca_file, reason="it holds no certificate") from failure
    except OSError as failure:
        raise CaUnusable(file=ca_file, reason=failure.strerror) from failure
    return context


@dataclass(frozen=True)
class Network:
    """How every request leaves. Without a proxy given, the environment's (`HTTPS_PROXY`, `NO_PROXY`) counts."""

    proxy: str = ""
    # Whom to trust beside the system's certificates.
    tls: ssl.SSLContext = field(default_factory=system_certificates)

    @classmethod
    def of(cls, proxy: str, ca_file: Path | None) -> Self:
        """As the settings describe it. Raises `CaUnusable`."""
        return cls(proxy, trust(ca_file))

    def proxy_for(self, url: str) -> str | None:
        """The proxy on the way to `url`; None when there is none, or the host is this machine or excepted."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if _is_this_machine(host) or proxy_bypass(host):
            return None
        known = getproxies()
        scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
        return self.proxy or known.get(scheme) or known.get("all") or None

    def open(self, request: Request, timeout_s: float) -> HTTPResponse:
        """Send a request. Raises what `urllib` raises."""
        proxy = self.proxy_for(request.full_url)
        proxies = ProxyHandler({"http": proxy, "https": proxy} if proxy else {})
        opener = build_opener(proxies, HTTPSHandler(context=self.tls))
        return cast(HTTPResponse, opener.open(request, timeout=timeout_s))

    def tunnel(self, proxy: str, host: str, port: int, timeout_s: float, *, is_tls: bool) -> HTTPConnection:
        """A connection to `host` through the proxy, which is asked for it with CONNECT."""
        parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
        address = (parts.hostname or "", parts.port or 80)
        if is_tls:
            connection: HTTPConnection = HTTPSConnection(*address, timeout=timeout_s, context=self.tls)
        else:
            connection = HTTPConnection(*address, timeout=timeout_s)
        connection.set_tunnel(host, port, _proxy_authorization(parts.username, parts.password))
        return connection


def _proxy_authorization(username: str | None, password: str | None) -> dict[str, str]:
    if username is None:
        return {}
    pair = f"{unquote(username)}:{unquote(password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {b64encode(pair).decode()}"}


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
