"""Removal of people's words from the columns that nouns registered. A test finds tables without a rule."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from bot.followups.tables import DIGEST_KEY
from bot.incidents.registry import PurgeRule, Registry
from bot.playbooks.step_rows import change_step, steps_of
from bot.playbooks.tables import runs_of
from bot.screens.records.export_record import of_incident
from bot.timeline.erasure import REMOVED, keep_figures

# The tables below the nouns. Outbox rows lose the whole payload.
BASE = (
    PurgeRule("api_tokens"),
    PurgeRule("groups"),
    PurgeRule("known_channels"),
    PurgeRule("outbox", emptied={"payload": {}}),
    PurgeRule("people"),
    PurgeRule("signed_requests"),
    PurgeRule("timeline_chains"),
)
# Their text is removed entry by entry, with the hash chain kept: `bot/timeline/erasure.py`.
HASHED_TABLES = frozenset(["timeline_entries", "timeline_log"])


def remove_text(session: Session, registry: Registry, number: int) -> int:
    """Remove the words from every row of an incident except its timeline. Return how many rows had some."""
    _keep_answer_figures(session, number)
    row_count = 0
    for rule in sorted(registry.purge_rules, key=lambda rule: rule.table):
        table = SQLModel.metadata.tables[rule.table]
        if (rule.columns or rule.emptied) and not rule.over_at:
            row_count += _remove_from_table(session, rule, of_incident(table, number))
    return row_count


def _keep_answer_figures(session: Session, number: int) -> None:
    """Reduce the answers in playbook steps to their figures."""
    for run in runs_of(session, number):
        for step in steps_of(session, run.number):
            if step.answers:
                change_step(session, step, {"answers": keep_figures(step.answers)})


def remove_from_old_rows(session: Session, registry: Registry, before: datetime) -> int:
    """Remove the words from old rows that belong to no incident. Return how many rows had some."""
    return sum(
        _remove_from_table(session, rule, SQLModel.metadata.tables[rule.table].c[rule.over_at] < before)
        for rule in registry.purge_rules
        if rule.over_at
    )


def old_notices(session: Session, before: datetime, limit: int) -> Sequence[int]:
    """The ids of some old settled messages that have text."""
    outbox = SQLModel.metadata.tables["outbox"]
    query = sa.select(outbox.c.id).where(_is_old_notice(outbox, before), _has_content(outbox.c.payload))
    return session.connection().execute(query.limit(limit)).scalars().all()


def remove_old_notices(session: Session, registry: Registry, before: datetime, ids: Collection[int]) -> int:
    """Empty those of these messages that are still old and settled. Return how many had text."""
    outbox = SQLModel.metadata.tables["outbox"]
    (rule,) = (rule for rule in registry.purge_rules if rule.table == outbox.name)
    return _remove_from_table(session, rule, sa.and_(outbox.c.id.in_(ids), _is_old_notice(outbox, before)))


def _is_old_notice(outbox: sa.Table, before: datetime) -> sa.ColumnElement[bool]:
    is_settled = sa.or_(outbox.c.shown >= outbox.c.wanted, outbox.c.refused.is_not(None))
    # The weekly digest quotes follow-ups of incidents that ended long before, and is never edited.
    is_digest = outbox.c.key.startswith(DIGEST_KEY)
    return sa.and_(is_settled, sa.or_(outbox.c.retry_at < before, is_digest))


def _has_content(column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    return sa.cast(column, sa.Text).not_in(("", "[]", "{}"))


def _remove_from_table(session: Session, rule: PurgeRule, condition: sa.ColumnElement[bool]) -> int:
    table = SQLModel.metadata.tables[rule.table]
    values: dict[str, Any] = dict(rule.emptied)
    has_text = [_has_content(table.c[name]) for name in rule.emptied]
    for name in rule.columns:
        column = table.c[name]
        says_something = sa.and_(column.is_not(None), column.not_in(("", REMOVED)))
        values[name] = sa.case((says_something, REMOVED), else_=column)
        has_text.append(says_something)
    if rule.kept:
        name, value = rule.kept
        condition = sa.and_(condition, table.c[name] != value)
    result = session.connection().execute(sa.update(table).where(condition, sa.or_(*has_text)).values(**values))
    return result.rowcount
