"""Killed anywhere while command changes hands: one person is accountable, and what follows is said once."""

from contextlib import suppress

import pytest

from bot.handovers import ids
from bot.incidents import tables as incidents
from tests.crash import evidence
from tests.crash.desk import Desk, kill_points

pytestmark = pytest.mark.parametrize("desk", ["sqlite"], indirect=True)


def test_command_that_is_accepted_is_taken_over_once_wherever_it_is_killed(desk: Desk) -> None:
    killed = 0
    for bot, number, commits in kill_points(desk):
        channel = desk.declares(bot, f"S4 line {number} is down").name
        desk.says("/incident claim commander", channel)
        desk.says("/incident handover <@U0CHLOE|chloe>", channel)
        desk.sandbox.person("ana").submits()
        assert bot.rests()
        bot.dies("commit", commits)
        with suppress(TimeoutError):
            desk.sandbox.person("chloe").clicks(ids.ACCEPT, channel="dm")
        killed = number

    accepted = evidence.with_entry(desk, "handover_accepted")
    assert commits >= 3, "the acceptance, the claim of what is to be drawn and its settling are three transactions"
    assert len(accepted) >= killed - 2
    for number in range(1, killed + 1):
        with desk.database.reading() as session:
            (commander,) = incidents.roles(session, number)["commander"]
        assert commander == ("U0CHLOE" if number in accepted else "U0ANA")
        if number in accepted:
            evidence.once_each(desk, number, ("handover_accepted",))
    evidence.nothing_is_there_twice(desk)
