"""Python's garbage collector, kept from walking through what lives long."""

import gc


def leave_out_what_lives() -> None:
    """What lives now is never looked at again.

    In the middle of a transaction, or while somebody waits, it would hold up every thread for 100 ms and more.
    """
    gc.collect()
    gc.freeze()
