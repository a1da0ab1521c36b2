"""Proposals to change a playbook, such as findings of a review, and their decisions; one transaction each."""

from datetime import datetime

from msgspec import Struct
from sqlmodel import Session

from bot import outbox
from bot.directory.lookup import person_of
from bot.directory.rules import GuestChosen
from bot.errors import WatchfloorError
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.events import MadePrivate
from bot.incidents.facts import FOLLOW_UP_WORDS
from bot.incidents.permissions import changing_as, check_member, reading_as
from bot.incidents.registry import Registry
from bot.playbooks import proposal_tables, proposal_views, wording
from bot.playbooks.proposal_tables import PlaybookProposal, ProposalState
from bot.playbooks.reloading_library import ReloadingLibrary
from bot.runtime.database import insert_new
from bot.services import Services
from bot.slack.blocks import Block, Message
from bot.slack.text import mention
from bot.timeline import timeline

MOST_LISTED = 12


class PrivateFinding(WatchfloorError):
    """Incident {number} is private, and everyone reads proposals. Say it in words that everyone may read:
    `/incident playbook propose`."""


class NothingProposed(WatchfloorError):
    """Please say what should change."""


class UnknownPlaybook(WatchfloorError):
    """That playbook no longer exists. Open the form again."""


class PeopleMissing(WatchfloorError):
    """Please choose who changes it and who decides."""


class NotYoursToDecide(WatchfloorError):
    """{person} decides that."""


class AlreadyDecided(WatchfloorError):
    """That has been decided already: {state}."""


class ReasonMissing(WatchfloorError):
    """Please say why; the author of the proposal is told."""


class NewProposal(Struct, frozen=True):
    """The form's values; `key` identifies the form, so that submitting it twice makes one proposal."""

    key: str
    playbook: str
    text: str
    owner_id: str
    decides_id: str
    incident: int | None = None


def form(services: Services, by: str, text: str = "", incident: int | None = None) -> Block:
    """The proposal form, prefilled with the finding."""
    check_member(services, by)
    playbooks = services.get(ReloadingLibrary).library.playbooks
    return proposal_views.form([(name, book.title) for name, book in playbooks.items()], text, incident, by)


def form_of_follow_up(services: Services, number: int, by: str, now: datetime) -> Block:
    """The proposal form, prefilled with a follow-up's text."""
    with services.database.reading() as session:
        incident, text = services.get(Registry).ask(FOLLOW_UP_WORDS)(session, number)
        _check_public(session, incident, by)
    return form(services, by, text, incident)


def form_of_review(services: Services, incident: int, by: str, now: datetime) -> Block:
    """The proposal form for a finding in the review of an incident's post-mortem."""
    with services.database.reading() as session:
        _check_public(session, incident, by)
    return form(services, by, incident=incident)


def _check_public(session: Session, number: int, by: str) -> None:
    incident = incidents.by_number(session, number)
    incidents.check_visible(session, incident, by)
    if incident.is_private:
        raise PrivateFinding(number=number)


def propose(services: Services, new_proposal: NewProposal, by: str, now: datetime) -> str:
    """Save a proposal and ask the person who decides. Return the answer."""
    check_member(services, by)
    if not new_proposal.text.strip():
        raise NothingProposed()
    if not (new_proposal.owner_id and new_proposal.decides_id):
        raise PeopleMissing()
    if not all(
        person_of(services, user_id).may_act for user_id in (new_proposal.owner_id, new_proposal.decides_id)
    ):
        raise GuestChosen()
    if new_proposal.playbook not in services.get(ReloadingLibrary).library.playbooks:
        raise UnknownPlaybook()
    with services.database.transaction() as session:
        if new_proposal.incident is not None:
            _check_public(session, new_proposal.incident, by)
        proposal = PlaybookProposal(
            key=new_proposal.key,
            playbook_name=new_proposal.playbook,
            text=new_proposal.text.strip(),
            incident_id=new_proposal.incident,
            by=by,
            proposed_at=now,
            owner_id=new_proposal.owner_id,
            decides_id=new_proposal.decides_id,
        )
        if insert_new(session, proposal):
            text, blocks = proposal_views.question(proposal)
            outbox.post(session, _key(proposal), proposal.decides_id, text, now, blocks=blocks)
            _log(session, proposal, "playbook_proposed", by, now, user=proposal.decides_id)
    return wording.PROPOSED.format(people=mention(new_proposal.decides_id))


def _key(proposal: PlaybookProposal) -> str:
    return f"playbook_proposal:{proposal.number}"


def accept(services: Services, number: int, by: str, now: datetime) -> str:
    """Accept a proposal. Return the answer."""
    return _decide(services, number, ProposalState.ACCEPTED, "", by, now)


def decline(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """Decline a proposal. Return the answer."""
    if not reason.strip():
        raise ReasonMissing()
    return _decide(services, number, ProposalState.DECLINED, reason.strip(), by, now)


def decline_form(services: Services, number: int, by: str, now: datetime) -> Block:
    """The form for the reason for declining, for the person who decides."""
    with services.database.reading() as session:
        proposal = proposal_tables.get(session, number)
        _check_decidable(proposal, by)
    return proposal_views.decline_form(proposal)


def _check_decidable(proposal: PlaybookProposal, by: str) -> None:
    if proposal.decides_id != by:
        raise NotYoursToDecide(person=mention(proposal.decides_id))
    if not proposal.is_open:
        raise AlreadyDecided(state=proposal.state)


def _decide(services: Services, number: int, state: ProposalState, reason: str, by: str, now: datetime) -> str:
    with changing_as(services, by) as session:
        proposal = proposal_tables.locked(session, number)
        _check_decidable(proposal, by)
        proposal.state, proposal.reason, proposal.decided_at = state, reason, now
        _redraw_question(session, proposal, now)
        log_facts = {"reason": reason} if reason else {}
        _log(session, proposal, f"playbook_change_{state}", by, now, **log_facts)
        text = proposal_views.decided_text(proposal)
        for user_id in sorted({proposal.by, proposal.owner_id} - {by}):
            outbox.post(session, f"{_key(proposal)}:decided:{user_id}", user_id, text, now)
    return wording.PROPOSAL_DECIDED.format(state=state)


def _log(session: Session, proposal: PlaybookProposal, kind: str, by: str, now: datetime, **facts: str) -> None:
    """Record a proposal, or its decision, in the timeline of the incident that led to it."""
    if proposal.incident_id is not None:
        facts |= {"playbook": proposal.playbook_name, "text": proposal.text}
        timeline.append(session, proposal.incident_id, kind, now, by, **facts)


def _redraw_question(session: Session, proposal: PlaybookProposal, now: datetime) -> None:
    row = outbox.by_key(session, _key(proposal))
    if row is not None:
        outbox.edit(session, row, proposal_views.question(proposal)[1], now)


def listing(services: Services, by: str) -> Message:
    """Show the open proposals, for `/incident playbook proposals`."""
    with reading_as(services, by) as session:
        return proposal_views.listing(proposal_tables.newest(session, MOST_LISTED), by)


def hide_words(change: Change, event: MadePrivate) -> None:
    """Remove the text of proposals an incident led to, because it is private now."""
    for proposal in proposal_tables.of_incident(change.session, change.number):
        proposal.text, proposal.reason, proposal.incident_id = "its incident is private now", "", None
        _redraw_question(change.session, proposal, change.now)
