"""Fetches a roster: from the file next to floor.yaml, or from its address through the checked HTTP client."""

from pathlib import Path
from typing import TYPE_CHECKING

from bot.config.floor import Roster
from bot.runtime.network import Network
from bot.shifts.reading.rows import RosterUnreadable
from bot.sources.answers import no_answer
from bot.sources.published import REDIRECTS, handed_out_at, host_of, hosts_of

if TYPE_CHECKING:
    import httpx

LARGEST_BYTES = 10_000_000
OK = 200


def content(roster: Roster, folder: Path, network: Network) -> bytes:
    """Return the current content of the roster. Raises `RosterUnreadable`."""
    roster_content = (
        _content_of_file(roster, folder / roster.file) if roster.file else _content_of_address(roster, network)
    )
    if len(roster_content) > LARGEST_BYTES:
        raise RosterUnreadable(name=roster.name, reason=f"it has more than {LARGEST_BYTES // 1_000_000} MB")
    return roster_content


def _content_of_file(roster: Roster, path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise RosterUnreadable(name=roster.name, reason=error.strerror or type(error).__name__) from error


def _content_of_address(roster: Roster, network: Network) -> bytes:
    # Imported only if a roster is read from an address.
    import httpx

    from bot.runtime.outgoing import AddressRefused, Reach, client

    hosts = hosts_of(roster.address)
    reach = Reach.of(roster.address, roster.allow_networks, is_insecure=roster.insecure, hosts=hosts)
    try:
        with client(network, reach) as http:
            return _get_content(roster, http)
    except AddressRefused as refusal:
        raise RosterUnreadable(name=roster.name, reason=refusal.sentence.rstrip(".")) from refusal
    except httpx.HTTPError as error:
        reason = f"its address does not answer ({no_answer(error)})"
        raise RosterUnreadable(name=roster.name, reason=reason) from error


def _get_content(roster: Roster, http: "httpx.Client") -> bytes:
    response = http.get(roster.address)
    if response.status_code in REDIRECTS and (address := handed_out_at(response)):
        response = http.get(address)
    if response.status_code in REDIRECTS:
        reason = f"it leads to {host_of(response)}; write that address into floor.yaml if it is meant"
        raise RosterUnreadable(name=roster.name, reason=reason)
    if response.status_code != OK:
        raise RosterUnreadable(name=roster.name, reason=f"its address answers {response.status_code}")
    return response.content
