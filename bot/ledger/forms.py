"""Forms of a ledger. Pure: Block Kit from data."""

from collections.abc import Sequence

from bot.ledger import ids
from bot.slack.blocks import Block, Element, context, field, modal, option, section, select, text_field, text_input
from bot.slack.text import escape

LONGEST_RULE, LONGEST_REASON = 1_000, 500
EXCLUDE, REVERSE, WITHDRAW, RETRY, ISSUED = "exclude", "reverse", "withdraw", "retry", "issued"
CHANGES = (
    (EXCLUDE, "Exclude", "It is not to be paid"),
    (ISSUED, "Paid", "Paid by hand, after its release"),
    (RETRY, "Pay again after a failure", "Failed becomes pending"),
    (REVERSE, "Reversed, still owed", "Issued becomes pending"),
    (WITHDRAW, "Reversed, not owed", "Issued becomes excluded"),
)


def add_form(number: int, cohorts: Sequence[str], rules: dict[str, str]) -> Block:
    """The form for a cohort's file of accounts and its eligibility rule."""
    blocks = [
        _cohort_field(cohorts),
        _rule_field(next(iter(rules.values()), "")),
        field("File", _file_input(), hint="CSV or xlsx with the columns account, amount, currency"),
        context("Nothing is imported while a row is wrong. Please delete the file in Slack afterwards."),
    ]
    return modal(ids.ADD_FORM, "Add accounts", blocks, submit="Add", subject=number)


def line_form(number: int, cohorts: Sequence[str], rules: dict[str, str]) -> Block:
    blocks = [
        _cohort_field(cohorts),
        _rule_field(next(iter(rules.values()), "")),
        text_field("Account", ids.ACCOUNT, longest=100),
        text_field("Amount", ids.AMOUNT, longest=30, placeholder="12.50"),
        text_field("Currency", ids.CURRENCY, longest=3, placeholder="EUR"),
    ]
    return modal(ids.LINE_FORM, "Add one account", blocks, submit="Add", subject=number)


def results_form(number: int) -> Block:
    """The form for the payer's file."""
    blocks = [
        field(
            "File", _file_input(), hint="CSV or xlsx: account, amount, currency, status; reference if there is one"
        ),
        context("Statuses: issued, failed, reversed, pending. A file that comes twice pays nobody twice."),
    ]
    return modal(ids.RESULTS_FORM, "Payer's results", blocks, submit="Read", subject=number)


def change_form(number: int) -> Block:
    """The form to change one line, found by its account."""
    options = [option(title, value, description) for value, title, description in CHANGES]
    blocks = [
        text_field("Account", ids.ACCOUNT, longest=100),
        field("What happened?", select(ids.WHAT, options)),
        text_field("Why?", ids.REASON, longest=LONGEST_REASON),
    ]
    return modal(ids.CHANGE_FORM, "Change a line", blocks, submit="Save", subject=number)


def close_form(number: int, reasons: Sequence[str]) -> Block:
    """The form to close the ledger; it asks for a reason if the ledger does not add up."""
    blocks: list[Block] = [section("Everything adds up, and nothing is pending.")]
    if reasons:
        lines = "\n".join(f"• {escape(reason)}" for reason in reasons)
        blocks = [section(f"*It does not add up yet*\n{lines}")]
        reason_input = text_input(ids.REASON, longest=LONGEST_REASON, multiline=True)
        blocks.append(field("Why is it closed all the same?", reason_input))
    return modal(ids.CLOSE_FORM, "Close the ledger", blocks, submit="Close", subject=number)


def _cohort_field(cohorts: Sequence[str]) -> Block:
    options = [option(cohort, cohort) for cohort in cohorts]
    return field("Cohort", select(ids.COHORT, options, initial=cohorts[0]))


def _rule_field(initial_rule: str) -> Block:
    rule_input = text_input(
        ids.RULE,
        initial=initial_rule,
        multiline=True,
        longest=LONGEST_RULE,
        placeholder="Charged twice between 09:00 and 10:30",
    )
    return field("Who is eligible?", rule_input)


def _file_input() -> Element:
    return {"type": "file_input", "action_id": ids.FILE, "filetypes": ["csv", "xlsx", "tsv"], "max_files": 1}
