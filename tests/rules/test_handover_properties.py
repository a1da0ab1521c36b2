"""One person is accountable however people offer, accept, send back, take back or assign command, in any order."""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from bot import directory
from bot.directory.cache import PeopleCache
from bot.directory.rules import PersonFacts
from bot.errors import WatchfloorError
from bot.handovers import actions, reminders, tables
from bot.handovers.rules import Kind, State
from bot.incidents import incidents, roles
from tests.rules.playbook_builders import NOON, database, declared
from tests.rules.test_update_templates import services

GUEST, DEACTIVATED = "UGUEST", "ULEFT"
PEOPLE = st.sampled_from(["UANA", "UBEN", "UCLARA", GUEST, DEACTIVATED])


class PeopleHandingOver(RuleBasedStateMachine):
    """Several people do whatever they like with the command of one incident while time passes."""

    @initialize()
    def start(self) -> None:
        self.folder = TemporaryDirectory()
        store = database(Path(self.folder.name))
        self.services = replace(services(), database=store)
        self.services.parts[PeopleCache] = PeopleCache()
        self.now = NOON
        people = [PersonFacts(user_id, user_id) for user_id in ("UANA", "UBEN", "UCLARA")]
        people += [
            PersonFacts(GUEST, GUEST, is_guest=True),
            PersonFacts(DEACTIVATED, DEACTIVATED, is_gone=True),
        ]
        with store.transaction() as session:
            self.number = declared(session)
            directory.save_people(session, people)
        roles.claim(self.services, self.number, "commander", "UANA", self.now)
        self.last = "UANA"

    def teardown(self) -> None:
        if hasattr(self, "services"):
            self.services.database.close()
            self.folder.cleanup()

    def tries(self, act) -> bool:
        self.now += timedelta(seconds=1)
        try:
            act(self.now)
        except WatchfloorError:
            return False
        return True

    @rule(by=PEOPLE, to=PEOPLE)
    def offer(self, by: str, to: str) -> None:
        self.tries(lambda now: actions.offer(self.services, self.number, to, "", by, now))

    @rule(by=PEOPLE, which=st.integers(1, 6))
    def accept(self, by: str, which: int) -> None:
        with self.services.database.reading() as session:
            offered = {handover.number: handover for handover in tables.of_incident(session, self.number)}
        was_pending = which in offered and offered[which].is_pending
        if self.tries(lambda now: actions.accept(self.services, which, by, now)):
            assert was_pending
            assert offered[which].to_id == by, "only the person it is for"
            assert self.commander() == [by]

    @rule(by=PEOPLE, which=st.integers(1, 6))
    def send_back(self, by: str, which: int) -> None:
        before = self.commander()
        self.tries(lambda now: actions.send_back(self.services, which, "who calls the carrier?", by, now))
        assert self.commander() == before

    @rule(by=PEOPLE, which=st.integers(1, 6))
    def take_back(self, by: str, which: int) -> None:
        before = self.commander()
        self.tries(lambda now: actions.take_back(self.services, which, by, now))
        assert self.commander() == before

    @rule(by=PEOPLE, to=PEOPLE)
    def assign(self, by: str, to: str) -> None:
        self.tries(lambda now: roles.assign(self.services, self.number, "commander", to, by, now))

    @rule(by=PEOPLE, to=PEOPLE)
    def hand_over_at_once(self, by: str, to: str) -> None:
        self.tries(lambda now: actions.hand_over_role(self.services, self.number, "commander", to, by, now))

    @rule(minutes=st.integers(1, 40))
    def time_passes(self, minutes: int) -> None:
        before = self.commander()
        self.now += timedelta(minutes=minutes)
        reminders.remind(self.services, self.now)
        assert self.commander() == before

    @invariant()
    def exactly_one_colleague_is_accountable(self) -> None:
        if not hasattr(self, "services"):
            return
        (commander,) = self.commander()
        assert commander not in (GUEST, DEACTIVATED)

    @invariant()
    def a_commander_who_offered_command_still_has_it(self) -> None:
        if not hasattr(self, "services"):
            return
        with self.services.database.reading() as session:
            of_incident = tables.of_incident(session, self.number)
        pending = [handover for handover in of_incident if handover.is_pending]
        assert len(pending) <= 1
        assert [handover.from_id for handover in pending] in ([], self.commander())
        assert all(handover.due_at is None for handover in of_incident if handover.state != State.PENDING)
        assert all(handover.kind in list(Kind) for handover in of_incident)

    def commander(self) -> list[str]:
        with self.services.database.reading() as session:
            return incidents.roles(session, self.number).get("commander", [])


TestHandovers = PeopleHandingOver.TestCase
TestHandovers.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_a_late_reminder_still_leaves_time_to_answer() -> None:
    from bot.handovers.rules import next_due

    offered = datetime(2026, 11, 22, 12, 0)
    quarter, half = timedelta(minutes=15), timedelta(minutes=30)
    assert next_due(offered, None, quarter, half) == offered + quarter
    assert next_due(offered, offered + quarter, quarter, half) == offered + half
