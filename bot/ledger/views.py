"""Views of a ledger: its screen, its releases, the outcome of a file. Pure; no account is shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field

from bot.ledger import ids
from bot.ledger.difference_tables import Difference
from bot.ledger.importing import LINES, Outcome
from bot.ledger.money import format_amount
from bot.ledger.tables import PREPARING, RELEASED, WAITING, Cohort, Ledger, LedgerFile, Release, TotalsRow
from bot.slack.blocks import Block, actions, button, confirmation, divider, section
from bot.slack.text import escape, mention, near_time, one_line

Screen = tuple[str, list[Block]]
DIFFERENCES_SHOWN = 8
RULE_SHOWN = 200
PAYABLE = "All that is pending may be paid: the workbook lists it, and *Payer's results* takes what became of it."


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


def screen(number: int, facts: LedgerFacts, now: datetime) -> Screen:
    """Return the screen: totals by cohort and currency, waiting releases, differences, and buttons."""
    text = f"Credits and refunds of incident {number}"
    blocks: list[Block] = [section(f"*{text}*{_state(facts.ledger, now)}")]
    rules = {cohort.cohort: cohort.rule for cohort in facts.cohorts}
    for row in facts.totals:
        blocks += _totals(row, rules.get(row.cohort, ""), facts)
    if not facts.totals:
        blocks.append(section("No accounts yet. *Add accounts* takes a CSV or xlsx file, or a single account."))
    blocks += _differences(facts)
    blocks += [section("⚠️ " + escape("; ".join(facts.errors)))] if facts.errors else []
    return text, [*blocks, divider(), *_buttons(number, facts)]


def _state(ledger: Ledger | None, now: datetime) -> str:
    if ledger is None or ledger.is_open:
        return ""
    when = near_time(ledger.closed_at or now, now)
    waiver = f", not balanced: {one_line(ledger.waiver, RULE_SHOWN)}" if ledger.waiver else ""
    return f" · closed {when} by {mention(ledger.closed_by or '')}{waiver}"


def _totals(row: TotalsRow, rule: str, facts: LedgerFacts) -> list[Block]:
    lines = [
        f"*{escape(row.cohort)}*, {row.currency} · {_accounts(row.lines)}",
        f"Eligible *{format_amount(row.eligible, row.currency)}* = issued {_sum(row.issued, row)} + "
        f"failed {_sum(row.failed, row)} + excluded {_sum(row.excluded, row)} + pending *{_sum(row.pending, row)}*",
    ]
    lines += [f"_Eligible: {one_line(rule, RULE_SHOWN)}_"] if rule else []
    its = [each for each in facts.releases if (each.cohort, each.currency) == (row.cohort, row.currency)]
    lines += [f"⏳ {_progress(each)}" for each in its if each.state == PREPARING]
    lines += [
        f"⏳ {format_amount(each.amount, each.currency)} waits for a second person: {mention(each.asked_by)} asked"
        for each in its
        if each.state == WAITING
    ]
    if row.pending and (row.cohort, row.currency) not in facts.unreleased and not _waits(its):
        lines.append(PAYABLE)
    ledger, is_preparing = facts.ledger, any(each.state == PREPARING for each in its)
    is_left = (row.cohort, row.currency) in facts.unreleased and not is_preparing
    if ledger is None or not ledger.is_open or not is_left:
        return [section("\n".join(lines))]
    value = f"{ledger.incident_id}:{row.currency}:{row.cohort}"
    return [section("\n".join(lines), accessory=button("Release", ids.RELEASE, value, confirm=_sure(row)))]


def _waits(releases: Sequence[Release]) -> bool:
    return any(release.state in (PREPARING, WAITING) for release in releases)


def _progress(release: Release) -> str:
    return f"The release is being put together: {_accounts(release.lines)} so far."


def _sum(minor: int, row: TotalsRow) -> str:
    return format_amount(minor, row.currency).partition(" ")[2]


def _sure(row: TotalsRow) -> Block:
    text = f"Everything that is pending in {row.cohort}, {row.currency}, and not released yet may then be paid."
    return confirmation("Release it?", text, "Release", "Cancel")


def _differences(facts: LedgerFacts) -> list[Block]:
    if not facts.difference_count:
        return []
    count = facts.difference_count
    lines = [f"⚠️ *{count} difference{'' if count == 1 else 's'} from the payer's file*"]
    lines += [_difference(each, facts.owed.get(each.account_key)) for each in facts.differences[:DIFFERENCES_SHOWN]]
    more = count - DIFFERENCES_SHOWN
    return [section("\n".join([*lines, *([f"… and {more} more in the workbook"] if more > 0 else [])]))]


def _difference(each: Difference, owed: tuple[int, str] | None) -> str:
    amount = format_amount(each.amount, each.currency)
    own = f"; the ledger says {format_amount(*owed)}" if owed else ""
    return f"• line {each.line_number}: {escape(each.shown)} {amount}, {each.trouble}{own}"


def _buttons(number: int, facts: LedgerFacts) -> list[Block]:
    value = str(number)
    workbook = button("Send me the workbook", ids.WORKBOOK, value)
    if facts.ledger is None:
        return [actions(_adding(value), block_id="ledger-add")]
    if not facts.ledger.is_open:
        return [actions([workbook, button("Reopen", ids.REOPEN, value)], block_id="ledger-closed")]
    work = [
        button("Payer's results", ids.RESULTS, value),
        button("Change a line", ids.CHANGE, value),
        workbook,
        button("Close", ids.CLOSE, value),
    ]
    return [actions(_adding(value), block_id="ledger-add"), actions(work, block_id="ledger-work")]


def _adding(value: str) -> list[Block]:
    return [
        button("Add accounts", ids.ADD, value, style="primary"),
        button("Add one account", ids.ADD_ONE, value),
    ]


def _accounts(count: int) -> str:
    return "1 account" if count == 1 else f"{count:,} accounts"


def release_card(release: Release, now: datetime) -> Screen:
    """Return the channel's message about a release, without any account."""
    amount = format_amount(release.amount, release.currency)
    what = f"*{amount}* to {_accounts(release.lines)} ({escape(release.cohort)})"
    asked = f"{mention(release.asked_by)} {near_time(release.asked_at, now)}"
    asks = f"{mention(release.asked_by)} asks to release it ({near_time(release.asked_at, now)})"
    if release.state == PREPARING:
        text = f"💶 {escape(release.cohort)}, {release.currency}: {asks}. {_progress(release)}"
        return text, [section(text)]
    if release.state == WAITING:
        text = f"💶 {what}: {asks}. It is above the limit, so somebody else has to approve."
        number = str(release.number)
        buttons = [
            button("Approve", ids.APPROVE, number, style="primary"),
            button("Refuse", ids.REFUSE, number, style="danger"),
        ]
        return text, [section(text), actions(buttons, block_id=f"ledger-release-{number}")]
    decided = (
        f"{mention(release.decided_by)} {near_time(release.decided_at or now, now)}" if release.decided_by else ""
    )
    if release.state == RELEASED:
        approved = f", approved by {decided}" if decided else ""
        text = f"💶 {what}: released by {asked}{approved}."
    elif decided:
        text = f"💶 {what}: asked by {asked}, refused by {decided}."
    else:
        why = "the ledger was closed meanwhile" if release.lines else "its accounts are paid in another incident"
        text = f"💶 {escape(release.cohort)}, {release.currency}: asked by {asked}. Nothing is released: {why}."
    return text, [section(text)]


def file_done(file: LedgerFile, outcome: Outcome, number: int) -> str:
    """Return the outcome of a file, for the person who uploaded it."""
    name = f"*{one_line(file.file_name, 80)}*"
    if outcome.is_known:
        return f"{name} was brought into the ledger of incident {number} before, so nothing was changed."
    changed, differing = outcome.changed, outcome.differences
    if file.kind == LINES:
        same = outcome.rows - changed - differing
        accounts = "1 account is" if changed == 1 else f"{changed} accounts are"
        rest = (
            f" {same} more {'was' if same == 1 else 'were'} in it already and stayed as before." if same > 0 else ""
        )
        return f"{name}: {accounts} in the ledger of incident {number} now.{rest}"
    rows = "1 row does" if differing == 1 else f"{differing} rows do"
    rest = f" {rows} not add up: `/incident ledger` shows them." if differing else ""
    return f"{name}: {outcome.changed} of {outcome.rows} rows changed the ledger of incident {number}.{rest}"
