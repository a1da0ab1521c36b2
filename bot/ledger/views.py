"""Views of a ledger: its screen, its releases, the outcome of a file. Pure; no account is shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field

from bot.ledger import ids, wording
from bot.ledger.difference_tables import Difference
from bot.ledger.importing import LINES, Outcome
from bot.ledger.money import format_amount
from bot.ledger.tables import PREPARING, RELEASED, WAITING, Cohort, Ledger, LedgerFile, Release, TotalsRow
from bot.slack.blocks import Block, Message, actions, button, confirmation, divider, section
from bot.slack.text import escape, mention, near_time, one_line

DIFFERENCES_SHOWN = 8
RULE_SHOWN = 200
PAYABLE = "Everything pending may be paid. The workbook lists it; *Payer's results* takes the payer's answer."


class LedgerFacts(Struct, frozen=True):
    """The data shown on the screen."""

    ledger: Ledger | None
    cohorts: Sequence[Cohort] = ()
    totals: Sequence[TotalsRow] = ()
    releases: Sequence[Release] = ()
    differences: Sequence[Difference] = ()
    difference_count: int = 0
    # Totals that differ from the sums of their lines; only a manual change to the database causes this.
    errors: Sequence[str] = ()
    unreleased: frozenset[tuple[str, str]] = frozenset()
    # The ledger's own amount and currency by account key, where the payer's file differs.
    owed: Mapping[str, tuple[int, str]] = field(default_factory=dict)


def screen(number: int, facts: LedgerFacts, now: datetime) -> Message:
    """Return the screen: totals by cohort and currency, waiting releases, differences, and buttons."""
    text = f"Credits and refunds of incident {number}"
    blocks: list[Block] = [section(f"*{text}*{_state_text(facts.ledger, now)}")]
    rules = {cohort.cohort: cohort.rule for cohort in facts.cohorts}
    for row in facts.totals:
        blocks += _totals(row, rules.get(row.cohort, ""), facts)
    if not facts.totals:
        blocks.append(section("No accounts yet. *Add accounts* takes a CSV or xlsx file, or a single account."))
    blocks += _differences(facts)
    blocks += [section("⚠️ " + escape("; ".join(facts.errors)))] if facts.errors else []
    return text, [*blocks, divider(), *_buttons(number, facts)]


def _state_text(ledger: Ledger | None, now: datetime) -> str:
    if ledger is None or ledger.is_open:
        return ""
    closed_text = near_time(ledger.closed_at or now, now)
    waiver = f", not balanced: {one_line(ledger.waiver, RULE_SHOWN)}" if ledger.waiver else ""
    return f" · closed {closed_text} by {mention(ledger.closed_by or '')}{waiver}"


def _totals(row: TotalsRow, rule: str, facts: LedgerFacts) -> list[Block]:
    lines = [
        f"*{escape(row.cohort)}*, {row.currency} · {_accounts(row.lines)}",
        f"Eligible *{format_amount(row.eligible, row.currency)}* = issued {_sum(row.issued, row)} + "
        f"failed {_sum(row.failed, row)} + excluded {_sum(row.excluded, row)} + pending *{_sum(row.pending, row)}*",
    ]
    lines += [f"_Eligible: {one_line(rule, RULE_SHOWN)}_"] if rule else []
    releases = [
        release for release in facts.releases if (release.cohort, release.currency) == (row.cohort, row.currency)
    ]
    lines += [f"⏳ {_progress_text(release)}" for release in releases if release.state == PREPARING]
    lines += [
        f"⏳ {format_amount(release.amount, release.currency)} waits for a second person: "
        f"{mention(release.asked_by)} asked"
        for release in releases
        if release.state == WAITING
    ]
    if row.pending and (row.cohort, row.currency) not in facts.unreleased and not _is_in_progress(releases):
        lines.append(PAYABLE)
    ledger, is_preparing = facts.ledger, any(release.state == PREPARING for release in releases)
    is_left = (row.cohort, row.currency) in facts.unreleased and not is_preparing
    if ledger is None or not ledger.is_open or not is_left:
        return [section("\n".join(lines))]
    value = f"{ledger.incident_id}:{row.currency}:{row.cohort}"
    return [
        section(
            "\n".join(lines), accessory=button("Release", ids.RELEASE, value, confirm=_release_confirmation(row))
        )
    ]


def _is_in_progress(releases: Sequence[Release]) -> bool:
    return any(release.state in (PREPARING, WAITING) for release in releases)


def _progress_text(release: Release) -> str:
    return f"The release is being prepared: {_accounts(release.lines)} so far."


def _sum(minor: int, row: TotalsRow) -> str:
    return format_amount(minor, row.currency).partition(" ")[2]


def _release_confirmation(row: TotalsRow) -> Block:
    text = f"Everything that is pending in {row.cohort}, {row.currency}, and not released yet may then be paid."
    return confirmation("Release it?", text, "Release", "Cancel")


def _differences(facts: LedgerFacts) -> list[Block]:
    if not facts.difference_count:
        return []
    count = facts.difference_count
    lines = [f"⚠️ *{count} difference{'' if count == 1 else 's'} from the payer's file*"]
    lines += [_difference(each, facts.owed.get(each.account_key)) for each in facts.differences[:DIFFERENCES_SHOWN]]
    hidden_count = count - DIFFERENCES_SHOWN
    return [
        section("\n".join([*lines, *([f"… and {hidden_count} more in the workbook"] if hidden_count > 0 else [])]))
    ]


def _difference(difference: Difference, owed: tuple[int, str] | None) -> str:
    amount = format_amount(difference.amount, difference.currency)
    ledger_text = f"; the ledger says {format_amount(*owed)}" if owed else ""
    return (
        f"• line {difference.line_number}: {escape(difference.shown)} {amount}, {difference.trouble}{ledger_text}"
    )


def _buttons(number: int, facts: LedgerFacts) -> list[Block]:
    value = str(number)
    workbook_button = button("Send me the workbook", ids.WORKBOOK, value)
    if facts.ledger is None:
        return [actions(_add_buttons(value), block_id="ledger-add")]
    if not facts.ledger.is_open:
        return [actions([workbook_button, button("Reopen", ids.REOPEN, value)], block_id="ledger-closed")]
    work_buttons = [
        button("Payer's results…", ids.RESULTS, value),
        button("Change a line…", ids.CHANGE, value),
        workbook_button,
        button("Close…", ids.CLOSE, value),
    ]
    return [actions(_add_buttons(value), block_id="ledger-add"), actions(work_buttons, block_id="ledger-work")]


def _add_buttons(value: str) -> list[Block]:
    return [
        button("Add accounts…", ids.ADD, value, style="primary"),
        button("Add one account…", ids.ADD_ONE, value),
    ]


def _accounts(count: int) -> str:
    return "1 account" if count == 1 else f"{count:,} accounts"


def release_card(release: Release, now: datetime, permitted_names: Sequence[str]) -> Message:
    """Return the channel's message about a release, without any account; it names who may approve."""
    amount = format_amount(release.amount, release.currency)
    payment_text = f"*{amount}* to {_accounts(release.lines)} ({escape(release.cohort)})"
    requester_text = f"{mention(release.asked_by)} {near_time(release.asked_at, now)}"
    request_text = f"{mention(release.asked_by)} asks to release it ({near_time(release.asked_at, now)})"
    if release.state == PREPARING:
        text = f"💶 {escape(release.cohort)}, {release.currency}: {request_text}. {_progress_text(release)}"
        return text, [section(text)]
    if release.state == WAITING:
        text = f"💶 {payment_text}: {request_text}. It is above the limit, so somebody else has to approve"
        text += f"{wording.approvers(permitted_names)}."
        number = str(release.number)
        buttons = [
            button("Approve", ids.APPROVE, number, style="primary"),
            button("Refuse", ids.REFUSE, number, style="danger"),
        ]
        return text, [section(text), actions(buttons, block_id=f"ledger-release-{number}")]
    decider_text = (
        f"{mention(release.decided_by)} {near_time(release.decided_at or now, now)}" if release.decided_by else ""
    )
    if release.state == RELEASED:
        approval_text = f", approved by {decider_text}" if decider_text else ""
        text = f"💶 {payment_text}: released by {requester_text}{approval_text}."
    elif decider_text:
        text = f"💶 {payment_text}: asked by {requester_text}, refused by {decider_text}."
    else:
        reason = "the ledger was closed meanwhile" if release.lines else "its accounts are paid in another incident"
        text = (
            f"💶 {escape(release.cohort)}, {release.currency}: asked by {requester_text}. "
            f"Nothing is released: {reason}."
        )
    return text, [section(text)]


def file_done(file: LedgerFile, outcome: Outcome, number: int) -> str:
    """Return the outcome of a file, for the person who uploaded it."""
    name = f"*{one_line(file.file_name, 80)}*"
    if outcome.is_known:
        return f"{name} was imported into the ledger of incident {number} before, so nothing was changed."
    changed, differences = outcome.changed, outcome.differences
    if file.kind == LINES:
        unchanged = outcome.rows - changed - differences
        accounts = "1 account is" if changed == 1 else f"{changed} accounts are"
        remark = wording.stayed(unchanged, outcome.other_amounts) if unchanged > 0 else ""
        return f"{name}: {accounts} in the ledger of incident {number} now.{remark}"
    rows = "1 row does" if differences == 1 else f"{differences} rows do"
    remark = f" {rows} not add up: `/incident ledger` shows them." if differences else ""
    return f"{name}: {outcome.changed} of {outcome.rows} rows changed the ledger of incident {number}.{remark}"
