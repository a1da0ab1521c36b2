"""A playbook in the terminal and in an editor."""

import yaml

from bot.playbooks.as_text import render_text
from bot.playbooks.library import load_library
from bot.playbooks.playbook import json_schema, read_copy
from tests.rules.json_schema import complaints
from tests.rules.playbook_builders import ROOT, book, phases


def test_every_shipped_playbook_fits_the_schema_that_editors_check_with():
    schema = json_schema()

    for path in (ROOT / "playbooks").glob("*.yaml"):
        assert list(complaints(yaml.safe_load(path.read_text()), schema, schema)) == []


def test_an_editor_sees_a_wrong_key_a_wrong_time_and_a_missing_title():
    schema = json_schema()
    written = {
        "title": "Phones",
        "summary": "Down",
        "phases": [{"id": "first", "title": "First", "steps": [{"id": "call", "due": "10 minutes", "own": "x"}]}],
    }

    objections = " ".join(complaints(written, schema, schema))

    assert "title is missing" in objections
    assert "own is not known" in objections
    assert "'10 minutes' fits none of the shapes" in objections


def test_the_copy_in_a_run_reads_back_as_the_same_playbook():
    for playbook in load_library(ROOT / "playbooks").playbooks.values():
        assert read_copy(playbook.as_copy()) == playbook
        assert read_copy(playbook.as_copy()).version == playbook.version


def test_the_terminal_shows_owners_times_conditions_questions_and_effects():
    shown = render_text(
        "phones",
        phases(
            {
                "first": (
                    "id: scope, due: 7 min,"
                    " asks: [{id: reach, question: Reach, kind: choice, options: [One, All]}]",
                    "id: tell, owner: communications_lead, due: {after: scope, within: 90 s},"
                    " required: before close,"
                    " repeat_every: 30 min, when: {severity_at_least: S1, answers: {reach: All}},"
                    " posts: {to: operations, message: 'Reach {reach}'},"
                    " sets: {status: identified, cadence: 15 min},"
                    " invites: {groups: '@telephony-oncall'}, guides: Carrier tickets",
                )
            },
            stand_down=["Calls are good."],
            applies={"types": "telephony"},
        ),
    )

    assert shown.splitlines() == [
        "Phones  [phones]",
        "Phones are down.",
        "",
        "For: type telephony",
        "",
        "FIRST",
        "  1. Scope",
        "     (commander; 7 min after start)",
        "     asks: Reach [One | All] as {reach}",
        "  2. Tell",
        "     (communications lead; 90 s after scope; again every 30 min; needed before close)",
        "     only if: severity is at least S1 and reach is All",
        "     sets: status to identified, cadence to 15 min",
        "     guides: Carrier tickets",
        "     invites: @telephony-oncall",
        "     posts to operations:",
        "       | Reach {reach}",
        "",
        "STAND DOWN WHEN",
        "  • Calls are good.",
    ]


def test_the_playbook_for_everything_else_says_so():
    assert "For: any incident that has no playbook of its own" in render_text("generic", book("id: call"))
