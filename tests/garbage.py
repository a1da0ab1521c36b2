"""Python's garbage collector, which took a twelfth of the suite's time with its usual settings."""

import gc

# The collector runs when allocations exceed deallocations by that many; the default is 700.
COLLECT_EVERY = 10_000


def wait_until_all_is_loaded() -> None:
    """Collect nothing until then: almost everything that is created meanwhile lives on."""
    gc.disable()


def leave_alone_what_is_loaded() -> None:
    """Freeze all current objects: they live to the end of the process, so they need not be examined again."""
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY, *gc.get_threshold()[1:])
    gc.enable()
