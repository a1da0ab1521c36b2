"""The kinds of sources: those shipped with Watchfloor, and those that packages add by an entry point.

A package registers a function of a `SourceConfig` and an `httpx.Client` in the group `watchfloor.sources`; the
entry point's name is the `kind` in floor.yaml.
"""

from importlib.metadata import entry_points

from bot.errors import WatchfloorError
from bot.sources import published
from bot.sources.port import Build

GROUP = "watchfloor.sources"
# For vendors whose own library derives the address from the region.
CLOUDS = {"connect": (".amazonaws.com", ".amazonaws.com.cn")}


class UnknownKind(WatchfloorError):
    """There is no kind of source called `{kind}`. There are {known}."""


class KindUnusable(WatchfloorError):
    """The kind of source `{kind}` cannot be loaded: {reason}. Install its package again, or remove the source."""


def build_function(kind: str) -> Build:
    """Return the function that builds a source of that kind. Raises `UnknownKind`, `KindUnusable`."""
    built_in = _built_in()
    if kind in built_in:
        return built_in[kind]
    entry_points_by_name = {point.name: point for point in entry_points(group=GROUP)}
    if kind not in entry_points_by_name:
        raise UnknownKind(kind=kind, known=", ".join(sorted({*built_in, *entry_points_by_name})))
    try:
        build: Build = entry_points_by_name[kind].load()
    except Exception as failure:  # a third-party package may fail in any way
        raise KindUnusable(kind=kind, reason=f"{type(failure).__name__}: {failure}") from failure
    return build


def hosts_of(kind: str, url: str) -> tuple[str, ...]:
    """Return the hosts that a source calls besides that of its address, for a proxy's allowlist."""
    return published.hosts_of(url) if url else CLOUDS.get(kind, ())


def _built_in() -> dict[str, Build]:
    # Imported only if a floor has sources, because their client takes a while to load.
    from bot.sources.connect import Connect
    from bot.sources.files import Folder, Sheet
    from bot.sources.okta import Okta
    from bot.sources.salesforce import Salesforce
    from bot.sources.servicenow import ServiceNow

    return {
        "connect": Connect,
        "folder": Folder,
        "okta": Okta,
        "salesforce": Salesforce,
        "servicenow": ServiceNow,
        "sheet": Sheet,
    }
