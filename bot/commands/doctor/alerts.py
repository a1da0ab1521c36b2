"""Who may send alerts, and at which address? Is there an alert rule that cannot be used?"""

from collections.abc import Iterator

from bot.alerts.sources import AlertSources
from bot.commands.doctor.findings import Finding, missing, ok
from bot.config import floor
from bot.config.settings import Settings
from bot.config.yaml_file import FileRefused
from bot.errors import WatchfloorError


def check(settings: Settings) -> Iterator[Finding]:
    """Every system that floor.yaml lets send alerts."""
    try:
        sources = AlertSources.of(settings, floor.read(settings.floor_file))
    except (FileRefused, OSError):
        return  # said before
    except WatchfloorError as refused:
        yield missing(refused.sentence, "docs/alerts.md describes `alerts` in floor.yaml.")
        return
    for name, source in sources.by_name.items():
        yield ok(f"Alerts of {source.described.kind} are taken at /alerts/{name}.")
