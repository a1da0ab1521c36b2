"""Each audience reads its own wording, and a broken template delays nobody."""

import shutil
from pathlib import Path

from bot.commands import doctor
from slack_sandbox import posting
from tests.floor import TestFloor
from tests.stories.seen_updates import updates


def test_each_audience_reads_its_own_words(floor: TestFloor) -> None:
    channel = floor.declares("S0 IVR down in Manila")
    floor.says("ana", "/incident impact Half the calls are lost. Chloe fixes it by 15:00.", channel)
    floor.says("ana", "/incident status identified a trunk", channel)
    answer = floor.says("ana", "/incident update Calls go to Cebu. Ana hopes for 15:00.", channel)

    assert answer.endswith("Left out or without names for Partners, Front line: “Ana hopes for 15:00.”")
    assert len(updates(floor, "executives")) == 2, "the first one comes at once"

    for place, words in {
        channel: "*Changed:* now identified: a trunk (Ana Reyes)",
        "executives": "*Impact:* Half the calls are lost. Chloe fixes it by 15:00.",
        "engineering": "*Impact:* Half the calls are lost.",
        "partners": "The cause is known and is being worked on.",
        "front-line": "*What is affected:* Half the calls are lost.",
    }.items():
        update_text = updates(floor, place)[-1]
        assert words in update_text
        assert "Calls go to Cebu" in update_text
        assert "Next update <!date^" in update_text
    for outsider_channel in ("partners", "front-line"):
        [update_text] = updates(floor, outsider_channel)
        assert not any(name in update_text for name in ("Chloe", "Ana", "15:00", "trunk"))


def test_an_update_never_names_a_person_in_a_role_that_they_have_left(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down in Manila", who="ben")
    floor.ana.joins(channel)
    floor.chloe.joins(channel)
    floor.says("ana", "/incident claim commander", channel)
    floor.says("chloe", "/incident claim scribe", channel)
    floor.says("chloe", "/incident leave scribe", channel)
    floor.sandbox.workspace.deactivate(floor.ana.user)
    floor.settle()

    floor.says("ben", "/incident update we look", channel)

    words = "*Changed:* Chloe Martin is no longer scribe · Ana Reyes is no longer commander"
    assert words in updates(floor, channel)[-1]


def test_executives_read_the_places_unless_the_title_names_them_all(floor: TestFloor) -> None:
    floor.declares("S0 IVR down in Manila at Northline")
    assert "not confirmed yet\n" in updates(floor, "executives")[-1]

    channel = floor.declares("S0 Screens frozen in Cebu")
    floor.says("ana", "/incident rename Screens frozen", channel)
    floor.says("ana", "/incident update we look", "inc-2-screens-frozen")
    assert "not confirmed yet · Cebu\n" in updates(floor, "executives")[-1]


def test_a_broken_template_is_reported_to_the_administrators_once_and_stops_nothing(tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree("message_templates", templates)
    (templates / "stakeholder_update" / "operations" / "en.j2").write_text("{{ nobody.knows.this }}")
    (templates / "stakeholder_update" / "executives" / "en.j2").unlink()
    (templates / "partner_notice" / "es.j2").write_text("{{ impact.nobody.knows }}")
    (templates / "partner_notice" / "es.yaml").write_text("received: [")
    floor_file = tmp_path / "floor.yaml"
    floor_file.write_text(Path("floor.yaml").read_text() + '\nadministrators_channel: "#engineering"\n')
    with TestFloor(tmp_path, templates_dir=templates, floor_file=floor_file) as floor:
        channel = floor.declares("S1 IVR down at Sagebrush")
        floor.passes(minutes=30)
        floor.passes(minutes=30)

        assert all("*S1 investigating* – IVR down" in text for text in updates(floor, channel))
        assert "IVR down at Sagebrush" in floor.visible_text("partner-sagebrush")
        assert "We are affected" in floor.visible_text("partner-sagebrush")
        assert len(updates(floor, channel)) == 2
        assert floor.sandbox.wait_for(lambda: len(_template_warnings(floor)) == 3), (
            "one for each template, however often it is used"
        )
        (templates / "stakeholder_update" / "operations" / "en.j2").write_text("{{ broken.again }}")
        floor.passes(minutes=30)
        assert floor.sandbox.wait_for(lambda: len(_template_warnings(floor)) == 4), (
            "a new version of the file is reported again"
        )
        findings = "\n".join(str(finding) for finding in doctor.examine(floor.settings()))
        assert "operations/en.j2 cannot be used: line 1: 'broken' is undefined" in findings
        assert "executives/en.j2 cannot be used: the file is missing" in findings
        assert "partner_notice/es.j2 cannot be used" in findings
        assert "partner_notice/es.yaml cannot be used" in findings
        floor.nothing_was_malformed()


def _template_warnings(floor: TestFloor) -> list[str]:
    """Messages to the administrators about broken templates."""
    return [
        message.visible_text
        for message in floor.ana.sees("engineering")
        if "cannot be used" in message.visible_text
    ]


def test_the_update_after_a_deleted_one_says_everything_again(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down in Manila")
    floor.says("ana", "/incident impact half of the calls are lost", channel)
    floor.says("ana", "/incident cadence executives 20 min", channel)
    for _ in range(3):
        floor.passes(minutes=20)
    assert "no change since" in floor.ana.sees("executives")[-1].visible_text
    workspace, executives = floor.sandbox.workspace, floor.sandbox.workspace.channel("executives")
    with workspace.lock:
        for message in list(executives.messages.values()):
            posting.delete(workspace, executives, message)

    floor.passes_until(lambda: floor.visible_text("executives"), minutes=20)

    assert "*Impact:* half of the calls are lost" in floor.visible_text("executives")
