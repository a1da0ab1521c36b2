"""Removal of people's words from the columns that nouns registered. A test finds tables without a rule."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlmodel import Session, SQLModel

from bot.followups.tables import DIGEST_KEY
from bot.incidents.registry import PurgeRule, Registry
from bot.playbooks.step_rows import change_step, steps_of
from bot.playbooks.tables import runs_of
from bot.screens.records.export import of_incident
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


class OldText(Struct, frozen=True):
    """The rows of a table that lose their words by their own age: whose rule, and which of them are old."""

    rule: PurgeRule
    is_old: sa.ColumnElement[bool]

    @property
    def table(self) -> sa.Table:
        return SQLModel.metadata.tables[self.rule.table]


def old_text(registry: Registry, before: datetime) -> list[OldText]:
    """What is purged by its own age: settled messages, and rows that belong to no incident."""
    outbox = SQLModel.metadata.tables["outbox"]
    (rule_of_messages,) = (rule for rule in registry.purge_rules if rule.table == outbox.name)
    return [
        OldText(rule_of_messages, _is_old_message(outbox, before)),
        *(
            OldText(rule, SQLModel.metadata.tables[rule.table].c[rule.over_at] < before)
            for rule in registry.purge_rules
            if rule.over_at
        ),
    ]


def find_old(session: Session, old: OldText, after: int, limit: int) -> Sequence[int]:
    """The ids of some old rows that have words, from this id on."""
    table = old.table
    has_words = sa.and_(old.is_old, _is_not_kept(old.rule, table), sa.or_(*_texts(old.rule, table)))
    query = sa.select(table.c.id).where(table.c.id > after, has_words).order_by(table.c.id).limit(limit)
    return session.connection().execute(query).scalars().all()


def remove_old(session: Session, old: OldText, ids: Collection[int]) -> int:
    """Remove the words from those of these rows that are still old. Return how many had some."""
    return _remove_from_table(session, old.rule, sa.and_(old.table.c.id.in_(ids), old.is_old))


def _is_old_message(outbox: sa.Table, before: datetime) -> sa.ColumnElement[bool]:
    is_settled = sa.or_(outbox.c.shown >= outbox.c.wanted, outbox.c.refused.is_not(None))
    # The weekly digest quotes follow-ups of incidents that ended long before, and is never edited.
    is_digest = outbox.c.key.startswith(DIGEST_KEY)
    return sa.and_(is_settled, sa.or_(outbox.c.retry_at < before, is_digest))


def _remove_from_table(session: Session, rule: PurgeRule, condition: sa.ColumnElement[bool]) -> int:
    table = SQLModel.metadata.tables[rule.table]
    values: dict[str, Any] = dict(rule.emptied)
    for name in rule.columns:
        values[name] = sa.case((_says_something(table.c[name]), REMOVED), else_=table.c[name])
    has_text = sa.or_(*_texts(rule, table))
    update = sa.update(table).where(condition, _is_not_kept(rule, table), has_text)
    return session.connection().execute(update.values(**values)).rowcount


def _texts(rule: PurgeRule, table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """For each column with words: whether it has some."""
    return [
        *(sa.cast(table.c[name], sa.Text).not_in(("", "[]", "{}")) for name in rule.emptied),
        *(_says_something(table.c[name]) for name in rule.columns),
    ]


def _is_not_kept(rule: PurgeRule, table: sa.Table) -> sa.ColumnElement[bool]:
    if rule.kept is None:
        return sa.true()
    name, value = rule.kept
    return table.c[name] != value


def _says_something(column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(column.is_not(None), column.not_in(("", REMOVED)))
