"""Links to where each timeline entry can be read in Slack: the message itself, or what the bot posted about it."""

from collections.abc import Sequence

from msgspec import Struct
from sqlmodel import Session

from bot import outbox
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.playbooks.step_rows import steps_of
from bot.playbooks.tables import runs_of
from bot.services import Services
from bot.timeline.tables import TimelineEntry
from bot.updates import deliveries
from bot.updates import tables as updates
from bot.updates.tables import Promise

OF_RUNS = ("playbook_", "step_")
OF_LADDERS = ("page", "escalated", "ladder_", "on_my_way")


class SentUpdate(Struct, frozen=True):
    """An update that reached a channel, with the title of its audience."""

    audience: str
    promise: Promise
    delivery: OutboxRow


class Evidence:
    """The links to an incident's messages."""

    def __init__(self, session: Session, services: Services, incident: Incident) -> None:
        self._slack = services.slack
        self._channel_id = incident.channel_id or ""
        shown_displays = outbox.of_incident(session, incident.number)
        self._shown = {(display.kind, display.subject): display.ts for display in shown_displays if display.ts}
        self._runs = {
            step.title: str(run.number)
            for run in runs_of(session, incident.number)
            for step in steps_of(session, run.number)
        } | {run.title: str(run.number) for run in runs_of(session, incident.number)}
        self._sent = _sent_updates(session, services, incident)

    def address(self, entry: TimelineEntry) -> str:
        """Return the link to an entry: to the message itself, or else to what the bot posted about it."""
        if entry.message_ts:
            return self._slack.permalink(self._channel_id, entry.message_ts)
        if entry.kind == "update_sent":
            for sent in self._sent:
                if sent.audience == entry.facts.get("audience") and sent.promise.sent_at == entry.at:
                    return self._slack.permalink(sent.delivery.channel_id or "", sent.delivery.ts or "")
        return self._display(entry)

    def _display(self, entry: TimelineEntry) -> str:
        ts = None
        if entry.kind.startswith(OF_RUNS):
            run = self._runs.get(str(entry.facts.get("step") or entry.facts.get("playbook")), "")
            ts = self._shown.get((kinds.RUN, run))
        elif entry.kind.startswith(OF_LADDERS):
            ts = self._shown.get((kinds.LADDER, ""))
        ts = ts or self._shown.get((kinds.CARD, ""))
        return self._slack.permalink(self._channel_id, ts) if ts else self._slack.channel_url(self._channel_id)


def _sent_updates(session: Session, services: Services, incident: Incident) -> Sequence[SentUpdate]:
    arrived: dict[int, list[OutboxRow]] = {}
    for delivery in deliveries.of_incident(session, incident.number):
        if delivery.ts and delivery.channel_id:
            arrived.setdefault(int(delivery.subject), []).append(delivery)
    sent_updates = []
    for promise in updates.of_incident(session, incident.number):
        audience = services.floor.audiences.get(promise.audience)
        title = audience.title if audience else promise.audience
        sent_updates += [SentUpdate(title, promise, delivery) for delivery in arrived.get(promise.shown_by, [])]
    # The update in the incident's own channel comes first, because readers of the post-mortem can open it.
    return sorted(sent_updates, key=lambda sent: sent.delivery.channel_id != incident.channel_id)
