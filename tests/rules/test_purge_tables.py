"""The purge misses no table and no column that holds people's text."""

import sqlalchemy as sa
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from bot.bootstrap import build_registry

# Their text is removed entry by entry, with the hash chain kept: `bot/timeline/erasure.py`.
HASHED_TABLES = {"timeline_entries", "timeline_log"}
REGISTERED = {rule.table: rule for rule in build_registry().purge_rules}


def test_every_table_is_registered_as_holding_text_or_none() -> None:
    known = {*REGISTERED, *HASHED_TABLES}

    assert {table.name for table in SQLModel.metadata.sorted_tables} - known == set(), (
        "register in the noun's __init__.py which columns of a new table hold what people wrote"
    )


def test_every_registered_column_exists() -> None:
    tables = SQLModel.metadata.tables

    registered_columns = [
        (table, column) for table, rule in REGISTERED.items() for column in (*rule.columns, *rule.emptied)
    ]
    assert [(table, column) for table, column in registered_columns if column not in tables[table].columns] == []


def test_every_text_column_of_a_registered_table_is_purged_or_is_an_id_or_a_state() -> None:
    harmless = ("_id", "_by", "_key", "_ts", "_role", "_name", "by")
    plain = {
        *(
            "severity",
            "type",
            "status",
            "sites",
            "partners",
            "state",
            "audience",
            "audiences",
            "occasion",
            "phase",
            "title",
            "zone",
        ),
        *(
            "required_before",
            "user_id",
            "answer",
            "obstacle",
            "pager",
            "key",
            "item",
            "language",
            "held_by",
            "choice",
            "place",
            "verdict",
            "drawn",
            "late_because",
            "answers",
            "trouble",
            "ts",
            "kind",
            "field",
            "certainty",
            "cohort",
            "currency",
            "old_state",
            "new_state",
            "reference",
            "digest",
            "trouble",
            "language",
        ),
        *("source", "release", "partner", "name", "priority", "region", "team", "schedule", "moved_from"),
        *("requester", "approver", "verifier", "site"),
    }
    for name, rule in REGISTERED.items():
        if not rule.columns:
            continue
        for column in SQLModel.metadata.tables[name].columns:
            holds_text = isinstance(column.type, AutoString | sa.String | sa.JSON)
            known = {*rule.columns, *rule.emptied, *plain}
            assert not holds_text or column.name in known or column.name.endswith(harmless), (
                f"{name}.{column.name} may hold what people wrote"
            )
