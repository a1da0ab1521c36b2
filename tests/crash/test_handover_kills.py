"""Kills anywhere while command changes hands: one person is accountable, and each message is sent once."""

from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlmodel import select

from bot.handovers import ids
from bot.handovers.rules import State
from bot.handovers.shift import tables as shift_tables
from bot.incidents import incidents
from tests.crash import evidence
from tests.crash.bot_process import BotProcess
from tests.crash.kills import kill_everywhere
from tests.crash.rig import Rig

pytestmark = pytest.mark.parametrize("rig", ["sqlite"], indirect=True)


def test_accepted_command_is_taken_over_once_wherever_the_bot_is_killed(rig: Rig) -> None:
    accepted: list[bool] = []

    def offered(bot: BotProcess) -> None:
        channel = rig.declares(bot, "S4 line 1 is down").name
        rig.says("/incident claim commander", channel)
        rig.says("/incident handover <@U0CHLOE|chloe>", channel)
        rig.sandbox.person("ana").submits()

    def accept() -> None:
        with suppress(TimeoutError):
            rig.sandbox.person("chloe").clicks(ids.ACCEPT, channel="dm")

    def check() -> None:
        accepted.append(evidence.with_entry(rig, "handover_accepted") == [1])
        with rig.database.reading() as session:
            (commander,) = incidents.roles(session, 1)["commander"]
        assert commander == ("U0CHLOE" if accepted[-1] else "U0ANA")
        if accepted[-1]:
            evidence.once_each(rig, 1, ("handover_accepted",))
        evidence.nothing_is_there_twice(rig)

    commits = kill_everywhere(rig, "commit", prepare=offered, act=accept, check=check)

    assert commits >= 2, "the acceptance with the lease of the redraw, and settling it"
    assert accepted.count(False) <= 2


def test_an_accepted_shift_item_has_one_owner_wherever_the_bot_is_killed(rig: Rig) -> None:
    ana, chloe = rig.sandbox.person("ana"), rig.sandbox.person("chloe")

    def prepare(bot: BotProcess) -> None:
        rig.declares(bot, "S4 line 1 is down")
        rig.says("/incident handover shift <@U0CHLOE|chloe>")
        ana.submits()
        assert bot.rests()
        chloe.clicks(ids.REPEAT)
        chloe.fills(ids.REPEATED, "Line 1: I call the carrier")
        chloe.submits()

    def accept() -> None:
        with suppress(TimeoutError):
            chloe.clicks(ids.ACCEPT_ITEM)

    def check() -> None:
        with rig.database.reading() as session:
            (accountability,) = shift_tables.all_held(session)
            (item,) = shift_tables.of_incident(session, 1)
            rows = session.exec(select(shift_tables.Accountability).order_by(text("id"))).all()
        assert accountability.user_id == ("U0CHLOE" if item.state == State.ACCEPTED else "U0ANA")
        assert [row.until for row in rows] == [*(row.since for row in rows[1:]), None], "always exactly one person"
        messages = [message.text for message in ana.direct_messages() if "has accepted everything" in message.text]
        assert len(messages) == (item.state == State.ACCEPTED), "the consequence is announced once"
        evidence.nothing_is_there_twice(rig)

    commits = kill_everywhere(rig, "commit", prepare=prepare, act=accept, check=check)

    assert commits >= 3, "the acceptance, the lease of the redraw and settling it are three transactions"
