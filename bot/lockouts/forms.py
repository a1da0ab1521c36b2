"""The forms of lockouts: add some, several at once, and the approval by a second person. Pure."""

from collections.abc import Sequence
from itertools import groupby

from bot.lockouts import ids
from bot.lockouts.rules import TITLES, AccountAction, Release
from bot.lockouts.tables import LockedAccount, RequestBatch
from bot.lockouts.views import LOGIN, NO_PARTNER, action_text
from bot.slack.blocks import (
    Block,
    context,
    field,
    modal,
    multi_select,
    option,
    paragraphs,
    radio_buttons,
    section,
    select,
    text_field,
)
from bot.slack.text import escape, mention, one_line

CHOICES = {AccountAction.UNLOCK: "Unlock", AccountAction.RESET: "Mail a password reset"}
NO_ACCOUNTS = "No account is locked that could be unlocked here."
# An option's value may not be empty; no partner has this name.
PARTNER_UNKNOWN = "-"


def add_form(partners: Sequence[str]) -> Block:
    """The form for adding lockouts by hand."""
    states = [option(title.capitalize(), release) for release, title in TITLES.items()]
    blocks = [
        field("Partner", select(ids.PARTNER, [option(name, name) for name in partners])),
        text_field(
            "Logins", ids.LOGINS, multiline=True, placeholder="One a line. Never a password, a link or a code"
        ),
        field("What ends it?", select(ids.RELEASE, states, initial=Release.ADMINISTRATOR)),
    ]
    return modal(ids.FORM, "Lockouts", blocks, submit="Add")


def many_form(accounts: Sequence[LockedAccount]) -> Block:
    """The form that asks for the action and the accounts."""
    actionable = [account for account in accounts if account.release != Release.DIRECTORY]
    if not actionable:
        return modal(ids.MANY_FORM, "Several at once", [section(NO_ACCOUNTS)])
    choices = [option(title, action) for action, title in CHOICES.items()]
    logins = [option(f"{each.login} · {each.partner or NO_PARTNER}", str(each.number)) for each in actionable]
    partner_counts = [
        (partner, len(list(group))) for partner, group in groupby(actionable, lambda account: account.partner)
    ]
    partners = [
        option(f"{partner or NO_PARTNER}: {count}", partner or PARTNER_UNKNOWN) for partner, count in partner_counts
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
    lines = [f"*{action_text(batch)}*, asked by {mention(batch.by)}"]
    for partner, group in groupby(sorted(accounts, key=lambda each: each.partner), lambda each: each.partner):
        logins = [one_line(account.login, LOGIN) for account in group]
        lines += [f"*{escape(partner) or NO_PARTNER}* ({len(logins)})", *(f"• {login}" for login in logins)]
    return modal(ids.APPROVAL_FORM, "Approve", paragraphs(lines, rest=""), submit="Approve", subject=batch.number)
