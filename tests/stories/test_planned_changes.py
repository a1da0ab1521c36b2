"""A routing change is recorded, shown beside an incident at its site, and asked about until it is verified."""

from pathlib import Path
from typing import Any

import yaml

from bot.changes import ids
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.stories.conftest import PLAYBOOKS
from tests.stories.record import rows

FIELDS = {
    ids.TITLE: "Billing goes to Cebu <!here>",
    ids.BEFORE: "Billing is answered in Manila",
    ids.AFTER: "Billing is answered in Cebu",
    ids.ROLLBACK: "Switch the flow back to version 12",
    ids.SITE: "Manila",
}


def record(floor: TestFloor, **more: Any) -> Any:
    floor.says("ana", "/incident changes add")
    for name, value in (FIELDS | {ids.PLANNED_AT: int(utcnow().timestamp())} | more).items():
        floor.ana.fills(name, value)
    submission = floor.ana.submits()
    floor.settle()
    return submission


def directly(floor: TestFloor, who: str) -> str:
    floor.settle()
    return floor.direct_text(who)


def test_the_calendar_is_for_people_named_by_the_floor_or_in_a_change(tmp_path: Path) -> None:
    settings = yaml.safe_load(Path("floor.yaml").read_text(encoding="utf-8"))
    settings["permissions"] |= {"changes": ["@incident-analysts"]}
    floor_file = tmp_path / "floor.yaml"
    floor_file.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=floor_file) as floor:
        assert record(floor, approver="ben", verifier="ben").closed
        for command in ("/incident changes", "/incident changes add"):
            assert "may work on planned changes" in floor.says("ben", command) + floor.ephemeral("ben")[-1]
        floor.passes(minutes=31)
        floor.sandbox.person("ben").clicks(ids.VERIFIED, channel="dm")
        floor.settle()
        assert [row["state"] for row in rows(floor, "planned_changes")] == ["verified"]


def test_a_change_is_recorded_shown_next_to_an_incident_and_asked_about_until_verified(floor: TestFloor) -> None:
    refusal = record(floor, approver="ana", verifier="ben")
    assert "Choose another person as approver" in str(refusal.errors)
    floor.ana.fills(ids.APPROVER, "ben")
    assert floor.ana.submits().closed
    later = int(utcnow().timestamp()) + 3600
    assert record(floor, title="Nesting in Cebu", site="Cebu", planned_at=later, approver="ben").closed
    assert "recorded a change with your name" in directly(floor, "ben")

    channel = floor.declares("S2 IVR down in Manila")
    floor.tick()
    floor.passes_until(lambda: "Changes around this time" in floor.visible_text(channel), seconds=1)
    channel_text = floor.visible_text(channel)
    assert "Billing goes to Cebu" in channel_text
    assert "not verified yet" in channel_text
    assert "Nesting in Cebu" not in channel_text, "it is at another site"

    floor.passes(minutes=31)
    assert directly(floor, "ben").count("Does this change work?") == 1
    floor.passes(hours=3)
    assert directly(floor, "ben").count("Does this change work?") == 2, "a missed question is skipped"
    assert "Billing goes to Cebu" not in directly(floor, "ana")
    floor.passes(hours=1)
    assert "Billing goes to Cebu" in directly(floor, "ana"), "the requester is asked as well"

    floor.says("ana", "/incident changes")
    floor.ana.clicks(ids.VERIFIED, channel="general", value="1")
    floor.settle()
    assert "the change works" in floor.ephemeral("ana")[-1]
    floor.ana.clicks(ids.VERIFIED, channel="general", value="1")
    floor.settle()
    assert "verified already" in floor.ephemeral("ana")[-1]
    question_count = directly(floor, "ben").count("Billing goes to Cebu")
    floor.passes(hours=2)
    assert directly(floor, "ben").count("Billing goes to Cebu") == question_count
    floor.says("ana", "/incident changes")
    assert "verified by <@U0ANA> <!date^" in floor.ephemeral("ana")[-1]
    assert "<!here>" not in floor.live_markup("general", who="ana")
    assert [row["state"] for row in rows(floor, "planned_changes")] == ["verified", "planned"]
