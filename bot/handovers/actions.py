"""Offer, accept, send back and take back command: one transaction each.

The outgoing commander keeps command until the other person accepts, and the role changes hands in the transaction
of the acceptance: there is exactly one commander at every moment.
"""

from datetime import datetime

from bot import directory, outbox
from bot.directory.lookup import person_of
from bot.handovers import forms, rules, tables, views, wording
from bot.handovers.rules import Kind, State
from bot.handovers.tables import Handover
from bot.incidents import incidents, roles
from bot.incidents.access import visible_incident
from bot.incidents.change import Change, changing, changing_by_clock
from bot.incidents.events import Closed, CommandHandedOver, Declined, MadePrivate, Merged, RoleChanged
from bot.incidents.invitations import invite_participant
from bot.incidents.rules import check_may_change
from bot.incidents.summaries import summarise
from bot.outbox import kinds
from bot.runtime.clock import utcnow
from bot.runtime.database import insert_new
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import escape, mention, near_time

COMMANDER = "commander"
MESSAGE_KINDS = (kinds.HANDOVER, kinds.HANDOVER_LINE)


def offer_form(services: Services, number: int, by: str, now: datetime, person: str | None = None) -> Block:
    """Return the form with the summary as it would be sent, for the commander to read first."""
    incident = visible_incident(services, number, by)
    check_may_change(number, incident.status)
    with services.database.reading() as session:
        _check_is_commander(incidents.commander(session, number), by)
    if person:
        _check_can_take_over(services, person)
    with services.database.reading() as session:
        last_handover = tables.last(session, number, Kind.COMMAND)
        summary = "\n\n".join(part.text for part in summarise(session, services, incident, now))
    if last_handover and last_handover.state == State.RETURNED and last_handover.from_id == by:
        return forms.offer_form(incident, summary, person=person or last_handover.to_id, note=last_handover.note)
    return forms.offer_form(incident, summary, person=person)


def offer(services: Services, number: int, to: str, note: str, by: str, now: datetime) -> None:
    """Offer command to a colleague, taking back any earlier offer."""
    _check_can_take_over(services, to)
    with changing(services, number, by, now) as change:
        session, incident = change.session, change.incident
        check_may_change(number, incident.status)
        _check_is_commander(incidents.commander(session, number), by)
        if to == by:
            raise rules.AlreadyCommander()
        earlier_offer = tables.pending(session, number, Kind.COMMAND)
        if earlier_offer and earlier_offer.to_id == to:
            raise rules.AlreadyOffered(person=mention(to))
        if earlier_offer:
            _withdraw(change, earlier_offer)
        handover = _new_handover(change, to, note)
        insert_new(session, handover)
        _add_messages(change, handover)
        change.log("handover_offered", user=to)
        invite_participant(session, number, to, now)


def _new_handover(change: Change, to: str, note: str) -> Handover:
    floor, now = change.services.floor.handovers, change.now
    summary = "\n\n".join(part.text for part in summarise(change.session, change.services, change.incident, now))
    return Handover(
        kind=Kind.COMMAND,
        incident_id=change.number,
        item=COMMANDER,
        from_id=change.by,
        to_id=to,
        summary=summary,
        note=note,
        offered_at=now,
        due_at=rules.next_due(now, None, floor.reminded_after, floor.escalated_after),
    )


def _add_messages(change: Change, handover: Handover) -> None:
    for kind in MESSAGE_KINDS:
        outbox.add(change.session, kind, change.number, change.now, str(handover.number), priority=outbox.URGENT)


def accept(services: Services, handover_id: int, by: str, now: datetime) -> str:
    """Take command: roles, drafts, steps and reminders move along at once. Return the answer."""
    with changing(services, _number_of(services, handover_id), by, now, None) as change:
        handover = _handover_to_answer(change, handover_id)
        check_may_change(change.number, change.incident.status)
        handover.decide(State.ACCEPTED, now)
        _hand_over_roles(change, handover)
        change.publish(CommandHandedOver(handover.from_id, handover.to_id))
        title = services.floor.role(COMMANDER).title.lower()
        change.log("handover_accepted", user=handover.from_id, role=title)
        change.mark_stale(*MESSAGE_KINDS)
    return wording.YOU_COMMAND.format(number=change.number, duties=services.floor.role(COMMANDER).help)


def _hand_over_roles(change: Change, handover: Handover) -> None:
    """Transfer every role that the outgoing person holds; responder is not transferred, since both may hold it."""
    holders_by_role = incidents.roles(change.session, change.number)
    for role, holders in holders_by_role.items():
        if handover.from_id in holders and role != "responder":
            incidents.give_role(change.session, change.number, role, handover.to_id, change.now)
            change.publish(RoleChanged(role, handover.to_id))
            if role != COMMANDER:
                title = change.services.floor.role(role).title.lower()
                change.log("role_handed_over", user=handover.to_id, role=title)


def send_back(services: Services, handover_id: int, question: str, by: str, now: datetime) -> None:
    """Send the handover back with a question that must be answered first."""
    if not question.strip():
        raise rules.QuestionMissing()
    with changing(services, _number_of(services, handover_id), by, now, None) as change:
        handover = _handover_to_answer(change, handover_id)
        handover.question = question.strip()
        handover.decide(State.RETURNED, now)
        change.log("handover_returned", user=handover.from_id)
        change.mark_stale(*MESSAGE_KINDS)
        text, blocks = views.question_message(handover, change.incident)
        key = f"handover:{handover.number}:back"
        outbox.post(change.session, key, handover.from_id, text, now, incident_id=change.number, blocks=blocks)


def take_back(services: Services, handover_id: int, by: str, now: datetime) -> str:
    """Withdraw the offer, so that the outgoing person keeps command. Return the answer."""
    with changing(services, _number_of(services, handover_id), by, now) as change:
        handover = tables.get(change.session, handover_id)
        if handover.from_id != by:
            raise rules.NotForYou(person=mention(handover.from_id))
        _check_pending(handover, now, wording.OFFER_AGAIN)
        _withdraw(change, handover)
    return wording.YOU_KEEP_COMMAND


def hand_over_role(services: Services, number: int, role: str, to: str, by: str, now: datetime) -> str:
    """Hand a role over at once, for two people who have already talked. Return the answer."""
    _check_can_take_over(services, to)
    with changing(services, number, by, now) as change:
        check_may_change(number, change.incident.status)
        roles.pass_on(change, role, to)
        handover = Handover(kind=Kind.ROLE, incident_id=number, item=role, from_id=by, to_id=to, offered_at=now)
        handover.decide(State.ACCEPTED, now)
        insert_new(change.session, handover)
    title = services.floor.role(role).title.lower()
    return wording.ROLE_HANDED_OVER.format(person=mention(to), role=title)


def follow_role(change: Change, event: RoleChanged) -> None:
    """Withdraw the pending offer when command has gone to somebody else in another way."""
    handover = tables.pending(change.session, change.number, Kind.COMMAND) if event.role == COMMANDER else None
    if handover and incidents.commander(change.session, change.number) != handover.from_id:
        _withdraw(change, handover)


def end_pending(change: Change, event: Closed | Declined | Merged) -> None:
    """Withdraw the pending offer of an incident that is over."""
    if handover := tables.pending(change.session, change.number, Kind.COMMAND):
        _withdraw(change, handover)


def end_offers_to(services: Services, user_id: str) -> None:
    """Withdraw the pending offers to a person whose account is deactivated, and tell the commanders."""
    with services.database.reading() as session:
        offers = [(handover.number, handover.incident_id or 0) for handover in tables.offered_to(session, user_id)]
        name = directory.display_names(session, [user_id]).get(user_id, user_id)
    for handover_id, number in offers:
        now = utcnow()
        with changing_by_clock(services, number, now) as change:
            handover = tables.get(change.session, handover_id)
            if handover.is_pending:
                _withdraw(change, handover)
                text = wording.RECIPIENT_GONE.format(name=escape(name), number=number)
                key = f"handover:{handover_id}:gone"
                outbox.post(change.session, key, handover.from_id, text, now, incident_id=number)


def hide_summary(change: Change, event: MadePrivate) -> None:
    """Update the direct message, so that the summary can no longer be read there."""
    change.mark_stale(kinds.HANDOVER)


def readable(services: Services, handover_id: int, by: str) -> Handover:
    """Return a handover to its recipient, if they still see the incident; anyone else is refused."""
    visible_incident(services, _number_of(services, handover_id), by)
    with services.database.reading() as session:
        handover = tables.get(session, handover_id)
    if handover.to_id != by:
        raise rules.NotForYou(person=mention(handover.to_id))
    return handover


def _withdraw(change: Change, handover: Handover) -> None:
    handover.decide(State.WITHDRAWN, change.now)
    change.session.flush()
    change.log("handover_withdrawn", user=handover.to_id)
    outbox.mark_stale(change.session, change.number, MESSAGE_KINDS)


def _handover_to_answer(change: Change, handover_id: int) -> Handover:
    """Return the pending handover if the caller may answer it."""
    handover = tables.get(change.session, handover_id)
    if handover.to_id != change.by:
        raise rules.NotForYou(person=mention(handover.to_id))
    _check_pending(handover, change.now, wording.NOT_CHANGED_HANDS)
    return handover


def _check_pending(handover: Handover, now: datetime, advice: str) -> None:
    if not handover.is_pending:
        state = {State.RETURNED: "sent back", State.WITHDRAWN: "taken back"}.get(State(handover.state), "accepted")
        raise rules.HandoverOver(state=state, when=near_time(handover.decided_at or now, now), next=advice)


def _check_can_take_over(services: Services, user_id: str) -> None:
    if not person_of(services, user_id).may_act:
        raise rules.CannotTakeOver(person=mention(user_id))


def _check_is_commander(commander: str | None, by: str) -> None:
    if commander is None:
        raise rules.NobodyCommands()
    if commander != by:
        raise rules.NotCommander(holder=mention(commander))


def _number_of(services: Services, handover_id: int) -> int:
    with services.database.reading() as session:
        return tables.get(session, handover_id).incident_id or 0
