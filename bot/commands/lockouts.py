"""`watchfloor lockouts import`: imports locked accounts from a file by hand."""

from pathlib import Path

from bot.bootstrap import build_registry
from bot.commands.arguments import checked_zone
from bot.config import floor
from bot.config.settings import Settings
from bot.lockouts import file_import, reading, recording
from bot.runtime import migrations
from bot.runtime.clock import use_offset_file, utcnow


def run(settings: Settings, file: Path, partner: str, zone: str, *, is_dry: bool) -> list[str]:
    """Import the file, or only report what would be imported. Return the lines to print."""
    use_offset_file(settings.clock_file)
    floor_settings = floor.read(settings.floor_file)
    now = utcnow()
    lockout_file = reading.read_lockouts(file, checked_zone(zone or floor_settings.zone), now, partner)
    if is_dry:
        return [f"{len(lockout_file.rows)} locked accounts can be imported.", *reading.left_out_lines(lockout_file)]
    build_registry()
    with migrations.open_database(settings.database_url) as database, database.transaction() as session:
        new_count = recording.record(session, floor_settings, file_import.SOURCE, lockout_file.rows, now)
    return [file_import.taken_line(file.name, lockout_file, new_count), *reading.left_out_lines(lockout_file)]
