"""Changes to a playbook's steps as people work on them."""

import threading

import pytest
from sqlalchemy import event

from bot.errors import WatchfloorError
from bot.playbooks import reminders, runs, steps
from bot.playbooks.runs import start_run, stop_run, update_facts
from bot.playbooks.step_rows import steps_of
from bot.playbooks.tables import due_reminders, open_steps_of, runs_of
from tests.rules.playbook_builders import NOON, after, book, database, declared, facts, phases, started

TWO = ("id: call, due: 5 min", "id: tell, due: 10 min after call, owner: communications_lead")


@pytest.fixture
def store(tmp_path):
    store = database(tmp_path)
    yield store
    store.close()


@pytest.fixture
def session(store):
    with store.transaction() as session:
        yield session


def rows(session, run):
    return {step.step_key: step for step in steps_of(session, run.number)}


def test_starting_a_playbook_twice_returns_the_existing_run(session):
    run = started(session, book(*TWO))

    again = start_run(session, run.incident_id, "phones", book(*TWO), facts(), "UBEN", after(minutes=1))

    assert again.id == run.id
    assert len(steps_of(session, run.number)) == 2
    assert [existing.id for existing in runs_of(session, run.incident_id)] == [run.id]


def test_a_completed_step_records_who_and_when_and_starts_the_clock_of_the_next_one(session):
    run = started(session, book(*TWO))
    assert rows(session, run)["tell"].due_at is None

    change = steps.complete(
        session, steps.lock_step(session, rows(session, run)["call"].number), "UBEN", after(minutes=7)
    )

    call, tell = rows(session, run).values()
    assert (call.state, call.finished_by, call.finished_at) == ("done", "UBEN", after(minutes=7))
    assert tell.due_at == tell.remind_at == after(minutes=17)
    assert (change.kind, change.title, change.by) == ("step_done", "Call", "UBEN")
    assert change.facts["late_s"] == 120


def test_the_second_of_two_people_who_click_done_is_told_who_was_first(session):
    run = started(session, book(*TWO))
    call = rows(session, run)["call"].number
    steps.complete(session, steps.lock_step(session, call), "UBEN", after(minutes=1))

    with pytest.raises(WatchfloorError) as refusal:
        steps.complete(session, steps.lock_step(session, call), "UCLARA", after(minutes=1, seconds=1))

    assert refusal.value.sentence.startswith("<@UBEN> was first: “Call” was marked done at <!date^")
    assert rows(session, run)["call"].finished_by == "UBEN"


def test_exactly_one_of_many_simultaneous_clicks_wins(store):
    with store.transaction() as session:
        call = rows(session, started(session, book(*TWO)))["call"].number
    winners, refusals = [], []

    def click(user_id):
        try:
            with store.transaction() as session:
                winners.append(steps.complete(session, steps.lock_step(session, call), user_id, NOON).by)
        except WatchfloorError as refusal:
            refusals.append(refusal.sentence)

    people = [threading.Thread(target=click, args=(f"U{n}",)) for n in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert len(winners) == 1
    assert len(refusals) == 7
    assert all(f"<@{winners[0]}> was first" in sentence for sentence in refusals)


def test_a_skipped_step_needs_a_reason(session):
    run = started(session, book(*TWO))
    call = rows(session, run)["call"].number

    with pytest.raises(steps.ReasonMissing):
        steps.skip(session, steps.lock_step(session, call), "UBEN", "  ", NOON)
    change = steps.skip(session, steps.lock_step(session, call), "UBEN", "no phone\nhere", NOON)

    assert change.facts["reason"] == "no phone here"
    assert rows(session, run)["call"].state == "skipped"


def test_undo_opens_a_step_again_with_its_clock(session):
    run = started(session, book(*TWO))
    call = rows(session, run)["call"].number
    steps.complete(session, steps.lock_step(session, call), "UBEN", after(minutes=1))

    change = steps.undo(session, steps.lock_step(session, call), "UCLARA", after(minutes=2))

    call, tell = rows(session, run).values()
    assert (change.kind, call.state, call.finished_by, call.rounds) == ("step_undone", "open", None, 0)
    assert call.remind_at == after(minutes=5)
    assert tell.due_at is None


def test_a_step_done_before_the_one_above_it_is_marked(session):
    run = started(session, book(*TWO))

    change = steps.complete(session, steps.lock_step(session, rows(session, run)["tell"].number), "UBEN", NOON)

    assert change.facts["out_of_order"]
    assert rows(session, run)["tell"].out_of_order


def test_two_people_who_take_a_step_at_once_do_not_take_it_from_each_other(session):
    run = started(session, book(*TWO))
    call = rows(session, run)["call"].number
    steps.take(session, steps.lock_step(session, call), "UBEN", NOON)

    with pytest.raises(steps.StepChangedMeanwhile, match="<@UBEN> was first: “Call” was given to <@UBEN>"):
        steps.take(session, steps.lock_step(session, call), "UCLARA", NOON)
    steps.assign(session, steps.lock_step(session, call), "UCLARA", "UANA", NOON)

    assert rows(session, run)["call"].owner_id == "UCLARA"


def test_a_step_with_questions_is_not_done_without_its_answers(session):
    asking = "id: scope, asks: [{id: queues, question: 'One or all?', kind: choice, options: [One, All]}]"
    run = started(session, book(asking, "id: all-hands, when: {answers: {queues: All}}"))
    scope = rows(session, run)["scope"].number

    with pytest.raises(WatchfloorError, match="asks: One or all"):
        steps.complete(session, steps.lock_step(session, scope), "UBEN", NOON)
    with pytest.raises(WatchfloorError, match="“Some” is not an answer"):
        steps.complete(session, steps.lock_step(session, scope), "UBEN", NOON, {"queues": "Some"})
    assert rows(session, run)["all-hands"].wanted_at is None

    change = steps.complete(
        session, steps.lock_step(session, scope), "UBEN", after(minutes=2), {"queues": "All", "bogus": "x"}
    )

    assert change.facts["answers"] == {"One or all?": "All"}
    assert rows(session, run)["scope"].answers == {"queues": "All"}
    assert rows(session, run)["all-hands"].wanted_at == after(minutes=2)


def test_a_step_first_wanted_when_the_severity_rises_has_its_full_time_from_then(session):
    run = started(session, book("id: call", "id: bosses, due: 10 min, when: {severity_at_least: S0}"))

    update_facts(session, run.incident_id, facts(severity="S0"), after(hours=2))
    assert rows(session, run)["bosses"].due_at == after(hours=2, minutes=10)

    update_facts(session, run.incident_id, facts(severity="S1"), after(hours=3))
    assert rows(session, run)["bosses"].wanted_at is None
    assert rows(session, run)["bosses"].remind_at is None


def test_a_phase_starts_when_the_wanted_steps_before_it_are_finished(session):
    run = started(
        session,
        phases(
            {
                "first": ("id: call", "id: walk, when: {site_among: Cebu}"),
                "then": ("id: tell, due: 5 min after phase",),
            }
        ),
    )
    assert rows(session, run)["tell"].due_at is None

    steps.complete(session, steps.lock_step(session, rows(session, run)["call"].number), "UBEN", after(minutes=30))

    assert rows(session, run)["tell"].due_at == after(minutes=35)


def test_a_stopped_playbook_keeps_its_steps_as_they_are(session):
    run = started(session, book(*TWO))
    stop_run(session, run.number, "UBEN", after(minutes=1))

    with pytest.raises(steps.RunIsOver):
        steps.complete(session, steps.lock_step(session, rows(session, run)["call"].number), "UBEN", NOON)
    assert due_reminders(session, after(hours=1)) == []


def test_a_late_step_is_reminded_three_times_and_no_more(session):
    started(session, book(*TWO))
    moments = []

    for minute in range(120):
        for step in due_reminders(session, after(minutes=minute)):
            sent = step.reminders_sent
            moments.append(minute)
            assert reminders.claim_reminder(session, step.number, sent, after(minutes=minute))
            assert not reminders.claim_reminder(session, step.number, sent, after(minutes=minute))

    assert moments == [5, 10, 20]


def test_a_snoozed_step_is_not_reminded_until_the_snooze_ends(session):
    run = started(session, book(*TWO))
    call = rows(session, run)["call"].number

    change = reminders.snooze(
        session, steps.lock_step(session, call), "UBEN", after(minutes=30) - NOON, after(minutes=5)
    )

    assert change.facts["minutes"] == 30
    assert due_reminders(session, after(minutes=34)) == []
    assert [step.id for step in due_reminders(session, after(minutes=35))] == [call]


def test_a_repeated_step_opens_again_and_the_phases_after_it_stay_begun(session):
    run = started(
        session,
        phases(
            {
                "first": ("id: watch, repeat_every: 30 min, due: 5 min",),
                "then": ("id: tell, due: 5 min after phase",),
            }
        ),
    )
    watch = rows(session, run)["watch"].number
    steps.complete(session, steps.lock_step(session, watch), "UBEN", after(minutes=4))
    assert reminders.steps_to_repeat(session, after(minutes=33)) == []

    assert reminders.steps_to_repeat(session, after(minutes=34)) == [watch]
    change = reminders.repeat(session, watch, after(minutes=34))

    assert change.facts["round"] == 2
    assert rows(session, run)["watch"].due_at == after(minutes=39)
    assert rows(session, run)["tell"].due_at == after(minutes=9)
    assert reminders.repeat(session, watch, after(minutes=34)) is None


def test_a_repeated_step_that_was_undone_does_not_open_again_by_itself(session):
    run = started(session, book("id: watch, repeat_every: 30 min"))
    watch = rows(session, run)["watch"].number
    steps.complete(session, steps.lock_step(session, watch), "UBEN", after(minutes=4))

    steps.undo(session, steps.lock_step(session, watch), "UBEN", after(minutes=5))

    assert reminders.steps_to_repeat(session, after(hours=2)) == []
    assert rows(session, run)["watch"].rounds == 0


def test_a_step_whose_playbook_is_stopped_after_it_was_found_is_not_repeated(session):
    run = started(session, book("id: watch, repeat_every: 30 min"))
    watch = rows(session, run)["watch"].number
    steps.complete(session, steps.lock_step(session, watch), "UBEN", after(minutes=4))
    assert reminders.steps_to_repeat(session, after(minutes=34)) == [watch]

    runs.stop_run(session, run.number, "UBEN", after(minutes=34))

    assert reminders.repeat(session, watch, after(minutes=34)) is None


def test_my_steps_are_those_i_own_and_unowned_ones_of_my_role(session):
    run = started(session, book(*TWO))
    steps.assign(session, steps.lock_step(session, rows(session, run)["call"].number), "UBEN", "UANA", NOON)

    mine = open_steps_of(session, "UBEN", [(run.incident_id, "communications_lead")])

    assert [step.step_key for step in mine] == ["call", "tell"]
    assert open_steps_of(session, "UCLARA") == []


def test_a_click_costs_the_same_queries_with_one_incident_and_with_many(store):
    def queries_of_a_click():
        queries = []
        with store.transaction() as session:
            call = rows(session, started(session, book(*TWO)))["call"].number
        with store.transaction() as session:
            event.listen(store.engine, "before_cursor_execute", lambda *_: queries.append(1))
            steps.complete(session, steps.lock_step(session, call), "UBEN", after(minutes=1))
            return len(queries)

    alone = queries_of_a_click()
    with store.transaction() as session:
        for n in range(20):
            start_run(session, declared(session), f"p{n}", book(*TWO), facts(), "UANA", NOON)

    assert queries_of_a_click() == alone
