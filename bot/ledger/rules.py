"""Credits and refunds: the states of a line, the equation of the totals, approval of releases. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from bot.errors import WatchfloorError
from bot.ledger.money import format_amount

SAME_CAUSE = "paid for the same cause in another incident"
REVERSED = "reversed"


class State(StrEnum):
    """The state of a line. The eligible amount is the sum over all states."""

    PENDING = "pending"
    ISSUED = "issued"
    FAILED = "failed"
    EXCLUDED = "excluded"


# Allowed transitions. A reversal leads from issued to pending or to excluded. An issued line stays issued when the
# payer names its payment, pays it a second time or takes such a payment back: the entry keeps the reference.
FOLLOWS: Mapping[State, frozenset[State]] = {
    State.PENDING: frozenset({State.ISSUED, State.FAILED, State.EXCLUDED}),
    State.FAILED: frozenset({State.PENDING}),
    State.ISSUED: frozenset({State.ISSUED, State.PENDING, State.EXCLUDED}),
    State.EXCLUDED: frozenset(),
}


class WrongMove(WatchfloorError):
    """This line is {old}, so it cannot become {new}. {advice}"""


class LedgerClosed(WatchfloorError):
    """The ledger is closed. *Reopen* in `/incident ledger` opens it again."""


class NoLedger(WatchfloorError):
    """There is no ledger yet. *Add accounts* in `/incident ledger` begins one."""


class NothingToRelease(WatchfloorError):
    """Nothing is left to release in {cohort}, {currency}: it is released, or waits for approval in the channel."""


class BeingPrepared(WatchfloorError):
    """The release of {cohort}, {currency} is already being prepared. Its message in the channel shows the
    progress."""


class SecondPersonNeeded(WatchfloorError):
    """You asked for this release, so somebody else has to approve it."""


class NotWaiting(WatchfloorError):
    """This release was {state} already."""


class UnknownAccount(WatchfloorError):
    """There is no such account in this ledger. The workbook shows how its accounts are written."""


class ReasonMissing(WatchfloorError):
    """Please give a reason; it stays in the ledger."""


class NotBalanced(WatchfloorError):
    """The ledger does not add up yet: {reasons}. Give a reason to close it all the same."""


class NotReleased(WatchfloorError):
    """This line is not released yet, so nothing can have been paid. *Release* in `/incident ledger` comes first."""


class UnknownCohort(WatchfloorError):
    """`{given}` is not a cohort. `floor.yaml` names {known}."""


class Totals(Struct, frozen=True):
    """The sums of a cohort in a currency, in its smallest unit."""

    issued: int = 0
    failed: int = 0
    excluded: int = 0
    pending: int = 0
    lines: int = 0

    @property
    def eligible(self) -> int:
        """The sum over all states."""
        return self.issued + self.failed + self.excluded + self.pending

    def moved(self, old: State | None, new: State, amount: int) -> "Totals":
        """Return the totals after an amount moved between states; `old` is None for a new line."""
        sums = self.sums()
        if old is not None:
            sums[old] -= amount
        sums[new] += amount
        return Totals(**{str(state): sum_ for state, sum_ in sums.items()}, lines=self.lines + (old is None))

    def sums(self) -> dict[State, int]:
        return {state: getattr(self, state) for state in State}


def check_move(old: State, new: State) -> None:
    """Raise `WrongMove` unless the new state may follow the old one."""
    if new in FOLLOWS[old]:
        return
    advice = {
        State.EXCLUDED: "Add the account again when it is to be paid after all.",
        State.ISSUED: "Reverse it first.",
    }.get(old, "Release it first.")
    raise WrongMove(old=old, new=new, advice=advice)


def needs_second_person(amount: int, released_alone: int, limit: int | None) -> bool:
    """Whether a release needs a second person. Earlier releases without one count too, so that splitting a sum
    does not evade the limit. Without a limit none does. All in the currency's smallest unit."""
    return limit is not None and amount + released_alone > limit


def mask(account: str) -> str:
    """Return the part of an account that may be shown: its last four characters, or none if it is short."""
    return f"…{account[-4:]}" if len(account) >= 8 else "••••"


class Payer(StrEnum):
    """The status of a payment in the payer's file."""

    ISSUED = "issued"
    FAILED = "failed"
    REVERSED = "reversed"
    PENDING = "pending"


class Trouble(StrEnum):
    """A discrepancy between the ledger and the payer's file."""

    UNKNOWN = "the ledger has no such account"
    AMOUNT = "another amount"
    CURRENCY = "another currency"
    NOT_RELEASED = "paid, but not released"
    EXCLUDED = "paid, but excluded"
    AGAIN = "paid a second time"
    SAME_CAUSE = "paid for the same cause in another incident"
    NOT_ISSUED = "reversed, but never paid"
    FAILED = "failed after it was paid"


class Known(NamedTuple):
    """An account's line in the ledger.

    `is_named`: the payer gave the reference of the payment that it is issued by. `is_paid_elsewhere`: for the same
    cause, in another incident. `second_payments`: how many are not taken back.
    """

    state: State
    amount: int
    currency: str
    is_released: bool
    references: frozenset[str] = frozenset()
    is_named: bool = False
    is_paid_elsewhere: bool = False
    second_payments: int = 0


class Verdict(NamedTuple):
    """The effect of a row in the payer's file: the states that the line passes through, a discrepancy or both.
    `is_second_reversed`: it takes back a second payment, which was such a discrepancy."""

    moves: tuple[State, ...] = ()
    trouble: Trouble | None = None
    is_second_reversed: bool = False


NOTHING = Verdict()


def judge(
    known: Known | None, status: Payer, amount: int, currency: str, reference: str, *, is_repeated: bool = False
) -> Verdict:
    """Return the effect of a row in the payer's file on the line of its account.

    A known payment changes nothing, however often its row is repeated: it is known by its reference, or, without
    one, because the line is issued. `is_repeated`: an earlier row of the same file pays the account, and no
    reference shows that it is the same payment.
    """
    if known is None:
        return Verdict(trouble=Trouble.UNKNOWN)
    if reference and f"{status}:{reference}" in known.references:
        return NOTHING
    if currency != known.currency:
        return Verdict(trouble=Trouble.CURRENCY)
    if amount != known.amount:
        return Verdict(trouble=Trouble.AMOUNT)
    if status == Payer.ISSUED:
        return _judge_payment(known, reference, is_repeated=is_repeated)
    if status == Payer.REVERSED:
        return _judge_reversal(known)
    if status == Payer.FAILED:
        return _judge_failure(known, reference)
    return NOTHING


def _judge_failure(known: Known, reference: str) -> Verdict:
    if known.state == State.PENDING and known.is_released:
        return Verdict((State.FAILED,))
    # A failure under another reference, or without one, may be an earlier attempt.
    if known.state == State.ISSUED and reference and f"{Payer.ISSUED}:{reference}" in known.references:
        return _judge_reversal(known) if known.second_payments else Verdict(trouble=Trouble.FAILED)
    return NOTHING


def _judge_payment(known: Known, reference: str, *, is_repeated: bool) -> Verdict:
    if reference and f"{Payer.REVERSED}:{reference}" in known.references:
        return NOTHING
    if known.state == State.ISSUED:
        if is_repeated:
            return Verdict(trouble=Trouble.AGAIN)
        if reference:
            return Verdict((State.ISSUED,), Trouble.AGAIN if known.is_named else None)
        return NOTHING
    if known.state == State.EXCLUDED:
        return Verdict(trouble=Trouble.EXCLUDED)
    if known.is_paid_elsewhere:
        return Verdict(trouble=Trouble.SAME_CAUSE)
    if not known.is_released:
        return Verdict(trouble=Trouble.NOT_RELEASED)
    return Verdict((State.PENDING, State.ISSUED) if known.state == State.FAILED else (State.ISSUED,))


def _judge_reversal(known: Known) -> Verdict:
    if known.state != State.ISSUED:
        return Verdict(trouble=Trouble.NOT_ISSUED)
    if known.second_payments:
        # Whichever of the payments is taken back, the account keeps one.
        return Verdict((State.ISSUED,), is_second_reversed=True)
    return Verdict((State.PENDING,))


def open_reasons(pending: Mapping[str, int], differences: int, errors: int) -> list[str]:
    """Return the reasons why a ledger may not be closed yet, as sentences without a full stop.

    `pending` has the sums of each currency, in its smallest unit.
    """
    amounts = [format_amount(amount, currency) for currency, amount in sorted(pending.items()) if amount]
    reasons = [f"{' and '.join(amounts)} {'is' if len(amounts) == 1 else 'are'} pending"] if amounts else []
    if differences:
        reasons.append(f"{differences} difference{'s' if differences > 1 else ''} from the payer's file")
    if errors:
        reasons.append("sums differ from the lines")
    return reasons
