"""Bringing what Slack shows of an incident up to date with the database.

Nothing here decides or remembers anything: it reads the state, draws it and writes down what is shown. Losing a
piece of this work is harmless, for the row still says that more is wanted than is shown.
"""

import functools
import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.errors import TryLater
from bot.followups import owners as followup_owners
from bot.incidents import channel_loss as losses
from bot.incidents import tables as incidents
from bot.incidents import views
from bot.incidents.tables import Incident
from bot.outbox import displays, notices, sending
from bot.outbox import renderers as drawing
from bot.outbox.displays import Display
from bot.runtime.clock import utcnow
from bot.screens.snapshot import Scene, read_scene
from bot.services import Services
from bot.slack.errors import RateLimited, SlackRefused
from bot.slack.messages import Post, Posted
from bot.timeline import tables as timeline

log = logging.getLogger(__name__)

GONE = ("is_archived", "channel_not_found", "not_in_channel")
DELETED = ("message_not_found", "cant_update_message")
SLACK_SILENT_S = 5.0


Outcome = Callable[[Session], None]


def refresh_soon(services: Services, number: int) -> None:
    """Bring the incident's displays up to date without anyone waiting for it."""
    services.soon.do(f"displays:{number}", functools.partial(refresh, services, number))


def wake(services: Services, notes: dict[str, Any]) -> None:
    """After a commit: bring Slack up to date with what the transaction noted."""
    for number in sorted(notes.get(displays.STALE, ())):
        refresh_soon(services, number)
    if notes.get(notices.WAITING):
        sending.send_soon(services)


def refresh(services: Services, number: int) -> None:
    """Draw everything of the incident that is out of date: a new card first, then the rest side by side."""
    with services.soon.alone(number):
        incident, claims = _claim(services, number)
        new_cards = [claim for claim in claims if claim.display.kind == displays.CARD and not claim.display.ts]
        _draw(services, incident, new_cards)
        _draw(services, incident, [claim for claim in claims if claim not in new_cards])


@dataclass(frozen=True)
class Claim:
    """A display that is this process's to draw, and when a first post of it was attempted before."""

    display: Display
    attempted_at: datetime | None


def _claim(services: Services, number: int) -> tuple[Incident, list[Claim]]:
    with services.store.transaction() as session:
        incident = incidents.by_number(session, number)
        if incident.channel_id is None:
            return incident, []
        claims = displays.claim(session, number, services.replicas.name, utcnow())
    return incident, [Claim(display, attempted_at) for display, attempted_at in claims]


def _draw(services: Services, incident: Incident, claims: list[Claim]) -> None:
    """Draw side by side, and write down in one transaction what came of it, even when one broke."""
    if not claims:
        return
    outcomes: list[Outcome] = []
    # Read once, after the claim: what is drawn is never older than what is claimed to be shown.
    with services.store.reading() as session:
        scene = read_scene(session, incident.number)

    def draw(claim: Claim) -> None:
        outcomes.append(_outcome(services, scene, claim))

    try:
        services.soon.side_by_side([functools.partial(draw, claim) for claim in claims])
    finally:
        with services.store.transaction() as session:
            # First the incident, then its displays in order, as everybody does: nobody waits in a circle.
            incidents.locked(session, incident.number)
            displays.hold(session, incident.number)
            for write_down in outcomes:
                write_down(session)
            is_behind = bool(displays.stale(session, incident.number, utcnow()))
    if is_behind:
        refresh_soon(services, incident.number)


def _outcome(services: Services, scene: Scene, claim: Claim) -> Outcome:
    """Draw one display. What Slack refuses is recorded, told once, and tried again later."""
    display, incident = claim.display, scene.incident
    try:
        shown = _show(services, scene, display, claim.attempted_at)
    except SlackRefused as refused:
        log.warning("Slack refused a display", extra={"incident": incident.number, "kind": display.kind})
        return functools.partial(_refused, incident=incident, display=display, refused=refused)
    except TryLater as wait:
        until = utcnow() + timedelta(seconds=wait.wait_s if wait.wait_s is not None else SLACK_SILENT_S)
        # What had to wait for its turn was certainly not sent: nobody need look for it then.
        attempted_at = claim.attempted_at if isinstance(wait, RateLimited) else display.attempted_at
        return functools.partial(displays.postpone, display=display, until=until, attempted_at=attempted_at)
    return functools.partial(_arrived, display=display, shown=shown)


@dataclass(frozen=True)
class Shown:
    """What Slack shows now: where, and a digest of what."""

    channel_id: str
    ts: str | None
    drawn: str


def _show(services: Services, scene: Scene, display: Display, attempted_at: datetime | None) -> Shown:
    incident = scene.incident
    assert incident.channel_id is not None
    if display.kind in drawing.KINDS:
        return _message(services, scene, display, attempted_at)
    drawn = ""
    if display.kind == displays.TOPIC:
        drawn = views.topic(scene.facts)
        if drawn != display.drawn:
            services.slack.set_topic(incident.channel_id, drawn)
    elif display.kind == displays.PIN:
        services.slack.pin(incident.channel_id, _card_ts(services, incident))
    else:
        _bookmark(services, incident, display, attempted_at)
    return Shown(incident.channel_id, None, drawn)


def _message(services: Services, scene: Scene, display: Display, attempted_at: datetime | None) -> Shown:
    where = drawing.where(services, scene.incident, display)
    text, blocks = drawing.drawn(services, scene, display)
    drawn = hashlib.sha256(json.dumps([text, blocks]).encode()).hexdigest()
    if display.ts:
        posted = Posted(where, display.ts)
    else:
        posted = services.slack.post(Post(display.key, where, text, blocks), attempted_at=attempted_at)
        if attempted_at is None:
            return Shown(posted.channel_id, posted.ts, drawn)
    if drawn != display.drawn:
        services.slack.update(posted, text, blocks)
    return Shown(posted.channel_id, posted.ts, drawn)


def _card_ts(services: Services, incident: Incident) -> str:
    with services.store.reading() as session:
        card = displays.find(session, incident.number, displays.CARD)
    if card is None or card.ts is None:
        raise TryLater("the card is not there yet", wait_s=0.2)
    return card.ts


def _bookmark(services: Services, incident: Incident, display: Display, attempted_at: datetime | None) -> None:
    assert incident.channel_id is not None
    title, url, emoji = display.subject.split("|", 2)
    if display.shown:
        return
    if attempted_at is None or not services.slack.has_bookmark(incident.channel_id, url):
        services.slack.bookmark(incident.channel_id, title, url, emoji)


def _arrived(session: Session, display: Display, shown: Shown) -> None:
    displays.show(session, display, shown.channel_id, shown.ts, shown.drawn, utcnow())
    if display.trouble and display.kind != displays.CARD:
        # The card told of the trouble; now it must tell that it is over.
        displays.outdate(session, display.incident_id, (displays.CARD,))


def _refused(session: Session, incident: Incident, display: Display, refused: SlackRefused) -> None:
    if refused.error in DELETED and display.ts:
        displays.lose(session, display, utcnow())
    elif display.kind == displays.FOLLOW_UP_TOLD and refused.error in followup_owners.GONE:
        followup_owners.lose_reader(session, display, utcnow())
    elif refused.error in GONE and display.kind == displays.FOLLOW_UP and not incident.is_active:
        # The channel of what is over may be archived while there is still something to do.
        displays.let_be(session, display)
    elif refused.error in GONE and display.kind not in drawing.ELSEWHERE:
        losses.lose_channel(session, incident, losses.SEEN_AS.get(refused.error, losses.REMOVED), utcnow())
    else:
        if displays.fail(session, display, refused.error, utcnow()):
            _record_trouble(session, display, refused)
        displays.outdate(session, display.incident_id, _kinds_that_tell(display))


def _kinds_that_tell(display: Display) -> list[str]:
    """The card tells of the others' trouble; its own it cannot tell."""
    first_time = display.trouble is None
    return [displays.CARD] if first_time and display.kind != displays.CARD else []


def _record_trouble(session: Session, display: Display, refused: SlackRefused) -> None:
    what = drawing.SPOKEN[display.kind]
    timeline.append(session, display.incident_id, "trouble", utcnow(), what=what, reason=refused.error)


def tick(services: Services, now: datetime) -> None:
    """Find what Slack does not show yet."""
    with services.store.reading() as session:
        numbers = displays.stale_incidents(session, now)
    for number in numbers:
        refresh_soon(services, number)
