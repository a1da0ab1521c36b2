"""Several locked accounts at once: the form, the approval by a second person, and the results. Pure."""

from collections.abc import Sequence
from itertools import groupby

from bot.lockouts import ids
from bot.lockouts.rules import AccountAction, Release
from bot.lockouts.tables import LockedAccount
from bot.lockouts.unlocking_tables import DECLINED, WAITING, AccountRequest, RequestBatch
from bot.lockouts.views import NO_PARTNER
from bot.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    field,
    modal,
    multi_select,
    option,
    paragraphs,
    radio_buttons,
    section,
    select,
)
from bot.slack.text import escape, mention, one_line

CHOICES = {AccountAction.UNLOCK: "Unlock", AccountAction.RESET: "Mail a password reset"}
DOING = {AccountAction.UNLOCK: "Unlock {accounts}", AccountAction.RESET: "Mail {accounts} a password reset"}
DONE = {AccountAction.UNLOCK: "unlocked", AccountAction.RESET: "the directory has sent the mail"}
LOGIN = 80
NO_ACCOUNTS = "No account is locked that could be unlocked here."
# An option's value may not be empty; no partner has this name.
PARTNER_UNKNOWN = "-"

RequestsWithAccounts = Sequence[tuple[AccountRequest, LockedAccount]]


def form(accounts: Sequence[LockedAccount]) -> Block:
    """The form that asks for the action and the accounts."""
    actionable = [account for account in accounts if account.release != Release.DIRECTORY]
    if not actionable:
        return modal(ids.MANY_FORM, "Several at once", [section(NO_ACCOUNTS)])
    choices = [option(title, action) for action, title in CHOICES.items()]
    logins = [
        option(one_line(f"{each.login} · {each.partner or NO_PARTNER}", 70), str(each.number))
        for each in actionable
    ]
    partner_counts = [
        (partner, len(list(group))) for partner, group in groupby(actionable, lambda account: account.partner)
    ]
    partners = [
        option(one_line(f"{partner or NO_PARTNER}: {count}", 70), partner or PARTNER_UNKNOWN)
        for partner, count in partner_counts
    ]
    return modal(
        ids.MANY_FORM,
        "Several at once",
        [
            field("What?", radio_buttons(ids.ACTION, choices, initial=AccountAction.UNLOCK)),
            field("Accounts", multi_select(ids.ACCOUNTS, logins), optional=True),
            field("All of a partner", select(ids.PARTNER, partners), optional=True),
            context("More than ten within ten minutes need a second person. The directory sends its own mail."),
        ],
        submit="Ask",
    )


def approval_form(batch: RequestBatch, accounts: Sequence[LockedAccount]) -> Block:
    """The accounts by partner, for a second person to approve."""
    lines = [f"*{_action_text(batch)}*, asked by {mention(batch.by)}"]
    for partner, group in groupby(sorted(accounts, key=lambda each: each.partner), lambda each: each.partner):
        logins = [one_line(account.login, LOGIN) for account in group]
        lines += [f"*{escape(partner) or NO_PARTNER}* ({len(logins)})", *(f"• {login}" for login in logins)]
    return modal(ids.APPROVAL_FORM, "Approve", paragraphs(lines, rest=""), submit="Approve", subject=batch.number)


def message(batch: RequestBatch, requests: RequestsWithAccounts, *, is_public: bool) -> Message:
    """The request and its results; a channel sees no login."""
    title = f"🔓 *{_action_text(batch)}*, asked by {mention(batch.by)}"
    if batch.state == WAITING:
        number = str(batch.number)
        buttons = [
            button("Look and approve…", ids.APPROVE, number, style="primary"),
            button("Decline", ids.DECLINE, number),
        ]
        text = f"{title}\nMore than ten within ten minutes need a second person."
        return _action_text(batch), [section(text), actions(buttons, block_id=f"lockout-batch-{number}")]
    decider = mention(batch.decided_by) if batch.decided_by else ""
    if batch.state == DECLINED:
        return _action_text(batch), [section(f"{title}\n{decider} declined it.")]
    approved_by = f", approved by {decider}" if decider else ""
    lines = [f"{title}{approved_by}", _counts(requests)]
    if not is_public:
        lines += _results(requests)
    return _action_text(batch), paragraphs(lines, rest="")


def _action_text(batch: RequestBatch) -> str:
    count = len(batch.lockouts)
    accounts = "1 account" if count == 1 else f"{count} accounts"
    return DOING[AccountAction(batch.action)].format(accounts=accounts)


def _counts(requests: RequestsWithAccounts) -> str:
    failed = sum(bool(request.trouble) for request, _ in requests)
    waiting = sum(request.answered_at is None for request, _ in requests)
    parts = [(len(requests) - failed - waiting, "done"), (failed, "not done"), (waiting, "not answered yet")]
    return " · ".join(f"{count} {name}" for count, name in parts if count)


def _results(requests: RequestsWithAccounts) -> list[str]:
    """One line for each account, those with trouble first."""
    failed_first = sorted(requests, key=lambda entry: (not entry[0].trouble, entry[0].answered_at is not None))
    return [_result(request, one_line(account.login, LOGIN)) for request, account in failed_first]


def _result(request: AccountRequest, login: str) -> str:
    if request.trouble:
        return f"⚠️ {login}: {one_line(request.trouble, 200)}"
    if request.answered_at is None:
        return f"⏳ {login}"
    return f"✅ {login}: {DONE[AccountAction(request.action)]}"
