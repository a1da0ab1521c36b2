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

RUN_KIND_PREFIXES = ("playbook_", "step_")
LADDER_KIND_PREFIXES = ("page", "escalated", "ladder_", "on_my_way")


class SentUpdate(Struct, frozen=True):
    """An update that reached a channel, with the title of its audience."""

    audience: str
    promise: Promise
    delivery: OutboxRow


class Evidence:
    """The links to an incident's messages."""

    def __init__(self, session: Session, services: Services, incident: Incident) -> None:
        self._slack = services.slack
        self._incident = incident
        self._channel_id = incident.channel_id or ""
        shown_displays = outbox.of_incident(session, incident.number)
        self._ts_by_display = {
            (display.kind, display.subject): display.ts for display in shown_displays if display.ts
        }
        self._run_by_title = {
            step.title: str(run.number)
            for run in runs_of(session, incident.number)
            for step in steps_of(session, run.number)
        } | {run.title: str(run.number) for run in runs_of(session, incident.number)}
        self._updates = _sent_updates(session, services, incident)

    def address(self, entry: TimelineEntry) -> str:
        """Return the link to an entry: to the message itself, or else to what the bot posted about it."""
        if entry.message_ts:
            return self._slack.permalink(self._incident.channel_of_message(entry.message_ts), entry.message_ts)
        if entry.kind == "update_sent":
            for sent_update in self._updates:
                if sent_update.audience == entry.facts.get("audience") and sent_update.promise.sent_at == entry.at:
                    return self._slack.permalink(
                        sent_update.delivery.channel_id or "", sent_update.delivery.ts or ""
                    )
        return self._display_url(entry)

    def _display_url(self, entry: TimelineEntry) -> str:
        ts = None
        if entry.kind.startswith(RUN_KIND_PREFIXES):
            run = self._run_by_title.get(str(entry.facts.get("step") or entry.facts.get("playbook")), "")
            ts = self._ts_by_display.get((kinds.RUN, run))
        elif entry.kind.startswith(LADDER_KIND_PREFIXES):
            ts = self._ts_by_display.get((kinds.LADDER, ""))
        ts = ts or self._ts_by_display.get((kinds.CARD, ""))
        return self._slack.permalink(self._channel_id, ts) if ts else self._slack.channel_url(self._channel_id)


def _sent_updates(session: Session, services: Services, incident: Incident) -> Sequence[SentUpdate]:
    deliveries_by_promise: dict[int, list[OutboxRow]] = {}
    for delivery in deliveries.of_incident(session, incident.number):
        if delivery.ts and delivery.channel_id:
            deliveries_by_promise.setdefault(int(delivery.subject), []).append(delivery)
    sent_updates = []
    for promise in updates.of_incident(session, incident.number):
        audience = services.floor.audiences.get(promise.audience)
        title = audience.title if audience else promise.audience
        sent_updates += [
            SentUpdate(title, promise, delivery) for delivery in deliveries_by_promise.get(promise.shown_by, [])
        ]
    # The update in the incident's own channel comes first, because readers of the post-mortem can open it.
    return sorted(sent_updates, key=lambda update: update.delivery.channel_id != incident.channel_id)
