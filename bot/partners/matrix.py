"""`/incident partners`: the matrix, and what is done about partners by hand."""

from datetime import datetime

from bot.incidents.access import incident
from bot.incidents.change import changing
from bot.incidents.rules import OPEN, check_may_change
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.partners import following as partners
from bot.partners import tables, views
from bot.partners.messages import partner_of
from bot.partners.notice_actions import start_due
from bot.partners.rules import Act, Answer, NobodyToTell, PrivateByName, State, read_agents, read_partner
from bot.services import Services


def matrix(services: Services, number: int, by: str, now: datetime) -> views.Screen:
    """Who was told what and when, and who answered."""
    found = incident(services, number, by)
    with services.store.reading() as session:
        rows = tables.of_incident(session, number)
    known = {row.partner: partner_of(services, row.partner) for row in rows}
    return views.matrix(views.Matrix(found, rows, known, now))


def add(services: Services, number: int, given: str, by: str, now: datetime) -> str:
    """More partners, one or several with commas between, are affected: they are told as the severity says.

    Gives back what to answer.
    """
    listed = [name for name in given.split(",") if name.strip()] or [""]
    named = dict.fromkeys(read_partner(name, services.floor.partner_names) for name in listed)
    with changing(services, number, by, now) as change:
        found = change.incident
        check_may_change(number, found.status)
        added = [name for name in named if name not in found.partners]
        if not added:
            return f"{', '.join(named)}: among the affected already; `/incident partners` shows where it stands."
        found.partners = [*found.partners, *added]
        change.session.add(found)
        for name in added:
            change.log("partner_added", partner=name)
        partners.follow(change)
    start_due(services, now)
    return f"Now among the affected: {', '.join(added)}. `/incident partners` shows who is told when."


def tell(services: Services, number: int, given: str, by: str, now: datetime) -> str:
    """The notice at once, to one partner or to all who wait for it. Gives back what to answer."""
    named = read_partner(given, services.floor.partner_names) if given else ""
    with changing(services, number, by, now) as change:
        session, found = change.session, change.incident
        check_may_change(number, found.status)
        if named and named not in found.partners:
            found.partners = [*found.partners, named]
            session.add(found)
            change.log("partner_added", partner=named)
            partners.follow(change)
        rows = tables.of_incident(session, number)
        waiting = [row for row in rows if row.state == State.WAITING and named in ("", row.partner)]
        if not waiting or found.status not in OPEN:
            raise NobodyToTell()
        if found.is_private and not named:
            raise PrivateByName(number=number, example=waiting[0].partner)
        for row in waiting:
            if not row.is_being_sent:
                row.plan(Act.TELL, now)
                session.add(row)
    start_due(services, now)
    return f"The notice is on its way to {', '.join(row.partner for row in waiting)}."


def phoned(services: Services, number: int, given: str, agents: str, by: str, now: datetime) -> str:
    """Somebody phoned them: they know, and may have said how many agents are affected."""
    partner = read_partner(given, services.floor.partner_names)
    counted = read_agents(agents)
    with changing(services, number, by, now) as change:
        session, found = change.session, change.incident
        check_may_change(number, found.status)
        row = tables.find(session, number, partner)
        if row.told_at is None:
            row.told_at, row.told_severity, row.told_by, row.state = now, found.severity, by, State.PHONED
            outbox.remove_untried(session, number, kinds.PARTNER, partner)
        if counted is not None or row.answer == Answer.NONE:
            # A call that gave no number takes nothing back of what they said.
            row.answer = Answer.AFFECTED if counted else Answer.RECEIVED
            row.answered_at, row.answered_by = now, by
            row.agents = row.agents if counted is None else counted
        row.plan(Act.NOTHING, None)
        session.add(row)
        said = f"{counted} agents affected" if counted else ""
        change.log("partner_phoned", partner=partner, reason=said)
        outbox.mark_stale(session, number, (kinds.PARTNER,))
    return f"Written down: {partner} was phoned."


def told_by_button(services: Services, notice_id: int, by: str, now: datetime) -> views.Screen:
    """*Tell now* in the matrix, which is shown again."""
    number, partner = _about(services, notice_id)
    tell(services, number, partner, by, now)
    return matrix(services, number, by, now)


def phoned_by_button(services: Services, notice_id: int, by: str, now: datetime) -> views.Screen:
    """*They were phoned* in the matrix, which is shown again."""
    number, partner = _about(services, notice_id)
    phoned(services, number, partner, "", by, now)
    return matrix(services, number, by, now)


def _about(services: Services, notice_id: int) -> tuple[int, str]:
    with services.store.reading() as session:
        row = tables.get(session, notice_id)
        return row.incident_id, row.partner
