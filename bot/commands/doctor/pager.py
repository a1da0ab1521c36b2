"""Check of the pager's address and secret."""

from collections.abc import Iterator

from bot.commands.doctor import addresses
from bot.commands.doctor.findings import Finding, missing, note, ok
from bot.config import settings as settings_of
from bot.config.floor import Pager
from bot.config.floor.sources import Address
from bot.escalation.pager import EVERYWHERE, PagerSecretMissing, build_pager
from bot.runtime.network import Network


def check(pager_settings: Pager | None, network: Network) -> Iterator[Finding]:
    """Check floor.yaml's pager, if there is one."""
    try:
        build_pager(pager_settings, settings_of.environment(), network)
    except PagerSecretMissing as refused:
        yield missing(refused.sentence, "docs/escalation.md describes `pager` in floor.yaml.")
        return
    if pager_settings is None:
        return
    networks = EVERYWHERE if pager_settings.allow_private else ()
    address = Address(url=pager_settings.url, allow_networks=networks, insecure=pager_settings.allow_private)
    if pager_settings.url.startswith("http://"):
        yield note(
            "The pager is called without TLS.", "Anybody on the network in between can read and change pages."
        )
    yield addresses.find_unreachable("The pager", address, network) or ok("The pager answers.")
