"""Playbook files: which are valid, and which are refused with file, line, key and a suggestion."""

import os
from pathlib import Path
from textwrap import dedent

import pytest
from msgspec.structs import replace

from bot.config import floor as floors
from bot.config.floor.cases import Cases, Guide
from bot.playbooks.library import load_library, notes_on, read_playbook
from bot.playbooks.rules import IncidentFacts, fits, wanted_steps
from tests.rules.playbook_builders import NOON, ROOT

GOOD = """
    title: Phones
    summary: Phones are down.
    phases:
      - id: first
        title: First
        steps:
          - id: call
            title: Call
"""
HEAD = GOOD.split("steps:")[0] + "steps:\n"


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture(scope="module")
def floor():
    return floors.read(ROOT / "floor.yaml")


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(dedent(text))
    return path


def problems_of(folder: Path, steps: str, floor=None) -> list[str]:
    """Return the problems of a playbook with these steps."""
    write(
        folder, "bad.yaml", dedent(HEAD) + "".join(f"      {line}\n" for line in dedent(steps).strip().splitlines())
    )
    return [str(problem) for problem in load_library(folder, floor).problems]


def test_every_shipped_playbook_fits_the_shipped_floor(floor):
    library = load_library(ROOT / "playbooks", floor)

    assert library.problems == []
    covered = {name for book in library.playbooks.values() for name in book.applies.types}
    assert covered == set(floor.types) - {"other"}
    assert len(library.playbooks) >= 11


def test_a_broken_file_does_not_stop_the_others(folder):
    write(folder, "good.yaml", GOOD)
    write(folder, "bad.yaml", "title: [")
    write(folder, "worse.yaml", "- a list")

    library = load_library(folder)

    assert list(library.playbooks) == ["good"]
    assert {problem.file for problem in library.problems} == {"bad.yaml", "worse.yaml"}


def test_odd_files_are_left_out_and_named_and_the_others_are_used(folder):
    write(folder, "good.yaml", GOOD)
    (folder / ".#good.yaml").symlink_to("ana@desk.4711:1700000000")
    (folder / "lost.yaml").symlink_to(folder / "nowhere.yaml")
    (folder / "old.yaml").mkdir()
    os.mkfifo(folder / "pipe.yaml")
    write(folder, "brackets.yaml", "[" * 60_000)
    write(folder, "deep.yaml", f"title: {'[' * 900}{']' * 900}")

    library = load_library(folder)

    assert list(library.playbooks) == ["good"]
    assert [str(problem) for problem in library.problems] == [
        "brackets.yaml:1: is nested more than 30 levels deep",
        "deep.yaml:1: is nested more than 30 levels deep",
        "lost.yaml:1: cannot be read: No such file or directory",
        "old.yaml:1: is no file; move it somewhere else",
        "pipe.yaml:1: is no file; move it somewhere else",
    ]
    (folder / "nowhere.yaml").write_text(dedent(GOOD))
    assert sorted(library.reloaded().playbooks) == ["good", "lost", "nowhere"]


def test_an_error_in_reading_one_file_leaves_the_others_in_use(folder, monkeypatch):
    write(folder, "good.yaml", GOOD)
    write(folder, "odd.yaml", GOOD)
    real = Path.read_text

    def breaks(path: Path, **how: str) -> str:
        if path.name == "odd.yaml":
            raise RecursionError("too deep")
        return real(path, **how)

    monkeypatch.setattr(Path, "read_text", breaks)

    assert list(load_library(folder).playbooks) == ["good"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: 2026-13-45\nsteps: []\n", "bad.yaml:1: `2026-13-45` is no date and no number; put it in quotes"),
        ("title: Down: calls\n", "stand in quotes"),
        ("title:\u00a0Down\n", "bad.yaml:1: has a no-break or wide space (U+00A0)"),
        ("title: T\nsummary: S\nphases:\n\u00a0 - id: a\n", "bad.yaml:4: has a no-break or wide space (U+00A0)"),
    ],
)
def test_text_that_yaml_reads_differently_than_people_mean_it_is_refused_with_the_remedy(folder, text, said):
    (folder / "bad.yaml").write_text(text)

    assert said in next(str(problem) for problem in load_library(folder).problems)


def test_a_due_time_without_a_unit_or_with_a_colon_is_refused_with_what_to_write(folder):
    assert problems_of(folder, "- {id: s, title: S, due: 10}") == [
        "bad.yaml:8 (phases.0.steps.0.due): 10 has no unit; write it like `10 min`"
    ]
    assert problems_of(folder, "- {id: s, title: S, due: 1:30}") == [
        "bad.yaml:8 (phases.0.steps.0.due): `1:30` is a number to YAML; write a length of time like `90 min`,"
        ' and a time of day in quotes: `"1:30"`'
    ]


def test_all_problems_of_a_file_are_named_at_once_with_line_key_and_suggestion(folder, floor):
    problems = problems_of(
        folder,
        """
        - id: call
          title: Call
          instrutions: oops
          due: 10 minutes
          when: {answers: {reach: All}}
        - id: call
          title: Again
          due: 5 min after cal
          posts: {to: operatons, message: 'Hello {titel}'}
          skip_when: {told: operatons}
        """,
        floor,
    )

    assert problems == [
        "bad.yaml:10 (phases.0.steps.0.instrutions): is not a known key. Did you mean `instructions`?",
        "bad.yaml:11 (phases.0.steps.0.due.within): '10 minutes' is not a length of time;"
        " write it like `15 min`, `4 h` or `3 days`",
        "bad.yaml:12 (phases.0.steps.0.when.answers.reach): there is no question `reach`.",
        "bad.yaml:13 (phases.0.steps.1.id): another step is already called `call`; give this one its own id",
        "bad.yaml:15 (phases.0.steps.1.due): there is no step `cal`. Did you mean `call`?",
        "bad.yaml:16 (phases.0.steps.1.posts.message): `{titel}` stands for nothing. Did you mean `title`?",
        "bad.yaml:16 (phases.0.steps.1.posts.to): floor.yaml has no audience `operatons`."
        " Did you mean `operations`?",
        "bad.yaml:17 (phases.0.steps.1.skip_when.told): floor.yaml has no audience `operatons`."
        " Did you mean `operations`?",
    ]


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ("- {id: a, title: A, due: 5 min after a}", "waits for itself: `a` → `a`"),
        ("- {id: a, title: A, when: {done: b}}\n- {id: b, title: B, when: {skipped: a}}", "waits for itself: `"),
        (
            "- {id: a, title: A}\n- {id: b, title: B, when: {done: a, skipped: a}}",
            "can never hold: `a` cannot be done",
        ),
        ("- {id: start, title: A}", "`start` has a meaning in `due`"),
        ("- {id: a, title: A, asks: [{id: title, question: Q}]}", "`title` is a word of messages already"),
        ("- {id: a, title: A, asks: [{id: message, question: Q}]}", "the form's own field"),
        ("- {id: a, title: A, asks: [{id: q, question: Q, kind: choice}]}", "needs at least two options"),
        ("- {id: a, title: A, asks: [{id: q, question: Q, options: [a, b]}]}", "write `kind: choice`"),
        ("- {id: a, title: A, asks: [{id: q, question: Q, kind: choice, options: [Yes, No]}]}", "put it in quotes"),
        (
            "- {id: a, title: 'x'" + " " * 3 + ", instructions: '" + "&" * 400 + "'}",
            "is 2000 characters long; at most 1500",
        ),
        (
            "- {id: a, title: A, posts: {to: operations, message: 'Down: {title since {started}'}}",
            "`{title since ` has",
        ),
        ("- {id: a, title: A, posts: {to: operations, message: 'Down: {{title} now'}}", "`{` has no other brace"),
        ("- {id: a, title: A, posts: {to: operations, message: 'Down: title} now'}}", "`}` has no other brace"),
        ("- {id: a, title: A, asks: [{id: q, question: Q, milestone: mitigated}]}", "write `kind: time`"),
        (
            "- {id: a, title: A, asks: [{id: q, question: Q, kind: choice, options: [b, c, b]}]}",
            "offers the same option twice",
        ),
        (
            "- {id: a, title: A, asks: [{id: q, question: Q, kind: choice, options: [b]}]}",
            "needs at least two options",
        ),
        ("- {id: a, title: A, skip_when: {}}", "is empty; write `severity_at_least`, `told` or `held`"),
        ("\n".join(f"- {{id: a{number}, title: A}}" for number in range(81)), "has 81 steps; at most"),
        ("- {id: a, title: A, guides: [a, b, c, d]}", "has 4 entries; at most 3 are possible"),
        ("- {id: a, title: }", "is empty; text that begins with `#` stands in quotes"),
        ("- {id: a, title: 2026-11-26}", "YAML reads this as a date, not as words; put it in quotes"),
        ("- {id: a, title: {b: c}}", "should be words"),
        ("- {id: a, title: 2026-13-45}", "`2026-13-45` is no date and no number; put it in quotes"),
        ("- id: a\n  title: Down: all calls", "words with a colon in them stand in quotes"),
        ("- {id: a, title: @oncall}", "text that begins with `@` stands in quotes"),
        ("- {id: a}", "is missing"),
        ("- {id: A b, title: A}", "write it like `call-carrier`"),
        ("- {id: a, title: A, owner: boss}", "'commander'"),
        ("[]", "is empty; write at least one"),
    ],
)
def test_inconsistent_steps_are_refused_in_a_sentence(folder, steps, reason):
    problems = problems_of(folder, steps)

    assert reason in problems[0]
    assert all(reason in sentence for sentence in problems)


def test_a_text_that_yaml_cuts_at_a_hash_is_named_and_the_playbook_can_be_used(folder, floor):
    steps = """
        - id: a
          title: Call #vendor   # the number is in the wiki
          instructions: "Ask in #war-room"   # not cut
          due: 5 min after start   # in time
        - {id: b, title: Call #2
          }
    """
    assert problems_of(folder, steps, floor) == []
    texts = [
        "bad.yaml:9: YAML reads ` #vendor` as the beginning of a comment, so the text ends before it."
        " Put the text in quotes, or a space after the `#` of a comment.",
        "bad.yaml:12: YAML reads ` #2` as the beginning of a comment, so the text ends before it."
        " Put the text in quotes, or a space after the `#` of a comment.",
    ]
    assert [str(note) for note in load_library(folder).notes] == texts
    assert [str(note) for note in notes_on(folder / "bad.yaml", floor)] == texts
    assert load_library(ROOT / "playbooks").notes == []


def test_a_missing_guide_is_named_with_the_nearest_title_and_the_playbook_can_be_used(folder, floor):
    (folder / "guides").mkdir()
    (folder / "guides" / "carrier.md").write_text("\n# Carrier tickets\n\nCall them")
    wiki = Guide(title="SSO lockout", url="https://wiki.example.com/sso")
    cases = Cases(guides=(wiki,), guides_folder=str(folder / "guides"))
    floor_with_guides = floor.model_copy(update={"cases": cases})

    assert (
        problems_of(folder, "- {id: a, title: A, guides: [SSO lockout, Carrier tickets]}", floor_with_guides) == []
    )
    assert notes_on(folder, floor_with_guides) == []
    assert problems_of(folder, "- {id: a, title: A, guides: SSO lockouts}", floor_with_guides) == []
    assert [str(note) for note in notes_on(folder, floor_with_guides)] == [
        "bad.yaml:8 (phases.0.steps.0.guides): no file has the guide “SSO lockouts”. Did you mean `SSO lockout`?"
        " It is found if it was published in Slack; `/incident guide` shows what is."
    ]
    assert problems_of(folder, "- {id: a, title: A, guides: [a, b, c, d]}", floor_with_guides) != []


def test_an_answer_that_is_not_offered_is_refused_with_the_nearest_one(folder):
    problems = problems_of(
        folder,
        """
        - id: scope
          title: Scope
          asks:
            - {id: reach, question: Reach, kind: choice, options: [One queue, All queues]}
            - {id: seats, question: Seats, kind: number}
        - id: all
          title: All
          when: {answers: {reach: All queue, seats: many}}
        """,
    )

    assert problems[0].endswith("`All queue` is no option of `reach`. Did you mean `All queues`?")
    assert problems[1].endswith("`many` is no number; write `12`, `at least 12` or `at most 12`")


def test_a_step_may_wait_for_a_severity_or_site_that_the_incident_only_gets_while_the_playbook_runs(folder, floor):
    text = GOOD.replace("    phases:", "    applies: {severities: [S2, S3], sites: Manila}\n    phases:")
    text += "            when: {severity_at_least: S1, site_among: Cebu}\n"
    path = write(folder, "good.yaml", text)
    assert load_library(folder, floor).problems == []
    book = read_playbook(path)
    facts = IncidentFacts("S3", "telephony", ("Manila",), (), NOON)
    assert fits(book, facts)
    assert wanted_steps(book, facts, []) == set()
    assert wanted_steps(book, replace(facts, severity="S1", sites=("Manila", "Cebu")), []) == {"call"}


def test_a_step_that_can_never_come_is_refused_like_the_steps_that_wait_for_it(folder):
    problems = problems_of(
        folder,
        """
        - {id: a, title: A}
        - {id: c, title: C}
        - {id: never, title: Never, when: {done: [c, a], skipped: [a, c]}}
        - {id: b, title: B, when: {done: [a, never]}}
        - {id: d, title: D, when: {skipped: b}}
        """,
    )
    assert problems == [
        "bad.yaml:10 (phases.0.steps.2.when): can never hold: `a` cannot be done and skipped at once",
        "bad.yaml:11 (phases.0.steps.3.when): can never hold: it waits for `never`, which never comes",
        "bad.yaml:12 (phases.0.steps.4.when): can never hold: it waits for `b`, which never comes",
    ]


def test_every_name_that_the_floor_or_the_playbook_does_not_have_is_refused_at_its_place(folder, floor):
    text = GOOD.replace("    phases:", "    applies: {types: telefony, sites: Manilla}\n    phases:")
    text += (
        "            when: {site_among: Cebuu, partner_among: Telviaa, done: cal, skipped: [call, other]}\n"
        "            asks: [{id: q, question: Q}]\n      - {id: second, title: First, steps: [{id: b, title: B,"
        " asks: [{id: q, question: R}]}]}\n      - {id: second, title: Third, steps: [{id: phase, title: C}]}\n"
    )
    write(folder, "bad.yaml", text)
    assert [str(problem).removeprefix("bad.yaml:") for problem in load_library(folder, floor).problems] == [
        "4 (applies.types): floor.yaml has no type `telefony`. Did you mean `telephony`?",
        "4 (applies.sites): floor.yaml has no site `Manilla`. Did you mean `Manila`?",
        "7 (phases.0.title): several phases are called “First”; give each its own title",
        "11 (phases.0.steps.0.when.done): there is no step `cal`. Did you mean `call`?",
        "11 (phases.0.steps.0.when.skipped): there is no step `other`.",
        "11 (phases.0.steps.0.when.site_among): floor.yaml has no site `Cebuu`. Did you mean `Cebu`?",
        "11 (phases.0.steps.0.when.partner_among): floor.yaml has no partner `Telviaa`. Did you mean `Telvia`?",
        "13 (phases.1.steps.0.asks.0.id): another question is already called `q`; give this one its own id",
        "13 (phases.1.title): several phases are called “First”; give each its own title",
        "14 (phases.2.id): another phase is already called `second`; give this one its own id",
        "14 (phases.2.steps.0.id): `phase` has a meaning in `due`; call the step something else",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: &x 1\nb: *x", "anchor"),
        ("title: A\ntitle: B", "is given twice"),
        ("#" * 70_000, "at most 65536 are read"),
        ("title: 'ok", "is not YAML"),
    ],
)
def test_dangerous_or_unreadable_yaml_is_refused(folder, text, reason):
    (folder / "bad.yaml").write_text(text)

    assert reason in str(load_library(folder).problems[0])


def test_a_file_with_an_odd_name_and_a_missing_folder_are_reported(folder):
    write(folder, "Phones Down.yaml", GOOD)
    write(folder, "phones.yml", GOOD)

    assert [problem.file for problem in load_library(folder).problems] == ["Phones Down.yaml", "phones.yml"]
    assert "the folder is missing" in str(load_library(folder / "nowhere").problems[0])


def test_a_changed_file_is_read_again_and_the_others_are_not(folder):
    write(folder, "one.yaml", GOOD)
    two = write(folder, "two.yaml", GOOD)
    library = load_library(folder)
    assert library.reloaded() is library

    write(folder, "two.yaml", GOOD.replace("title: Phones", "title: Lines"))
    os.utime(two, ns=(1, 1))
    newer = library.reloaded()

    assert newer.playbooks["two"].title == "Lines"
    assert newer.playbooks["two"].version != library.playbooks["two"].version
    assert newer.playbooks["one"] is library.playbooks["one"]


def test_a_file_that_breaks_while_in_use_keeps_its_last_good_version(folder):
    one = write(folder, "one.yaml", GOOD)
    library = load_library(folder)

    one.write_text("title: [")
    broken = library.reloaded()
    one.unlink()

    assert broken.playbooks["one"] == library.playbooks["one"]
    assert broken.problems
    assert broken.reloaded().playbooks == {}
