"""Which columns hold what people wrote, and what stays of them. A test finds tables that are in no list."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from bot.playbooks import tables as playbooks
from bot.screens.records.export_record import of_incident
from bot.timeline.erasing import REMOVED, figures

# Columns of words, by table: they say "[removed]" afterwards where they said anything.
WORDS: dict[str, tuple[str, ...]] = {
    "incidents": ("title", "description", "impact", "front_door"),
    "promises": ("words", "moved_why"),
    "update_pauses": ("reason",),
    "playbook_steps": ("reason",),
    "pages": ("reason",),
    "follow_ups": ("words",),
    "postmortem_copies": ("comment",),
    "postmortem_versions": ("uploaded_name",),
}
# Columns of words without which a row says as much: nothing is left in them. Of answers, figures are.
EMPTIED: dict[str, dict[str, Any]] = {
    "outbox": {"payload": {}},
    "follow_ups": {"link": ""},
}
# Tables in which every column but those above is a figure, a state, an id, or the floor's own words.
BARE = frozenset(
    [
        *("alarms", "deliveries", "drafts", "follow_up_digests", "groups", "incidents"),
        *("known_channels", "ladder_rungs", "listening", "outbox", "participants", "partner_notices", "people"),
        *("playbook_runs", "postmortem_files", "postmortems", "role_holders", "subscriptions"),
        *("timeline_chains", "timeline_gaps", *WORDS),
    ]
)
# Their words are taken out entry by entry, under seal: `bot/timeline/erasing.py`.
SEALED = frozenset(["timeline_entries", "timeline_log"])


def remove(session: Session, number: int) -> int:
    """Take the words out of every row of an incident but its timeline's; gives back how many rows had some."""
    _leave_figures(session, number)
    tables = [SQLModel.metadata.tables[name] for name in sorted({*WORDS, *EMPTIED})]
    return sum(_remove(session, table, of_incident(table, number)) for table in tables)


def _leave_figures(session: Session, number: int) -> None:
    """Of what was answered in playbook steps, how many stays."""
    for run in playbooks.runs_of(session, number):
        for step in playbooks.steps_of(session, run.number):
            step.answers = figures(step.answers)
            session.add(step)
    session.flush()


def remove_old_notices(session: Session, before: Any) -> int:
    """What was said long ago of whatever incident, and what tells of several at once: the weekly digest."""
    outbox = SQLModel.metadata.tables["outbox"]
    is_settled = sa.or_(outbox.c.shown >= outbox.c.wanted, outbox.c.refused.is_not(None))
    is_old = sa.or_(outbox.c.retry_at < before, outbox.c.incident_id.is_(None))
    return _remove(session, outbox, sa.and_(is_settled, is_old))


def _remove(session: Session, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
    values: dict[str, Any] = {}
    has_words: list[sa.ColumnElement[bool]] = []
    for name in WORDS.get(table.name, ()):
        column = table.c[name]
        says_something = sa.and_(column.is_not(None), column.not_in(("", REMOVED)))
        values[name] = sa.case((says_something, REMOVED), else_=column)
        has_words.append(says_something)
    for name, nothing in EMPTIED.get(table.name, {}).items():
        values[name] = nothing
        has_words.append(sa.cast(table.c[name], sa.Text).not_in(("", "[]", "{}")))
    changed = session.connection().execute(sa.update(table).where(which, sa.or_(*has_words)).values(**values))
    return changed.rowcount
