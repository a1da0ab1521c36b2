"""Check of the pager's address and secret."""

import os
from collections.abc import Iterator

from bot.commands.doctor import addresses
from bot.commands.doctor.findings import Finding, missing, note, ok
from bot.config import floor
from bot.config.floor.sources import Address
from bot.config.settings import Settings
from bot.config.yaml_file import FileRefused
from bot.escalation.pager import EVERYWHERE, PagerSecretMissing, build_pager
from bot.runtime.network import CaUnusable, Network


def check(settings: Settings) -> Iterator[Finding]:
    """Check floor.yaml's pager, if there is one."""
    try:
        pager_settings = floor.read(settings.floor_file).pager
        network = Network.of(settings.proxy, settings.ca_file)
        build_pager(pager_settings, os.environ, network)
    except (FileRefused, OSError, CaUnusable):
        return  # reported by an earlier check
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
