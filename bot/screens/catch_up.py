"""A summary of an incident so far for latecomers: at most ten lines, shown only to the reader."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import directory, outbox
from bot.incidents import incidents
from bot.incidents.access import visible_incident
from bot.incidents.bridge_rules import bridge_text
from bot.incidents.summaries import DECISIONS, RULED_OUT_PART, summarise
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox.kinds import Call, Context, Kind
from bot.outbox.rules import Refusal
from bot.runtime.clock import utcnow
from bot.screens import catch_up_views as views
from bot.screens.catch_up_views import CatchUp
from bot.screens.snapshot import read_snapshot
from bot.services import Services
from bot.slack.blocks import Block, Message
from bot.timeline import timeline

# At the beginning, when everybody joins at once, there is nothing to catch up on.
QUIET_AT_FIRST = timedelta(minutes=5)
MEMBERSHIP_KINDS = ("joined", "left")


def screen(services: Services, number: int, user_id: str, now: datetime) -> Message:
    """`/incident catchup` and *Catch me up*."""
    incident = visible_incident(services, number, user_id)
    with services.database.reading() as session:
        return views.catch_up(_facts(session, services, incident, now), services.floor)


def blocks_for(services: Services, incident: Incident, user_id: str) -> Sequence[Block]:
    """The same summary to append to another answer; nothing while the incident has just begun."""
    now = utcnow()
    if now - incident.declared_at < QUIET_AT_FIRST:
        return ()
    return screen(services, incident.number, user_id, now)[1]


def record_joined(services: Services, event: dict[str, str]) -> None:
    """Enqueue the summary for a person who joins the channel for the first time."""
    user_id, now = event["user"], utcnow()
    with services.database.reading() as session:
        incident = incidents.of_channel(session, event["channel"])
        if incident is None or not _is_late(session, incident, user_id, now):
            return
        # The local directory is used, not Slack: Slack is waiting for the event to be acknowledged.
        person = directory.person(session, user_id)
    if person is None or not person.may_act:
        return
    with services.database.transaction() as session:
        key, payload = f"catch-up:{incident.number}:{user_id}", {"user_id": user_id}
        number, channel_id = incident.number, incident.channel_id
        facts = {"channel_id": channel_id, "payload": payload, "priority": outbox.LAST}
        outbox.enqueue(session, kinds.CATCH_UP, key, now, incident_id=number, **facts)


def _is_late(session: Session, incident: Incident, user_id: str, now: datetime) -> bool:
    if not incident.is_active or now - incident.declared_at < QUIET_AT_FIRST:
        return False
    membership_entries = timeline.of_kinds(session, incident.number, MEMBERSHIP_KINDS)
    return sum(entry.actor_id == user_id for entry in membership_entries) <= 1


def _facts(session: Session, services: Services, incident: Incident, now: datetime) -> CatchUp:
    snapshot = read_snapshot(session, incident.number)
    parts = summarise(session, services, incident, now)
    lines_by_position = {part.position: tuple(part.lines) for part in parts}
    return CatchUp(
        facts=snapshot.facts,
        decisions=lines_by_position.get(DECISIONS, ()),
        ruled_out=lines_by_position.get(RULED_OUT_PART, ()),
        bridge=bridge_text(incident, services.floor),
        card_url=_url(session, services, incident, kinds.CARD),
        playbook_url=_url(session, services, incident, kinds.RUN, str(snapshot.runs[0].run.number))
        if snapshot.runs
        else "",
    )


def _url(session: Session, services: Services, incident: Incident, kind: str, subject: str = "") -> str:
    row = outbox.find(session, incident.number, kind, subject)
    return services.slack.permalink(incident.channel_id or "", row.ts) if row and row.ts else ""


def _call(context: Context) -> Call:
    """Return the call that shows the summary to the person. Showing it twice is harmless, so it is retried."""
    services, row = context.services, context.row
    incident = incidents.by_number(context.session, row.incident_id or 0)
    text, blocks = views.catch_up(_facts(context.session, services, incident, utcnow()), services.floor)
    user_id = str((row.payload or {})["user_id"])
    return Call(row.key, lambda: services.slack.post_ephemeral(incident.channel_id or "", user_id, text, blocks))


KINDS = (
    # A person who has left again needs no summary.
    Kind(kinds.CATCH_UP, "", _call, kinds.channel_of_row, otherwise=Refusal.FINAL),
)
