"""Python's garbage collector, which took a twelfth of the suite's time with its usual settings."""

import gc

# So many objects more than were freed: by default it is 700.
COLLECT_EVERY = 10_000


def leave_alone_what_is_loaded() -> None:
    """What is there by now lives to the end of the process, so it need not be looked through again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY, *gc.get_threshold()[1:])
