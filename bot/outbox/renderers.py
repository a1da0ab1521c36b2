"""How each kind of message is drawn, whom it is for, and what to call it when Slack refuses it."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from bot.directory.lookup import channel_id
from bot.escalation import messages as escalation_messages
from bot.followups import messages as followup_messages
from bot.incidents import views
from bot.incidents.tables import Incident
from bot.outbox import displays
from bot.outbox.displays import Display
from bot.partners import messages as partner_messages
from bot.playbooks import views as playbook_views
from bot.playbooks.reloading import Shelf
from bot.postmortems import messages as postmortem_messages
from bot.runtime.clock import utcnow
from bot.screens.snapshot import Scene
from bot.services import Services
from bot.slack.blocks import Block
from bot.updates import draft_drawing, draft_messages

Message = tuple[str, list[Block]]
Drawn = Callable[[Session, Services, Scene, Display], Message]
Recipient = Callable[[Session, Services, Incident, Display], str]


@dataclass(frozen=True)
class Kind:
    """A kind of message. Without a recipient it stands in the incident's channel."""

    drawn: Drawn
    recipient: Recipient | None = None


def _run(session: Session, services: Services, scene: Scene, display: Display) -> Message:
    seen = scene.run(int(display.subject))
    known = services.get(Shelf).library.playbooks.get(seen.run.playbook)
    newer_exists = known is not None and known.version != seen.run.version
    holders = scene.facts.roles
    return playbook_views.run_message(seen.run, seen.steps, utcnow(), newer_exists=newer_exists, holders=holders)


def _escalation(session: Session, services: Services, scene: Scene, display: Display) -> Message:
    return escalation_messages.draw(session, scene.incident, display)


def _follow_up(session: Session, services: Services, scene: Scene, display: Display) -> Message:
    return followup_messages.draw(session, scene.incident, display)


KINDS: dict[str, Kind] = {
    displays.CARD: Kind(lambda _, services, scene, __: views.card(scene.facts, services.floor)),
    displays.DIGEST: Kind(
        lambda _, services, scene, __: views.digest(scene.facts, services.floor),
        lambda _, services, __, ___: channel_id(services, services.floor.incidents_channel),
    ),
    displays.RUN: Kind(_run),
    displays.LADDER: Kind(_escalation),
    displays.PAGE: Kind(
        _escalation, lambda session, _, __, display: escalation_messages.recipient(session, display)
    ),
    displays.FOLLOW_UP: Kind(_follow_up),
    displays.FOLLOW_UP_TOLD: Kind(_follow_up, lambda _, __, ___, display: followup_messages.recipient(display)),
    displays.DRAFT: Kind(
        lambda session, services, scene, display: draft_drawing.draw(session, services, scene.incident, display),
        lambda _, __, incident, display: draft_messages.recipient(display, incident.channel_id or ""),
    ),
    displays.PARTNER: Kind(
        lambda session, services, scene, display: partner_messages.draw(session, services, scene.incident, display),
        lambda _, services, __, display: partner_messages.place(services, display),
    ),
    displays.POST_MORTEM: Kind(
        lambda session, services, scene, display: postmortem_messages.draw(
            session, services, scene.incident, display
        ),
        lambda session, _, __, display: postmortem_messages.place(session, display),
    ),
}
# Shown outside the incident's channel: their trouble says nothing of it.
ELSEWHERE = tuple(name for name, kind in KINDS.items() if kind.recipient)
SPOKEN = {
    displays.CARD: "keep the card up to date",
    displays.DIGEST: "keep the message in the incidents channel up to date",
    displays.TOPIC: "set the topic",
    displays.PIN: "pin the card",
    displays.BOOKMARK: "add a bookmark",
    displays.RUN: "keep the playbook's message up to date",
    displays.PAGE: "tell somebody that they are needed",
    displays.LADDER: "keep the escalation's message up to date",
    displays.FOLLOW_UP: "keep a follow-up's message up to date",
    displays.FOLLOW_UP_TOLD: "tell somebody of their follow-up",
    displays.PARTNER: "keep a partner's notice up to date",
    displays.DRAFT: "show the draft of an update",
    displays.POST_MORTEM: "keep the message about the post-mortem up to date",
}


def where(services: Services, incident: Incident, display: Display) -> str:
    """The channel, or the person, that sees it."""
    recipient = KINDS[display.kind].recipient
    if recipient is None:
        return incident.channel_id or ""
    if display.channel_id:
        return display.channel_id
    with services.store.reading() as session:
        return recipient(session, services, incident, display)


def drawn(services: Services, scene: Scene, display: Display) -> Message:
    """The message as it should look now."""
    with services.store.reading() as session:
        return KINDS[display.kind].drawn(session, services, scene, display)
