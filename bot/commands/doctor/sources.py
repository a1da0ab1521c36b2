"""Can each source be read, with the rights that it needs? And how old is what is known of it?"""

from collections.abc import Iterator

from bot.commands.doctor.findings import Finding, missing, note, ok
from bot.config import floor
from bot.config.settings import Settings
from bot.config.yaml_file import FileRefused
from bot.errors import TryLater, WatchfloorError
from bot.feeds.sources import Sources
from bot.sources.port import streams_of


def check(settings: Settings) -> Iterator[Finding]:
    """Every source that floor.yaml names."""
    try:
        sources = Sources.of(settings, floor.read(settings.floor_file))
    except (FileRefused, OSError, WatchfloorError):
        return  # said before
    for name, described in sources.settings.items():
        if described.insecure:
            remedy = "Whoever is on the way can read and change what is sent; use `https://` and remove it."
            yield note(f"The source {name} is `insecure: true`.", remedy)
        yield from _check(sources, name, described.kind)


def _check(sources: Sources, name: str, kind: str) -> Iterator[Finding]:
    try:
        source = sources.get(name)
        problems = source.check()
    except TryLater as later:
        yield missing(f"The source {name} ({kind}) does not answer: {later.reason}.", "Try again in a minute.")
        return
    except WatchfloorError as refused:
        yield missing(f"The source {name} ({kind}): {refused.sentence}", "docs/sources says what it needs.")
        return
    for problem in problems:
        yield missing(f"The source {name} ({kind}): {problem}", "docs/sources says what it needs.")
    if not problems:
        yield ok(f"The source {name} ({kind}) can be read: {', '.join(streams_of(source))}.")
