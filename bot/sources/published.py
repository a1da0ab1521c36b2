"""Sheets published by Google: their address redirects to a host of Google's own, which is followed."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

REDIRECTS = (301, 302, 303, 307, 308)
PUBLISHER = "docs.google.com"
GOOGLE = (".googleusercontent.com", ".google.com")


def hosts_of(url: str) -> tuple[str, ...]:
    """Return the hosts that an address redirects to, for a proxy's allowlist; none for most addresses."""
    return GOOGLE if urlsplit(url).hostname == PUBLISHER else ()


def host_of(response: "httpx.Response") -> str:
    """Return the host that a response redirects to, for a sentence."""
    return urlsplit(str(response.headers.get("location", ""))).hostname or "another address"


def handed_out_at(response: "httpx.Response") -> str:
    """Return the address from which Google serves a published sheet; empty if the redirect leads elsewhere."""
    address = str(response.headers.get("location", ""))
    url_parts = urlsplit(address)
    return address if url_parts.scheme == "https" and (url_parts.hostname or "").endswith(GOOGLE) else ""
