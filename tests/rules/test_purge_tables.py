"""No table and no column is forgotten when people's words are taken out."""

import sqlalchemy as sa
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from bot.bootstrap import build_registry
from bot.screens.records import purge_words

assert build_registry()  # it loads the tables of every noun


def test_every_table_is_known_to_hold_words_or_to_hold_none() -> None:
    known = {*purge_words.BARE, *purge_words.SEALED, *purge_words.WORDS}

    assert {table.name for table in SQLModel.metadata.sorted_tables} - known == set(), (
        "say in bot/screens/records/purge_words.py which columns of a new table hold what people wrote"
    )


def test_every_column_of_words_is_there() -> None:
    tables = SQLModel.metadata.tables

    named = [(table, column) for table, columns in purge_words.WORDS.items() for column in columns]
    named += [(table, column) for table, columns in purge_words.EMPTIED.items() for column in columns]
    assert [(table, column) for table, column in named if column not in tables[table].columns] == []


def test_every_text_of_a_table_of_words_is_either_taken_out_or_an_id_or_a_state() -> None:
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
        ),
    }
    for name, columns in purge_words.WORDS.items():
        for column in SQLModel.metadata.tables[name].columns:
            holds_text = isinstance(column.type, AutoString | sa.String | sa.JSON)
            known = {*columns, *purge_words.EMPTIED.get(name, {}), *plain}
            assert not holds_text or column.name in known or column.name.endswith(harmless), (
                f"{name}.{column.name} may hold what people wrote"
            )
