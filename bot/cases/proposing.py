"""Posts a group of similar cases in the alerts channel."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot import directory, outbox
from bot.cases import cluster_views, escalating
from bot.cases.clusters import Cluster
from bot.cases.tables import Case
from bot.cases.wording import translator
from bot.incidents import incidents
from bot.services import Services

log = logging.getLogger(__name__)


def propose(session: Session, services: Services, cluster: Cluster, cases: Sequence[Case], now: datetime) -> None:
    """Post or edit the one message about a group: edited as the group grows and when somebody decides."""
    translate, is_private = translator(services.floor.language), belongs_to_private_incident(session, cluster)
    text, blocks = cluster_views.proposal(cluster, cases, translate, now, is_private=is_private)
    key = f"case-cluster:{cluster.number}"
    row = outbox.by_key(session, key)
    if row is not None:
        outbox.edit(session, row, blocks, now)
        return
    channel_id = directory.channel_id(session, escalating.alerts_channel(services))
    if channel_id is None:
        log.warning("the channel for similar cases is not known", extra={"cluster": cluster.number})
        return
    outbox.post(session, key, channel_id, text, now, blocks=blocks, priority=outbox.URGENT)


def belongs_to_private_incident(session: Session, cluster: Cluster) -> bool:
    """Whether the group is linked to an incident whose existence must not be revealed."""
    return cluster.incident_id is not None and incidents.by_number(session, cluster.incident_id).is_private
