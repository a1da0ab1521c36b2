"""`/incident playbook`: running and available playbooks; playbooks offered, edited or broken meanwhile."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.playbooks import ids
from tests.floor import TestFloor
from tests.stories.playbook_driver import PlaybookDriver
from tests.stories.record import rows, timeline

PHONES = """
title: Phones down
summary: Nobody can call.
applies: {types: telephony}
phases:
  - id: now
    title: Now
    steps:
      - {id: call, title: Call the carrier, due: 10 min}
"""
GENERIC = PHONES.replace("Phones down", "Anything else").replace("applies: {types: telephony}\n", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "phones.yaml").write_text(PHONES)
    (folder / "generic.yaml").write_text(GENERIC)
    return folder


@pytest.fixture
def floor(tmp_path: Path, folder: Path) -> Iterator[TestFloor]:
    with TestFloor(tmp_path, playbooks_dir=folder, playbooks_every_s=0) as floor:
        yield floor
        floor.nothing_was_malformed()


def write(file: Path, words: str) -> None:
    """Write a file as an editor does; its modification time differs even on a coarse clock."""
    mtime_before = file.stat().st_mtime_ns
    file.write_text(words)
    os.utime(file, ns=(mtime_before + 1_000_000_000, mtime_before + 1_000_000_000))


def running(floor: TestFloor) -> list[str]:
    return [row["playbook"] for row in rows(floor, "playbook_runs") if row["stopped_at"] is None]


def test_playbooks_are_listed_started_stopped_and_switched_by_command(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 the coffee is out"))
    answer = floor.says("ana", "/incident playbook", driver.channel)
    assert "`generic` Anything else is running" in answer
    assert "`phones` Phones down" in answer
    assert answer.count("`generic`") == 1, "what runs is not offered again"

    assert "is running" in floor.says("ana", "/incident playbook start phones", driver.channel)
    assert sorted(running(floor)) == ["generic", "phones"]
    assert "is running" in floor.says("ana", "/incident playbook start PHONES", driver.channel), (
        "starting twice is starting once"
    )
    assert sorted(running(floor)) == ["generic", "phones"]
    assert "is stopped" in floor.says("ana", "/incident playbook stop phones", driver.channel)
    # The response to the first may have been lost.
    second_answer = floor.says("ana", "/incident playbook stop phones", driver.channel)
    assert second_answer.startswith("The playbook “Phones down” was stopped already, by <@U0ANA> at <!date^")
    assert "is not running here" in floor.says("ana", "/incident playbook stop other", driver.channel)
    assert "runs instead" in floor.says("ana", "/incident playbook switch phones", driver.channel)
    assert running(floor) == ["phones"]
    refusal = floor.says("ana", "/incident playbook start phoness", driver.channel)
    assert "There is no playbook `phoness`" in refusal
    assert "generic, phones" in refusal
    assert len(timeline(floor, "playbook_stopped")) == 2
    assert "stopped by" in floor.visible_text(driver.channel)


def test_a_change_of_type_offers_the_better_playbook_once_and_forces_nothing(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 something is odd"))
    floor.says("ana", "/incident type", driver.channel)
    assert "Edit the incident" in str(floor.ana.modal)
    floor.ana.closes()
    floor.says("ana", "/incident type telephony", driver.channel)
    assert "“Phones down” fits this incident better now" in floor.visible_text(driver.channel)
    assert running(floor) == ["generic"]

    floor.says("ana", "/incident type other", driver.channel)
    floor.says("ana", "/incident type telephony", driver.channel)
    assert floor.visible_text(driver.channel).count("fits this incident better now") == 1

    floor.ben.clicks(ids.SWITCH, channel=driver.channel)
    floor.settle()
    assert running(floor) == ["phones"]
    (offer,) = [m for m in floor.ana.sees(driver.channel) if "fits this incident better" in m.visible_text]
    assert "<@U0BEN> switched to it." in offer.visible_text
    assert "Start it too" not in offer.visible_text

    floor.says("ana", "/incident playbook switch generic", driver.channel)
    floor.says("ana", "/incident severity S1", driver.channel)
    assert floor.visible_text(driver.channel).count("fits this incident better now") == 1, (
        "somebody has decided already"
    )


def test_a_stopped_playbook_is_not_offered_again(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 the phones are dead"))
    floor.says("ana", "/incident playbook stop phones", driver.channel)

    floor.says("ana", "/incident severity S1 it grows", driver.channel)

    assert running(floor) == []
    assert "fits this incident better" not in floor.visible_text(driver.channel)


def test_an_offered_playbook_may_be_started_beside_the_running_one(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 something is odd"))
    floor.says("ana", "/incident type telephony", driver.channel)

    floor.ana.clicks(ids.START, channel=driver.channel)
    floor.settle()

    assert sorted(running(floor)) == ["generic", "phones"]
    assert "<@U0ANA> started it." in floor.visible_text(driver.channel)


def test_an_edited_file_leaves_running_incidents_alone_and_a_broken_one_changes_nothing(
    floor: TestFloor, folder: Path
) -> None:
    old_run = PlaybookDriver(floor, floor.declares("S2 the phones are dead"))
    assert "the file has changed" not in old_run.visible_text

    write(folder / "phones.yaml", PHONES.replace("Call the carrier", "Call both carriers"))
    floor.tick()
    assert "the file has changed since; this run keeps its copy" in old_run.visible_text
    assert "Call the carrier" in old_run.visible_text
    new_run = PlaybookDriver(floor, floor.declares("S2 the trunk in Cebu is silent"))
    assert "Call both carriers" in new_run.visible_text

    write(folder / "phones.yaml", "title: [not a title")
    floor.tick()
    third = PlaybookDriver(floor, floor.declares("S2 the dialer stopped"))
    assert "Call both carriers" in third.visible_text, "the last good version stays in use"
    old_run.does("ana", "Call the carrier")
    assert "✅ Call the carrier" in old_run.visible_text
    assert "phones.yaml has a mistake" in floor.says("ana", "/incident playbook", old_run.channel)
