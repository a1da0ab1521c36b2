"""Keeps Python's garbage collector from scanning long-lived objects."""

import gc


def freeze_live_objects() -> None:
    """Exclude all objects that exist now from future collections.

    Scanning them during a transaction, or while a user waits, would stop every thread for 100 ms or more.
    """
    gc.collect()
    gc.freeze()
