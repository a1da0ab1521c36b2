"""Forms of a ledger. Pure: Block Kit from data."""

from collections.abc import Sequence

from bot.ledger import ids
from bot.slack.blocks import Block, Element, context, field, modal, option, section, select, text_input
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
        field("File", ids.FILE, _file_input(), hint="CSV or xlsx with the columns account, amount, currency"),
        context("Nothing is imported while a row is wrong. Please delete the file in Slack afterwards."),
    ]
    return modal("Add accounts", blocks, callback_id=ids.ADD_FORM, submit="Add", private_metadata=str(number))


def line_form(number: int, cohorts: Sequence[str], rules: dict[str, str]) -> Block:
    """The form for one account."""
    blocks = [
        _cohort_field(cohorts),
        _rule_field(next(iter(rules.values()), "")),
        field("Account", ids.ACCOUNT, text_input(ids.ACCOUNT, longest=100)),
        field("Amount", ids.AMOUNT, text_input(ids.AMOUNT, longest=30, placeholder="12.50")),
        field("Currency", ids.CURRENCY, text_input(ids.CURRENCY, longest=3, placeholder="EUR")),
    ]
    return modal("Add one account", blocks, callback_id=ids.LINE_FORM, submit="Add", private_metadata=str(number))


def results_form(number: int) -> Block:
    """The form for the payer's file."""
    blocks = [
        field(
            "File",
            ids.FILE,
            _file_input(),
            hint="CSV or xlsx: account, amount, currency, status; reference if there is one",
        ),
        context("Statuses: issued, failed, reversed, pending. A file that comes twice pays nobody twice."),
    ]
    return modal(
        "Payer's results", blocks, callback_id=ids.RESULTS_FORM, submit="Read", private_metadata=str(number)
    )


def change_form(number: int) -> Block:
    """The form to change one line, found by its account."""
    options = [option(title, value, description) for value, title, description in CHANGES]
    blocks = [
        field("Account", ids.ACCOUNT, text_input(ids.ACCOUNT, longest=100)),
        field("What happened?", ids.WHAT, select(ids.WHAT, options)),
        field("Why?", ids.REASON, text_input(ids.REASON, longest=LONGEST_REASON)),
    ]
    return modal("Change a line", blocks, callback_id=ids.CHANGE_FORM, submit="Save", private_metadata=str(number))


def close_form(number: int, reasons: Sequence[str]) -> Block:
    """The form to close the ledger; it asks for a reason if the ledger does not add up."""
    blocks: list[Block] = [section("Everything adds up, and nothing is pending.")]
    if reasons:
        lines = "\n".join(f"• {escape(reason)}" for reason in reasons)
        blocks = [section(f"*It does not add up yet*\n{lines}")]
        reason_input = text_input(ids.REASON, longest=LONGEST_REASON, multiline=True)
        blocks.append(field("Why is it closed all the same?", ids.REASON, reason_input))
    return modal(
        "Close the ledger", blocks, callback_id=ids.CLOSE_FORM, submit="Close", private_metadata=str(number)
    )


def _cohort_field(cohorts: Sequence[str]) -> Block:
    options = [option(cohort, cohort) for cohort in cohorts]
    return field("Cohort", ids.COHORT, select(ids.COHORT, options, initial=cohorts[0]))


def _rule_field(initial_rule: str) -> Block:
    rule_input = text_input(
        ids.RULE,
        initial=initial_rule,
        multiline=True,
        longest=LONGEST_RULE,
        placeholder="Charged twice between 09:00 and 10:30",
    )
    return field("Who is eligible?", ids.RULE, rule_input)


def _file_input() -> Element:
    return {"type": "file_input", "action_id": ids.FILE, "filetypes": ["csv", "xlsx", "tsv"], "max_files": 1}
