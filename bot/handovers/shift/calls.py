"""The handover call of a shift: its agenda in the operations channel, and its attendance."""

from datetime import datetime

from bot import outbox
from bot.handovers.shift import rules, tables
from bot.handovers.shift.wording import translator_for
from bot.incidents.permissions import check_member
from bot.outbox import kinds
from bot.services import Services
from bot.slack.text import mention


def start_call(services: Services, shift_id: int, by: str, now: datetime) -> str:
    """Post the agenda with the call's link in the operations channel. Return the answer."""
    check_member(services, by)
    with services.database.transaction() as session:
        shift = tables.get(session, shift_id)
        if by not in (shift.from_id, shift.to_id):
            raise rules.NotYourShift(person=mention(shift.to_id))
        subject = f"{shift.number}:call"
        outbox.enqueue(session, kinds.SHIFT_CALL, f"shift_call:{shift.number}", now, subject=subject)
        translate = translator_for(session, services, by)
    return translate("The agenda of the handover call is in the operations channel.")


def join_call(services: Services, shift_id: int, by: str, now: datetime) -> str | None:
    """Record that a person is in the call. Return the answer."""
    check_member(services, by)
    with services.database.transaction() as session:
        shift = tables.locked(session, shift_id)
        if by not in shift.present:
            shift.present = [*shift.present, by]
            session.flush()
        outbox.edit_about(session, kinds.SHIFT_CALL, str(shift.number), now)
    return None
