"""The page for leadership: cause, customers, money, actions; what is not known says who would know. Pure."""

from bot.postmortems.document import Lines, Section, Statement
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import Known, Record
from bot.postmortems.summary_sections import cause_statement, change_statements, impact_statement, unknown_statement


def leadership(record: Record, phrases: Phrases) -> list[Section]:
    """The four parts of the page."""
    customers = [impact_statement(record, phrases), *_known(record.customers)]
    if not record.customers:
        customers.append(unknown_statement(phrases, phrases("role_queue_manager"), phrases("ask_customers")))
    money = _known(record.money) or [
        unknown_statement(phrases, phrases("role_queue_manager"), phrases("ask_money"))
    ]
    return [
        _section("cause", [cause_statement(record, phrases)], phrases),
        _section("customers", customers, phrases),
        _section("money", money, phrases),
        _section("actions", change_statements(record, phrases), phrases),
    ]


def _section(key: str, statements: list[Statement], phrases: Phrases) -> Section:
    return Section(key, phrases(f"leadership_{key}"), [Lines(statements)])


def _known(lines: tuple[Known, ...]) -> list[Statement]:
    return [Statement(line.text, (line.entry,)) for line in lines]
