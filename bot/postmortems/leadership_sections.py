"""The page for leadership: cause, customers, money, actions; for unknown facts, who would know. Pure."""

from collections.abc import Sequence

from bot.postmortems.document import Lines, Section, Statement
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import Record
from bot.postmortems.summary_sections import cause_statement, change_statements, impact_statement, unknown_statement


def leadership(record: Record, phrases: Phrases) -> list[Section]:
    """Return the four parts of the page."""
    customers = [impact_statement(record, phrases), *_known(record.customers or record.interval_notes)]
    if not (record.customers or record.interval_notes):
        customers.append(unknown_statement(phrases, phrases("role_queue_manager"), phrases("ask_customers")))
    money = _known(record.money) or [
        unknown_statement(phrases, phrases("role_queue_manager"), phrases("ask_money"))
    ]
    return [
        _section("cause", [cause_statement(record, phrases, "leadership")], phrases),
        _section("customers", customers, phrases),
        _section("money", money, phrases),
        _section("actions", change_statements(record, phrases), phrases),
    ]


def _section(key: str, statements: list[Statement], phrases: Phrases) -> Section:
    return Section(key, phrases(f"leadership_{key}"), [Lines(statements)])


def _known(lines: Sequence[str]) -> list[Statement]:
    """Return figures as notes, because they come from imports and forms, not from entries."""
    return [Statement(line, nature="note") for line in lines]
