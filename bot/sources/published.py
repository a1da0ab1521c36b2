"""Sheets that Google publishes: their address leads on to a host of Google's own, and that is followed."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

REDIRECTS = (301, 302, 303, 307, 308)
PUBLISHER = "docs.google.com"
GOOGLE = (".googleusercontent.com", ".google.com")


def hosts_of(url: str) -> tuple[str, ...]:
    """The hosts that an address leads on to, for a proxy's list; none for most."""
    return GOOGLE if urlsplit(url).hostname == PUBLISHER else ()


def host_of(answer: "httpx.Response") -> str:
    """Where an answer sends us on to, for a sentence."""
    return urlsplit(str(answer.headers.get("location", ""))).hostname or "another address"


def handed_out_at(answer: "httpx.Response") -> str:
    """The address at which Google hands out a published sheet; empty when the answer leads anywhere else."""
    address = str(answer.headers.get("location", ""))
    parts = urlsplit(address)
    return address if parts.scheme == "https" and (parts.hostname or "").endswith(GOOGLE) else ""
