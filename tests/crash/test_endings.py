"""Asking the process to end in the middle of its work."""

import time

from tests.crash import evidence
from tests.crash.rig import Rig

ENDS_WITHIN_S = 10


def test_a_declaration_interrupted_by_sigterm_is_finished_then_or_after_the_next_start(rig: Rig) -> None:
    bot = rig.starts_a_bot()
    assert bot.rests()
    rig.sandbox.latency_s = 0.3
    rig.says("/incident declare S1 line 1 is down")

    asked_at = time.monotonic()
    bot.is_asked_to_end()

    assert time.monotonic() - asked_at < ENDS_WITHIN_S
    rig.sandbox.latency_s = 0
    assert rig.starts_a_bot().rests()
    evidence.incident_is_whole(rig, 1)
    evidence.nothing_is_there_twice(rig)
