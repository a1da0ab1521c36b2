"""Acts of the last minute are counted as they come and expire."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.incidents.limits import WINDOW, Recent

START = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
acts = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["ana", "ben"]), st.sampled_from(["a", "b", "c", "d"])),
    max_size=30,
)


@given(acts)
def test_each_key_of_the_last_minute_counts_once_in_total_and_by_person(
    steps: list[tuple[int, str, str]],
) -> None:
    recent, now = Recent(), START
    begun: list[tuple[datetime, str, str]] = []
    for seconds, person, key in steps:
        now += timedelta(seconds=seconds)
        begun = [each for each in begun if now - WINDOW < each[0]]

        assert recent.count(now) == len(begun)
        assert recent.count(now, person) == sum(by == person for _, by, _ in begun)

        recent.add(now, person, key)
        if key not in {known for _, _, known in begun}:
            begun.append((now, person, key))
