"""Shift handovers as a file, and counted for the reports."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import directory, outbox
from bot.handovers.rules import State
from bot.handovers.shift import tables
from bot.handovers.shift.rules import ShiftState, from_json
from bot.handovers.shift.wording import translator_for
from bot.handovers.tables import Handover
from bot.incidents import incidents
from bot.incidents.facts import HandoverCounts
from bot.incidents.handover_items import HandoverItem
from bot.incidents.permissions import changing_as
from bot.outbox import kinds
from bot.outbox.kinds import Context
from bot.outbox.tables import OutboxRow
from bot.runtime import csv_file
from bot.runtime.clock import utcnow
from bot.services import Services

EXPORTED = timedelta(days=90)
HEADER = (
    *("handover", "from", "to", "state", "offered_at", "escalated_at", "completed_at", "present"),
    *("item", "title", "severity", "stability", "next_step", "item_state", "answered_at", "question", "answer"),
)


def counts(session: Session, start: datetime, end: datetime) -> HandoverCounts:
    """The number of handovers offered in a period, and how many of them were completed and escalated.

    One that was offered again to another person is not counted twice.
    """
    offered = [each for each in tables.between(session, start, end) if each.state != ShiftState.ENDED]
    complete = sum(each.state == ShiftState.COMPLETE for each in offered)
    return HandoverCounts(len(offered), complete, sum(each.escalated_at is not None for each in offered))


def request(services: Services, key: str, by: str, now: datetime) -> str:
    """Enqueue the file of handovers for the person who asked. Return the answer."""
    with changing_as(services, by) as session:
        outbox.enqueue(session, kinds.HANDOVERS_FILE, f"handovers:{key}", now, payload={"to": by}, channel_id=by)
        translate = translator_for(session, services, by)
    return translate("The file comes by direct message.")


def channel_of(context: Context) -> str:
    """The direct conversation with the person who asked."""
    return str((context.row.payload or {})["to"])


def share(services: Services, row: OutboxRow) -> None:
    """Upload the file and share it."""
    now = utcnow()
    with services.database.reading() as session:
        exported = rows(session, now - EXPORTED, now)
    file_id = services.slack.upload(f"handovers-{now:%Y-%m-%d}.csv", csv_file.to_csv(HEADER, exported))
    channel_id = services.slack.direct_channel(str((row.payload or {})["to"]))
    title = f"Handovers {now:%Y-%m-%d}"
    services.slack.share_files(
        [(file_id, title)], channel_id, "Handovers of shifts in the last 90 days; times are UTC"
    )


def rows(session: Session, start: datetime, end: datetime) -> Sequence[Sequence[csv_file.Cell]]:
    """Return one row per item; a private incident's item says only that it is private, and its state."""
    shifts = tables.between(session, start, end)
    people = {user_id for shift in shifts for user_id in (shift.from_id, shift.to_id, *shift.present)}
    names = directory.display_names(session, people)
    cells: list[Sequence[csv_file.Cell]] = []
    for shift in shifts:
        shift_cells = (
            shift.number,
            *(names.get(user_id, user_id) for user_id in (shift.from_id, shift.to_id)),
            *(shift.state, shift.offered_at, shift.escalated_at, shift.completed_at),
            ", ".join(names.get(user_id, user_id) for user_id in shift.present),
        )
        for handover in tables.items(session, shift.number):
            item, question, answer = _shown(session, handover)
            cells.append(
                (
                    *shift_cells,
                    *(handover.item, item.title, item.severity, item.stability, item.next_step),
                    *(State(handover.state).value, handover.decided_at, question, answer),
                )
            )
    return cells


def _shown(session: Session, handover: Handover) -> tuple[HandoverItem, str, str]:
    """An item with its question and answer; of a private incident's item, nothing that people wrote or decided."""
    if handover.incident_id is not None and incidents.by_number(session, handover.incident_id).is_private:
        return HandoverItem(handover.item, "private"), "", ""
    item = from_json(handover.content or {"key": handover.item, "title": ""})
    return item, handover.question, handover.note
