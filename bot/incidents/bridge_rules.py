"""The bridge, a link or phone number where people talk about an incident, and its display. Pure."""

from urllib.parse import urlsplit

from bot.config.addresses import is_link
from bot.config.floor import Floor
from bot.incidents.tables import Incident
from bot.slack.text import escape, link


def bridge_of(incident: Incident, floor: Floor) -> str:
    """Its own bridge, or the floor's for its type or severity. A private incident uses no bridge others know."""
    if incident.bridge or incident.is_private:
        return incident.bridge
    return (
        floor.bridges.get(incident.type) or floor.bridges.get(incident.severity) or floor.bridges.get("default", "")
    )


def bridge_text(incident: Incident, floor: Floor) -> str:
    """The bridge as mrkdwn; empty if there is none."""
    address = bridge_of(incident, floor)
    if not address:
        return ""
    return f"📞 {link(address, 'Join the bridge') if is_link(address) else f'Bridge {escape(address)}'}"


def bridge_outside_channel(incident: Incident, floor: Floor) -> str:
    """The same for readers outside the channel: a private incident's bridge stays in its channel."""
    return "" if incident.is_private else bridge_text(incident, floor)


def bridge_address(incident: Incident, floor: Floor) -> str:
    """The bridge as host or number alone, for any language; a private incident's stays in its channel."""
    address = "" if incident.is_private else bridge_of(incident, floor)
    return link(address, urlsplit(address).hostname or address) if is_link(address) else escape(address)
