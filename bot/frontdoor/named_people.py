"""People whom a form names: they must be of the floor."""

from bot.directory.lookup import person_of
from bot.frontdoor import answer_wording
from bot.incidents.responses import FieldsRefused
from bot.services import Services


def check(services: Services, field: str, user_id: str) -> None:
    """Refuse a guest, a stranger or a person who has left, beside the field that names them."""
    if not person_of(services, user_id).may_act:
        raise FieldsRefused({field: answer_wording.NOT_OF_THE_FLOOR})
