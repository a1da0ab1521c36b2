"""Checks of other systems: those that send alerts, those that are told of incidents, and the pager."""

from collections.abc import Iterator

from bot.alerts.sources import AlertSources
from bot.commands.doctor import addresses, port
from bot.commands.doctor.findings import Finding, missing, note, ok
from bot.config import settings as settings_of
from bot.config.floor import Floor, Pager
from bot.config.floor.sources import Address
from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.escalation.pager import EVERYWHERE, PagerSecretMissing, build_pager
from bot.runtime.network import Network
from bot.webhooks.targets import Webhooks


def check_alerts(settings: Settings, floor_settings: Floor) -> Iterator[Finding]:
    """Check every system that floor.yaml allows to send alerts."""
    try:
        sources = AlertSources.of(settings, floor_settings)
    except WatchfloorError as refused:
        yield missing(refused.sentence, "docs/alerts.md describes `alerts` in floor.yaml.")
        return
    if sources.by_name and not settings.serves_http:
        # The bot listens for alerts even if it serves nothing else.
        yield from port.check(settings.host, settings.port)
    for name, source in sources.by_name.items():
        yield ok(f"Alerts of {source.described.kind} are taken at /alerts/{name}.")


def check_webhooks(settings: Settings, floor_settings: Floor) -> Iterator[Finding]:
    """Check every webhook in floor.yaml."""
    try:
        webhooks = Webhooks.of(settings, floor_settings)
    except WatchfloorError as refused:
        yield missing(refused.sentence, "docs/api.md describes `webhooks` in floor.yaml.")
        return
    for name, target in webhooks.by_name.items():
        subject, webhook_settings = f"The webhook {name}", target.described
        yield from addresses.allowances(
            subject, webhook_settings.allow_networks, is_insecure=webhook_settings.insecure
        )
        finding = addresses.find_unreachable(subject, webhook_settings, target.network)
        yield finding or ok(f"The webhook {name} is told of {', '.join(webhook_settings.events) or 'every event'}.")


def check_pager(pager_settings: Pager | None, network: Network) -> Iterator[Finding]:
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
