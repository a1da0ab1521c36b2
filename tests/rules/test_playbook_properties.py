"""Every step is in exactly one state and the history adds up, whatever people click in whatever order."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.errors import WatchfloorError
from bot.playbooks import forms, reminders, steps, views
from bot.playbooks.progress import measure, progress
from bot.playbooks.rules import MAX_REMINDERS, State
from bot.playbooks.runs import update_facts
from bot.playbooks.step_rows import steps_of
from bot.playbooks.tables import due_reminders, runs_of
from slack_sandbox.blockkit import check_blocks, check_view
from tests.rules.playbook_builders import NOON, database, facts, phases, started

PLAYBOOK = phases(
    {
        "first": (
            "id: scope, due: 5 min, asks: [{id: reach, question: R, kind: choice, options: [One, All]}]",
            "id: watch, due: 10 min, repeat_every: 20 min, required: before close",
            "id: gravest, due: 3 min, when: {severity_at_least: S0}",
        ),
        "second": (
            "id: all-hands, due: 5 min after scope, when: {answers: {reach: All}}, required: before resolve",
            "id: tell, due: 10 min after phase, when: {done: scope}",
            "id: excuse, when: {skipped: scope}",
        ),
        "third": ("id: end, due: 5 min after tell",),
    }
)
KEYS = st.sampled_from(list(PLAYBOOK.steps))
PEOPLE = st.sampled_from(["UANA", "UBEN", "UCLARA"])
FINISHING = {"step_done": 1, "step_skipped": 1, "step_waived": 1, "step_undone": -1, "step_repeated": -1}


class PeopleAtAPlaybook(RuleBasedStateMachine):
    """Several people click whatever they like while time passes and the severity changes."""

    @initialize()
    def start(self):
        self.folder = TemporaryDirectory()
        self.database = database(Path(self.folder.name))
        self.now = NOON
        self.history = []
        with self.database.transaction() as session:
            self.run = started(session, PLAYBOOK)
            self.ids = {step.step_key: step.number for step in steps_of(session, self.run.number)}

    def teardown(self):
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    def click(self, act, key, *given):
        """Click: a refused click changes nothing; an accepted one adds one entry to the history."""
        before = self.states()
        try:
            with self.database.transaction() as session:
                self.history.append(act(session, steps.lock_step(session, self.ids[key]), *given))
        except WatchfloorError as refused:
            assert refused.sentence
            assert self.states() == before

    def states(self):
        with self.database.reading() as session:
            return {step.step_key: step.state for step in steps_of(session, self.run.number)}

    @rule(key=KEYS, by=PEOPLE, reach=st.sampled_from(["One", "All", None]))
    def done(self, key, by, reach):
        self.click(steps.complete, key, by, self.now, {"reach": reach})

    @rule(key=KEYS, by=PEOPLE, reason=st.text(max_size=20))
    def skip(self, key, by, reason):
        self.click(steps.skip, key, by, reason, self.now)

    @rule(key=KEYS, by=PEOPLE)
    def waive(self, key, by):
        self.click(steps.skip, key, by, "no time", self.now, State.WAIVED)

    @rule(key=KEYS, by=PEOPLE)
    def undo(self, key, by):
        self.click(steps.undo, key, by, self.now)

    @rule(key=KEYS, by=PEOPLE)
    def take(self, key, by):
        self.click(steps.take, key, by, self.now)

    @rule(key=KEYS, by=PEOPLE)
    def snooze(self, key, by):
        self.click(reminders.snooze, key, by, timedelta(minutes=10), self.now)

    @rule(severity=st.sampled_from(["S0", "S1", "S2"]))
    def severity_changes(self, severity):
        with self.database.transaction() as session:
            update_facts(session, self.run.incident_id, facts(severity=severity), self.now)

    @rule(minutes=st.integers(1, 40))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)
        with self.database.transaction() as session:
            for step in due_reminders(session, self.now):
                assert reminders.claim_reminder(session, step.number, step.reminders_sent, self.now)
        with self.database.transaction() as session:
            for step_id in reminders.steps_to_repeat(session, self.now):
                again = reminders.repeat(session, step_id, self.now)
                assert again
                self.history.append(again)

    @invariant()
    def every_step_adds_up(self):
        if not hasattr(self, "run"):
            return
        with self.database.reading() as session:
            run, rows = runs_of(session, self.run.incident_id)[0], steps_of(session, self.run.number)
        finished: Counter[Any] = Counter()
        for change in self.history:
            finished[change.step_id] += FINISHING.get(change.kind, 0)
        for step in rows:
            assert (step.state != "open") == (finished[step.id] == 1)
            assert step.state == "open" or (step.finished_at and step.finished_by and step.wanted_at)
            assert step.remind_at is None or (step.state == "open" and step.wanted_at)
            assert step.reminders_sent <= MAX_REMINDERS
            assert step.repeat_at is None or step.state == "done"
        self.counts_agree(rows)
        self.screens_fit(run, rows)

    def counts_agree(self, rows):
        adherence, counted = measure(rows), progress(rows)
        assert adherence.done + adherence.skipped + adherence.waived == counted.finished
        assert counted.finished + adherence.left_open == counted.wanted

    def screens_fit(self, run, rows):
        check_blocks(views.run_message(run, rows, self.now)[1])
        check_view(forms.all_steps_view(run, rows, self.now), "modal")


TestPeopleAtAPlaybook = PeopleAtAPlaybook.TestCase
TestPeopleAtAPlaybook.settings = settings(max_examples=20, stateful_step_count=40, deadline=None)
