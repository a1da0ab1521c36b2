"""Check of the webhooks: which systems are told of incidents, and whether the connection is safe."""

from collections.abc import Iterator

from bot.commands.doctor import addresses
from bot.commands.doctor.findings import Finding, missing, ok
from bot.config import floor
from bot.config.settings import Settings
from bot.config.yaml_file import FileRefused
from bot.errors import WatchfloorError
from bot.runtime.network import CaUnusable
from bot.webhooks.targets import Webhooks


def check(settings: Settings) -> Iterator[Finding]:
    """Check every webhook in floor.yaml."""
    try:
        webhooks = Webhooks.of(settings, floor.read(settings.floor_file))
    except (FileRefused, OSError, CaUnusable):
        return  # reported by an earlier check
    except WatchfloorError as refused:
        yield missing(refused.sentence, "docs/api.md describes `webhooks` in floor.yaml.")
        return
    for name, target in webhooks.by_name.items():
        what, described = f"The webhook {name}", target.described
        yield from addresses.allowances(what, described.allow_networks, is_insecure=described.insecure)
        silent = addresses.unanswered(what, described, target.network)
        yield silent or ok(f"The webhook {name} is told of {', '.join(described.events) or 'every event'}.")
