"""When the bot looks for an outbox row's message, sends it again, or leaves it for later."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.outbox import rules
from bot.outbox.rules import Refusal, Step
from bot.slack.calls import CALL_TIMEOUT_S

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR_MS = 3_600_000


def lengths(at_most_ms: int = HOUR_MS) -> st.SearchStrategy[timedelta]:
    """Return a strategy for lengths of time."""
    return st.integers(0, at_most_ms).map(lambda ms: timedelta(milliseconds=ms))


def sent_again_after(arrives_after: timedelta, wakes: list[timedelta]) -> timedelta | None:
    """Return when a worker that wakes at those moments sends again after an attempt is cut off and arrives late.

    None when the worker found the message first.
    """
    looked = 0
    for wake in sorted(wakes):
        while rules.next_step(NOW, NOW + wake, looked) is Step.LOOK:
            if wake >= arrives_after:
                return None
            looked += 1
            if rules.is_absent(looked):
                return wake
    return None


@given(lengths(29_999), st.lists(lengths(), max_size=8))
def test_a_message_that_arrives_within_half_a_minute_is_never_sent_twice(
    late: timedelta, wakes: list[timedelta]
) -> None:
    assert sent_again_after(late, [wake for wake in wakes if wake > timedelta()]) is None


@given(st.lists(lengths(), min_size=1, max_size=8))
def test_a_message_that_never_arrives_is_sent_again_once_the_second_look_is_due(wakes: list[timedelta]) -> None:
    wakes = [*wakes, timedelta(seconds=3601)]

    again = sent_again_after(timedelta(days=1), wakes)

    assert again == min(wake for wake in wakes if wake >= rules.LOOK_AFTER[-1])


def test_the_first_look_comes_after_the_client_has_given_up() -> None:
    assert rules.LOOK_AFTER[0] > timedelta(seconds=CALL_TIMEOUT_S)
    assert len(rules.LOOK_AFTER) == 2
    steps = [
        [rules.next_step(NOW, NOW + timedelta(seconds=seconds), looked) for seconds in (14, 15, 29, 30)]
        for looked in (0, 1)
    ]
    assert steps == [[Step.WAIT, Step.LOOK, Step.LOOK, Step.LOOK], [Step.WAIT, Step.WAIT, Step.WAIT, Step.LOOK]]


def test_the_attempt_of_this_lease_is_made() -> None:
    assert rules.next_step(NOW, NOW, 0) is Step.CALL
    assert rules.next_step(None, NOW, 0) is Step.CALL
    assert rules.next_step(NOW, NOW + timedelta(seconds=1), 0) is Step.WAIT


@given(st.integers(0, 1_000), st.sampled_from([rules.RETRY_LONGEST, rules.SILENCE_LONGEST]))
def test_the_wait_after_failures_grows_to_its_maximum(failures: int, longest: timedelta) -> None:
    wait = rules.backoff(failures, longest)

    assert rules.RETRY_FIRST <= wait <= longest
    assert wait <= rules.backoff(failures + 1, longest)


def test_an_error_that_says_nothing_of_the_row_is_no_reason_to_give_it_up() -> None:
    assert rules.meaning("token_revoked", {}, Refusal.FINAL, is_posted=False) is Refusal.RETRY
    assert rules.meaning("invalid_blocks", {}, Refusal.FINAL, is_posted=False) is Refusal.FINAL


def test_the_wait_doubles_with_each_failure() -> None:
    assert [rules.backoff(failures).total_seconds() for failures in (0, 1, 2, 3, 7, 8)] == [5, 10, 20, 40, 640, 900]
    assert rules.backoff(4, rules.SILENCE_LONGEST) == timedelta(minutes=1)


def test_a_kinds_own_meaning_of_an_error_overrides_the_common_one() -> None:
    own = {"is_archived": Refusal.FINAL}

    assert rules.meaning("is_archived", own, Refusal.RETRY, is_posted=True) is Refusal.FINAL
    assert rules.meaning("is_archived", {}, Refusal.RETRY, is_posted=True) is Refusal.LOST_CHANNEL
    assert rules.meaning("is_archived", {}, Refusal.RETRY, is_posted=False) is Refusal.LOST_CHANNEL
    assert rules.meaning("message_not_found", {}, Refusal.RETRY, is_posted=True) is Refusal.LOST_MESSAGE
    assert rules.meaning("invalid_blocks", {}, Refusal.RETRY, is_posted=True) is Refusal.RETRY
    assert rules.meaning("message_not_found", {}, Refusal.RETRY, is_posted=False) is Refusal.RETRY
