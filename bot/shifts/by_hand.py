"""Shifts entered in a form."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot import outbox
from bot.errors import WatchfloorError
from bot.incidents.permissions import check_member
from bot.runtime.database import insert
from bot.services import Services
from bot.shifts import offers, people, tables, views
from bot.shifts.reading.rows import objection
from bot.shifts.reading.wording import reason_in
from bot.shifts.tables import BY_HAND, Shift
from bot.shifts.wording import translator_for
from bot.slack.text import mention


class NotAShift(WatchfloorError):
    """That {reason}."""

    es = "Eso {reason}."

    def facts_in(self, language: str) -> dict[str, Any]:
        """The facts, with the reason translated."""
        return self.facts | {"reason": reason_in(self.facts["reason"], language)}


class PersonMissing(WatchfloorError):
    """Choose who is on."""

    es = "Elige quién está de turno."


def add(
    services: Services,
    user_id: str,
    role: str,
    place: tuple[str, str],
    when: tuple[datetime, datetime],
    by: str,
    now: datetime,
    key: str,
) -> str:
    """Enter a shift; the person is told if somebody else entered it. Return the answer. `key` identifies the form,
    so that sending it twice enters one shift."""
    check_member(services, by)
    if not user_id:
        raise PersonMissing()
    people.check_can_take(services, user_id)
    offers.check_manager(services, by)
    if reason := objection(*when):
        raise NotAShift(reason=reason)
    with services.database.transaction() as session:
        tables.roster_changed(session, now)
        shift = Shift(
            source=BY_HAND,
            external_id=f"form:{key}",
            person=user_id,
            user_id=user_id,
            role=role.casefold(),
            region=place[0].strip(),
            site=place[1].strip(),
            zone=services.floor.zone,
            starts_at=when[0],
            ends_at=when[1],
            changed_at=now,
        )
        if not tables.is_entered(session, shift):
            offers.check_free(session, user_id, when, (), by)
            _enter(session, services, shift, by)
        translate = translator_for(session, services, by)
        line_for_author = views.shift_line(shift, services.floor, translate)
    return translate("{person} is on: {shift}", person=mention(user_id), shift=line_for_author)


def _enter(session: Session, services: Services, shift: Shift, by: str) -> None:
    insert(session, shift)
    if shift.holder != by:
        translate = translator_for(session, services, shift.holder)
        line_for_person = views.shift_line(shift, services.floor, translate)
        text = f"🗓️ {translate('You have a new shift: {shift}', shift=line_for_person)}"
        outbox.post(session, f"shift_added:{shift.number}", shift.holder, text, shift.changed_at)
