"""Posts about what was not answered in time."""

from bot import directory, outbox
from bot.incidents.change import Change


def post_unanswered(change: Change, text: str, key: str) -> None:
    """Post in the incident's channel, and in the incidents channel if the severity has no escalation ladder.

    Nothing about a private incident is posted outside its own channel.
    """
    channel_id, floor = change.incident.channel_id, change.services.floor
    if channel_id:
        outbox.post(change.session, key, channel_id, text, change.now, incident_id=change.number)
    if floor.severity(change.incident.severity).ladder or change.incident.is_private:
        return
    if channel_id := directory.channel_id(change.session, floor.incidents_channel):
        text = f"Incident {change.number}: {text}"
        outbox.post(change.session, f"{key}:operations", channel_id, text, change.now, incident_id=change.number)
