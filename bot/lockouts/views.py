"""What users see of lockouts: the list by partner, the proposal, several at once, failed sign-ins. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from bot.incidents.tables import Incident
from bot.lockouts import ids
from bot.lockouts.rules import TITLES, AccountAction, Failure, Release, counted, hints, meaning
from bot.lockouts.tables import DECLINED, WAITING, AccountRequest, Burst, LockedAccount, RequestBatch
from bot.slack.blocks import (
    Block,
    Element,
    Message,
    actions,
    button,
    confirmation,
    context,
    option,
    overflow,
    paragraphs,
    section,
)
from bot.slack.text import channel_link, escape, mention, near_time, one_line

# What each source can do for its accounts.
PossibleActions = Mapping[str, Collection[AccountAction]]
SHOWN = 12
# Fewer than this in six minutes say nothing as a figure.
LEAST_NAMED = 0.5
NOBODY = "No open lockouts have been reported."
NO_PARTNER = "No partner known"
PEOPLE_SHOWN = 8
NAME_SHOWN = 80
DOING = {AccountAction.UNLOCK: "Unlock {accounts}", AccountAction.RESET: "Mail {accounts} a password reset"}
DONE = {AccountAction.UNLOCK: "unlocked", AccountAction.RESET: "the directory has sent the mail"}
LOGIN = 80
RequestsWithAccounts = Sequence[tuple[AccountRequest, LockedAccount]]


def overview(
    accounts: Sequence[LockedAccount], usual: Mapping[str, float], possible: PossibleActions, now: datetime
) -> Message:
    """Locked accounts by partner, the most first, compared with the usual number; what ends each and who handles
    it. Those that unlock themselves come last, because they need nobody."""
    blocks: list[Block] = []
    shown_count = 0
    groups = [(partner, list(group)) for partner, group in groupby(accounts, lambda account: account.partner)]
    for partner, group_accounts in sorted(groups, key=lambda group: -len(group[1])):
        blocks.append(section(_heading(partner, group_accounts, usual.get(partner, 0))))
        needing_help_first = sorted(group_accounts, key=lambda account: account.release == Release.ITSELF)
        for account in needing_help_first[: max(0, SHOWN - shown_count)]:
            blocks += _account(account, possible, now)
        shown_count += len(group_accounts)
    if shown_count > SHOWN:
        blocks.append(context(f"… and {shown_count - SHOWN} more, which appear here when some of these are done."))
    blocks = blocks or [section(NOBODY)]
    buttons = [button("Add lockouts…", ids.ADD)]
    if len(accounts) > 1 and any(possible.values()):
        buttons.append(button("Several at once…", ids.MANY))
    return NOBODY if not accounts else "Lockouts", [*blocks, actions(buttons, block_id="lockouts-add")]


def _heading(partner: str, accounts: Sequence[LockedAccount], usual: float) -> str:
    blocked = sum(account.release == Release.ADMINISTRATOR for account in accounts)
    agents = "1 agent" if len(accounts) == 1 else f"{len(accounts)} agents"
    needing = f", {blocked} need{'s' if blocked == 1 else ''} an administrator" if blocked else ""
    heading = f"*{escape(partner) or NO_PARTNER}* {agents} locked out{needing}"
    return f"{heading} · usual in six minutes: {_usual_text(usual)}"


def _usual_text(usual: float) -> str:
    return f"about {usual:.1f}" if usual >= LEAST_NAMED else "hardly any"


def _account(account: LockedAccount, possible: PossibleActions, now: datetime) -> list[Block]:
    facts = [f"since {near_time(account.locked_at, now)}", TITLES[Release(account.release)]]
    facts += [f"claimed by {mention(account.claimed_by)}"] if account.claimed_by else []
    facts += [f"partner told by {mention(account.told_by)}"] if account.told_by else []
    return [
        section(f"{one_line(account.login, 80)} · {' · '.join(facts)}"),
        actions(account_buttons(account, possible), block_id=f"lockout-{account.number}"),
    ]


def account_buttons(account: LockedAccount, possible: PossibleActions) -> list[Element]:
    """The buttons for a locked account, of what its source can do; rare actions are in the overflow menu."""
    number = str(account.number)
    buttons: list[Element] = [] if account.claimed_by else [button("Claim", ids.CLAIM, number)]
    possible_actions = () if account.release == Release.DIRECTORY else possible.get(account.source, ())
    if AccountAction.UNLOCK in possible_actions:
        buttons += [button("Unlock", ids.UNLOCK, number)]
    if AccountAction.RESET in possible_actions:
        question = confirmation(
            "Reset the password?",
            f"The directory mails {account.login[:100]} a way to set a new one.",
            "Send the mail",
            "Do not",
        )
        buttons += [button("Reset password", ids.RESET, number, confirm=question)]
    more = [option("Sign-in failures", f"{ids.FAILURES}:{number}")]
    more += [] if account.told_by else [option("Partner told", f"{ids.TOLD}:{number}")]
    return [*buttons, button("Done", ids.DONE, number), overflow(ids.MORE, more)]


def proposal(burst: Burst, unlocked_count: int, incident: Incident | None, now: datetime) -> Message:
    """The message in the incidents channel: one for each burst, edited as it grows, as its accounts are unlocked,
    and when somebody decides."""
    text = (
        f"🔐 *{burst.accounts} agents of {escape(burst.partner)} {'were' if unlocked_count else 'are'} locked out* "
        f"since {near_time(burst.first_at, now)}. Usual in six minutes: {_usual_text(burst.usual)}."
    )
    if unlocked_count:
        share = "All" if unlocked_count == burst.accounts else f"{unlocked_count}"
        text += f" {share} of them can sign in again."
    if incident is not None:
        incident_link = channel_link(incident.channel_id) if incident.channel_id else f"#{incident.number}"
        named = "An incident" if incident.is_private else incident_link
        return text, [section(f"{text}\n{named} was declared for it.")]
    if burst.state == "lapsed":
        return text, [section(f"{text}\nNobody decided, and then nobody was locked out for an hour.")]
    if burst.state != "open":
        return text, [section(f"{text}\n{mention(burst.decided_by or '')} says that it is no incident.")]
    number = str(burst.number)
    buttons = [
        button("Declare an incident", ids.DECLARE, number, style="primary"),
        button("No incident", ids.DISMISS, number),
    ]
    return text, [section(text), actions(buttons, block_id=f"lockout-burst-{number}")]


def failures_card(
    login_or_partner: str,
    failures: Sequence[Failure],
    locked: Sequence[LockedAccount],
    possible: PossibleActions,
    now: datetime,
) -> Message:
    """Why sign-ins failed in the last day, from where, with what program, and what to check first."""
    name = one_line(login_or_partner, NAME_SHOWN)
    title = f"Sign-in failures of {name}"
    state = _state(locked)
    if not failures:
        text = (
            f"*{title}*\nNo failure is known from the last 24 hours{state}. A source such as Okta reports "
            "failures, and only for logins that it knows: check how the name is written there."
        )
        return title, [section(text), *_buttons(locked, possible)]
    people = Counter(failure.login for failure in failures)
    times = f"{_failure_count(len(failures))} in the last 24 hours, the last {near_time(failures[0].at, now)}"
    of_people = f", {len(people)} people" if len(people) > 1 else ""
    lines = [f"🔎 *{title}*", f"{times}{of_people}{state}", *_facts(failures)]
    blocks: list[Block] = [section("\n".join(lines))]
    if hint_texts := hints(failures):
        blocks.append(section("\n".join(["*Look at first*", *(f"• {escape(hint)}" for hint in hint_texts)])))
    if len(people) > 1:
        blocks.append(section("\n".join(["*People*", *_people(failures, people)])))
    blocks.append(
        context("From the sign-on's log, which never holds a password, a code or a link; kept for a week.")
    )
    return title, [*blocks, *_buttons(locked, possible)]


def _state(locked: Sequence[LockedAccount]) -> str:
    if not locked:
        return ""
    return " · locked out now" if len(locked) == 1 else f" · {len(locked)} locked out now"


def _failure_count(count: int) -> str:
    return "1 failure" if count == 1 else f"{count} failures"


def _facts(failures: Sequence[Failure]) -> list[str]:
    values_by_title = (
        ("Why", [meaning(failure.reason) for failure in failures]),
        ("From", [_origin_text(failure) for failure in failures]),
        ("With", [failure.client for failure in failures]),
    )
    return [f"{title}: {_counted_list(values)}" for title, values in values_by_title if any(values)]


def _origin_text(failure: Failure) -> str:
    return f"{failure.place} ({failure.address})" if failure.place and failure.address else failure.address


def _counted_list(values: Sequence[str]) -> str:
    return " · ".join(f"{count} × {one_line(value, NAME_SHOWN)}" for value, count in counted(values))


def _people(failures: Sequence[Failure], people: "Counter[str]") -> list[str]:
    lines = []
    for login, count in people.most_common(PEOPLE_SHOWN):
        [(reason, _)] = counted([meaning(failure.reason) for failure in failures if failure.login == login], 1)
        lines.append(f"• {one_line(login, NAME_SHOWN)}: {count}, mostly {escape(reason)}")
    more = len(people) - PEOPLE_SHOWN
    return [*lines, f"… and {more} more"] if more > 0 else lines


def _buttons(locked: Sequence[LockedAccount], possible: PossibleActions) -> list[Block]:
    """The buttons for the account, if exactly one is locked out."""
    if len(locked) != 1:
        return []
    return [actions(account_buttons(locked[0], possible), block_id=f"{ids.FAILURES}-{locked[0].number}")]


def batch_message(batch: RequestBatch, requests: RequestsWithAccounts, *, is_public: bool) -> Message:
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
