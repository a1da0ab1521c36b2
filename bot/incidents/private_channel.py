"""The private channel of an incident that became private: opened by a flow, with everyone from the old channel."""

import json
import logging
from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session, col, select

from bot import outbox
from bot.incidents import channel_loss, forms, incidents, invitations, participants, related, wording
from bot.incidents.roles import lead_of
from bot.incidents.tables import Incident
from bot.incidents.workflows import open_channel, post_displays
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.text import channel_link, escape

log = logging.getLogger(__name__)


class PrivateRequest(BaseModel):
    """The incident that needs a private channel, and the people to invite, as far as the bot knows them."""

    number: int
    user_ids: list[str]


@flow
def open_private_channel(services: Services, request: PrivateRequest) -> None:
    """Open the private channel, invite everyone and show everything there."""
    refusal = open_channel(services, request.number)
    if refusal:
        report_no_channel(services, request.number, refusal)
        return
    invite_people_again(services, request)
    link_new_channel(services, request.number)
    post_displays(services, request.number)


@step
def invite_people_again(services: Services, request: PrivateRequest) -> None:
    """Invite everyone who was in the old channel; those who cannot be invited are named."""
    with services.database.transaction() as session:
        participants.replace(session, request.number, request.user_ids, utcnow())
        incident = incidents.by_number(session, request.number)
    invitations.invite_now(services, incident, request.user_ids)


def link_new_channel(services: Services, number: int) -> None:
    """Redraw what links to this incident's channel: messages to people, and what was merged, which became private
    with it. Idempotent."""
    with services.database.transaction() as session:
        incident = incidents.by_number(session, number)
        follow_links(session, incident, utcnow())
        merged_numbers = [other.number for other in related.of_incident(session, number) if other.is_private]
        for linking_number in (incident.merged_into, *merged_numbers):
            if linking_number is not None:
                outbox.mark_stale(session, linking_number, (kinds.CARD,))


@step
def report_no_channel(services: Services, number: int, refusal: str) -> None:
    """Tell the lead that there is no channel; the incident stays private, and no public one is created instead."""
    with services.database.transaction() as session:
        now = utcnow()
        if not channel_loss.record_no_channel(session, number, refusal, now):
            return
        incident = incidents.by_number(session, number)
        text, blocks = forms.without_channel(
            incident, wording.NO_PRIVATE_CHANNEL.format(number=number, reason=escape(refusal))
        )
        key, lead_id = f"private:{number}:no-channel", lead_of(session, incident)
        outbox.post(session, key, lead_id, text, now, incident_id=number, blocks=blocks)


def start_opening(services: Services, row: OutboxRow) -> None:
    """Start the flow that opens the private channel. Idempotent.

    It takes the people whom Slack lists: nothing reports who joined or left while the bot was off.
    """
    request = PrivateRequest.model_validate(row.payload)
    with services.database.reading() as session:
        old_channel = incidents.by_number(session, request.number).former_channel_id or ""
    try:
        member_ids = services.slack.members(old_channel)
    except SlackRefused as refused:
        log.warning("the old channel's members are not known", extra={"reason": str(refused)})
    else:
        user_ids = [user_id for user_id in member_ids if user_id != services.slack.user_id()]
        request = PrivateRequest(number=request.number, user_ids=user_ids or request.user_ids)
    services.flows.start_once(row.key, open_private_channel, request)


def follow_links(session: Session, incident: Incident, now: datetime) -> None:
    """Let them lead to the channel in which the incident continues."""
    old_link, new_link = channel_link(incident.former_channel_id or ""), channel_link(incident.channel_id or "")
    posts = select(OutboxRow).where(OutboxRow.incident_id == incident.number, OutboxRow.kind == outbox.MESSAGE)
    for row in session.exec(posts.where(col(OutboxRow.refused).is_(None))):
        payload_text = json.dumps(row.payload, ensure_ascii=False)
        if old_link in payload_text:
            payload = json.loads(payload_text.replace(old_link, new_link))
            outbox.edit(session, row, payload["blocks"], now, text=payload["text"])
