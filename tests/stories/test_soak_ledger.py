"""The soak's expectations of an act match what the bot does."""

import time
from random import Random

from bot.playbooks import ids
from tests.floor import TestFloor
from tests.soak.disturbances import Disturbances
from tests.soak.ledger import Act, Expected, Ledger, Outcome, Trace
from tests.soak.people import Actor, Surroundings
from tests.stories.record import timeline


def test_a_step_in_a_persons_own_list_belongs_to_the_incident_named_beside_it(floor: TestFloor) -> None:
    floor.says("ana", "/incident claim", floor.declares("S1 IVR down"))
    second = floor.declares("S2 the coffee is cold")
    floor.says("ana", "/incident steps", second)
    ana = Actor("ana", Surroundings(floor.sandbox, Ledger(), Disturbances(), time.monotonic()), Random(0))

    value, number = ana.a_button(ids.STEP_DONE, second)
    assert number == 1, "the newest button in the second channel belongs to the first incident"
    ana.clicks(ids.STEP_DONE, second, value=value)
    floor.settle()

    assert [entry["incident_id"] for entry in timeline(floor, "step_done")] == [1]
    assert ana.a_button(ids.STEP_SKIP, second)[1] == 2, "the playbook's message names no channel"


def test_a_run_that_a_switch_may_have_stopped_is_expected_as_unsure() -> None:
    stop_trace = Trace("playbook_stopped", 1, "U0ANA", (("playbook", "Phones down"),))
    ledger = Ledger()
    ledger.add(Act(0, "ana", "playbook stop phones", "inc-1-x", Outcome.DONE, trace=stop_trace))
    for outcome in (Outcome.DONE, Outcome.REFUSED):
        ledger.add(Act(1, "ana", "playbook switch other", "inc-1-x", outcome, perhaps=(stop_trace,)))

    assert dict(ledger.expectations()) == {stop_trace: Expected(done=1, unsure=1)}
    assert [Expected(1, 1).allows(times) for times in range(4)] == [False, True, True, False]


def test_a_step_that_reopening_opened_again_is_not_taken_for_one_that_was_undone() -> None:
    trace = Trace("step_undone", 1, "U0ANA", others_facts=(("was", "waived"),))

    assert trace.fits("step_undone", 1, "U0ANA", {"was": "done"})
    assert not trace.fits("step_undone", 1, "U0ANA", {"was": "waived"})
