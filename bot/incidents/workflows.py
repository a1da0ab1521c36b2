"""Declaring an incident: from the words someone typed to a channel with people, a card and a playbook in it."""

import functools
from datetime import datetime, timedelta

from pydantic import BaseModel
from sqlmodel import Session

from bot.directory import tables as directory
from bot.directory.lookup import members
from bot.incidents import forms, participants, rules
from bot.incidents import tables as incidents
from bot.incidents.change import Change
from bot.incidents.events import Declared, Withdrawn
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.outbox.worker import Worker
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.blocks import Block, section
from bot.slack.errors import OutcomeUnknown, SlackRefused
from bot.slack.text import channel_link, escape, one_line
from bot.timeline import tables as timeline

NAMES_TRIED = 5
TWINS_SINCE = timedelta(hours=12)
TWINS_SHOWN = 3
MESSAGE = ("message_at", "message_text", "message_link", "message_author")


class DeclareRequest(BaseModel):
    """What was asked, by whom, and where the answer goes."""

    key: str
    user_id: str
    title: str
    severity: str
    at: datetime
    type: str = "other"
    sites: list[str] = []
    partners: list[str] = []
    description: str = ""
    is_private: bool = False
    reply_to: str = ""
    message_at: datetime | None = None
    message_text: str = ""
    message_link: str = ""
    message_author: str = ""


@flow
def declare(services: Services, request: DeclareRequest) -> None:
    """Record it, open its channel, get the declarer in while the card appears; then the rest side by side."""
    number = record(services, request)
    refusal = open_channel(services, number)
    if refusal:
        withdraw(services, number, refusal)
        tell(services, number, request, refusal)
        return
    bring_in(services, number, request.user_id)
    tell(services, number, request, "")


@step
def record(services: Services, request: DeclareRequest) -> int:
    """One transaction: the incident, its first timeline entries, what is to be shown and when what is due."""
    with services.store.transaction() as session:
        known = incidents.by_key(session, request.key)
        if known is not None:
            return known.number
        incident = incidents.add(session, incident_of(request))
        number, now = incident.number, request.at
        _first_entries(session, number, request)
        _first_rows(session, services, incident)
        participants.join(session, number, [request.user_id], now)
        Change(session, services, incident, request.user_id, now).publish(Declared())
        return number


def incident_of(request: DeclareRequest) -> Incident:
    """The incident that is asked for; it has no number yet."""
    taken = request.model_dump(exclude={"key", "user_id", "at", "reply_to", *MESSAGE})
    return Incident(declared_key=request.key, declared_by=request.user_id, declared_at=request.at, **taken)


def _first_entries(session: Session, number: int, request: DeclareRequest) -> None:
    facts = {"severity": request.severity, "title": request.title}
    timeline.append(session, number, "declared", request.at, request.user_id, **facts)
    if request.message_at:
        words = {"text": request.message_text, "link": request.message_link, "author": request.message_author}
        timeline.append(session, number, "shortcut_message", request.message_at, request.user_id, **words)


def _first_rows(session: Session, services: Services, incident: Incident) -> None:
    now = incident.declared_at
    outbox.add(session, kinds.CARD, incident.number, now, follows_incident=True, priority=outbox.FIRST)
    outbox.add(session, kinds.TOPIC, incident.number, now, follows_incident=True)
    outbox.add(session, kinds.PIN, incident.number, now)
    for bookmark in services.floor.bookmarks:
        subject = f"{bookmark.title}|{bookmark.url}|{bookmark.emoji}"
        outbox.add(session, kinds.BOOKMARK, incident.number, now, subject)
    if not incident.is_private:
        outbox.add(session, kinds.DIGEST, incident.number, now, follows_incident=True)


@step
def open_channel(services: Services, number: int) -> str:
    """The incident's channel, made or found again; gives back why there cannot be one, or nothing."""
    with services.store.reading() as session:
        incident = incidents.by_number(session, number)
    if incident.channel_id:
        return ""
    for attempt in range(1, NAMES_TRIED + 1):
        name = rules.channel_name(number, incident.title, attempt)
        try:
            channel = services.slack.create_channel(name, is_private=incident.is_private)
        except SlackRefused as refused:
            if refused.error != "name_taken":
                return refused.sentence
            # Ours from an attempt that was cut off, or somebody else's: then the next name.
            found = services.slack.own_channel(name, incident.declared_at)
            if found is None:
                continue
            channel = found
        with services.store.transaction() as session:
            incidents.set_channel(session, number, channel.id, channel.name)
        return ""
    return "every name for its channel is taken; rename the old channels or choose another title."


@step
def withdraw(services: Services, number: int, reason: str) -> None:
    """No channel, no incident: nothing half-done is left open."""
    with services.store.transaction() as session:
        incident = incidents.by_number(session, number)
        incidents.change_status(session, incident, "declined", utcnow())
        Change(session, services, incident, "", utcnow()).publish(Withdrawn())
        outbox.give_up(session, number)
        facts = {"what": "open the channel", "reason": reason}
        timeline.append_once(session, number, "withdrawn", "trouble", utcnow(), **facts)


@step
def bring_in(services: Services, number: int, declarer_id: str) -> None:
    """Invite and show at the same time: the declarer waits for two answers of Slack, not for three."""
    inviting = services.soon.beside(functools.partial(invite, services, number, declarer_id))
    show(services, number)
    inviting.result()


def invite(services: Services, number: int, declarer_id: str) -> None:
    """The declarer and the responders of this severity, in one call. Who cannot be invited is named."""
    with services.store.reading() as session:
        incident = incidents.by_number(session, number)
    assert incident.channel_id is not None
    people = [declarer_id, *members(services, services.floor.severity(incident.severity).invite)]
    people = list(dict.fromkeys(people))
    try:
        refused = services.slack.invite(incident.channel_id, people)
    except SlackRefused as failure:
        refused = dict.fromkeys(people, failure.error)
    with services.store.transaction() as session:
        invited = [user_id for user_id in people if user_id not in refused]
        participants.join(session, number, invited, utcnow())
        if refused:
            _tell_who_is_missing(session, incident, refused)


def _tell_who_is_missing(session: Session, incident: Incident, refused: dict[str, str]) -> None:
    assert incident.channel_id is not None
    named = directory.names(session, refused)
    people = ", ".join(f"{escape(named.get(user_id, user_id))} ({why})" for user_id, why in refused.items())
    words = f"I could not invite {people}. Please invite them by hand with `/invite`."
    key = f"invitations:{incident.number}"
    outbox.post(session, key, incident.channel_id, words, utcnow(), incident_id=incident.number)
    for user_id, why in refused.items():
        facts = {"what": "invite", "user": user_id, "reason": why}
        timeline.append_once(session, incident.number, f"{key}:{user_id}", "trouble", utcnow(), **facts)


def show(services: Services, number: int) -> None:
    """Card, topic, pin, bookmark, digest, playbook: what fails is tried again and never stops the incident."""
    services.get(Worker).deliver_incident(number)


@step
def tell(services: Services, number: int, request: DeclareRequest, refusal: str) -> None:
    """Answer the declarer once: where the incident is, or why there is none."""
    with services.store.transaction() as session:
        incident = incidents.by_number(session, number)
        if incident.told_at is not None:
            return
        incidents.set_told(session, number, utcnow())
        words, blocks = _answer(session, incident, refusal)
        if not request.reply_to:
            outbox.post(session, f"declared:{number}", request.user_id, words, utcnow(), blocks=blocks)
    if not request.reply_to:
        return
    try:
        services.slack.reply(request.reply_to, words, blocks)
    except (SlackRefused, OutcomeUnknown):
        # The address lives half an hour; whoever waits that long hears by direct message.
        with services.store.transaction() as session:
            outbox.post(session, f"declared:{number}", request.user_id, words, utcnow(), blocks=blocks)


def _answer(session: Session, incident: Incident, refusal: str) -> tuple[str, list[Block]]:
    if refusal:
        words = f"The incident was not opened: {escape(refusal)} Nothing was left half-done; please try again."
        return words, [section(words)]
    words = (
        f"Incident {incident.number} is open: {channel_link(incident.channel_id or '')} "
        f"({incident.severity}, {one_line(incident.title, 200)}). You are in it."
    )
    blocks = [section(words)]
    if twins := _twins(session, incident):
        blocks += forms.looks_alike(twins)
    return words, blocks


def _twins(session: Session, incident: Incident) -> list[Incident]:
    since = incident.declared_at - TWINS_SINCE
    others = incidents.recent_public(session, since, but=incident.number)
    numbers = rules.alike(incident.title, others)[:TWINS_SHOWN]
    return [twin for number in numbers if (twin := incidents.by_number(session, number)).channel_id]
