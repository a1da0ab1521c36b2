"""What a step does besides being done: it sets the status, posts to an audience, brings people in."""

from dataclasses import dataclass

from pydantic import BaseModel
from sqlmodel import Session

from bot.directory.lookup import members
from bot.incidents import participants
from bot.incidents import tables as incidents
from bot.incidents.audiences import audiences, where
from bot.incidents.change import Change
from bot.incidents.events import CadenceRequested, UpdateRequested
from bot.incidents.lifecycle import set_status
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.playbooks.book import Post, Sets
from bot.playbooks.steps import StepChange
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.text import channel_link, escape, lasting
from bot.timeline import tables as timeline


@dataclass(frozen=True)
class Sending:
    """What the person confirmed is sent, after they read it."""

    words: str


@dataclass(frozen=True)
class Effects:
    """A finished step at work in the database, in its own transaction; each effect says what it did."""

    change: Change
    step: StepChange
    sending: Sending | None

    def happen(self) -> list[str]:
        """Everything the step does besides being done, told in sentences for who did it."""
        sets = self.step.written.sets
        told = self._set(sets) if sets else []
        return [*told, *self._send(self.step.written.posts), *self._announce_guests()]

    def _set(self, sets: Sets) -> list[str]:
        incident, told = self.change.incident, []
        if sets.status and sets.status != incident.status:
            set_status(self.change, sets.status, self.step.title)
            told.append(f"The status is {sets.status} now.")
        if sets.front_door and sets.front_door != incident.front_door:
            told.append(self._set_front_door(sets.front_door))
        if sets.cadence:
            self.change.publish(CadenceRequested(sets.cadence))
            told.append(f"Updates are promised every {lasting(sets.cadence)} now.")
        self.change.mark_stale(kinds.DIGEST, kinds.TOPIC)
        return told

    def _set_front_door(self, state: str) -> str:
        self.change.incident.front_door = state
        self.change.session.add(self.change.incident)
        self.change.log("front_door", new=state)
        return f"The front door is on record as “{state}”."

    def _send(self, posts: Post | None) -> list[str]:
        if posts is None:
            return []
        audience = audiences(self.change.services, self.change.incident).get(posts.to)
        if audience is None:
            return ["This incident is private, so its message was not sent."]
        if not (self.sending and self.sending.words):
            return ["Its message was left empty, so nothing was sent."]
        key = f"step:{self.step.step_id}:{self.step.at.isoformat()}"
        self.change.publish(UpdateRequested(posts.to, self.sending.words, key))
        return [f"The update goes to {where(audience, self.change.incident)} now."]

    def _announce_guests(self) -> list[str]:
        invites = self.step.written.invites
        if invites is None:
            return []
        named = [*invites.groups, *(role.replace("_", " ") for role in invites.roles)]
        return [f"Invited into the channel: {', '.join(named)}."]


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
    outbox.post(session, key, owner_id, words, change.at, incident_id=incident.number)


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
        participants.join(session, number, [user_id for user_id in people if user_id not in refused], utcnow())
        for user_id, why in refused.items():
            timeline.append(session, number, "trouble", utcnow(), what="invite", user=user_id, reason=why)


def invite(services: Services, change: StepChange) -> None:
    """Start bringing in whom the step invites; once for each time it is done."""
    assert change.written.invites is not None
    groups = [f"@{group.removeprefix('@')}" for group in change.written.invites.groups]
    request = BringIn(number=change.incident_id, groups=groups, roles=list(change.written.invites.roles))
    services.flows.start_once(f"invite:{change.step_id}:{change.at.isoformat()}", bring_in, request)
