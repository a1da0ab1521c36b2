"""Declares an incident: from the typed words to a channel with people, a card and a playbook in it."""

import functools
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot import outbox
from bot.config.floor import Floor
from bot.directory.lookup import known_people
from bot.errors import TryLater
from bot.incidents import (
    awaited_channels,
    channel_loss,
    declaration_forms,
    drills,
    incidents,
    invitations,
    milestones,
    participants,
    rules,
    wording,
)
from bot.incidents.change import Change
from bot.incidents.events import ChannelOpened, Declared, DeclaredAfterwards, Withdrawn
from bot.incidents.limits import WAITING_AT_ONCE
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox.worker import Worker
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.blocks import Message, section
from bot.slack.errors import OutcomeUnknown, RateLimited, SlackRefused
from bot.slack.text import channel_link, escape, one_line
from bot.timeline import timeline

MAX_NAMES_TRIED = 5
TURN_S = 2.0
PRIVATE_TITLE = 40
TIME_FIELDS = ("started_at", "ended_at")
MESSAGE_FIELDS = ("message_at", "message_text", "message_link", "message_author")


class DeclareRequest(BaseModel):
    """A request to declare an incident, with its author and the address for the answer."""

    key: str
    user_id: str
    title: str
    severity: str
    at: datetime
    type: str = ""
    sites: list[str] = []
    partners: list[str] = []
    # Those of the three fields above that were taken from the title.
    guessed: list[str] = []
    description: str = ""
    is_private: bool = False
    is_drill: bool = False
    # For an incident that is over when it is declared.
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reply_to: str = ""
    message_at: datetime | None = None
    message_text: str = ""
    message_link: str = ""
    message_author: str = ""


@flow
def declare(services: Services, request: DeclareRequest) -> None:
    """Record the incident, open its channel, invite people while the card appears, and answer the declarer."""
    number = record(services, request)
    refusal = open_channel(services, number)
    if refusal:
        withdraw(services, number, refusal)
        notify_declarer(services, number, request, refusal)
        return
    invite_and_show(services, number, request.user_id)
    notify_declarer(services, number, request, "")


@step
def record(services: Services, request: DeclareRequest) -> int:
    """Store the incident, its first timeline entries, its outbox rows and its due times in one transaction."""
    try:
        return _record(services, request)
    except IntegrityError:
        # Another process runs the same flow, because it took this one for dead.
        with services.database.reading() as session:
            if (existing := incidents.by_key(session, request.key)) is None:
                raise
            return existing.number


def _record(services: Services, request: DeclareRequest) -> int:
    with services.database.transaction() as session:
        existing = incidents.by_key(session, request.key)
        if existing is not None:
            return existing.number
        incident = incidents.add(session, incident_of(request))
        number, now = incident.number, request.at
        _add_first_entries(session, number, request)
        add_first_rows(session, services.floor, incident)
        if not _is_bot(services, request.user_id):
            participants.join(session, number, [request.user_id], now)
        change = Change(session, services, incident, request.user_id, now)
        change.publish(DeclaredAfterwards() if request.ended_at else Declared())
        return number


def _is_bot(services: Services, user_id: str) -> bool:
    """True if the incident was declared by the bot itself, for an alert."""
    return user_id == services.slack.user_id()


def incident_of(request: DeclareRequest) -> Incident:
    """Return the requested incident, without a number yet."""
    fields = request.model_dump(
        exclude={"key", "user_id", "at", "reply_to", "guessed", *TIME_FIELDS, *MESSAGE_FIELDS}
    )
    if request.ended_at:
        fields |= {"status": rules.Status.RESOLVED, "resolved_at": request.ended_at}
    declared_at = request.started_at if request.started_at and request.ended_at else request.at
    return Incident(declared_key=request.key, declared_by=request.user_id, declared_at=declared_at, **fields)


def _add_first_entries(session: Session, number: int, request: DeclareRequest) -> None:
    now, by = request.at, request.user_id
    timeline.append(session, number, "declared", now, by, severity=request.severity, title=request.title)
    if request.started_at and request.ended_at:
        milestones.add_afterwards(session, number, request.started_at, request.ended_at, now, by)
    if request.message_at:
        facts = {"text": request.message_text, "link": request.message_link, "author": request.message_author}
        timeline.append(session, number, "shortcut_message", request.message_at, by, **facts)


@step
def open_channel(services: Services, number: int) -> str:
    """Create the incident's channel or find it again; return why there cannot be one, or an empty string."""
    with services.database.reading() as session:
        incident = incidents.by_number(session, number)
        if incident.channel_id:
            return ""
        refusal_entry = timeline.by_source(session, number, awaited_channels.NO_CHANNEL)
        if refusal_entry is not None:
            # The flow is retried because a later step failed; there is still no channel to create.
            return str(refusal_entry.facts["reason"])
        _wait_for_turn(session, incident)
    # The public channel from before the incident became private keeps its name.
    title = f"{incident.title[:PRIVATE_TITLE]} private" if incident.made_private_at else incident.title
    for attempt in range(1, MAX_NAMES_TRIED + 1):
        name = rules.channel_name(number, title, attempt)
        try:
            channel = services.slack.create_channel(name, is_private=incident.is_private)
        except SlackRefused as refused:
            if refused.error != "name_taken":
                return f"{refused.reason}."
            # The channel is ours from an interrupted attempt, or else someone else's: then try the next name.
            own_channel = services.slack.find_own_channel(name, incident.made_private_at or incident.declared_at)
            if own_channel is None:
                continue
            channel = own_channel
        with services.database.transaction() as session:
            incident = incidents.set_channel(session, number, channel.id, channel.name)
            Change(session, services, incident, "", utcnow()).publish(ChannelOpened())
        return ""
    return wording.NO_CHANNEL_NAME_LEFT


def _wait_for_turn(session: Session, incident: Incident) -> None:
    """Make a person who declares many at once take turns with others: Slack creates twenty channels a minute."""
    waiting_before = awaited_channels.count_before(session, incident.declared_by, incident.number)
    if waiting_before >= WAITING_AT_ONCE:
        raise TryLater(
            "the same person's incidents before it come first", wait_s=TURN_S * (waiting_before // WAITING_AT_ONCE)
        )


@step
def withdraw(services: Services, number: int, reason: str) -> None:
    """Withdraw an incident that has no channel, so that nothing half-done is left open."""
    with services.database.transaction() as session:
        if not channel_loss.record_no_channel(session, number, reason, utcnow()):
            return
        incident = incidents.by_number(session, number)
        incidents.change_status(incident, "declined", utcnow())
        Change(session, services, incident, "", utcnow()).publish(Withdrawn())
        outbox.give_up(session, number)


def invite_and_show(services: Services, number: int, declarer_id: str) -> None:
    """Invite people and show the card at the same time: the declarer waits for two of Slack's answers, not three.

    Not a step of the flow: this is idempotent, and a checkpoint costs more than finding it done.
    """
    services.background.yield_to_foreground()
    invitation = services.background.start(functools.partial(invite_people, services, number, declarer_id))
    post_displays(services, number)
    invitation.result()


def invite_people(services: Services, number: int, declarer_id: str) -> None:
    """Invite the declarer and the responders of severity and type in one call. Those who cannot be invited are
    named."""
    with services.database.reading() as session:
        incident = incidents.by_number(session, number)
    groups = services.floor.invited(incident.severity, incident.type) if _calls_people(services, incident) else ()
    # Unknown groups are invited from the outbox, so that nobody waits for Slack to list their members.
    member_ids, unknown_groups = known_people(services, groups)
    user_ids = [user_id for user_id in dict.fromkeys([declarer_id, *member_ids]) if not _is_bot(services, user_id)]
    if user_ids:
        invitations.invite_now(services, incident, user_ids)
    if unknown_groups:
        with services.database.transaction() as session:
            invitations.invite(session, number, f"responders:{number}", utcnow(), [], groups=unknown_groups)


def _calls_people(services: Services, incident: Incident) -> bool:
    return incident.status in rules.OPEN and drills.may_page(services, incident)


def post_displays(services: Services, number: int) -> None:
    """Show card, topic, pin, bookmark, digest and playbook. Failures are retried and never stop the incident."""
    services.get(Worker).deliver_incident(number)


def notify_declarer(services: Services, number: int, request: DeclareRequest, refusal: str) -> None:
    """Tell the declarer once where the incident is, or why there is none. It needs no checkpoint."""
    with services.database.transaction() as session:
        incident = incidents.by_number(session, number)
        if incident.told_at is not None:
            return
        incident.told_at = utcnow()
        if _is_bot(services, request.user_id):
            return
        text, blocks = _declared_message(services, incident, request, refusal)
        if not request.reply_to:
            outbox.post(session, f"declared:{number}", request.user_id, text, utcnow(), blocks=blocks)
    if not request.reply_to:
        return
    try:
        services.slack.respond(request.reply_to, text, blocks)
    except (SlackRefused, OutcomeUnknown, RateLimited):
        # The response URL lives half an hour and takes five answers; after that the declarer gets a direct message.
        with services.database.transaction() as session:
            outbox.post(session, f"declared:{number}", request.user_id, text, utcnow(), blocks=blocks)


def _declared_message(services: Services, incident: Incident, request: DeclareRequest, refusal: str) -> Message:
    if refusal:
        text = wording.NOT_OPENED.format(reason=escape(refusal))
        return text, [section(text)]
    state, ending = "is open", wording.YOU_ARE_IN
    if request.started_at and request.ended_at:
        state = wording.recorded_as_resolved(request.started_at, request.ended_at)
        ending = wording.YOU_ARE_IN_AFTERWARDS
    text = wording.DECLARED.format(
        number=incident.number,
        state=state,
        channel=channel_link(incident.channel_id or ""),
        severity=incident.severity,
        title=one_line(incident.title, 200),
        ending=ending,
    )
    blocks = [section(text)]
    if request.guessed:
        blocks.append(declaration_forms.guesses(incident, request.guessed, services.floor))
    return text, blocks


def add_first_rows(session: Session, floor: Floor, incident: Incident) -> None:
    """Enqueue the card, topic, pin and bookmarks, and the digest unless the incident is private."""
    now = incident.declared_at
    outbox.add(session, kinds.CARD, incident.number, now, follows_incident=True, priority=outbox.FIRST)
    outbox.add(session, kinds.TOPIC, incident.number, now, follows_incident=True)
    outbox.add(session, kinds.PIN, incident.number, now)
    for bookmark in floor.bookmarks:
        subject = f"{bookmark.title}|{bookmark.url}|{bookmark.emoji}"
        outbox.add(session, kinds.BOOKMARK, incident.number, now, subject)
    if not incident.is_private:
        outbox.add(session, kinds.DIGEST, incident.number, now, follows_incident=True)
