"""The choice of a playbook, its steps and their due times; what blocks a resolution; how well it was kept."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.playbooks import answers, messages, progress, rules
from bot.playbooks.library import load_library
from bot.playbooks.playbook import SkipWhen
from tests.rules.playbook_builders import NOON, ROOT, after, book, facts, phases


@dataclass
class Row:
    """A step in its current state."""

    step_key: str
    state: str = "open"
    position: int = 1
    phase: str = "Now"
    title: str = "Call"
    wanted_at: datetime | None = NOON
    due_at: datetime | None = None
    finished_at: datetime | None = None
    required_before: str = ""
    rounds: int = 0
    out_of_order: bool = False
    answers: dict[str, Any] = field(default_factory=dict)


def done(key: str, at: datetime = NOON, **more: Any) -> Row:
    return Row(key, state="done", finished_at=at, rounds=1, **more)


def books_applying_to(**applies):
    return {name: book("id: call", applies=conditions) for name, conditions in applies.items()}


@pytest.mark.parametrize(
    ("incident", "picked"),
    [
        (facts(type="telephony", severity="S2"), "phones"),
        (facts(type="telephony", severity="S0"), "phones-gravest"),
        (facts(type="telephony", severity="S2", sites=["Manila", "Pune"]), "phones-manila"),
        (facts(type="routing"), "anything"),
        (facts(type="charges"), "money-one"),
    ],
)
def test_the_most_specific_matching_playbook_is_picked_and_the_general_one_otherwise(incident, picked):
    playbooks = books_applying_to(
        **{
            "anything": {},
            "phones": {"types": ["telephony"]},
            "phones-gravest": {"types": ["telephony"], "severities": ["S0"]},
            "phones-manila": {"types": ["telephony"], "sites": ["Manila"]},
            "money-many": {"types": ["charges", "payment"]},
            "money-one": {"types": ["charges"]},
        }
    )

    assert rules.pick(playbooks, incident) == picked


def test_every_type_of_the_floor_has_its_shipped_playbook():
    playbooks = load_library(ROOT / "playbooks").playbooks

    assert rules.pick(playbooks, facts(type="sign_on")) == "sign-on-lockouts"
    assert rules.pick(playbooks, facts(type="data_exposure")) == "data-exposure"
    assert rules.pick(playbooks, facts(type="other")) == "generic"
    assert [name for name, playbook in playbooks.items() if playbook.private] == ["data-exposure"]


@pytest.mark.parametrize(
    ("when", "incident", "steps", "holds"),
    [
        ("severity_at_least: S1", facts(severity="S1"), [], True),
        ("severity_at_least: S1", facts(severity="S2"), [], False),
        ("site_among: [Cebu, Pune]", facts(sites=["Pune"]), [], True),
        ("site_among: Cebu", facts(sites=["Pune"]), [], False),
        ("partner_among: Telvia", facts(partners=["Telvia"]), [], True),
        ("partner_among: Telvia", facts(), [], False),
        ("done: ask", facts(), [done("ask")], True),
        ("done: ask", facts(), [Row("ask", state="skipped")], False),
        ("skipped: ask", facts(), [Row("ask", state="waived")], True),
        ("skipped: ask", facts(), [Row("ask")], False),
        ("answers: {reach: All}", facts(), [done("ask", answers={"reach": "All"})], True),
        ("answers: {reach: All}", facts(), [done("ask", answers={"reach": "One"})], False),
        ("answers: {reach: [One, All]}", facts(), [done("ask", answers={"reach": "One"})], True),
        ("answers: {reach: All}", facts(), [Row("ask")], False),
        ("answers: {seats: at least 50}", facts(), [done("ask", answers={"seats": 50})], True),
        ("answers: {seats: at least 50}", facts(), [done("ask", answers={"seats": 49.5})], False),
        ("answers: {seats: at most 5}", facts(), [done("ask", answers={"seats": 6})], False),
        ("answers: {seats: 0}", facts(), [done("ask", answers={"seats": 0})], True),
        ("severity_at_least: S1, done: ask", facts(severity="S3"), [done("ask")], False),
    ],
)
def test_a_step_is_wanted_when_its_whole_condition_holds(when, incident, steps, holds):
    playbook = book(
        "id: ask, asks: [{id: reach, question: R, kind: choice, options: [One, All]},"
        " {id: seats, question: S, kind: number}]",
        f"id: then, when: {{{when}}}",
    )

    assert ("then" in rules.wanted_steps(playbook, incident, steps)) is holds


def test_due_times_count_from_the_start_the_phase_or_another_steps_end():
    playbook = phases(
        {
            "first": ("id: a, due: 5 min", "id: b, due: 10 min after a", "id: free"),
            "second": ("id: c, due: 5 min after phase", "id: d, due: 1 h after start"),
        }
    )
    wanted = dict.fromkeys(playbook.steps, NOON)

    at_first = rules.due_times(playbook, NOON, wanted, [Row(key) for key in playbook.steps])
    later = rules.due_times(
        playbook,
        NOON,
        wanted,
        [done("a", after(minutes=9)), done("b", after(minutes=2)), done("free", after(minutes=3))],
    )

    assert at_first == {"a": after(minutes=5), "b": None, "free": None, "c": None, "d": after(hours=1)}
    assert later["b"] == after(minutes=19)
    assert later["c"] == after(minutes=14)


def test_the_current_phase_comes_first_then_late_steps_and_a_few_later_ones():
    steps = [Row(f"a{n}", position=n, phase="First") for n in (1, 2)]
    steps += [Row(f"b{n}", position=n, phase="Second") for n in (3, 4)]
    steps += [Row("late", position=9, phase="Third", due_at=NOON)]

    shown = progress.next_steps(steps, after(minutes=1))

    assert [step.step_key for step in shown] == ["a1", "a2", "late"]
    assert [step.step_key for step in progress.next_steps(steps[1:4], NOON)] == ["a2", "b3", "b4"]
    assert progress.current_phase(steps) == "First"


def test_a_repeating_step_neither_takes_the_run_back_nor_blocks_it():
    again = Row("watch", phase="First", rounds=1, required_before="resolve")
    steps = [again, Row("tell", position=2, phase="Second")]

    assert progress.current_phase(steps) == "Second"
    assert [step.step_key for step in progress.next_steps(steps, NOON)] == ["tell", "watch"]
    assert progress.blocking_steps(steps, "resolve") == []
    assert not progress.is_out_of_order(steps[1], steps)


def test_steps_required_before_resolving_are_required_before_closing_too():
    steps = [
        Row("fix", required_before="resolve"),
        Row("count", position=2, required_before="close"),
        Row("not-wanted", position=3, required_before="resolve", wanted_at=None),
        done("told", position=4, required_before="resolve"),
    ]

    assert [step.step_key for step in progress.blocking_steps(steps, "resolve")] == ["fix"]
    assert [step.step_key for step in progress.blocking_steps(steps, "close")] == ["fix", "count"]


def test_missed_reminders_do_not_pile_up():
    assert [rules.reminder_level(sent) for sent in range(4)] == ["owner", "commander", "ladder", None]
    assert rules.next_reminder_at(1, after(hours=3)) == after(hours=3, minutes=5)
    assert rules.next_reminder_at(3, NOON) is None


def test_a_message_is_filled_with_facts_and_answers_once_and_marks_unknown_values():
    filled = messages.fill("*{title}*: {symptom}, {reach}", {"title": "IVR {reach} down", "symptom": "busy"})

    assert filled == "*IVR {reach} down*: busy, not known yet"


def test_a_form_gives_typed_answers_and_names_the_wrong_field():
    step = book(
        "id: ask, asks: [{id: n, question: N, kind: number}, {id: t, question: T, kind: time},"
        " {id: p, question: P, kind: person}, {id: c, question: C, kind: choice, options: [a, b]},"
        " {id: w, question: W}]"
    ).steps["ask"]
    values: dict[str, Any] = {
        "n": {"value": {"value": "3,5"}},
        "t": {"value": {"selected_date_time": 1795348800}},
        "p": {"value": {"selected_user": "UBEN"}},
        "c": {"value": {"selected_option": {"value": "b"}}},
        "w": {"value": {"value": " words "}},
    }

    read = answers.read_form(step, values, NOON).answers
    shown = answers.render_answers(step, read)

    assert read == {"n": 3.5, "t": "2026-11-22T12:00:00+00:00", "p": "UBEN", "c": "b", "w": "words"}
    assert shown["P"] == "<@UBEN>"
    assert shown["T"].startswith("<!date^1795348800")
    grouped = {"1,000": 1000, "1.000": 1000, "12 000": 12000, "-1,234,567": -1234567, "0.125": 0.125}
    for typed, number in grouped.items():
        assert answers.read_form(step, {"n": {"value": {"value": typed}}}, NOON).answers == {"n": number}
    for typed in ("many", "nan", "inf", "1,000.000"):
        assert list(answers.read_form(step, {"n": {"value": {"value": typed}}}, NOON).errors) == ["n"]


def test_adherence_counts_the_outcomes_of_wanted_steps_and_their_delays():
    measured = progress.measure(
        [
            done("a", after(minutes=9), due_at=after(minutes=5)),
            done("b", after(minutes=3), due_at=after(minutes=5), out_of_order=True),
            Row("c", state="skipped", finished_at=after(minutes=11), due_at=after(minutes=5)),
            Row("d", state="waived"),
            Row("e"),
            Row("f", wanted_at=None),
        ]
    )

    assert (
        measured.done,
        measured.skipped,
        measured.waived,
        measured.left_open,
        measured.late,
        measured.out_of_order,
    ) == (
        2,
        1,
        1,
        1,
        2,
        1,
    )
    assert measured.average_lateness == timedelta(minutes=5)
    assert progress.measure([]).average_lateness is None


def test_a_step_that_is_always_skipped_or_always_late_becomes_a_proposal_that_names_its_file():
    late = done("late", after(minutes=9), due_at=NOON, title="Ring them")
    runs = [[Row("odd", state="skipped", title="Look"), late]] * 3 + [[done("odd"), late, done("fine")]] * 3

    sentences = [proposal.sentence for proposal in progress.proposals("phones", runs)]

    assert sentences == [
        "playbooks/phones.yaml, step `odd`: “Look” was skipped in 3 of the last 5 runs:"
        " drop it, or give it a condition.",
        "playbooks/phones.yaml, step `late`: “Ring them” was late in all of the last 5 runs:"
        " give it more time, or another owner.",
    ]
    assert progress.proposals("phones", runs[:2]) == []


@pytest.mark.parametrize(
    ("skip_when", "incident", "reason"),
    [
        (None, {}, ""),
        ({"severity_at_least": "S1"}, {"severity": "S0"}, "the incident is S0 already"),
        ({"severity_at_least": "S1"}, {"severity": "S1"}, "the incident is S1 already"),
        ({"severity_at_least": "S1"}, {"severity": "S2"}, ""),
        ({"told": "front_line"}, {"told": ("front_line",)}, "front line had an update already"),
        ({"told": "front_line"}, {"told": ("executives",)}, ""),
        ({"held": ["commander"]}, {"held": ("commander", "scribe")}, "there is a commander already"),
        ({"held": ["commander", "scribe"]}, {"held": ("commander",)}, ""),
        (
            {"severity_at_least": "S1", "told": "executives", "held": ["commander", "scribe"]},
            {"severity": "S1", "told": ("executives",), "held": ("scribe", "commander")},
            "the incident is S1 already and executives had an update already and "
            "there is a commander and a scribe already",
        ),
        ({"severity_at_least": "S1", "told": "executives"}, {"severity": "S1"}, ""),
    ],
)
def test_a_step_is_no_longer_needed_once_all_of_its_purpose_is_met(skip_when, incident, reason):
    condition = SkipWhen.model_validate(skip_when) if skip_when else None
    assert rules.reason_to_skip(condition, replace(facts(), **incident)) == reason


def test_a_step_is_reminded_of_a_few_times_at_growing_distances():
    sent = [rules.next_reminder_at(count, NOON) for count in range(5)]
    assert sent == [None, *(NOON + gap for gap in rules.REMINDER_GAPS), None, None]
    assert [rules.reminder_level(count) for count in range(5)] == [*rules.REMINDER_LEVELS, None, None]
