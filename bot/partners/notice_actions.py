"""The partner notice: told once, reminded once when silent, then named to the commander with a phone number."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session

from bot.directory.lookup import channel_id
from bot.incidents import tables as incidents
from bot.incidents.change import Change
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.partners import following as partners
from bot.partners import tables
from bot.partners.messages import drawn, partner_of, say_below
from bot.partners.rules import Act, State
from bot.partners.tables import PartnerNotice
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.messages import Post, Posted
from bot.timeline import tables as timeline


class NoticeRequest(BaseModel):
    """Which partner of which incident to tell."""

    notice_id: int


@flow
def tell_partner(services: Services, request: NoticeRequest) -> None:
    """Tell one partner: in its channel, or, without one, by naming it to whoever leads."""
    hand_over(services, request.notice_id)


@step
def hand_over(services: Services, notice_id: int) -> None:
    """Post the notice unless it is there; a refusal means that the partner must be phoned."""
    now = utcnow()
    with services.store.transaction() as session:
        row, incident = tables.locked(session, notice_id)
        channel = partner_of(services, row.partner).channel
        if not _is_wanted(session, incident, row):
            return
        if channel is None:
            _cannot(session, row, "", now)
            return
        attempted_at, row.attempted_at = row.attempted_at, row.attempted_at or now
        session.add(row)
        words, blocks = drawn(session, services, incident, row, now)
    try:
        post = Post(row.key, channel_id(services, channel), words, blocks)
        posted = services.slack.post(post, attempted_at=attempted_at)
    except SlackRefused as refused:
        with services.store.transaction() as session:
            _cannot(session, tables.locked(session, notice_id)[0], refused.error, now)
        return
    with services.store.transaction() as session:
        _told(session, services, *tables.locked(session, notice_id), posted, utcnow())


def _is_wanted(session: Session, incident: Incident, row: PartnerNotice) -> bool:
    if row.state != State.WAITING:
        return False
    if incident.status not in OPEN and row.attempted_at is None:
        row.state = State.DROPPED
        row.plan(Act.NOTHING, None)
        session.add(row)
        return False
    return True


def _cannot(session: Session, row: PartnerNotice, reason: str, now: datetime) -> None:
    """There is no way to write to them: whoever leads hears at once whom to phone."""
    if row.state != State.WAITING:
        return
    row.state, row.trouble = State.UNREACHABLE, reason or None
    row.plan(Act.NAME, now)
    session.add(row)
    facts = {"partner": row.partner, "reason": reason or "it has no channel"}
    timeline.append(session, row.incident_id, "partner_unreachable", now, **facts)


def _told(
    session: Session, services: Services, row: PartnerNotice, incident: Incident, posted: Posted, now: datetime
) -> None:
    if row.state != State.WAITING:
        return
    row.state, row.told_at, row.told_severity = State.TOLD, now, incident.severity
    row.channel_id = posted.channel_id
    row.plan(Act.REMIND, now + services.floor.partner_answers.reminded_after)
    session.add(row)
    shown = outbox.add(session, kinds.PARTNER, incident.number, now, row.partner, follows_incident=True)
    shown.channel_id, shown.ts, shown.attempted_at = posted.channel_id, posted.ts, row.attempted_at
    timeline.append(session, incident.number, "partner_told", now, partner=row.partner, severity=incident.severity)
    session.flush()
    if incident.status not in OPEN:
        partners.clear(Change(session, services, incident, "", now))


def start_due(services: Services, now: datetime) -> None:
    """Do what is due about partners: a flow for each notice, the reminders, and one message to each commander."""
    with services.store.reading() as session:
        due = tables.due(session, now)
    for row in due:
        if row.act == Act.TELL and row.due_at:
            key = f"partner:{row.number}:{row.due_at.isoformat()}"
            services.flows.start_once(key, tell_partner, NoticeRequest(notice_id=row.number))
        elif row.act == Act.REMIND:
            _remind(services, row.number, now)
    for number in sorted({row.incident_id for row in due if row.act == Act.NAME}):
        _name_silent(services, number, now)


def _remind(services: Services, notice_id: int, now: datetime) -> None:
    with services.store.transaction() as session:
        row, _ = tables.locked(session, notice_id)
        if row.act != Act.REMIND or row.due_at is None or row.due_at > now:
            return
        if not row.is_silent:
            row.plan(Act.NOTHING, None)
            session.add(row)
            return
        patience = services.floor.partner_answers
        row.reminded_at = now
        row.plan(Act.NAME, max(now, row.due_at + patience.named_after - patience.reminded_after))
        session.add(row)
        say_below(session, services, row, "reminder", now, key=f"partner:{row.number}:reminder:{now.isoformat()}")
        timeline.append(session, row.incident_id, "partner_reminded", now, partner=row.partner)


def _name_silent(services: Services, number: int, now: datetime) -> None:
    """All of an incident that are due by now in one message; who answered meanwhile is left out."""
    with services.store.transaction() as session:
        incident = incidents.locked(session, number)
        rows = [row for row in tables.of_incident(session, number) if row.act == Act.NAME and _is_due(row, now)]
        missing = [row for row in rows if row.is_silent or row.state == State.UNREACHABLE]
        _write_down(session, missing, now)
        for row in rows:
            row.plan(Act.NOTHING, None)
            session.add(row)
        if missing and incident.status in OPEN:
            named = ",".join(str(row.number) for row in missing)
            partners.name(Change(session, services, incident, "", now), missing, f"{named}:{now.isoformat()}")


def _is_due(row: PartnerNotice, now: datetime) -> bool:
    return row.due_at is not None and row.due_at <= now


def _write_down(session: Session, missing: Sequence[PartnerNotice], now: datetime) -> None:
    for row in missing:
        row.named_at = now
        timeline.append(session, row.incident_id, "partner_named", now, partner=row.partner)
