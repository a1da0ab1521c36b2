"""Gaps: messages missed while no process listened are read back from Slack, page by page and resumably."""

import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from bot import outbox
from bot.channels import early, gaps, wording
from bot.channels.gaps import Gap
from bot.channels.listening import Listening
from bot.channels.messages import message_policy, own_ids
from bot.errors import TryLater
from bot.incidents import incidents, participants
from bot.incidents.change import Change
from bot.incidents.events import MembersChanged
from bot.incidents.parse import Payload
from bot.incidents.roles import lead_of
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.runtime.database import ChangeUnknown, DatabaseBusy
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.text import channel_link, day_and_time, format_duration
from bot.timeline import observing, recording, timeline

log = logging.getLogger(__name__)


# History is a method of Slack's rate limit tier 3 (50 a minute). Looking up lost replies uses it too, so half is
# left for that.
PAGES_AT_ONCE = 10
PAUSE_S = 24.0
HEARTBEAT_EVERY = timedelta(seconds=10)
# Slack repeats each minute that it holds events back, so the next minute may be one of them.
LIMITED_FOR = timedelta(minutes=2)
NOT_IN_CHANNEL_ERRORS = ("not_in_channel", "channel_not_found", "is_archived")


class GapRequest(BaseModel):
    """The gap to fill."""

    gap_id: int


@flow
def fill_gap(services: Services, request: GapRequest) -> None:
    """Read back some pages, and the rest after a pause. No message enters the timeline twice."""
    try:
        for _ in range(PAGES_AT_ONCE):
            if not read_on(services, request.gap_id):
                settle(services, request.gap_id)
                return
    except SlackRefused as refused:
        give_up(services, request.gap_id, refused.error)
        return
    raise TryLater("more of the history is to be read", PAUSE_S)


@step
def read_on(services: Services, gap_id: int) -> bool:
    """Store one page and how far it reaches in one transaction. Return False when nothing is left to read."""
    with services.database.reading() as session:
        gap = gaps.get(session, gap_id)
        channel_id = incidents.by_number(session, gap.incident_id).channel_id or ""
    if gap.state == gaps.CHANNEL:
        _read_channel(services, gap, channel_id)
        return True
    if gap.state == gaps.THREADS and gap.threads:
        _read_thread(services, gap, channel_id)
        return True
    return False


def _read_channel(services: Services, gap: Gap, channel_id: str) -> None:
    limit = services.floor.timeline.recover_page
    page = services.slack.history(channel_id, gap.oldest_thread_ts, gap.read_to_ts, limit)
    read_to = min((message["ts"] for message in page.messages), default=gap.read_to_ts)
    threads = [f"{message['ts']} {gap.oldest_ts}" for message in page.messages if _was_answered(message, gap)]
    with services.database.transaction() as session:
        gap = gaps.locked(session, gap.number)
        new_messages = sum(_recover(session, services, gap, message) for message in page.messages)
        gap.state = gaps.CHANNEL if page.has_more and page.messages else gaps.THREADS
        gap.threads = list(dict.fromkeys([*gap.threads, *threads]))
        gap.read_to_ts, gap.found = read_to, gap.found + new_messages


def _was_answered(message: dict[str, Any], gap: Gap) -> bool:
    return bool(message.get("reply_count")) and str(message.get("latest_reply") or "") > gap.oldest_ts


def _read_thread(services: Services, gap: Gap, channel_id: str) -> None:
    thread_ts, _, oldest = gap.threads[0].partition(" ")
    page = services.slack.replies(channel_id, thread_ts, oldest, services.floor.timeline.recover_page)
    replies = [message for message in page.messages if message["ts"] != thread_ts]
    with services.database.transaction() as session:
        gap = gaps.locked(session, gap.number)
        new_messages = sum(_recover(session, services, gap, message) for message in replies)
        threads_left = gap.threads[1:]
        if page.has_more and replies:
            threads_left = [f"{thread_ts} {replies[-1]['ts']}", *threads_left]
        gap.threads, gap.found = threads_left, gap.found + new_messages


def _recover(session: Session, services: Services, gap: Gap, message: dict[str, Any]) -> bool:
    """Add a message of the history to the timeline; return True if it was not known."""
    if not observing.is_message(message, own_ids(services)):
        return False
    known_message = recording.known_message(session, gap.incident_id, message["ts"])
    observation = observing.observe_from_history(message, gap.until_ts, known_message)
    recording.record_message(session, gap.incident_id, observation, message_policy(services))
    return known_message is None or not known_message.is_confirmed


@step
def settle(services: Services, gap_id: int) -> None:
    """Mark the gap as filled; the timeline says how long no process listened and how much was read back."""
    with services.database.transaction() as session:
        gap = gaps.locked(session, gap_id)
        if gap.state == gaps.FILLED:
            return
        gap.state = gaps.FILLED
        _log_gap(session, gap, "gap", found=gap.found)


def _log_gap(session: Session, gap: Gap, kind: str, **facts: Any) -> None:
    entry_facts = {"length": format_duration(gap.until - gap.since), "until": gap.until.isoformat(), **facts}
    timeline.append_once(session, gap.incident_id, f"gap:{gap.number}", kind, gap.since, **entry_facts)


@step
def give_up(services: Services, gap_id: int, reason: str) -> None:
    """Mark the gap as refused by Slack; the timeline says so, and the incident's lead is told once."""
    with services.database.transaction() as session:
        gap = gaps.locked(session, gap_id)
        if gap.state == gaps.REFUSED:
            return
        gap.state = gaps.REFUSED
        _log_gap(session, gap, "gap_refused", reason=reason)
        incident = incidents.by_number(session, gap.incident_id)
        lead_id = lead_of(session, incident)
        key = f"gap:{gap_id}"
        outbox.post(
            session, key, lead_id, _refusal_text(incident, gap, reason), utcnow(), incident_id=gap.incident_id
        )


def _refusal_text(incident: Incident, gap: Gap, reason: str) -> str:
    remedy = wording.INVITE_ME if reason in NOT_IN_CHANNEL_ERRORS else ""
    return wording.GAP_NOT_READ.format(
        channel=channel_link(incident.channel_id or ""),
        since=day_and_time(gap.since),
        until=day_and_time(gap.until),
        reason=reason,
        remedy=remedy,
    )


def begin_listening(services: Services, now: datetime) -> None:
    """After a start, read back what was missed; if the database is too busy now, the clock does it later."""
    with suppress(DatabaseBusy, ChangeUnknown):
        open_gaps_after_silence(services, now)


def open_gaps_after_silence(services: Services, now: datetime) -> None:
    """Record that a process listens. If none has for a while, open a gap for every active incident.

    Runs once the database can be written: messages that arrive while it cannot are not stored.
    """
    listening, allowed_silence = services.get(Listening), services.floor.timeline.recover_after
    with services.database.transaction() as session:
        sure_until_s = listening.now_s()
        # This look may have begun before the silence, and waited for the database or on a suspended machine.
        now = max(now, utcnow())
        is_in_doubt = not listening.has_begun or listening.unsure_s > allowed_silence.total_seconds()
        since = gaps.record_heartbeat(session, now, allowed_silence if is_in_doubt else timedelta.max)
        if since is not None:
            for number, declared_at in incidents.with_channels(session):
                gaps.open_gap(session, number, max(since, declared_at), now)
    listening.begin()
    listening.confirm(sure_until_s)
    if since is None:
        return
    services.background.submit("members", partial(refresh_private_members, services))
    start_filling(services)


def is_heartbeat_due(services: Services, now: datetime) -> bool:
    """True if it is time to record a heartbeat again, so that the next start knows when the bot last listened."""
    with services.database.reading() as session:
        last_heartbeat_at = gaps.last_heartbeat(session)
    return last_heartbeat_at is None or abs(now - last_heartbeat_at) >= HEARTBEAT_EVERY


def record_last_heartbeat(services: Services, now: datetime) -> None:
    """Record that a process has listened, and heard everything, until now."""
    with services.database.transaction() as session:
        gaps.record_heartbeat(session, now, timedelta.max)


def read_back_early(services: Services, now: datetime) -> None:
    """Read back messages from channels whose incident was not known when they arrived."""
    with services.database.transaction() as session:
        # This look may have begun long ago on a machine that was suspended: messages since then are read back, too.
        until = max(now, utcnow())
        # An incident may wait for its channel for any length of time, even across a restart.
        is_awaited = early.is_awaited(session)
        for noted_channel in early.all_heard(session):
            incident = incidents.of_channel(session, noted_channel.channel_id)
            if incident is not None:
                gaps.open_gap(session, incident.number, incident.declared_at, until)
            if incident is not None or (now - noted_channel.at > early.RETENTION and not is_awaited):
                session.delete(noted_channel)
    start_filling(services)


def record_rate_limited(services: Services, event: Payload) -> None:
    """Open gaps for what Slack does not send; it says so each minute while there are too many events."""
    now = utcnow()
    since = min(datetime.fromtimestamp(event["minute_rate_limited"], UTC), now)
    until = since + LIMITED_FOR
    log.warning("Slack sends no events, because there were too many; they are read back", extra={"since": since})
    with services.database.transaction() as session:
        for number, declared_at in incidents.with_channels(session):
            if declared_at < until:
                gaps.open_or_extend_gap(session, number, max(since, declared_at), until, now)
    services.background.submit("members", partial(refresh_private_members, services))


def start_filling(services: Services) -> None:
    """Start filling every gap that is over; the key makes this idempotent."""
    with services.database.reading() as session:
        gap_ids = gaps.unfilled_gap_ids(session, utcnow())
    for gap_id in gap_ids:
        services.flows.start_once(f"gap:{gap_id}", fill_gap, GapRequest(gap_id=gap_id))


def tick(services: Services, now: datetime) -> None:
    """Keep listening and filling gaps; a process that was deaf for a while begins like one that was off."""
    listening, allowed_s = services.get(Listening), services.floor.timeline.recover_after.total_seconds()
    checked_at_s = listening.now_s()
    if listening.is_hearing:
        is_in_doubt = not listening.has_begun or listening.unsure_s > allowed_s
        if is_in_doubt or is_heartbeat_due(services, now):
            open_gaps_after_silence(services, now)
        else:
            listening.confirm(checked_at_s)
    start_filling(services)


def refresh_private_members(services: Services) -> None:
    """Reread the members of private incidents' channels: one may have been removed while no process listened."""
    with services.database.reading() as session:
        channels = incidents.private_channels(session)
    for number, channel_id in channels:
        try:
            members = services.slack.members(channel_id)
        except SlackRefused as refused:
            log.warning("members of a channel are not known", extra={"incident": number, "reason": str(refused)})
            continue
        with services.database.transaction() as session:
            change = private_change(session, services, number)
            left = set(participants.of_incident(session, number)).difference(members)
            participants.replace(session, number, members, utcnow())
            if change:
                change.publish(MembersChanged(left=tuple(sorted(left))))


def private_change(session: Session, services: Services, number: int) -> Change | None:
    """Lock a private incident before its members change; None for one of which everybody may read."""
    if not incidents.by_number(session, number).is_private:
        return None
    return Change(session, services, incidents.by_number_locked(session, number), "", utcnow())
