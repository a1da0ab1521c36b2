"""Fetches a roster: from the file next to floor.yaml, or from its address through the checked HTTP client."""

from pathlib import Path
from typing import TYPE_CHECKING

from bot.config.floor import Roster
from bot.runtime.network import Network
from bot.shifts.reading.rows import RosterUnreadable
from bot.sources.published import REDIRECTS, handed_out_at, host_of, hosts_of

if TYPE_CHECKING:
    import httpx

LARGEST_BYTES = 10_000_000
OK = 200


def content(roster: Roster, folder: Path, network: Network) -> bytes:
    """Return the current content of the roster. Raises `RosterUnreadable`."""
    roster_content = _of_file(roster, folder / roster.file) if roster.file else _of_address(roster, network)
    if len(roster_content) > LARGEST_BYTES:
        raise RosterUnreadable(name=roster.name, reason=f"it has more than {LARGEST_BYTES // 1_000_000} MB")
    return roster_content


def _of_file(roster: Roster, path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except OSError as failure:
        raise RosterUnreadable(name=roster.name, reason=failure.strerror or type(failure).__name__) from failure


def _of_address(roster: Roster, network: Network) -> bytes:
    # Imported only if a roster is read from an address.
    import httpx

    from bot.runtime.outgoing import AddressRefused, Reach, client

    leads_to = hosts_of(roster.address)
    reach = Reach.of(roster.address, roster.allow_networks, is_insecure=roster.insecure, hosts=leads_to)
    try:
        with client(network, reach) as http:
            return _answered(roster, http)
    except AddressRefused as refused:
        raise RosterUnreadable(name=roster.name, reason=refused.sentence.rstrip(".")) from refused
    except httpx.HTTPError as lost:
        reason = f"its address does not answer ({type(lost).__name__})"
        raise RosterUnreadable(name=roster.name, reason=reason) from lost


def _answered(roster: Roster, http: "httpx.Client") -> bytes:
    answer = http.get(roster.address)
    if answer.status_code in REDIRECTS and (address := handed_out_at(answer)):
        answer = http.get(address)
    if answer.status_code in REDIRECTS:
        reason = f"it leads to {host_of(answer)}; write that address into floor.yaml if it is meant"
        raise RosterUnreadable(name=roster.name, reason=reason)
    if answer.status_code != OK:
        raise RosterUnreadable(name=roster.name, reason=f"its address answers {answer.status_code}")
    return answer.content
