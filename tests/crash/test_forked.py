"""Bots are forked from a process that has loaded and used everything, whatever else this run tests."""

import sys
from multiprocessing.connection import Connection

from tests import forked
from tests.soak import replicas


def _tell_whether_warm(answer: Connection) -> None:
    answer.send("tests.crash.warm" in sys.modules)


def test_a_bot_is_forked_from_a_warm_process() -> None:
    assert replicas, "the soak forks its bots from another kind of process"
    answer, sender = forked.CONTEXT.Pipe(duplex=False)
    process = forked.CONTEXT.Process(target=_tell_whether_warm, args=(sender,))
    process.start()
    assert answer.recv() is True
    process.join()
