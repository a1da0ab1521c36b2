"""Outgoing connections: which proxy they use, and which certificates are trusted."""

import ipaddress
import ssl
from functools import cache
from http.client import HTTPResponse
from pathlib import Path
from typing import Self, cast
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener, getproxies, proxy_bypass

from msgspec import Struct

from bot.errors import WatchfloorError


class CaUnusable(WatchfloorError):
    """WATCHFLOOR_CA_FILE names {file}, which cannot be used: {reason}. It must hold your company's certificates."""


@cache
def system_certificates() -> ssl.SSLContext:
    """One context for all connections, because loading the certificates takes as long as a call."""
    return ssl.create_default_context()


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """A context with the system's certificates and, if given, the company's in `ca_file`. Raises `CaUnusable`."""
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


class Network(Struct, frozen=True):
    """How every request leaves. If no proxy is given, the environment's (`HTTPS_PROXY`, `NO_PROXY`) is used."""

    proxy: str = ""
    # Includes the company's own certificates, if a file contains them.
    own_tls: ssl.SSLContext | None = None

    @classmethod
    def of(cls, proxy: str, ca_file: Path | None) -> Self:
        """The network that the settings describe. Raises `CaUnusable`."""
        return cls(proxy, trust(ca_file) if ca_file else None)

    @property
    def tls(self) -> ssl.SSLContext:
        """The certificates to trust. The system's are loaded when the first encrypted call needs them."""
        return self.own_tls or system_certificates()

    def proxy_for(self, url: str) -> str | None:
        """The proxy for `url`; None if there is none, or the host is this machine or excepted."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if _is_this_machine(host) or proxy_bypass(host):
            return None
        proxies_by_scheme = getproxies()
        scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
        return self.proxy or proxies_by_scheme.get(scheme) or proxies_by_scheme.get("all") or None

    def tls_for(self, url: str) -> ssl.SSLContext | None:
        """The certificates to trust for `url`, if it is encrypted: `urllib` prepares every call with them anew."""
        return self.tls if url.startswith(("https:", "wss:")) else None

    def open(self, request: Request, timeout_s: float) -> HTTPResponse:
        """Send a request. Raises what `urllib` raises."""
        proxy = self.proxy_for(request.full_url)
        proxies = ProxyHandler({"http": proxy, "https": proxy} if proxy else {})
        tls = self.own_tls or self.tls_for(request.full_url)
        opener = build_opener(proxies, HTTPSHandler(context=tls))
        return cast(HTTPResponse, opener.open(request, timeout=timeout_s))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
