"""Check of each roster in floor.yaml: whether it can be read from here, and how much of it is usable."""

from collections.abc import Iterator

from bot.commands.doctor import addresses
from bot.commands.doctor.findings import Finding, missing, ok
from bot.config.floor import Floor, Roster
from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.runtime.clock import utcnow
from bot.runtime.network import Network
from bot.shifts import rosters
from bot.shifts.reading.rows import LeftOut, RosterUnreadable

REMEDY = "docs/shifts.md says what a roster needs."


def check(settings: Settings, floor_settings: Floor, network: Network) -> Iterator[Finding]:
    """Check every roster in floor.yaml."""
    folder = rosters.RosterFolder.of(settings, floor_settings)
    for roster in floor_settings.shifts.rosters:
        subject = f"The roster {roster.name}"
        yield from addresses.allowances(subject, roster.allow_networks, is_insecure=roster.insecure)
        yield _check_roster(floor_settings, folder, roster, network)


def _check_roster(floor_settings: Floor, folder: rosters.RosterFolder, roster: Roster, network: Network) -> Finding:
    location = roster.file or roster.address.partition("?")[0]
    try:
        content = rosters.content_of(roster, folder.path, network)
        defaults = rosters.defaults_of(floor_settings, roster)
        entries = list(rosters.parse(roster.name, location, content, defaults, utcnow()))
    except RosterUnreadable as unreadable:
        return missing(f"The roster {unreadable.sentence}", REMEDY)
    except WatchfloorError as refused:
        return missing(f"The roster {roster.name} cannot be used. {refused.sentence}", REMEDY)
    left_out = sum(isinstance(entry, LeftOut) for entry in entries)
    text = f"The roster {roster.name} can be read: {len(entries) - left_out:,} shifts"
    return ok(
        f"{text}, {left_out} entries left out; `/incident oncall rosters` says why." if left_out else f"{text}."
    )
