"""`/incident partners`: the matrix, and manual actions on partners."""

from collections.abc import Iterable
from datetime import datetime

from bot import outbox
from bot.incidents.access import visible_incident
from bot.incidents.change import Change, changing
from bot.incidents.recognition import Scope
from bot.incidents.rules import OPEN, check_may_change
from bot.incidents.scope import scope_of, set_scope
from bot.outbox import kinds
from bot.partners import guidance, tables, views, wording
from bot.partners.messages import partner_of
from bot.partners.notice_actions import start_due
from bot.partners.rules import (
    Answer,
    NextAction,
    NoPartnerWaiting,
    PartnerMissing,
    PartnerNeedsName,
    State,
    read_agents,
    read_partner,
)
from bot.services import Services
from bot.slack.blocks import Message


def matrix(services: Services, number: int, by: str, now: datetime, page: int = 1) -> Message:
    """Who was told what and when, and who has answered; a long list has several pages."""
    incident = visible_incident(services, number, by)
    with services.database.reading() as session:
        rows = tables.of_incident(session, number)
        guided_at = {language: row.written_at for language, row in guidance.of_incident(session, number).items()}
    partners_by_name = {row.partner: partner_of(services, row.partner) for row in rows}
    return views.matrix(views.Matrix(incident, rows, partners_by_name, now, page, guided_at))


def add(services: Services, number: int, typed: str, by: str, now: datetime) -> str:
    """Add one or more affected partners, separated by commas; the severity decides when they are told.

    Return the answer.
    """
    typed_names = [name for name in typed.split(",") if name.strip()]
    if not typed_names:
        raise PartnerMissing(example=f"add {_any_name(services)}")
    names = dict.fromkeys(read_partner(name, services.floor.partner_names) for name in typed_names)
    with changing(services, number, by, now) as change:
        incident = change.incident
        check_may_change(number, incident.status)
        added_names = [name for name in names if name not in incident.partners]
        if not added_names:
            return wording.LISTED_ALREADY.format(names=", ".join(names))
        _add_to_scope(change, added_names)
    start_due(services, now)
    return wording.ADDED.format(names=", ".join(added_names))


def _any_name(services: Services) -> str:
    """The name of a partner, for an example."""
    return next(iter(services.floor.partner_names), "NAME")


def send_notice_now(services: Services, number: int, typed: str, by: str, now: datetime) -> str:
    """Send the notice now, to one partner or to all that wait for it. Return the answer."""
    partner = read_partner(typed, services.floor.partner_names) if typed else ""
    with changing(services, number, by, now) as change:
        session, incident = change.session, change.incident
        check_may_change(number, incident.status)
        if partner and partner not in incident.partners:
            _add_to_scope(change, [partner])
        rows = tables.of_incident(session, number)
        waiting_rows = [row for row in rows if row.state == State.WAITING and partner in ("", row.partner)]
        if not waiting_rows or incident.status not in OPEN:
            raise NoPartnerWaiting()
        if (incident.is_private or incident.is_drill) and not partner:
            what = "private" if incident.is_private else "a drill"
            raise PartnerNeedsName(number=number, what=what, example=waiting_rows[0].partner)
        for row in waiting_rows:
            if not row.is_being_sent:
                row.plan(NextAction.TELL, now)
    start_due(services, now)
    return wording.NOTICE_SENT.format(names=", ".join(row.partner for row in waiting_rows))


def record_phoned(services: Services, number: int, typed: str, agents: str, by: str, now: datetime) -> str:
    """Record that a partner was phoned, with the number of affected agents if known."""
    if not typed:
        raise PartnerMissing(example=f"phoned {_any_name(services)} 12")
    partner = read_partner(typed, services.floor.partner_names)
    agent_count = read_agents(agents)
    with changing(services, number, by, now) as change:
        session, incident = change.session, change.incident
        check_may_change(number, incident.status)
        told_partners = [row.partner for row in tables.of_incident(session, number) if row.told_at]
        if partner not in (*incident.partners, *told_partners):
            _add_to_scope(change, [partner])
        row = tables.find(session, number, partner)
        if row.told_at is None:
            row.told_at, row.told_severity, row.told_by, row.state = now, incident.severity, by, State.PHONED
            outbox.remove_untried(session, number, kinds.PARTNER, partner)
        if agent_count is not None or row.answer == Answer.NONE:
            # A call without a number does not retract the partner's earlier answer.
            row.answer = Answer.AFFECTED if agent_count else Answer.RECEIVED
            row.answered_at, row.answered_by = now, by
            row.agents = row.agents if agent_count is None else agent_count
        elif row.state == State.PHONED:
            row.answered_at, row.answered_by = now, by
        if incident.status not in OPEN and row.call_owed(incident.status):
            row.cleared_at = now
        row.plan(NextAction.NOTHING, None)
        agents_note = f"{wording.count_of_agents(agent_count)} affected" if agent_count else ""
        change.log("partner_phoned", partner=partner, reason=agents_note, agents=agent_count)
        outbox.mark_stale(session, number, (kinds.PARTNER,))
    return wording.phoned(partner, agent_count)


def send_from_button(services: Services, notice_id: int, by: str, now: datetime) -> Message:
    """Send the notice from the matrix's *Tell now* button, and return the matrix."""
    number, partner = _notice_of_button(services, notice_id)
    send_notice_now(services, number, partner, by, now)
    return matrix(services, number, by, now)


def phoned_from_button(services: Services, notice_id: int, by: str, now: datetime) -> Message:
    """Record a call from the matrix's *They were phoned* button, and return the matrix."""
    number, partner = _notice_of_button(services, notice_id)
    record_phoned(services, number, partner, "", by, now)
    return matrix(services, number, by, now)


def _add_to_scope(change: Change, names: Iterable[str]) -> None:
    """List more partners as affected; each gets a notice, as if declared with it."""
    old_scope = scope_of(change.incident)
    set_scope(change, Scope(old_scope.type, old_scope.sites, (*old_scope.partners, *names)))


def _notice_of_button(services: Services, notice_id: int) -> tuple[int, str]:
    with services.database.reading() as session:
        row = tables.get(session, notice_id)
        return row.incident_id, row.partner
