"""`watchfloor purge` removes people's words from every file and keeps every figure."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.changes import ids as change_ids
from bot.followups import ids
from bot.incidents.registry import Registry
from bot.runtime.clock import utcnow
from bot.screens.records import purge
from bot.timeline import erasure, verification
from tests.floor import TestFloor
from tests.stories.command_line import Typed
from tests.stories.record import rows, timeline
from tests.stories.seen_followups import is_told
from tests.stories.test_planned_changes import record

PLAYBOOKS = Path(__file__).parent / "playbooks"
WORD = "Quetzalcoatl"
FIGURES = ("severity", "status", "declared_at", "resolved_at", "closed_at", "sites", "declared_by")
COUNTED = ("timeline_entries", "promises", "outbox", "playbook_steps", "pages", "follow_ups", "role_holders")


@pytest.fixture
def command_line(floor: TestFloor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Typed:
    """The command line of the same installation, which keeps the engine's records for one second."""
    file = tmp_path / "purging.yaml"
    file.write_text(Path("floor.yaml").read_text().replace("flows: 30 days", "flows: 1 s"))
    monkeypatch.setenv("WATCHFLOOR_FLOOR_FILE", str(file))
    return Typed(floor, monkeypatch, tmp_path)


def incident_with_word(floor: TestFloor) -> str:
    """Run an incident, up to its close, with the word in every place where people can write."""
    channel = floor.declares(f"S2 IVR down {WORD} title")
    floor.says("ana", "/incident claim", channel)
    message = floor.ana.says(f"{WORD} said it", channel=channel)
    floor.settle()
    floor.ana.edits(channel, message.ts, f"{WORD} said it twice")
    floor.ana.uploads(channel, f"{WORD}.txt", b"x", f"{WORD} file")
    floor.ana.reacts("bookmark_tabs", channel, message.ts)
    floor.ana.reacts("pushpin", channel, message.ts)
    floor.says("ana", f"/incident impact {WORD} feels it", channel)
    floor.says("ana", f"/incident note decision: {WORD} decides", channel)
    [note] = timeline(floor, "decision")
    floor.says("ana", f"/incident correct {note['id']}", channel)
    floor.ana.fills("What it says", f"{WORD} decided")
    floor.ana.fills("Why?", f"{WORD} was wrong")
    assert floor.ana.submits().closed
    floor.says("ana", f"/incident severity S1 {WORD} is worse", channel)
    floor.says("ana", f"/incident update {WORD} update", channel)
    floor.says("ana", f"/incident page <@U0DEVI> {WORD} page", channel)
    floor.says("ana", f"/incident followup @ben {WORD} must not happen", channel)
    is_told(floor, "ben", "must not happen")
    floor.says("ana", f"/incident resolve {WORD} ended it", channel)
    floor.says("ana", f"/incident close {WORD} closed it", channel)
    floor.settle()
    return channel


def files_with(folder: Path, word: str) -> list[str]:
    """The database files that contain the word, including SQLite's logs."""
    files = [path for path in folder.iterdir() if "sqlite" in path.name]
    return sorted(path.name for path in files if word.encode() in path.read_bytes())


def tables_with(folder: Path, word: str) -> list[str]:
    """The columns that contain the word, to name the one that was forgotten."""
    engine = sa.create_engine(f"sqlite:///{folder}/watchfloor.sqlite")
    with engine.connect() as connection:
        names = [
            (table, column["name"])
            for table in sa.inspect(engine).get_table_names()
            for column in sa.inspect(engine).get_columns(table)
        ]
        query = 'SELECT count(*) FROM "{}" WHERE "{}" LIKE :word'
        return [
            f"{table}.{column}"
            for table, column in names
            if connection.execute(sa.text(query.format(table, column)), {"word": f"%{word}%"}).scalar()
        ]


def changes_behind_the_bots_back(floor: TestFloor) -> None:
    engine = sa.create_engine(f"sqlite:///{floor.folder}/watchfloor.sqlite")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE timeline_entries SET actor_id = 'U0BEN' WHERE kind = 'decision'"))


def records_are_older(floor: TestFloor, seconds: int) -> None:
    """Date the engine's records back: it dates them by the machine's clock, which a test cannot move."""
    engine = sa.create_engine(f"sqlite:///{floor.folder}/watchfloor-flows.sqlite")
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE workflow_status SET created_at = created_at - {seconds * 1000}"))


def finishes_follow_ups(floor: TestFloor) -> None:
    for who in ("ana", "ben"):
        floor.sandbox.person(who).clicks(ids.DONE, channel="dm")
        is_told(floor, who, "Done by")


def test_the_word_is_gone_from_every_file_and_every_figure_stays(floor: TestFloor, command_line: Typed) -> None:
    channel = incident_with_word(floor)
    floor.declares("S3 Something else altogether", who="ben")
    floor.passes(days=40)
    assert files_with(floor.folder, WORD)

    assert "Kept while a follow-up is open: 1" in command_line.types("purge", "--older-than", "30 days").output
    floor.start_bot()
    finishes_follow_ups(floor)
    state_before = {table: len(rows(floor, table)) for table in COUNTED}, rows(floor, "incidents")
    assert "out of incidents: 1" in command_line.types("purge", "--older-than", "30 days", "--dry-run").output
    assert command_line.types("hold", "1").exit_code == 0
    assert "Kept by hand: 1" in command_line.types("purge", "--older-than", "30 days").output
    assert command_line.types("hold", "1", "--release").exit_code == 0
    assert files_with(floor.folder, WORD) == ["watchfloor.sqlite"]

    records_are_older(floor, seconds=2)

    result = command_line.types("purge", "--older-than", "30 days")

    assert "Words were taken out of incidents: 1" in result.output, result.output
    assert tables_with(floor.folder, WORD) == []
    assert files_with(floor.folder, WORD) == []
    assert files_with(floor.folder, "Something else altogether") == ["watchfloor.sqlite"]
    assert "every entry as it was written" in command_line.types("audit", "verify").output
    assert "out of incidents: none" in command_line.types("purge", "--older-than", "30 days").output
    changes_behind_the_bots_back(floor)
    assert "Incident 1: entry" in command_line.types("audit", "verify").output

    floor.start_bot()
    state_after = {table: len(rows(floor, table)) for table in COUNTED}, rows(floor, "incidents")
    assert state_after[0] == state_before[0]
    assert [{name: row[name] for name in FIGURES} for row in state_after[1]] == [
        {name: row[name] for name in FIGURES} for row in state_before[1]
    ]
    assert "[removed]" in floor.says("ana", "/incident followups", channel) + floor.ephemeral("ana", channel)[-1]


def test_no_persons_name_is_left_in_any_fact(floor: TestFloor, command_line: Typed) -> None:
    floor.sandbox.workspace.groups["S0ANALYSTS"].users.append("U0ULLA")
    floor.restart_bot()
    channel = floor.declares("S1 IVR down")
    floor.says("ana", "/incident assign scribe @ben", channel)
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident close", channel)
    floor.passes(days=40)
    assert "invite Ulla Ultra" in entries_shown(floor, channel)
    names = [person.real_name for person in floor.sandbox.workspace.users.values() if not person.is_bot]

    result = command_line.types("purge", "--older-than", "30 days")

    assert "out of incidents: 1" in result.output, result.output
    allowed = {"people.name", "people.real_name", "people.handle"}
    columns_by_name = {
        name: columns for name in names if (columns := set(tables_with(floor.folder, name)) - allowed)
    }
    assert columns_by_name == {}


def entries_shown(floor: TestFloor, channel: str) -> str:
    """The output of `/incident timeline trouble`."""
    floor.says("ana", "/incident timeline trouble", channel)
    return floor.ephemeral("ana", channel)[-1]


def test_a_purge_without_an_age_is_refused(floor: TestFloor, command_line: Typed) -> None:
    refusal = command_line.types("purge")
    assert (refusal.exit_code, "--older-than" in refusal.output) == (1, True)
    assert "not a length of time" in command_line.types("purge", "--older-than", "soon").output


def test_an_interrupted_purge_continues_where_it_stopped(floor: TestFloor) -> None:
    channel = floor.declares(f"S3 {WORD}")
    for number in range(5):
        floor.ana.says(f"{WORD} {number}", channel=channel)
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident close", channel)
    floor.passes(days=2)
    now = utcnow()

    # The purge gets as far as its first batch; then the process ends.
    with floor.services.database.transaction() as session:
        assert erasure.erase_text(session, 1, 0, 3)[0] > 0
    assert WORD in str(rows(floor, "timeline_entries"))
    floor.restart_bot()
    registry, cutoff = floor.services.get(Registry), now - timedelta(days=1)
    result = purge.purge(floor.services.database, registry, cutoff, now)

    assert result.incidents == [1]
    assert purge.purge(floor.services.database, registry, cutoff, now).rows == 0, "it is not repeated"
    with floor.services.database.reading() as session:
        assert verification.verify(session, 1) == []
    assert WORD not in str(rows(floor, "timeline_entries"))
    assert WORD not in str(rows(floor, "incidents")) + str(rows(floor, "outbox"))


def test_the_clock_purges_when_the_floor_sets_a_retention_time(tmp_path: Path) -> None:
    file = tmp_path / "floor.yaml"
    file.write_text(Path("floor.yaml").read_text().replace("words: never", "words: 30 days"))
    with TestFloor(tmp_path, floor_file=file, playbooks_dir=PLAYBOOKS) as floor:
        channel = floor.declares(f"S3 {WORD}")
        floor.says("ana", "/incident resolve over", channel)
        floor.says("ana", "/incident close", channel)
        for title in (WORD, "Billing goes to Cebu"):
            assert record(floor, title=title, approver="ben", verifier="ben").closed
        floor.says("ana", "/incident changes")
        floor.ana.clicks(change_ids.VERIFIED, channel="general", value="1")
        floor.passes(days=29)
        purge.run_scheduled(floor.services)
        floor.settle()
        assert rows(floor, "incidents")[0]["title"] == WORD

        floor.passes(days=2)
        purge.run_scheduled(floor.services)
        floor.settle()

        assert rows(floor, "incidents")[0]["title"] == "[removed]"
        assert purge.find_due(floor.services.database, utcnow()).incidents == []
        changes = rows(floor, "planned_changes")
        assert [change["title"] for change in changes] == ["[removed]", "Billing goes to Cebu"], (
            "one is still asked"
        )
        assert {change["verifier"] for change in changes} == {floor.ben.id}
        floor.passes(hours=1)
        assert "Billing goes to Cebu" in floor.ben.direct_messages()[-1].visible_text
