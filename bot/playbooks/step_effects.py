"""Effects of finishing a step: setting the status, posting to an audience, inviting people and more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlmodel import Session

from bot.incidents import incidents
from bot.incidents.audiences import audiences_of, describe_channels
from bot.incidents.change import Change
from bot.incidents.events import CadenceRequested, FrontDoorSet, UpdateRequested
from bot.incidents.invitations import invite
from bot.incidents.lifecycle import set_status
from bot.incidents.milestones import milestones_of, set_milestone
from bot.incidents.responses import FieldsRefused
from bot.outbox import batches, kinds
from bot.playbooks import wording
from bot.playbooks.answers import milestones_in
from bot.playbooks.playbook import Ask, Invites, Post, Sets
from bot.playbooks.steps import StepChange
from bot.slack.text import channel_link, day_and_time, escape, format_duration
from bot.timeline.milestones import TITLES, ImpossibleOrder, MilestoneName, Milestones


class MessageToSend(Struct, frozen=True):
    """The step's message, as confirmed by the user."""

    text: str


class StepEffects(Struct, frozen=True):
    """Applies a finished step's effects in its transaction; each effect reports what it did."""

    change: Change
    step: StepChange
    message_to_send: MessageToSend | None
    answers: Mapping[str, Any]

    def apply(self) -> list[str]:
        """Apply all effects; return sentences about them for the user who finished the step."""
        sets = self.step.definition.sets
        # Read before the status is set, because the status itself implies a milestone.
        known_milestones = milestones_of(self.change.session, self.change.number) if self._milestones() else {}
        sentences = self._set(sets) if sets else []
        sentences += self._set_milestones(known_milestones)
        return [*sentences, *self._send(self.step.definition.posts), *self._invite(self.step.definition.invites)]

    def _set(self, sets: Sets) -> list[str]:
        incident, sentences = self.change.incident, []
        if sets.status and sets.status != incident.status:
            set_status(self.change, sets.status, self.step.title)
            sentences.append(wording.STATUS_SET.format(status=sets.status))
        if sets.front_door:
            sentences.append(self._set_front_door(sets.front_door))
        if sets.cadence:
            self.change.publish(CadenceRequested(sets.cadence))
            sentences.append(wording.CADENCE_SET.format(length=format_duration(sets.cadence)))
        self.change.mark_stale(kinds.DIGEST, kinds.TOPIC)
        return sentences

    def _milestones(self) -> list[tuple[Ask, MilestoneName, datetime]]:
        return list(milestones_in(self.step.definition, self.answers))

    def _set_milestones(self, known_milestones: Milestones) -> list[str]:
        sentences = []
        for ask, name, at in self._milestones():
            # The first mitigation stays the milestone, whatever fixed the incident for good.
            if name in known_milestones and (known_milestones[name].at == at or name == MilestoneName.MITIGATED):
                continue
            key = f"{self.step.step_id}:{self.step.at.isoformat()}:{ask.id}"
            try:
                set_milestone(self.change, name, at, f"answer to “{ask.question}”", key)
            except ImpossibleOrder as impossible:
                raise FieldsRefused({ask.id: impossible.sentence}) from impossible
            sentences.append(f"{TITLES[name]}: {day_and_time(at)}.")
        return sentences

    def _set_front_door(self, state: str) -> str:
        time_question_id = next((ask.id for ask in self.step.definition.asks if ask.kind == "time"), "")
        heard_at = (
            datetime.fromisoformat(str(self.answers[time_question_id]))
            if self.answers.get(time_question_id)
            else None
        )
        self.change.publish(FrontDoorSet(state, heard_at))
        if state == "normal":
            return wording.CALLER_MESSAGE_OFF
        return wording.CALLER_MESSAGE_ON

    def _send(self, posts: Post | None) -> list[str]:
        if posts is None:
            return []
        if posts.to not in audiences_of(self.change.services, self.change.incident):
            return [wording.PRIVATE_NOT_SENT]
        if not (self.message_to_send and self.message_to_send.text):
            return [wording.EMPTY_NOT_SENT]
        key = f"step:{self.step.step_id}:{self.step.at.isoformat()}"
        self.change.publish(UpdateRequested(posts.to, self.message_to_send.text, key))
        return [
            wording.UPDATE_REQUESTED.format(
                channels=describe_channels(self.change.services, self.change.incident, posts.to)
            )
        ]

    def _invite(self, invites: Invites | None) -> list[str]:
        if invites is None:
            return []
        session, number, at = self.change.session, self.change.number, self.step.at
        holders_by_role = incidents.roles(session, number)
        holders = [user_id for role in invites.roles for user_id in holders_by_role.get(role, [])]
        groups = [f"@{group.removeprefix('@')}" for group in invites.groups]
        invite(session, number, f"invite:{self.step.step_id}:{at.isoformat()}", at, holders, groups=groups)
        invited_names = [*invites.groups, *(role.replace("_", " ") for role in invites.roles)]
        return [wording.INVITED.format(names=", ".join(invited_names))]


def notify_owner(session: Session, change: StepChange, owner_id: str) -> None:
    """Tell a step's new owner about it, with a link to the incident's channel; not if they took it themselves."""
    if owner_id == change.by:
        return
    incident = incidents.by_number(session, change.incident_id)
    text = wording.STEP_GIVEN.format(
        person=change.by,
        number=incident.number,
        channel=channel_link(incident.channel_id or ""),
        title=escape(change.title),
    )
    key = f"given:{change.step_id}:{owner_id}:{change.at.isoformat()}"
    batches.post_to_person(session, key, owner_id, text, change.at, incident_id=incident.number)
