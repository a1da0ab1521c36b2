"""Actions on changes: show the calendar, record one, verify it, roll it back or cancel it; possible causes."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlmodel import Session

from bot import outbox
from bot.changes import forms, rules, tables, views, wording
from bot.changes.rules import Kind, Scope, State
from bot.changes.tables import PlannedChange
from bot.directory.lookup import person_of
from bot.directory.rules import GuestChosen
from bot.incidents.change import Change
from bot.incidents.events import ChannelOpened
from bot.incidents.permissions import changing_as, check_may, check_member, check_permission, reading_as
from bot.incidents.tables import Incident
from bot.runtime.database import insert_new
from bot.services import Services
from bot.slack.blocks import Block, Message

ANSWERS = {
    State.VERIFIED: wording.VERIFIED,
    State.ROLLED_BACK: wording.ROLLED_BACK,
    State.CANCELLED: wording.CANCELLED,
}


class TypedChange(Struct, frozen=True):
    """The contents of the submitted form."""

    kind: Kind
    title: str
    before: str
    after: str
    rollback: str
    planned_at: datetime
    requester: str
    approver: str
    verifier: str
    site: str = ""
    partner: str = ""
    type: str = ""


def overview(services: Services, by: str, now: datetime, page: int = 1) -> Message:
    """The calendar: changes planned, awaiting an answer, or made since yesterday."""
    with reading_as(services, by, "changes") as session:
        changes = tables.calendar(session, now - tables.SHOWN_BACK)
    return views.overview(changes, services.floor.types, now, page)


def form(services: Services, by: str, now: datetime) -> Block:
    check_may(services, by, "changes")
    floor = services.floor
    types = {name: title for name, title in floor.types.items() if name != "other"}
    return forms.change_form(floor.sites, floor.partner_names, types, by, now)


def record(services: Services, typed_change: TypedChange, key: str, by: str, now: datetime) -> str:
    """Record a planned change; notify its approver and verification contact. Return the answer."""
    check_member(services, by)
    rules.check_people(typed_change.requester, typed_change.approver)
    rules.check_planned_at(typed_change.planned_at, now)
    if not all(
        person_of(services, user_id).may_act
        for user_id in (typed_change.requester, typed_change.approver, typed_change.verifier)
    ):
        raise GuestChosen()
    change = PlannedChange(
        key=key,
        **asdict(typed_change),
        recorded_by=by,
        remind_at=rules.first_reminder(typed_change.planned_at, now),
    )
    with services.database.transaction() as session:
        check_permission(services, session, by, "changes")
        if insert_new(session, change):
            text, blocks = views.notice(change, services.floor.types, now)
            for person in dict.fromkeys(
                user_id for user_id in (typed_change.approver, typed_change.verifier) if user_id != by
            ):
                outbox.post(session, f"change:{key}:{person}", person, text, now, blocks=blocks)
    return wording.RECORDED


def verify(services: Services, change_id: int, by: str, now: datetime) -> str:
    """Record that the change works."""
    return _answer(services, change_id, State.VERIFIED, by, now)


def roll_back(services: Services, change_id: int, by: str, now: datetime) -> str:
    """Record that the change was undone."""
    return _answer(services, change_id, State.ROLLED_BACK, by, now)


def cancel(services: Services, change_id: int, by: str, now: datetime) -> str:
    """Record that the change will not be made."""
    return _answer(services, change_id, State.CANCELLED, by, now)


def _answer(services: Services, change_id: int, state: State, by: str, now: datetime) -> str:
    with changing_as(services, by) as session:
        change = tables.locked(session, change_id)
        if by not in (change.requester, change.approver, change.verifier):
            check_permission(services, session, by, "changes")
        rules.check_answer(State(change.state), state, change.planned_at, now)
        change.state, change.answered_by, change.answered_at, change.remind_at = state, by, now, None
    return ANSWERS[state]


def show_possible_causes(change: Change, event: ChannelOpened) -> None:
    """Post the changes made or planned around then in a new incident's channel."""
    changes = _around(change.session, change.incident)
    if changes and change.incident.channel_id:
        text = views.possible_causes(changes, change.now)
        key = f"changes:{change.number}"
        outbox.post(change.session, key, change.incident.channel_id, text, change.now, incident_id=change.number)


def possible_cause_lines(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """The same changes, for a handover."""
    return [views.line(change, now) for change in _around(session, incident)]


def _around(session: Session, incident: Incident) -> list[PlannedChange]:
    scope = Scope(incident.sites, incident.partners, () if incident.type == "other" else (incident.type,))
    changes = tables.around(session, incident.declared_at)
    return [change for change in changes if rules.may_explain(change.scope, scope)]
