"""Where people talk about an incident, a link or a phone number, and how it reads. Pure."""

from bot.config.addresses import is_link
from bot.config.floor import Floor
from bot.incidents.tables import Incident
from bot.slack.text import escape, link


def bridge_of(incident: Incident, floor: Floor) -> str:
    """Its own bridge, or the floor's for its type or severity. A private incident takes none that others know."""
    if incident.bridge or incident.is_private:
        return incident.bridge
    return (
        floor.bridges.get(incident.type) or floor.bridges.get(incident.severity) or floor.bridges.get("default", "")
    )


def bridge_text(incident: Incident, floor: Floor) -> str:
    """The bridge as mrkdwn; empty without one."""
    address = bridge_of(incident, floor)
    if not address:
        return ""
    return f"📞 {link(address, 'Join the bridge') if is_link(address) else f'Bridge {escape(address)}'}"


def bridge_outside_channel(incident: Incident, floor: Floor) -> str:
    """The same where others than the channel's members read it: a private incident's stays in its channel."""
    return "" if incident.is_private else bridge_text(incident, floor)
