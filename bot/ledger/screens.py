"""Opens the forms of a ledger, for users with the right to it."""

from datetime import datetime

from bot.errors import require
from bot.incidents.access import visible_incident
from bot.ledger import balance, forms, tables
from bot.ledger.rules import NoLedger
from bot.services import Services
from bot.slack.blocks import Block


def add_form(services: Services, number: int, by: str, now: datetime) -> Block:
    """The form for a file of accounts."""
    return forms.add_form(number, services.floor.credits.cohorts, _rules(services, number, by))


def line_form(services: Services, number: int, by: str, now: datetime) -> Block:
    return forms.line_form(number, services.floor.credits.cohorts, _rules(services, number, by))


def _rules(services: Services, number: int, by: str) -> dict[str, str]:
    visible_incident(services, number, by, "ledger")
    with services.database.reading() as session:
        ledger = tables.of_incident(session, number)
        cohorts = tables.cohorts_of(session, ledger.number) if ledger else []
    return {cohort.cohort: cohort.rule for cohort in cohorts}


def results_form(services: Services, number: int, by: str, now: datetime) -> Block:
    """The form for the payer's file."""
    visible_incident(services, number, by, "ledger")
    return forms.results_form(number)


def change_form(services: Services, number: int, by: str, now: datetime) -> Block:
    visible_incident(services, number, by, "ledger")
    return forms.change_form(number)


def close_form(services: Services, number: int, by: str, now: datetime) -> Block:
    """The form that closes the ledger, listing what does not add up."""
    visible_incident(services, number, by, "ledger")
    with services.database.reading() as session:
        ledger = require(tables.of_incident(session, number), NoLedger)
        return forms.close_form(number, balance.reasons(session, ledger))
