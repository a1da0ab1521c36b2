"""A playbook on Slack's screens, checked as strictly as Slack checks it."""

import json

import pytest

from bot.playbooks import forms, ids, reminder_views, steps, views
from bot.playbooks.runs import stop_run
from bot.playbooks.step_rows import steps_of
from bot.playbooks.tables import written_step
from slack_sandbox.blockkit import check_blocks, check_view
from tests.rules.playbook_builders import after, book, database, phases, started

LONG = "'" + "Call <everyone> & *say* so. " * 30 + "'"
ASKING = """id: ask, asks: [
  {id: queues, question: 'Which queues?', kind: choice, options: [One, All]},
  {id: seats, question: 'How many seats?', kind: number},
  {id: since, question: 'Since when?', kind: time},
  {id: who, question: 'Who said so?', kind: person},
  {id: words, question: 'What do they see?', optional: true}]"""


@pytest.fixture
def session(tmp_path):
    store = database(tmp_path)
    with store.transaction() as session:
        yield session
    store.close()


def words_of(blocks):
    return json.dumps(blocks, ensure_ascii=False)


def buttons(blocks):
    return [
        (element["action_id"], element["value"])
        for block in blocks
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        if element.get("type") == "button"
    ]


def test_the_message_shows_the_next_steps_with_their_owner_and_clock_and_buttons(session):
    run = started(session, book("id: call, due: 5 min", "id: tell, owner: scribe, required: before resolve"))
    call, tell = steps_of(session, run.number)

    text, blocks = views.run_message(run, [call, tell], after(minutes=8))

    assert text == "Phones: ▱▱▱▱▱▱▱▱▱▱ 0 of 2"
    assert "*Call*\\nCommander · 🔴 *3 min late*" in words_of(blocks)
    assert "*Tell*\\nScribe · needed before resolve" in words_of(blocks)
    assert (ids.STEP_DONE, str(call.id)) in buttons(blocks)
    assert (ids.STEP_SKIP, str(tell.id)) in buttons(blocks)
    check_blocks(blocks)


def test_a_finished_step_folds_to_one_line_with_person_and_time_and_can_be_undone(session):
    run = started(session, book("id: call", "id: tell"))
    call = steps_of(session, run.number)[0]
    steps.skip(session, steps.lock_step(session, call.number), "UBEN", "no <!channel> phone", after(minutes=1))

    _, blocks = views.run_message(run, steps_of(session, run.number), after(minutes=2))

    assert "⏭️ Call · <@UBEN> <!date^" in words_of(blocks)
    assert "(no &lt;!channel&gt; phone)" in words_of(blocks)
    assert (ids.STEP_UNDO, str(call.id)) in buttons(blocks)
    assert (ids.STEP_DONE, str(call.id)) not in buttons(blocks)


@pytest.mark.parametrize("done", [0, 30, 60])
def test_a_playbook_of_sixty_steps_stays_within_slacks_limits(session, done):
    parts = {
        f"part-{p}": tuple(
            f"id: s{p}-{n}, title: '{'Long & wide ' * 6}{n}', due: {n + 1} min, instructions: {LONG}"
            for n in range(10)
        )
        for p in range(6)
    }
    run = started(session, phases(parts))
    for step in steps_of(session, run.number)[:done]:
        steps.skip(session, steps.lock_step(session, step.number), "UBEN", "because " * 60, after(minutes=1))
    rows = steps_of(session, run.number)

    _, blocks = views.run_message(run, rows, after(hours=30), newer_exists=True)

    check_blocks(blocks)
    assert len(blocks) < 20
    assert len(json.dumps(blocks)) < 16_000
    check_view(forms.all_steps_view(run, rows, after(hours=30)), "modal")


def test_the_modal_lists_all_steps_each_with_the_button_that_fits(session):
    run = started(session, phases({"first": ("id: call", ASKING), "then": ("id: tell, when: {done: call}",)}))
    call, ask, tell = steps_of(session, run.number)

    view = forms.all_steps_view(run, [call, ask, tell], after(minutes=1))

    assert buttons(view["blocks"]) == [(ids.STEP_DONE, str(call.id)), (ids.STEP_ANSWER, str(ask.id))]
    assert "Tell · not needed for now" in words_of(view)
    check_view(view, "modal")


def test_the_forms_are_valid_for_slack_and_remember_their_step(session):
    run = started(session, book(ASKING))
    step, written = written_step(session, steps_of(session, run.number)[0].number)

    for form in (
        forms.skip_form(step),
        forms.assign_form(step),
        forms.answer_form(step, written),
    ):
        check_view(form, "modal")
        assert form["private_metadata"] == str(step.id)
    _, blocks = reminder_views.reminder_message([step], after(minutes=1))
    check_blocks(blocks)


def test_a_reminder_of_many_steps_fits_on_a_phone_and_follows_each_of_them(session):
    run = started(session, book(*(f"id: step-{number}" for number in range(10))))
    rows = steps_of(session, run.number)

    _, blocks = reminder_views.reminder_message(rows, after(minutes=1))
    check_blocks(blocks)
    assert [number for action, number in buttons(blocks) if action == ids.STEP_DONE] == [
        str(step.number) for step in rows[: reminder_views.STEPS_WITH_BUTTONS]
    ]
    steps.complete(session, steps.lock_step(session, rows[-1].number), "UBEN", after(minutes=2))
    steps_now = {step.number: step for step in steps_of(session, run.number)}
    redrawn_blocks = reminder_views.redrawn_reminder(blocks, steps_now, after(minutes=2))

    text = words_of(redrawn_blocks)
    assert all(step.title in text for step in rows)
    assert "<@UBEN>" in text
    assert len(buttons(redrawn_blocks)) == len(buttons(blocks))


def test_a_stopped_run_has_no_buttons_that_change_it_and_says_who_stopped_it(session):
    run = started(session, book("id: call", "id: tell"))
    steps.complete(
        session, steps.lock_step(session, steps_of(session, run.number)[0].number), "UBEN", after(minutes=1)
    )
    run = stop_run(session, run.number, "UBEN", after(minutes=2))

    _, blocks = views.run_message(run, steps_of(session, run.number), after(minutes=3))

    assert [action for action, _ in buttons(blocks)] == [ids.SHOW_ALL]
    assert "stopped by <@UBEN>" in words_of(blocks)


def test_the_card_has_one_line_for_progress_and_one_for_the_next_step(session):
    run = started(session, book("id: call, due: 5 min"))
    rows = steps_of(session, run.number)

    assert views.progress_line(rows) == "▱▱▱▱▱▱▱▱▱▱ 0 of 1"
    assert views.next_step_line(rows, after(minutes=1)).startswith("*Call* · Commander · due <!date^")
    steps.complete(session, steps.lock_step(session, rows[0].number), "UBEN", after(minutes=1))
    assert views.next_step_line(steps_of(session, run.number), after(minutes=1)) == "Every step is finished."


@pytest.mark.parametrize(
    ("finished", "bar"), [(0, "▱▱▱▱▱▱▱▱▱▱"), (1, "▰▱▱▱▱▱▱▱▱▱"), (14, "▰▰▰▰▰▰▰▰▰▱"), (15, "▰▰▰▰▰▰▰▰▰▰")]
)
def test_the_first_finished_step_fills_a_cell_and_only_the_last_one_fills_the_bar(session, finished, bar):
    run = started(session, book(*[f"id: step-{number}" for number in range(15)]))
    for step in steps_of(session, run.number)[:finished]:
        steps.complete(session, steps.lock_step(session, step.number), "UBEN", after(minutes=1))

    assert views.progress_line(steps_of(session, run.number)) == f"{bar} {finished} of 15"
