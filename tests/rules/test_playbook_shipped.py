"""The shipped playbooks, walked from the first step to the last as a floor would."""

import re
from collections.abc import Iterator
from datetime import timedelta
from types import MappingProxyType

import pytest

from bot.bootstrap import build_registry
from bot.impact.rules.whatif import read_levers
from bot.playbooks import answers, messages, progress, steps
from bot.playbooks.library import load_library
from bot.playbooks.playbook import Ask, Playbook, Step
from bot.playbooks.rules import State, all_answers
from bot.playbooks.step_rows import steps_of
from bot.playbooks.tables import written_step
from bot.updates.composition import compose
from tests.rules import test_update_templates as updates
from tests.rules.playbook_builders import NOON, ROOT, database, started

PLAYBOOKS = load_library(ROOT / "playbooks").playbooks
TEN_MINUTES = timedelta(minutes=10)
# What the headline of an update says already.
HEADLINE = {"number", "title", "severity", "status", "began", "started", "lasting", "next_update"}
LONGEST = {"operations": 7, "executives": 8}


@pytest.fixture
def session(tmp_path):
    store = database(tmp_path)
    with store.transaction() as session:
        yield session
    store.close()


def answer(ask: Ask, choose: int):
    kinds = {"number": 60, "time": NOON.isoformat(), "person": "UBEN", "text": "words"}
    return ask.options[choose] if ask.kind == "choice" else kinds[ask.kind]


def walk(session, run, choose, fixed=MappingProxyType({})):
    """Complete every step that is asked for, in order, and return the posted messages."""
    posted = {}
    while waiting := progress.open_steps(steps_of(session, run.number)):
        _, written = written_step(session, waiting[0].number)
        answers_to_step = {
            ask.id: fixed.get(ask.id) or answer(ask, choose) for ask in written.asks if not ask.optional
        }
        steps.complete(session, steps.lock_step(session, waiting[0].number), "UBEN", NOON, answers_to_step)
        if written.posts:
            earlier_answers = all_answers(steps_of(session, run.number))
            shown = {
                name: answers.render_answer(run.book.asks[name], answers_to_step)
                for name, answers_to_step in earlier_answers.items()
            }
            posted[written.id] = messages.fill(written.posts.message, dict.fromkeys(messages.FACTS, "x") | shown)
    return posted


@pytest.mark.parametrize("choose", [0, -1], ids=["first-answers", "last-answers"])
@pytest.mark.parametrize("severity", ["S0", "S3"])
@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_shipped_playbook_can_be_walked_to_its_end_and_every_message_is_complete(session, name, severity, choose):
    run = started(session, PLAYBOOKS[name], name, severity=severity)

    posted = walk(session, run, choose)

    rows = steps_of(session, run.number)
    done = progress.progress(rows)
    assert done.finished == done.wanted
    assert progress.blocking_steps(rows, "close") == []
    assert [step for step, message in posted.items() if messages.UNKNOWN in message] == []


def steps_with_messages() -> Iterator[tuple[Playbook, Step]]:
    for playbook in PLAYBOOKS.values():
        for step in playbook.steps.values():
            if step.posts:
                yield playbook, step


def test_a_chosen_answer_is_not_made_part_of_a_sentence_in_a_shipped_message():
    """“Acme is Some functions only”: an option is a label, so it stands after a colon or a dot."""
    wrong = [
        (step.id, match[0])
        for playbook, step in steps_with_messages()
        for match in re.finditer(r"(.{0,12})\{(\w+)\}", step.posts.message)
        if match[2] in playbook.asks
        and playbook.asks[match[2]].kind == "choice"
        and not match[1].endswith((": ", " · "))
    ]

    assert wrong == []


def test_no_shipped_message_tells_the_floor_that_people_are_missing_or_hurt():
    assert [step.id for _, step in steps_with_messages() if "{people}" in step.posts.message] == []


def test_a_shipped_message_repeats_nothing_of_the_headline_and_leaves_the_update_short(tmp_path):
    services, store = updates.services(), database(tmp_path)
    build_registry()  # this also loads the tables of every noun
    with store.transaction() as session:
        updates.save_people(session)
        incident = updates.fullest(session)
        for _, step in steps_with_messages():
            text, audience = step.posts.message, step.posts.to
            assert HEADLINE.isdisjoint(messages.placeholders_in(text)), step.id
            due = updates.promise(session, incident, audience, text, occasion=f"step:{step.id}")
            update_text = compose(session, services, incident, due, updates.NOW)
            assert len(update_text.splitlines()) <= LONGEST[audience], update_text
    store.close()


TOOLS = {
    "telephony-down": {"partners", "frontdoor", "figures", "impact"},
    "crm-down": {"partners", "frontdoor", "figures", "impact"},
    "sign-on-lockouts": {"partners", "frontdoor", "lockouts", "whatif", "impact"},
    "routing-error": {"partners", "routing", "figures", "impact"},
    "wfm-down": {"partners", "figures", "impact"},
    "site-lost": {"partners", "frontdoor", "figures", "whatif", "impact"},
    "payment-failure": {"partners", "frontdoor", "ledger", "impact"},
    "third-party-outage": {"partners", "frontdoor", "impact"},
    "wrong-charges": {"partners", "ledger", "impact"},
    "data-exposure": set(),
    "generic": {"partners", "figures", "impact"},
}


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_shipped_playbook_leads_to_the_commands_that_do_its_work(name):
    text = "\n".join(step.instructions or "" for step in PLAYBOOKS[name].steps.values())

    assert TOOLS[name] - set(re.findall(r"`/incident ([a-z]+)", text)) == set()


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_every_command_in_a_shipped_playbook_can_be_typed_as_it_is_printed(name):
    registry = build_registry()
    text = "\n".join(step.instructions or "" for step in PLAYBOOKS[name].steps.values())
    commands = re.findall(r"`/incident ([a-z]+) ?([^`]*)`", text)

    assert len(commands) == text.count("/incident"), "a command stands between backquotes"
    assert [word for word, _ in commands if word not in registry.commands] == []
    assert all(read_levers(argument) for word, argument in commands if word == "whatif")
    named = [argument.partition(" ")[2] for word, argument in commands if word == "playbook" and argument]
    assert set(named) <= set(PLAYBOOKS)


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_shipped_playbook_is_short_enough_to_follow_at_night_and_says_when_to_stop(name):
    playbook = PLAYBOOKS[name]

    assert len(playbook.steps) <= 25
    # A role is taken with a button of the card; the step is gone by then.
    tasks = [step for step in playbook.phases[0].steps if not (step.skip_when and step.skip_when.held)]
    assert len(tasks) <= 6
    assert 3 <= len(playbook.stand_down) <= 4
    assert all(len(step.instructions or "") <= 600 for step in playbook.steps.values())


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_the_first_phase_of_a_shipped_playbook_takes_ten_minutes_and_finds_the_scope(name):
    first = PLAYBOOKS[name].phases[0]

    assert first.title == "First ten minutes"
    assert all(step.due and step.due.within <= TEN_MINUTES for step in first.steps)
    assert any(step.asks for step in first.steps)


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_shipped_playbook_has_its_leads_named_before_it_gives_them_steps(name):
    playbook = PLAYBOOKS[name]
    named = {role for step in playbook.phases[0].steps if step.skip_when for role in step.skip_when.held}

    assert {"commander", "communications_lead"} <= named
    invited = [role for step in playbook.steps.values() if step.invites for role in step.invites.roles]
    assert invited == [], "whoever holds a role is in the channel already"


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_shipped_playbook_that_switches_the_front_door_switches_it_back_before_resolving(name):
    playbook = PLAYBOOKS[name]
    doors = [step for step in playbook.steps.values() if step.sets and step.sets.front_door]

    on = [step for step in doors if step.sets and step.sets.front_door != "normal"]
    off = [step for step in doors if step.sets and step.sets.front_door == "normal"]
    assert bool(on) == bool(off)
    assert all(step.required == "before resolve" for step in off)
    assert set().union(*(step.when.done for step in off)) == {step.id for step in on}
    assert [step.id for step in doors if "time" not in {ask.kind for ask in step.asks}] == [], "nobody dialled in"


@pytest.mark.parametrize(
    ("symptom", "wanted"),
    [
        ("No connection at all", {"carrier-announcement", "announcement-off"}),
        ("Busy tone", {"carrier-announcement", "announcement-off"}),
        ("Menu works but nobody answers", {"front-door-on", "front-door-off"}),
        ("Only outbound fails", set()),
    ],
)
def test_callers_who_reach_no_menu_hear_the_carriers_announcement(session, symptom, wanted):
    playbook = PLAYBOOKS["telephony-down"]
    run = started(session, playbook, "telephony-down", severity="S1")

    walk(session, run, choose=-1, fixed={"symptom": symptom})

    done = {row.step_key for row in steps_of(session, run.number) if row.state == State.DONE}
    assert {key for key in done if playbook.steps[key].sets and playbook.steps[key].sets.front_door} == wanted


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_shipped_playbook_requires_proof_of_the_fix_and_an_update_before_resolving(name):
    required = [step.id for step in _required(PLAYBOOKS[name])]

    assert len(required) >= 2
    assert any(key.startswith("confirm-") for key in required)
    assert {"all-clear", "deadline"} & set(required)


def _required(playbook: Playbook):
    return [step for step in playbook.steps.values() if step.required == "before resolve"]
