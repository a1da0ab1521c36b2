"""Invites people to an incident's channel: those who ask to join, get a role, or are named by a step, and groups.

An invitation is an outbox row; only people who are invited when the channel opens do not wait for it. Inviting is
idempotent, so an unknown outcome is simply retried.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime

from sqlmodel import Session

from bot import directory, outbox
from bot.directory.lookup import resolve_people
from bot.errors import TryLater
from bot.incidents import drills, incidents, participants, rules, wording
from bot.incidents.access import visible_incident
from bot.incidents.bridge_rules import bridge_outside_channel
from bot.incidents.change import Change
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox.kinds import Call, Context
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack import refusals
from bot.slack.errors import OutcomeUnknown, SlackRefused
from bot.slack.text import channel_link, escape
from bot.timeline import timeline

REFUSAL_REASONS = {
    "is_archived": "its channel is archived",
    "channel_not_found": "its channel is gone",
    "not_in_channel": "I am not in its channel myself; somebody there must `/invite` me",
    "cant_invite": "Slack does not let me invite you",
    "user_is_restricted": "Slack does not let me invite you",
}
CHANNEL_SOON_S = 1


def request_to_join(services: Services, number: int, user_id: str, trigger_id: str, reply_to: str) -> None:
    """Invite a person to an incident that they may see, or to the one it was merged into, and answer them."""
    incident = visible_incident(services, number, user_id)
    if incident.merged_into:
        incident = visible_incident(services, incident.merged_into, user_id)
    with services.database.transaction() as session:
        invite(session, incident.number, f"join:{trigger_id}", utcnow(), [user_id], reply_to=reply_to)


def invite_participant(session: Session, number: int, user_id: str, now: datetime) -> None:
    """Invite a person who now has a part in the incident, unless they are in its channel."""
    if not participants.takes_part(session, number, user_id):
        invite(session, number, f"bring-in:{number}:{user_id}:{now.isoformat()}", now, [user_id])


def invite(
    session: Session,
    number: int,
    key: str,
    now: datetime,
    user_ids: Iterable[str],
    *,
    groups: Iterable[str] = (),
    reply_to: str = "",
) -> None:
    """Enqueue an invitation of people and groups to the channel; `reply_to` is for answering the first person."""
    payload = {"user_ids": list(user_ids), "groups": list(groups), "reply_to": reply_to}
    outbox.enqueue(session, kinds.INVITE, key, now, incident_id=number, payload=payload, priority=outbox.URGENT)


def invite_now(services: Services, incident: Incident, user_ids: list[str]) -> None:
    """Invite people in one call, without the outbox; those who cannot be invited are named in the channel."""
    assert incident.channel_id is not None
    errors_by_user = _errors_of_inviting(services, incident.channel_id, user_ids)
    key = f"invitations:{incident.number}" + (":private" if incident.made_private_at else "")
    with services.database.transaction() as session:
        _record_invitations(session, incident.number, key, user_ids, errors_by_user)
        if errors_by_user:
            names = directory.display_names(session, errors_by_user)
            refused = (f"{escape(names.get(user, user))} ({reason})" for user, reason in errors_by_user.items())
            text = wording.NOT_INVITED.format(people=", ".join(refused))
            outbox.post(session, key, incident.channel_id, text, utcnow(), incident_id=incident.number)


def channel_of(context: Context) -> str:
    """The channel of the row's incident; empty until it is created."""
    return incidents.by_number(context.session, context.row.incident_id or 0).channel_id or ""


def call(context: Context) -> Call:
    """Return the invitation as a call to Slack."""
    services, row, channel_id = context.services, context.row, channel_of(context)
    return Call(row.key, lambda: _invite(services, row, channel_id))


def _invite(services: Services, row: OutboxRow, channel_id: str) -> None:
    if not channel_id:
        raise TryLater("the incident has no channel yet", wait_s=CHANNEL_SOON_S)
    payload = row.payload or {}
    user_ids, reply_to = payload["user_ids"], payload["reply_to"]
    errors_by_user = _invite_people(services, row, channel_id, user_ids)
    if reply_to:
        # They see the channel anyway, so a lost answer is not retried.
        with suppress(SlackRefused, OutcomeUnknown):
            services.slack.respond(
                reply_to, _answer_text(channel_id, errors_by_user.get(user_ids[0]), _bridge_text(services, row))
            )
    for group in payload["groups"]:
        _invite_group(services, row, channel_id, group)


def _invite_people(services: Services, row: OutboxRow, channel_id: str, user_ids: list[str]) -> dict[str, str]:
    """Invite people; return those who could not be invited, and why."""
    if not user_ids:
        return {}
    errors_by_user = _errors_of_inviting(services, channel_id, user_ids)
    with services.database.transaction() as session:
        _record_invitations(session, row.incident_id or 0, row.key, user_ids, errors_by_user)
    return errors_by_user


def _errors_of_inviting(services: Services, channel_id: str, user_ids: list[str]) -> dict[str, str]:
    """Invite people in one call; return those who could not be invited, and Slack's error."""
    try:
        return services.slack.invite(channel_id, user_ids)
    except SlackRefused as failure:
        return dict.fromkeys(user_ids, failure.error)


def _invite_group(services: Services, row: OutboxRow, channel_id: str, group: str) -> None:
    """Invite everyone in a group; if Slack does not list its members, say so in the channel."""
    try:
        members = resolve_people(services, [group])
    except SlackRefused as failure:
        _report_group(services, row, channel_id, group, failure.reason)
        return
    _invite_people(services, row, channel_id, members)


def _report_group(services: Services, row: OutboxRow, channel_id: str, group: str, reason: str) -> None:
    number, now, name = row.incident_id or 0, utcnow(), f"@{group.removeprefix('@')}"
    text = wording.GROUP_NOT_INVITED.format(group=escape(name), reason=reason)
    with services.database.transaction() as session:
        outbox.post(session, f"{row.key}:{group}", channel_id, text, now, incident_id=number)
        facts = {"what": f"bring in {name}", "reason": reason}
        timeline.append_once(session, number, f"{row.key}:{group}", "trouble", now, **facts)


def _record_invitations(
    session: Session, number: int, key: str, user_ids: list[str], errors_by_user: dict[str, str]
) -> None:
    now = utcnow()
    participants.join(session, number, [user_id for user_id in user_ids if user_id not in errors_by_user], now)
    for user_id, reason in errors_by_user.items():
        facts = {"what": "invite", "user": user_id, "reason": reason}
        timeline.append_once(session, number, f"{key}:{user_id}", "trouble", now, **facts)


def _bridge_text(services: Services, row: OutboxRow) -> str:
    with services.database.reading() as session:
        incident = incidents.by_number(session, row.incident_id or 0)
    return bridge_outside_channel(incident, services.floor)


def _answer_text(channel_id: str, error: str | None, bridge: str) -> str:
    if error is None:
        return wording.YOU_ARE_IN_CHANNEL.format(channel=channel_link(channel_id), bridge=bridge).strip()
    reason = REFUSAL_REASONS.get(error) or refusals.reason("conversations.invite", error)
    return wording.COULD_NOT_ADD.format(channel=channel_link(channel_id), reason=reason)


def invite_added(change: Change, invited_before: Collection[str], key: str) -> None:
    """Invite the groups of its severity and type, as a declaration would have, except those invited before."""
    incident = change.incident
    groups = [
        name
        for name in change.services.floor.invited(incident.severity, incident.type)
        if name not in invited_before
    ]
    if not groups or incident.status not in rules.OPEN or not drills.may_page(change.services, incident):
        return
    invite(change.session, change.number, key, change.now, [], groups=groups)
    change.answers.append(wording.responders_invited(groups))
