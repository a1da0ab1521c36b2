"""Several locked accounts at once: the message with the approval and the results. Pure."""

from collections.abc import Sequence

from bot.lockouts import ids
from bot.lockouts.rules import AccountAction
from bot.lockouts.tables import LockedAccount
from bot.lockouts.unlocking_tables import DECLINED, WAITING, AccountRequest, RequestBatch
from bot.slack.blocks import Message, actions, button, paragraphs, section
from bot.slack.text import mention, one_line

DOING = {AccountAction.UNLOCK: "Unlock {accounts}", AccountAction.RESET: "Mail {accounts} a password reset"}
DONE = {AccountAction.UNLOCK: "unlocked", AccountAction.RESET: "the directory has sent the mail"}
LOGIN = 80
RequestsWithAccounts = Sequence[tuple[AccountRequest, LockedAccount]]


def message(batch: RequestBatch, requests: RequestsWithAccounts, *, is_public: bool) -> Message:
    """The request and its results; a channel sees no login."""
    title = f"🔓 *{action_text(batch)}*, asked by {mention(batch.by)}"
    if batch.state == WAITING:
        number = str(batch.number)
        buttons = [
            button("Look and approve…", ids.APPROVE, number, style="primary"),
            button("Decline", ids.DECLINE, number),
        ]
        text = f"{title}\nMore than ten within ten minutes need a second person."
        return action_text(batch), [section(text), actions(buttons, block_id=f"lockout-batch-{number}")]
    decider = mention(batch.decided_by) if batch.decided_by else ""
    if batch.state == DECLINED:
        return action_text(batch), [section(f"{title}\n{decider} declined it.")]
    approved_by = f", approved by {decider}" if decider else ""
    lines = [f"{title}{approved_by}", _counts(requests)]
    if not is_public:
        lines += _results(requests)
    return action_text(batch), paragraphs(lines, rest="")


def action_text(batch: RequestBatch) -> str:
    """The action and the number of accounts, such as `Unlock 12 accounts`."""
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
