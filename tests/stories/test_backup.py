"""A backup is one file, made while the bot runs; restoring it brings the incidents back as they were then."""

from pathlib import Path

import pytest

from bot.commands import backup
from bot.commands.backup import BackupExists, BackupNotWritten, NotABackup
from bot.runtime.migrations import NoDatabase
from bot.runtime.replicas import DatabaseInUse, Replicas
from tests.floor import TestFloor
from tests.stories.record import rows


def test_a_restored_backup_is_as_it_was_and_the_bot_continues_from_there(floor: TestFloor, tmp_path: Path) -> None:
    settings, file = floor.settings(), tmp_path / "backup.zip"
    channel = floor.declares("S1 IVR down in Manila")
    floor.says("ana", "/incident severity S0 every site", channel)

    backup.backup(settings, file)

    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BackupExists, match="nothing was written over it"):
        backup.backup(settings, file)
    with pytest.raises(BackupNotWritten, match="cannot be written: No such file or directory"):
        backup.backup(settings, tmp_path / "gone" / "backup.zip")
    with pytest.raises(DatabaseInUse, match="Another Watchfloor uses"):
        list(backup.restore(settings, file))
    rows_before = rows(floor, "incidents"), rows(floor, "timeline_entries")
    floor.says("ana", "/incident severity S3 a mistake", channel)
    floor.stop_bot()
    (tmp_path / "broken.zip").write_bytes(file.read_bytes()[:5000])
    with pytest.raises(NotABackup, match="Nothing was changed"):
        list(backup.restore(settings, tmp_path / "broken.zip"))

    messages = list(backup.restore(settings, file))

    assert "is as it was when the backup was made." in messages[-1]
    assert (tmp_path / "watchfloor.sqlite.before-restore-1").exists()
    assert (tmp_path / "watchfloor.sqlite").stat().st_mode & 0o777 == 0o600
    floor.start_bot()
    rows_after = rows(floor, "incidents"), [row for row in rows(floor, "timeline_entries") if row["kind"] != "gap"]
    assert [row["severity"] for row in rows_after[0]] == ["S0"]
    assert rows_after[1][: len(rows_before[1])] == rows_before[1]
    assert "S3" in floor.says("ana", "/incident severity S3 calmer", channel)


def test_there_is_nothing_to_back_up_before_the_first_start(floor: TestFloor, tmp_path: Path) -> None:
    other_settings = floor.settings().model_copy(update={"database_url": f"sqlite:///{tmp_path}/none.sqlite"})

    with pytest.raises(NoDatabase, match="There is no database of Watchfloor's"):
        backup.backup(other_settings, tmp_path / "backup.zip")


def test_two_processes_cannot_share_one_file(floor: TestFloor) -> None:
    second = Replicas(floor.settings().database_url, "local")

    with pytest.raises(DatabaseInUse, match="End it first; several at once need PostgreSQL"):
        second.join(timeout_s=0)
    floor.stop_bot()
    second.join(timeout_s=0)
    second.leave()
    floor.start_bot()
