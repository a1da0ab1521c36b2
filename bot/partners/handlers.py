"""Keeping partners in step with an incident's changes, within the same transaction."""

from collections.abc import Sequence

from bot import outbox
from bot.incidents.change import Change, changing_by_clock
from bot.incidents.events import (
    Declared,
    Declined,
    MadePrivate,
    Merged,
    Reopened,
    Resolved,
    ScopeChanged,
    SeverityChanged,
)
from bot.incidents.parse import Payload
from bot.incidents.roles import lead_of
from bot.incidents.rules import OPEN
from bot.outbox import kinds
from bot.partners import rules, tables, views, wording
from bot.partners.messages import partner_of, reply_in_thread
from bot.partners.rules import Answer, NextAction, State
from bot.partners.tables import PartnerNotice
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.timeline import timeline


def begin(change: Change, event: Declared) -> None:
    """Plan a notice for every affected partner."""
    update_notices(change)


def follow_severity(change: Change, event: SeverityChanged) -> None:
    """Reschedule the notices: a higher severity makes them due earlier."""
    update_notices(change)


def follow_scope(change: Change, event: ScopeChanged) -> None:
    """Plan notices for new partners as if declared with them, and drop unsent notices of removed ones.

    A partner that was already told stays informed until the end.
    """
    session, number = change.session, change.number
    for row in tables.of_incident(session, number):
        if row.partner in event.new.partners:
            row.state = State.WAITING if row.state == State.DROPPED else row.state
        elif row.state == State.WAITING and (
            not row.is_being_sent or outbox.remove_untried(session, number, kinds.PARTNER, row.partner)
        ):
            row.state = State.DROPPED
            row.plan(NextAction.NOTHING, None)
    update_notices(change)


def update_notices(change: Change) -> None:
    """Give every affected partner a notice, due by the current severity, and edit the notices already sent.

    One that has no channel is due at once: it has to be phoned, which takes longest. So is one that had a notice of
    an incident that was merged into this one, because that notice points to this one.
    Notices of private incidents and drills are never sent by the clock: those partners are told by name.
    """
    session, services, incident, now = change.session, change.services, change.incident, change.now
    for partner in incident.partners:
        tables.add(session, incident.number, partner)
    is_told_by_clock = incident.status in OPEN and not (incident.is_private or incident.is_drill)
    promised_within = services.floor.severity(incident.severity).partner_notice_within
    due_at = rules.notice_due(incident.declared_at, promised_within, now)
    waiting_rows = [
        row
        for row in tables.of_incident(session, incident.number)
        if row.state == State.WAITING and not row.is_being_sent
    ]
    told_in_merged = tables.told_in_merged(session, incident.number) if waiting_rows else ()
    for row in waiting_rows:
        is_phoned = due_at is not None and not partner_of(services, row.partner).channel
        is_urgent = is_phoned or row.partner in told_in_merged
        row.plan(NextAction.TELL, (now if is_urgent else due_at) if is_told_by_clock else None)
    outbox.mark_stale(session, incident.number, (kinds.PARTNER,))


def give_all_clear(change: Change, event: Resolved) -> None:
    send_all_clear(change)


def say_false_alarm(change: Change, event: Declined) -> None:
    send_all_clear(change, "false_alarm")


def say_merged(change: Change, event: Merged) -> None:
    """Tell partners that the incident was merged; they get the other incident's notice."""
    send_all_clear(change, "merged")


def follow_privacy(change: Change, event: MadePrivate) -> None:
    """Stop the clock for a private incident; its notices are deleted, so nobody owes an answer."""
    for row in tables.of_incident(change.session, change.number):
        row.channel_id = None
        row.plan(NextAction.NOTHING, None)


def send_all_clear(change: Change, label: str = "all_clear") -> None:
    """Tell every informed partner that it is over, in the words of `label`; partners still waiting are dropped.

    Partners without a notice in their channel are named to the lead, to be phoned.
    """
    session, services, incident, now = change.session, change.services, change.incident, change.now
    to_phone = []
    for row in tables.of_incident(session, incident.number):
        if row.is_being_sent and not outbox.remove_untried(session, incident.number, kinds.PARTNER, row.partner):
            continue
        if row.state == State.WAITING:
            row.state = State.DROPPED
        elif row.state == State.PHONED:
            to_phone.append(row)
        elif row.state == State.TOLD and row.cleared_at is None:
            key = f"partner:{row.number}:clear:{now.isoformat()}"
            if reply_in_thread(session, services, row, label, now, key=key):
                row.cleared_at = now
                timeline.append(session, incident.number, "partner_cleared", now, partner=row.partner)
            else:
                to_phone.append(row)
        row.plan(NextAction.NOTHING, None)
    ask_to_phone(change, to_phone, f"{label}:{now.isoformat()}", wording.PURPOSES_OF_CALLS[label])
    outbox.mark_stale(session, incident.number, (kinds.PARTNER,))


def reopen_notices(change: Change, event: Reopened) -> None:
    """Ask partners that heard the all-clear again, and plan the notices of listed partners that were dropped."""
    session, services, incident, now = change.session, change.services, change.incident, change.now
    label, to_phone = "unmerged" if event.was_merged else "reopened", []
    for row in tables.of_incident(session, incident.number):
        is_listed = row.partner in incident.partners
        if row.state == State.DROPPED and is_listed:
            row.state = State.WAITING
        elif row.state == State.UNREACHABLE and is_listed:
            to_phone.append(row)
        elif row.state in (State.TOLD, State.PHONED):
            row.cleared_at = row.reminded_at = row.named_at = None
            row.answer, row.answered_at, row.answered_by, row.agents = Answer.NONE, None, None, None
            key = f"partner:{row.number}:reopened:{now.isoformat()}"
            if reply_in_thread(session, services, row, label, now, key=key):
                row.plan(NextAction.REMIND, now + services.floor.partner_answers.reminded_after)
            else:
                to_phone.append(row)
    ask_to_phone(change, to_phone, f"reopened:{now.isoformat()}", wording.PURPOSES_OF_CALLS[label])
    update_notices(change)


def ask_to_phone(change: Change, rows: Sequence[PartnerNotice], key: str, purpose: str = "") -> None:
    """Tell the lead, or else the declarer, which partners to phone, at which number and what for."""
    if not rows:
        return
    session, services, incident, now = change.session, change.services, change.incident, change.now
    lead_id = lead_of(session, incident)
    partners = {row.partner: partner_of(services, row.partner) for row in rows}
    text, blocks = views.phone_request(incident, rows, partners, now, purpose)
    full_key = f"partners:{incident.number}:{key}"
    outbox.post(session, full_key, lead_id, text, now, incident_id=incident.number, blocks=blocks)


def record_channel_lost(services: Services, event: Payload) -> None:
    """Ask the lead of each open incident to phone the partners that were told in that channel."""
    channel_id = event["channel"]
    with services.database.reading() as session:
        numbers = tables.incidents_told_in(session, channel_id)
    for number in numbers:
        with changing_by_clock(services, number, utcnow()) as change:
            if change.incident.status not in OPEN:
                continue
            rows = [row for row in tables.of_incident(change.session, number) if row.channel_id == channel_id]
            for row in rows:
                # A reminder could not arrive either.
                row.plan(NextAction.NOTHING, None)
            key = f"lost:{channel_id}:{event.get('event_ts', '')}"
            ask_to_phone(change, rows, key, wording.CHANNEL_LOST)
