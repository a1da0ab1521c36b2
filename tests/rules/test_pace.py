"""Posts to one channel keep to Slack's rate limit, and keep their order while they wait."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.rate_limiter import BURST, WINDOW_S, RateLimiter


def test_a_short_burst_passes_and_later_posts_wait_in_line() -> None:
    pace = RateLimiter()

    waits = [pace.wait_s("C1", f"post {number}", now=0.0) for number in range(12)]

    assert waits[:BURST] == [0.0] * BURST
    assert waits == sorted(waits)
    assert waits[BURST] == waits[2 * BURST - 1] == WINDOW_S
    assert waits[-1] == 2 * WINDOW_S
    assert pace.wait_s("C2", "elsewhere", now=100.0) == 0.0


def test_a_post_that_comes_back_keeps_its_turn() -> None:
    pace = RateLimiter()
    waits = {key: pace.wait_s("C1", key, now=0.0) for key in "abcdefghij"}

    assert pace.wait_s("C1", "g", now=1.0) == waits["g"] - 1.0, "too early"
    assert pace.wait_s("C1", "late", now=WINDOW_S) > 0.0, "a later post does not jump the queue"
    assert pace.wait_s("C1", "f", now=WINDOW_S) == 0.0


def test_a_refused_post_does_not_wait_in_line_again() -> None:
    pace = RateLimiter()
    for key in "abcdefghijkl":
        pace.wait_s("C1", key, now=0.0)
    assert pace.wait_s("C1", "f", now=WINDOW_S) == 0.0

    pace.return_turn("f", now=WINDOW_S)

    assert pace.wait_s("C1", "f", now=WINDOW_S + 1.0) == 0.0


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_no_window_ever_holds_more_than_the_burst(gaps: list[float]) -> None:
    pace, now, sent = RateLimiter(), 0.0, []
    for number, gap in enumerate(gaps):
        now += gap
        sent.append(now + pace.wait_s("C1", str(number), now))

    # To a billionth of a second: these are sums of fractions.
    assert all(later - earlier >= -1e-9 for earlier, later in pairwise(sent))
    assert all(later - earlier >= WINDOW_S - 1e-9 for earlier, later in zip(sent, sent[BURST:], strict=False))
