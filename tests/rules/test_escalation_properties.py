"""On every ladder, someone is always next or the top is reached, and no tier has its turn twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.escalation import rules
from bot.escalation.rules import Ladder, StopsOn

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = st.sampled_from(["@ana", "@ben", "@chloe", "@executives", "commander"])
TIERS = st.lists(
    st.tuples(
        st.integers(0, 60).map(lambda minutes: timedelta(minutes=minutes)),
        st.lists(NAMES, min_size=1, max_size=3, unique=True),
        st.sampled_from(list(StopsOn)),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda tier: tier[0],
).map(sorted)


class NightOnTheLadder(RuleBasedStateMachine):
    """Time passes; people decline, come, leave and escalate; the severity rises; the incident ends and reopens."""

    @initialize(tiers=TIERS)
    def declared(self, tiers):
        self.now = NOON
        self.ladder: Ladder = rules.plan_ladder(tiers, self.now)
        self.has_commander = self.is_awaited = self.is_over = False
        self.told: Counter[Any] = Counter()

    def spare(self):
        if self.has_commander:
            self.ladder = rules.stop_while_led(self.ladder)

    @rule(minutes=st.integers(1, 30), nobody_is_there=st.booleans())
    def time_passes(self, minutes, nobody_is_there):
        self.now += timedelta(minutes=minutes)
        for rung in self.ladder:
            if rung.due_at and rung.due_at <= self.now:
                self.told.update((rung.position, name) for name in rung.tell if not self.was_told(rung, name))
                self.ladder = rules.mark_told(self.ladder, rung.position)
                if nobody_is_there:
                    self.ladder = rules.bring_forward(self.ladder, self.now)
                    self.spare()
                return

    def was_told(self, rung, name):
        return (rung.position, name) in self.told

    @precondition(lambda self: not self.is_over)
    @rule()
    def somebody_cannot(self):
        self.is_awaited = False
        self.ladder = rules.bring_forward(self.ladder, self.now)
        self.spare()

    @precondition(lambda self: not self.is_over)
    @rule()
    def somebody_comes(self):
        self.is_awaited = True
        self.ladder = rules.stop_clock(self.ladder, StopsOn.ACKNOWLEDGED)

    @precondition(lambda self: not self.is_over)
    @rule()
    def a_commander_is_named(self):
        self.has_commander = True
        self.ladder = rules.stop_clock(self.ladder, StopsOn.COMMANDER)

    @precondition(lambda self: self.has_commander and not self.is_over)
    @rule()
    def the_commander_leaves(self):
        self.has_commander = False
        if not self.is_awaited:
            self.ladder = rules.resume_clock(self.ladder, self.now)

    @precondition(lambda self: not self.is_over)
    @rule(tiers=TIERS)
    def the_severity_rises(self, tiers):
        before = self.ladder
        self.ladder = rules.merge_higher_ladder(self.ladder, rules.plan_ladder(tiers, self.now), self.now)
        # People who are on the way stay so while the graver ladder adds nobody.
        self.is_awaited = self.is_awaited and self.ladder == before
        self.spare()

    @rule()
    def it_is_resolved_and_reopened(self):
        self.ladder = rules.end_ladder(self.ladder)
        assert rules.next_rung(self.ladder) is None
        self.ladder = rules.reopen_ladder(self.ladder)
        if not self.is_awaited:
            self.ladder = rules.resume_clock(self.ladder, self.now)
            self.spare()

    @invariant()
    def someone_is_next_or_the_top_is_reached(self):
        if not hasattr(self, "ladder"):
            return
        coming = rules.next_rung(self.ladder)
        if coming is None or self.is_awaited:
            return
        spared = self.has_commander and coming.stops_on == StopsOn.COMMANDER
        assert coming.due_at or spared, self.ladder

    @invariant()
    def turns_come_in_order(self):
        due = [rung.due_at for rung in getattr(self, "ladder", []) if rung.due_at]
        assert due == sorted(due)

    @invariant()
    def the_top_is_last_and_alone(self):
        assert [rung.is_top for rung in getattr(self, "ladder", [])][:-1].count(True) == 0


TestNightOnTheLadder = NightOnTheLadder.TestCase
TestNightOnTheLadder.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
