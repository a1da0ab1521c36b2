"""Incidents as the outbox needs them."""

from sqlmodel import Session

from bot.incidents import channel_loss, incidents
from bot.runtime.clock import utcnow
from bot.screens.snapshot import Snapshot, read_snapshot
from bot.timeline import timeline


class OutboxIncidents:
    """What is read, locked and written of an incident while its rows are delivered."""

    def lock(self, session: Session, incident_id: int) -> None:
        """Nobody else changes the incident until the transaction ends."""
        incidents.by_number_locked(session, incident_id)

    def snapshot(self, session: Session, incident_id: int) -> Snapshot:
        """The incident and everything that is rendered of it, read once."""
        return read_snapshot(session, incident_id)

    def lose_channel(self, session: Session, incident_id: int, error: str) -> None:
        """Slack says that the incident's channel is gone."""
        incident = incidents.by_number(session, incident_id)
        loss = channel_loss.LOSS_BY_ERROR.get(error, channel_loss.REMOVED)
        channel_loss.mark_channel_lost(session, incident, loss, utcnow())

    def record_trouble(self, session: Session, incident_id: int, purpose: str, reason: str) -> None:
        """Slack refused something for the first time."""
        timeline.append(session, incident_id, "trouble", utcnow(), what=purpose, reason=reason)
