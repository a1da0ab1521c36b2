"""Partners whom an update does not reach: they read it below their notice, and some have had none yet."""

from collections.abc import Collection, Sequence

from sqlmodel import Session

from bot.config.floor.audiences import PARTNERS
from bot.incidents.facts import PARTNERS_UNTOLD
from bot.incidents.registry import Registry
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.services import Services


def partners_untold(
    session: Session, services: Services, incident: Incident, audiences: Collection[str]
) -> Sequence[str]:
    """The partners without a notice, if one of these audiences reads updates below the partners' notices."""
    reads_below_notices = any(PARTNERS in services.floor.audiences[name].channels for name in audiences)
    if not reads_below_notices or incident.status not in OPEN or incident.is_private:
        return ()
    return services.get(Registry).ask(PARTNERS_UNTOLD)(session, incident)
