"""The outbox's access to incidents."""

from sqlmodel import Session

from bot.config.floor import Floor
from bot.incidents import channel_loss, incidents
from bot.runtime.clock import utcnow
from bot.screens.snapshot import Snapshot, read_snapshot
from bot.timeline import timeline


class OutboxIncidents:
    """What the outbox reads, locks and writes of an incident while its rows are delivered."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def lock(self, session: Session, incident_id: int) -> None:
        """Lock the incident until the end of the transaction."""
        incidents.by_number_locked(session, incident_id)

    def snapshot(self, session: Session, incident_id: int) -> Snapshot:
        """Return the incident and everything that its messages are rendered from, read once."""
        return read_snapshot(session, incident_id)

    def lose_channel(self, session: Session, incident_id: int, error: str) -> None:
        """Mark the incident's channel as lost, after Slack said that it is gone."""
        incident = incidents.by_number(session, incident_id)
        loss = channel_loss.loss_of_error(incident, error) or channel_loss.REMOVED
        channel_loss.mark_channel_lost(session, self._floor, incident, loss, utcnow())

    def record_trouble(self, session: Session, incident_id: int, purpose: str, reason: str) -> None:
        """Record in the timeline that Slack refused something for the first time."""
        timeline.append(session, incident_id, "trouble", utcnow(), what=purpose, reason=reason)
