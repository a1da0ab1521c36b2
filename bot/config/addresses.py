"""Links and phone numbers that people are sent to; links only if they are safe to click. Pure."""

import re
from urllib.parse import urlsplit

LONGEST_ADDRESS = 500
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()./-]{3,28}[0-9](?:[, ;x#*]*[0-9#*]{1,16})?")
_UNSAFE = re.compile(r"[\s<>|\"'\\`\x00-\x20\x7f]")


class UnsafeAddress(ValueError):
    """Not an `https://` address without a password in it, and not a phone number."""


def read_address(typed: str) -> str:
    """An `https://` address without credentials, at most 500 characters; or a phone number, perhaps with a code."""
    address = _without_brackets(typed.strip())
    if _PHONE.fullmatch(address):
        return address
    if not _is_safe_url(address):
        raise UnsafeAddress(address)
    return address


def is_link(address: str) -> bool:
    """Whether the address is a link rather than a phone number."""
    return address.startswith("https://")


def _without_brackets(typed: str) -> str:
    """Remove Slack's markup from an address that was sent as `<https://…|label>`."""
    return typed[1:-1].partition("|")[0] if typed.startswith("<") and typed.endswith(">") else typed


def _is_safe_url(address: str) -> bool:
    if len(address) > LONGEST_ADDRESS or _UNSAFE.search(address) or not address.lower().startswith("https://"):
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises ValueError for an invalid port
    except ValueError:
        return False
    return "@" not in parts.netloc and "." in (parts.hostname or "")
