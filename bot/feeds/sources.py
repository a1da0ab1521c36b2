"""The sources of this floor, each created when first needed, with a client that can reach only that source."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from msgspec import Struct, field

from bot.config import floor
from bot.config.floor import Floor
from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.runtime.network import Network
from bot.sources import kinds
from bot.sources.port import Source, SourceConfig, SourceRefused


class SecretMissing(WatchfloorError):
    """The source `{name}` needs the environment variable {variable}, which is not set. Set it, and start again."""


class UnknownSource(WatchfloorError):
    """floor.yaml names no source `{name}`. It names {known}."""


class Sources(Struct):
    """The sources, each created once; one that cannot be created is retried whenever it is requested."""

    settings: Mapping[str, floor.Source]
    network: Network
    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    # True once the feeds to read are in the database.
    are_kept: bool = False
    _made: dict[str, Source] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, settings: Settings, floor_settings: Floor) -> Self:
        """The sources that floor.yaml names."""
        network = Network.of(settings.proxy, settings.ca_file)
        return cls(floor_settings.sources, network, settings.sources_dir)

    def get(self, name: str) -> Source:
        """The source of that name. Raises a `WatchfloorError` that says why there is none."""
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]

    def _make(self, name: str) -> Source:
        described = self.settings.get(name)
        if described is None:
            raise UnknownSource(name=name, known=", ".join(sorted(self.settings)) or "none")
        # Loaded only if a floor has sources.
        from bot.runtime.outgoing import Reach, client

        hosts = kinds.hosts_of(described.kind, described.url)
        reach = Reach.of(described.url, described.allow_networks, is_insecure=described.insecure, hosts=hosts)
        http = client(self.network, reach, described.url)
        config = SourceConfig(name, described.url, self._secret(name, described), described.options, self.folder)
        try:
            return kinds.build_function(described.kind)(config, http)
        except (KeyError, TypeError, ValueError) as wrong:
            raise SourceRefused(name=name, reason=f"its options are wrong ({wrong})") from wrong

    def _secret(self, name: str, described: floor.Source) -> str:
        if not described.secret:
            return ""
        secret = self.environment.get(described.secret, "").strip()
        if not secret:
            raise SecretMissing(name=name, variable=described.secret)
        return secret
