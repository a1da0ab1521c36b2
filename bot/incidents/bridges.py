"""Sets and shows the bridge: `/incident bridge`."""

from datetime import datetime

from bot.config.addresses import UnsafeAddress, read_address
from bot.errors import WatchfloorError
from bot.incidents import incidents, rules, wording
from bot.incidents.access import incident_number_here
from bot.incidents.bridge_rules import bridge_text
from bot.incidents.change import changing
from bot.incidents.events import BridgeChanged
from bot.incidents.parse import SlashCommand
from bot.incidents.responses import Response
from bot.runtime.clock import utcnow
from bot.services import Services

NONE_WORDS = ("none", "off", "remove")


class BadBridge(WatchfloorError):
    """People cannot join that. Use a link that starts with `https://` and has no password before the
    host name, or a phone number such as `+44 20 7946 0000`."""


def set_bridge(services: Services, number: int, typed_address: str, by: str, now: datetime) -> str:
    """Set or remove the bridge. Return the answer."""
    address = "" if typed_address.lower() in NONE_WORDS else _read_address(typed_address)
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        if change.incident.bridge != address:
            change.incident.bridge = address
            # The address stays out of the record, because anyone who reads it might get in.
            change.log("bridge" if address else "bridge_removed")
            change.publish(BridgeChanged())
        current_bridge = bridge_text(change.incident, services.floor)
    if address:
        return wording.BRIDGE_SAVED
    return wording.FLOOR_BRIDGE_SHOWS.format(bridge=current_bridge) if current_bridge else wording.BRIDGE_REMOVED


def _read_address(typed_address: str) -> str:
    try:
        return read_address(typed_address)
    except UnsafeAddress as unsafe:
        raise BadBridge() from unsafe


def bridge(services: Services, command: SlashCommand) -> Response:
    """`/incident bridge`, `/incident bridge https://…`, `/incident bridge none`: show or change where people talk:
    a link or a phone number."""
    number = incident_number_here(services, command)
    if command.argument:
        # A link's visible text may be a label, so the raw address is used.
        return set_bridge(
            services,
            number,
            command.raw_argument if "<" in command.raw_argument else command.argument,
            command.user_id,
            utcnow(),
        )
    with services.database.reading() as session:
        current_bridge = bridge_text(incidents.by_number(session, number), services.floor)
    return current_bridge or wording.NO_BRIDGE
