"""The sources of this floor, each created when first needed, with a client that can reach only that source."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from msgspec import Struct, field

from bot.config import floor
from bot.config import settings as settings_of
from bot.config.floor import Floor
from bot.config.floor.figures import Figures
from bot.config.settings import Settings
from bot.errors import WatchfloorError, require
from bot.runtime.network import Network
from bot.sources import kinds
from bot.sources.port import NOT_UNDERSTOOD, Source, SourceConfig, SourceRefused

log = logging.getLogger(__name__)


class SecretMissing(WatchfloorError):
    """The source `{name}` needs the environment variable {variable}, which is not set. Set it, and start again."""


class UnknownSource(WatchfloorError):
    """floor.yaml names no source `{name}`. It names {known}."""


@contextmanager
def errors_as_refusals(name: str) -> Iterator[None]:
    """Raise `SourceRefused` for an answer that is not understood.

    Another system may answer anything, and third-party sources may have bugs.
    """
    try:
        yield
    except NOT_UNDERSTOOD as error:
        log.exception("an answer of a source is not understood", extra={"source": name})
        reason = f"its answer is not understood ({type(error).__name__}: {error})"
        raise SourceRefused(name=name, reason=reason) from error


class Sources(Struct):
    """The sources, each created once; one that cannot be created is retried whenever it is requested."""

    settings: Mapping[str, floor.Source]
    network: Network
    folder: Path
    environment: Mapping[str, str] = field(default_factory=settings_of.environment)
    figures: Figures = field(default_factory=Figures)
    # True once the feeds to read are in the database.
    are_scheduled: bool = False
    _sources: dict[str, Source] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, settings: Settings, floor_settings: Floor) -> Self:
        """The sources that floor.yaml names."""
        network = Network.of(settings.proxy, settings.ca_file)
        return cls(floor_settings.sources, network, settings.sources_dir, figures=floor_settings.figures)

    def get(self, name: str) -> Source:
        """The source of that name. Raises a `WatchfloorError` that says why there is none."""
        with self._lock:
            if name not in self._sources:
                self._sources[name] = self._create(name)
            return self._sources[name]

    def _create(self, name: str) -> Source:
        known = ", ".join(sorted(self.settings)) or "none"
        source_settings = require(self.settings.get(name), UnknownSource, name=name, known=known)
        # Loaded only if a floor has sources.
        from bot.runtime.outgoing import Reach, client

        hosts = kinds.hosts_of(source_settings.kind, source_settings.url)
        reach = Reach.of(
            source_settings.url, source_settings.allow_networks, is_insecure=source_settings.insecure, hosts=hosts
        )
        http = client(self.network, reach, source_settings.url)
        config = SourceConfig(
            name,
            source_settings.url,
            self._secret(name, source_settings),
            source_settings.options,
            self.folder,
            self.figures.threshold_s,
        )
        try:
            return kinds.build_function(source_settings.kind)(config, http)
        except (KeyError, TypeError, ValueError) as error:
            raise SourceRefused(name=name, reason=f"its options are wrong ({error})") from error

    def _secret(self, name: str, source_settings: floor.Source) -> str:
        if not source_settings.secret:
            return ""
        secret = self.environment.get(source_settings.secret, "").strip()
        if not secret:
            raise SecretMissing(name=name, variable=source_settings.secret)
        return secret
