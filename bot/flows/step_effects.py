"""What a step does besides being done: it sets the status, posts to an audience, brings people in."""

from dataclasses import dataclass

from pydantic import BaseModel
from sqlmodel import Session

from bot.clock import utcnow
from bot.displays import tables as displays
from bot.durable import flow, step
from bot.flows import promises
from bot.flows.directory import members
from bot.incidents import tables as incidents
from bot.incidents.tables import Incident
from bot.notices import tables as notices
from bot.playbooks.steps import StepChange
from bot.services import Services
from bot.slack.outcomes import SlackRefused
from bot.slack.text import channel_link, escape
from bot.timeline import tables as timeline


@dataclass(frozen=True)
class Sending:
    """What the person confirmed is sent, after they read it."""

    words: str


def apply(
    session: Session, services: Services, incident: Incident, change: StepChange, sending: Sending | None
) -> None:
    """Everything a finished step changes in the database, in its own transaction."""
    sets, posts = change.written.sets, change.written.posts
    if sets and sets.status and sets.status != incident.status:
        old = incident.status
        incidents.change_status(session, incident, sets.status, change.at)
        facts = {"old": old, "new": sets.status, "reason": change.title}
        timeline.append(session, incident.number, "status", change.at, change.by, **facts)
        promises.on_change(session, services, incident, change.at)
    if sets and sets.front_door:
        incident.front_door = sets.front_door
        session.add(incident)
        timeline.append(session, incident.number, "front_door", change.at, change.by, new=sets.front_door)
    if sets and sets.cadence:
        promises.set_cadence(session, services, incident, sets.cadence, change.at)
    if posts and sending and sending.words:
        key = f"step:{change.step_id}:{change.at.isoformat()}"
        promises.now_for_one(session, services, incident, posts.to, change.at, key, change.by, sending.words)
    if sets:
        displays.outdate(session, incident.number, (displays.DIGEST, displays.TOPIC))


def tell_owner(session: Session, change: StepChange, owner_id: str) -> None:
    """Who was given a step hears of it, with where it is."""
    if owner_id == change.by:
        return
    incident = incidents.by_number(session, change.incident_id)
    words = (
        f"<@{change.by}> gave you a step of incident {incident.number} in "
        f"{channel_link(incident.channel_id or '')}: *{escape(change.title)}*"
    )
    key = f"given:{change.step_id}:{owner_id}:{change.at.isoformat()}"
    notices.add(session, key, owner_id, words, change.at, incident_id=incident.number)


class BringIn(BaseModel):
    """Who is to be brought into which incident."""

    number: int
    groups: list[str]
    roles: list[str]


@flow
def bring_in(services: Services, request: BringIn) -> None:
    """Bring groups and the holders of roles into an incident's channel."""
    invite_them(services, request.number, request.groups, request.roles)


@step
def invite_them(services: Services, number: int, groups: list[str], roles: list[str]) -> None:
    """Invite; who is there already is no trouble, who cannot come is written down."""
    with services.store.reading() as session:
        incident = incidents.by_number(session, number)
        held = incidents.roles(session, number)
    holders = [user_id for role in roles for user_id in held.get(role, [])]
    people = list(dict.fromkeys([*holders, *members(services, groups)]))
    if not people or incident.channel_id is None:
        return
    try:
        refused = services.slack.invite(incident.channel_id, people)
    except SlackRefused as failure:
        refused = dict.fromkeys(people, failure.error)
    with services.store.transaction() as session:
        incidents.join(session, number, [user_id for user_id in people if user_id not in refused], utcnow())
        for user_id, why in refused.items():
            timeline.append(session, number, "trouble", utcnow(), what=f"invite {user_id}", reason=why)


def invite(services: Services, change: StepChange) -> None:
    """Start bringing in whom the step invites; once for each time it is done."""
    assert change.written.invites is not None
    groups = [f"@{group.removeprefix('@')}" for group in change.written.invites.groups]
    request = BringIn(number=change.incident_id, groups=groups, roles=list(change.written.invites.roles))
    services.flows.start_once(f"invite:{change.step_id}:{change.at.isoformat()}", bring_in, request)
