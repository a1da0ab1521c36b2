"""Check of the webhooks: which systems are told of incidents, and whether the connection is safe."""

from collections.abc import Iterator

from bot.commands.doctor import addresses
from bot.commands.doctor.findings import Finding, missing, ok
from bot.config.floor import Floor
from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.webhooks.targets import Webhooks


def check(settings: Settings, floor_settings: Floor) -> Iterator[Finding]:
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
