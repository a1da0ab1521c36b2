"""What a flow or a listener is given to work with. Built once, in `bootstrap.py`."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.config.floor import Floor
from bot.escalation.pager import Pager
from bot.playbooks.reloading import Shelf
from bot.runtime.background import Soon
from bot.runtime.database import Store
from bot.runtime.replicas import Replicas
from bot.runtime.templates import Templates
from bot.runtime.workflows import Flows
from bot.slack.gateway import Gateway

Part = TypeVar("Part")


@dataclass(frozen=True)
class Services:
    """The database, Slack, the floor's configuration, the templates, the durable engine."""

    store: Store
    slack: Gateway
    floor: Floor
    templates: Templates
    flows: Flows
    soon: Soon
    shelf: Shelf
    replicas: Replicas
    pager: Pager | None = None
    # What upper layers provide, by its class.
    parts: dict[type, Any] = field(default_factory=dict)

    def get(self, kind: type[Part]) -> Part:
        """A part that an upper layer provides."""
        part: Part = self.parts[kind]
        return part
