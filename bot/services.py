"""The services that workflows and listeners receive. Built once, in `bot/bootstrap/building.py`."""

from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec import Struct, field

from bot.config.floor import Floor
from bot.runtime.background_worker import BackgroundWorker
from bot.runtime.database import Database
from bot.runtime.replicas import Replicas
from bot.runtime.templates import Templates
from bot.runtime.workflows import Flows
from bot.slack.gateway import Gateway

Part = TypeVar("Part")


class Services(Struct, frozen=True):
    """The database, Slack, the floor's configuration, the templates, the durable engine and the nouns' parts."""

    database: Database
    slack: Gateway
    floor: Floor
    templates: Templates
    flows: Flows
    background: BackgroundWorker
    replicas: Replicas
    # By class: the registry, and a noun's own parts, such as its playbooks or the pager.
    parts: Mapping[type, Any] = field(default_factory=dict)

    def get(self, kind: type[Part]) -> Part:
        """Return the part of that class; raises `LookupError` if none is registered."""
        part = self.find(kind)
        if part is None:
            raise LookupError(f"nobody registered a {kind.__name__}")
        return part

    def find(self, kind: type[Part]) -> Part | None:
        """Return the part of that class, if this floor has one."""
        part: Part | None = self.parts.get(kind)
        return part
