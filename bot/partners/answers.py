"""A partner's answers, given with the two buttons below its notice.

These users may be guests or of another company, so only these two buttons accept them, and only in its channel.
"""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.directory.lookup import person_of
from bot.incidents import incidents
from bot.incidents.rules import check_may_change
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.partners import forms, tables
from bot.partners.messages import labels, partner_of
from bot.partners.rules import Answer, NextAction, NotThisChannel, read_agents
from bot.partners.tables import PartnerNotice
from bot.services import Services
from bot.slack.blocks import Block
from bot.timeline import timeline


def record_received(services: Services, notice_id: int, channel_id: str, by: str, now: datetime) -> None:
    """Record that the partner has read the notice; this does not retract an earlier *affected*."""
    with services.database.transaction() as session:
        row = _locked_of_channel(session, notice_id, channel_id)
        if row.answer != Answer.NONE:
            return
        _set_answer(session, row, Answer.RECEIVED, by, now)
    _fetch_name_later(services, by)


def affected_form(services: Services, notice_id: int, channel_id: str) -> Block:
    """The form that asks for the number of agents, in the partner's language."""
    with services.database.reading() as session:
        row = tables.get(session, notice_id, NotThisChannel)
        _check(row, incidents.by_number(session, row.incident_id), channel_id)
    return forms.affected_form(row, labels(services, partner_of(services, row.partner).language))


def record_asked(services: Services, notice_id: int, channel_id: str, by: str) -> None:
    """Record that a user has opened the form, which only such users can send in."""
    with services.database.transaction() as session:
        row = _locked_of_channel(session, notice_id, channel_id)
        if by not in row.asked:
            row.asked = [*row.asked, by]


def record_affected(services: Services, notice_id: int, typed: str, by: str, now: datetime) -> None:
    """Record that the partner is affected, and the number of agents if somebody has counted.

    Only users who opened the form can send it in: its metadata can be forged.
    """
    with services.database.transaction() as session:
        row, incident = tables.locked(session, notice_id, NotThisChannel)
        if by not in row.asked:
            raise NotThisChannel()
        check_may_change(incident.number, incident.status)
        agents = read_agents(typed, labels(services, partner_of(services, row.partner).language)["not_a_number"])
        if row.answer != Answer.AFFECTED:
            _set_answer(session, row, Answer.AFFECTED, by, now)
        if agents is not None and agents != row.agents:
            row.agents, row.answered_by, row.answered_at = agents, by, now
            facts = {"partner": row.partner, "agents": agents}
            timeline.append(session, row.incident_id, "partner_agents", now, by, **facts)
            outbox.mark_stale(session, row.incident_id, (kinds.PARTNER,))
    _fetch_name_later(services, by)


def _locked_of_channel(session: Session, notice_id: int, channel_id: str) -> PartnerNotice:
    row, incident = tables.locked(session, notice_id, NotThisChannel)
    _check(row, incident, channel_id)
    return row


def _check(row: PartnerNotice, incident: Incident, channel_id: str) -> None:
    if row.channel_id != channel_id:
        raise NotThisChannel()
    check_may_change(incident.number, incident.status)


def _set_answer(session: Session, row: PartnerNotice, answer: Answer, by: str, now: datetime) -> None:
    row.answer, row.answered_at, row.answered_by = answer, now, by
    row.plan(NextAction.NOTHING, None)
    timeline.append(session, row.incident_id, f"partner_{answer}", now, by, partner=row.partner)
    outbox.mark_stale(session, row.incident_id, (kinds.PARTNER,))


def _fetch_name_later(services: Services, by: str) -> None:
    # An unknown person's name is fetched in the background; the timeline is read with names.
    services.background.submit(f"who:{by}", lambda: _learn_name(services, by))


def _learn_name(services: Services, user_id: str) -> None:
    person_of(services, user_id)
