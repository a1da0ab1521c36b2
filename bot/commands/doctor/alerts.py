"""Checks of the systems that may send alerts, their addresses, and the alert rules."""

from collections.abc import Iterator

from bot.alerts.sources import AlertSources
from bot.commands.doctor import port
from bot.commands.doctor.findings import Finding, missing, ok
from bot.config.floor import Floor
from bot.config.settings import Settings
from bot.errors import WatchfloorError


def check(settings: Settings, floor_settings: Floor) -> Iterator[Finding]:
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
