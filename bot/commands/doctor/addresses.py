"""Checks of floor.yaml's addresses: whether one answers over the bot's own route, and what it is allowed."""

from collections.abc import Iterator, Sequence

from bot.commands.doctor.findings import Finding, missing, note
from bot.config.floor.sources import Address
from bot.runtime.network import Network

TIMEOUT_S = 5.0
REMEDY = (
    "Behind a proxy set WATCHFLOOR_PROXY or HTTPS_PROXY; a company's certificates go into WATCHFLOOR_CA_FILE, "
    "its networks into `allow_networks`."
)


def allowances(subject: str, networks: Sequence[str], *, is_insecure: bool) -> Iterator[Finding]:
    """Findings on what floor.yaml allows an address beyond the default."""
    if is_insecure:
        remedy = "Anybody on the network in between can read and change what is sent. Use `https://` instead."
        yield note(f"{subject} is `insecure: true`.", remedy)
    if networks:
        yield note(f"{subject} may be in {', '.join(networks)}: `allow_networks` says so.")


def find_unreachable(subject: str, address: Address, network: Network) -> Finding | None:
    """Return a finding if the address cannot be reached; None if it answers, whatever the response."""
    # Imported only when an address is checked.
    import httpx

    from bot.runtime.outgoing import AddressRefused, Reach, client

    reach = Reach.of(address.url, address.allow_networks, is_insecure=address.insecure)
    try:
        with client(network, reach, timeout_s=TIMEOUT_S) as http:
            http.head(address.url)
    except AddressRefused as refused:
        return missing(f"{subject}: {refused.sentence}", REMEDY)
    except httpx.HTTPError as error:
        return missing(f"{subject} does not answer: {str(error) or type(error).__name__}.", REMEDY)
    return None
