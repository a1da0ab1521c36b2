"""Check of each source: whether it can be read and has the permissions that it needs."""

from collections.abc import Iterator

from bot.commands.doctor import addresses
from bot.commands.doctor.findings import Finding, missing, ok
from bot.config.floor import Floor
from bot.config.settings import Settings
from bot.errors import TryLater, WatchfloorError
from bot.feeds.sources import Sources
from bot.sources.port import streams_of

# The guide of each kind, in docs/sources.
GUIDES = {"folder": "files", "sheet": "files"}
OWN_KINDS = ("connect", "okta", "salesforce", "servicenow")


def check(settings: Settings, floor_settings: Floor) -> Iterator[Finding]:
    """Check every source in floor.yaml."""
    sources = Sources.of(settings, floor_settings)
    for name, source_settings in sources.settings.items():
        yield from addresses.allowances(
            f"The source {name}", source_settings.allow_networks, is_insecure=source_settings.insecure
        )
        yield from findings_of(sources, name, source_settings.kind)


def findings_of(sources: Sources, name: str, kind: str) -> Iterator[Finding]:
    """Yield the findings on one source: each missing permission, or the rows that it provides."""
    guide = GUIDES.get(kind, kind if kind in OWN_KINDS else "your-own")
    remedy = f"docs/sources/{guide}.md says what it needs."
    try:
        source = sources.get(name)
        problems = source.check()
    except TryLater as later:
        yield missing(f"The source {name} ({kind}) does not answer: {later.reason}.", "Try again in a minute.")
        return
    except WatchfloorError as refused:
        yield missing(f"The source {name} ({kind}): {refused.sentence}", remedy)
        return
    for problem in problems:
        yield missing(f"The source {name} ({kind}): {problem}", remedy)
    if not problems:
        yield ok(f"The source {name} ({kind}) can be read: {', '.join(streams_of(source))}.")
