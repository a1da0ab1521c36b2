"""The number of rows that a transaction writes."""

from bot.runtime.chunks import SMALLEST, ChunkSize


def test_a_slow_transaction_is_followed_by_a_smaller_one_and_a_quick_one_by_at_most_twice_as_many() -> None:
    times = iter((0.0, 0.06, 1.0, 1.001, 2.0, 9.0))
    size, sizes = ChunkSize(1_000, now_s=lambda: next(times)), []
    for _ in range(3):
        with size.measured(size.rows):
            pass
        sizes.append(size.rows)
    assert sizes == [500, 1_000, SMALLEST]


def test_a_shorter_transaction_may_be_asked_for() -> None:
    times = iter((0.0, 0.02))
    size = ChunkSize(1_000, target_s=0.01, now_s=lambda: next(times))
    with size.measured(size.rows):
        pass
    assert size.rows == 500
