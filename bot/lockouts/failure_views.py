"""The card of recent sign-in failures of a person or a partner. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bot.lockouts import ids
from bot.lockouts.failure_rules import Failure, counted, hints, meaning
from bot.lockouts.tables import LockedAccount
from bot.lockouts.views import PossibleActions, account_buttons
from bot.slack.blocks import Block, Message, actions, context, section
from bot.slack.text import escape, near_time, one_line

PEOPLE_SHOWN = 8
NAME = 80


def card(
    login_or_partner: str,
    failures: Sequence[Failure],
    locked: Sequence[LockedAccount],
    possible: PossibleActions,
    now: datetime,
) -> Message:
    """Why sign-ins failed in the last day, from where, with what program, and what to check first."""
    name = one_line(login_or_partner, NAME)
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
    return " · ".join(f"{count} × {one_line(value, NAME)}" for value, count in counted(values))


def _people(failures: Sequence[Failure], people: "Counter[str]") -> list[str]:
    lines = []
    for login, count in people.most_common(PEOPLE_SHOWN):
        [(reason, _)] = counted([meaning(failure.reason) for failure in failures if failure.login == login], 1)
        lines.append(f"• {one_line(login, NAME)}: {count}, mostly {escape(reason)}")
    more = len(people) - PEOPLE_SHOWN
    return [*lines, f"… and {more} more"] if more > 0 else lines


def _buttons(locked: Sequence[LockedAccount], possible: PossibleActions) -> list[Block]:
    """The buttons for the account, if exactly one is locked out."""
    if len(locked) != 1:
        return []
    return [actions(account_buttons(locked[0], possible), block_id=f"{ids.FAILURES}-{locked[0].number}")]
