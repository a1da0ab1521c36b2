"""What a flow or a listener is given to work with. Built once, in `bootstrap.py`."""

from dataclasses import dataclass

from bot.durable import Flows
from bot.floor import Floor
from bot.pager import Pager
from bot.playbooks.shelf import Shelf
from bot.replicas import Replicas
from bot.slack.gateway import Gateway
from bot.soon import Soon
from bot.store import Store
from bot.templates import Templates


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
