"""One person is accountable whatever people offer, accept and ask, whoever leaves, whenever the process dies."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace
from sqlmodel import Session, select

from bot import directory
from bot.config.floor import Shifts
from bot.directory.cache import PeopleCache
from bot.directory.departures import Departures
from bot.directory.lookup import remember
from bot.directory.rules import PersonFacts
from bot.errors import WatchfloorError
from bot.handovers.rules import Kind, State
from bot.handovers.shift import accepting, accountability, offering
from bot.handovers.shift.tables import Accountability
from bot.handovers.tables import Handover
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.events import Declared, Resolved
from bot.incidents.facts import RISKY_CASES
from bot.incidents.registry import Registry
from bot.shifts import absence_tables, absences
from tests.rules.playbook_builders import NOON, database, declared
from tests.rules.test_update_templates import services

COLLEAGUES = ("UANA", "UBEN", "UCLARA", "UDEVI")
FALLBACK = ("UDEVI", "UCLARA")
PEOPLE = st.sampled_from(COLLEAGUES)
NUMBERS = st.integers(1, 30)


class Killed(BaseException):
    """The process died before its commit."""


class PeopleHandingOverShifts(RuleBasedStateMachine):
    """Several people do whatever they like with the items of a shift; now and then the process dies."""

    @initialize()
    def start(self) -> None:
        self.folder = TemporaryDirectory()
        base_services = services(shifts=Shifts(fallback=FALLBACK))
        base_services.get(Registry).answers(RISKY_CASES, lambda session, services, now, held_keys: ())
        store = database(Path(self.folder.name))
        self.services = replace(base_services, database=store)
        self.services.parts[PeopleCache] = PeopleCache()
        # The process dies before anyone is told outside the transaction: messages after the commit are never sent.
        self.services.parts[Departures] = Departures([], base_services.get(Registry).unavailable)
        self.now, self.is_dying = NOON, False
        sa.event.listen(Session, "before_commit", self.maybe_die)
        with store.transaction() as session:
            directory.save_people(session, [PersonFacts(each, each) for each in COLLEAGUES])
        self.open: set[str] = set()
        for _ in range(3):
            self.declare()

    def teardown(self) -> None:
        if hasattr(self, "services"):
            sa.event.remove(Session, "before_commit", self.maybe_die)
            self.services.database.close()
            self.folder.cleanup()

    def maybe_die(self, session: object) -> None:
        if self.is_dying:
            self.is_dying = False
            raise Killed()

    def tries(self, act) -> bool:
        self.now += timedelta(seconds=1)
        try:
            act(self.now)
        except (WatchfloorError, Killed):
            return False
        return True

    @rule()
    def the_process_dies_in_the_next_act(self) -> None:
        self.is_dying = True

    @rule()
    def declare(self) -> None:
        def act(now) -> None:
            with self.services.database.transaction() as session:
                number = declared(session)
                incident = incidents.by_number(session, number)
                accountability.follow_declared(Change(session, self.services, incident, "UANA", now), Declared())
            self.open.add(f"incident:{number}")

        self.tries(act)

    @rule(which=NUMBERS)
    def resolve(self, which: int) -> None:
        item = f"incident:{which}"

        def act(now) -> None:
            with self.services.database.transaction() as session:
                incident = incidents.by_number(session, which)
                incidents.change_status(incident, "resolved", now)
                accountability.follow_ended(Change(session, self.services, incident, "UANA", now), Resolved("key"))
            self.open.discard(item)

        self.tries(act)

    @rule(by=PEOPLE)
    def read_the_form(self, by: str) -> None:
        before = self.holders()
        self.tries(lambda now: offering.offer_form(self.services, by, now))
        assert self.holders() == before

    @rule(by=PEOPLE, to=PEOPLE)
    def offer(self, by: str, to: str) -> None:
        self.tries(lambda now: offering.offer(self.services, to, "", "", "", by, now))

    @rule(by=PEOPLE, which=NUMBERS)
    def repeat(self, by: str, which: int) -> None:
        self.tries(lambda now: accepting.repeat(self.services, which, "the phones first", by, now))

    @rule(by=PEOPLE, which=NUMBERS)
    def accept(self, by: str, which: int) -> None:
        self.tries(lambda now: accepting.accept_item(self.services, which, by, now))

    @rule(by=PEOPLE, which=NUMBERS)
    def accept_unchanged_items(self, by: str, which: int) -> None:
        self.tries(lambda now: accepting.accept_unchanged(self.services, which, by, now))

    @rule(by=PEOPLE, which=NUMBERS)
    def ask(self, by: str, which: int) -> None:
        before = self.holders()
        self.tries(lambda now: accepting.send_back(self.services, which, "who calls?", by, now))
        assert self.holders() == before, "a question makes nobody else accountable"

    @rule(by=PEOPLE, which=NUMBERS)
    def answer(self, by: str, which: int) -> None:
        before = self.holders()
        self.tries(lambda now: offering.answer(self.services, which, "Chloe", by, now))
        assert self.holders() == before

    @rule(who=PEOPLE, minutes=st.integers(1, 60), starts_in=st.sampled_from((0, 0, 10)))
    def go_absent(self, who: str, minutes: int, starts_in: int) -> None:
        def act(now) -> None:
            starts_at = now + timedelta(minutes=starts_in)
            when = starts_at, starts_at + timedelta(minutes=minutes)
            absences.enter(self.services, who, when, "sick", "", who, now)

        if self.tries(act) and not starts_in:
            with self.services.database.reading() as session:
                unavailable = absence_tables.absent_at(session, self.now) | directory.gone(session, COLLEAGUES)
            if set(FALLBACK) - unavailable:
                assert who not in self.holders().values(), "replaced in the same transaction"

    @rule(who=PEOPLE, is_gone=st.booleans())
    def account_is_deactivated_or_restored(self, who: str, is_gone: bool) -> None:
        person = PersonFacts(who, who, is_gone=is_gone)
        if self.tries(lambda now: remember(self.services, [person], now)) and is_gone:
            with self.services.database.reading() as session:
                unavailable = absence_tables.absent_at(session, self.now) | directory.gone(session, COLLEAGUES)
            if set(FALLBACK) - unavailable:
                assert who not in self.holders().values(), "replaced in the transaction that records the change"

    @rule(minutes=st.integers(1, 40))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.tries(lambda now: absences.begin_due(self.services, now))
        self.tries(lambda now: accepting.escalate_due(self.services, now))

    def holders(self) -> dict[str, str]:
        with self.services.database.reading() as session:
            return accountability.of_items(session)

    @invariant()
    def exactly_one_person_is_accountable_for_each_open_item_and_nobody_for_ended_ones(self) -> None:
        if hasattr(self, "open"):
            assert self.holders().keys() == self.open

    @invariant()
    def exactly_one_person_was_accountable_at_every_instant(self) -> None:
        if not hasattr(self, "services"):
            return
        by_item: dict[str, list[Accountability]] = {}
        with self.services.database.reading() as session:
            for row in session.exec(select(Accountability).order_by(sa.text("id"))):
                by_item.setdefault(row.item, []).append(row)
        for rows in by_item.values():
            for earlier, later in pairwise(rows):
                assert earlier.until == later.since, "neither a gap nor an overlap"
            assert all(row.until is None or row.since <= row.until for row in rows)

    @invariant()
    def every_offer_is_by_the_accountable_person(self) -> None:
        if not hasattr(self, "services"):
            return
        with self.services.database.reading() as session:
            is_pending = (Handover.kind == Kind.SHIFT, Handover.state == State.PENDING)
            pending = session.exec(select(Handover).where(*is_pending)).all()
        holders = self.holders()
        assert [row.from_id for row in pending] == [holders[row.item] for row in pending]
        assert len({row.item for row in pending}) == len(pending)


TestShiftHandovers = PeopleHandingOverShifts.TestCase
TestShiftHandovers.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
