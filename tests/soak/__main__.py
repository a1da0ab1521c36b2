"""`make soak`: random incidents among random troubles, on each database; then everything must be as it should."""

import argparse
import logging
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from tests.soak import replicas
from tests.soak.databases import Database, PostgreSQL, SQLite
from tests.soak.invariants import Violation
from tests.soak.ledger import Ledger
from tests.soak.phase import Phase
from tests.soak.troubles import TROUBLES

DATABASES: dict[str, Callable[[Path], Database]] = {"sqlite": SQLite, "postgresql": lambda folder: PostgreSQL()}
BROKEN = "invariants that do not hold"
FOUND = "violations.txt"
# The tail of a log, which is all that CI keeps, names what broke.
LAST_LINES = 18
MOST_AROUND = 12
WIDEST = 240
COUNTED = (
    *("acts", "acts done", "acts refused", "acts unsure", "nothing to do", "messages said"),
    *TROUBLES,
    *("died by a signal", "events checked", "minutes of the clock", "tracebacks that were expected"),
)


def main() -> int:
    """Live through each phase and return the exit code."""
    arguments = _arguments()
    replicas.preload()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    # The sandbox cuts connections on purpose; its server logs each.
    logging.getLogger("uvicorn.error").addFilter(lambda record: record.exc_info is not None)
    print(
        f"soak: SEED={arguments.seed} MINUTES={arguments.minutes:g} on {' and '.join(arguments.database)}",
        flush=True,
    )
    lives = [_live_through(name, arguments) for name in arguments.database]
    _print_table({life.name: life.counts for life in lives})
    broken = [life for life in lives if life.found]
    for life in broken:
        print_found(life, LAST_LINES // len(broken))
    return int(bool(broken))


@dataclass(frozen=True)
class Life:
    """The outcome of one phase, and the places where its files are kept after a violation."""

    name: str
    counts: dict[str, int]
    found: list[Violation]
    kept: tuple[Path, ...]


def _live_through(name: str, arguments: argparse.Namespace) -> Life:
    """Live through one phase; after a violation, keep all of its files."""
    folder = Path(tempfile.mkdtemp(prefix=f"soak-{name}-"))
    database = DATABASES[name](folder)
    phase = Phase(folder, database, arguments.seed, tuple(arguments.without))
    must_keep = True
    try:
        violations = phase.run(arguments.minutes / len(arguments.database), _teller(name))
        must_keep = bool(violations)
    finally:
        database.close(keep=must_keep)
        _write_history(folder / "history.txt", phase.ledger)
        if must_keep:
            print(f"{name}: {folder} and {database.where} are kept", flush=True)
    (folder / FOUND).write_text("\n".join(str(violation) for violation in violations) + "\n")
    if not violations:
        rmtree(folder)
    return Life(name, _counts(phase, len(violations)), violations, tuple(dict.fromkeys((folder, database.where))))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=7, help="how long to live, shared by the databases")
    parser.add_argument("--seed", type=int, default=None, help="the dice; a new one when left out")
    parser.add_argument("--database", action="append", choices=list(DATABASES), help="one of them alone")
    parser.add_argument(
        "--without", action="append", choices=list(TROUBLES), default=[], help="leave a trouble out"
    )
    arguments = parser.parse_args()
    arguments.database = arguments.database or list(DATABASES)
    arguments.seed = secrets.randbelow(100_000) if arguments.seed is None else arguments.seed
    return arguments


def _teller(name: str) -> Callable[[str], None]:
    began = time.monotonic()

    def say(words: str) -> None:
        print(f"{name} {time.monotonic() - began:5.0f} s: {words}", flush=True)

    return say


def _counts(phase: Phase, broken: int) -> dict[str, int]:
    counts = {what: phase.ledger.counts[what] for what in COUNTED}
    with phase.sandbox.workspace.lock:
        channels = list(phase.sandbox.workspace.channels.values())
    counts["incidents"] = sum(channel.name.startswith("inc-") for channel in channels)
    counts["messages of the bot"] = sum(bool(m.bot_id) for c in channels for m in c.messages.values())
    counts["calls of Slack"] = len(phase.sandbox.calls)
    counts[BROKEN] = broken
    return counts


def _print_table(tables: dict[str, dict[str, int]]) -> None:
    names = list(tables)
    print(f"\n{'':<32}" + "".join(f"{name:>14}" for name in names))
    for what in tables[names[0]] if names else []:
        print(f"{what:<32}" + "".join(f"{tables[name][what]:>14}" for name in names))


def print_found(life: Life, most_lines: int) -> None:
    """Print the violations in few enough lines for the end of a log; the file has them whole."""
    kept_places = " and ".join(str(place) for place in life.kept)
    print(f"\n{life.name}: what does not hold, whole in {FOUND}; {kept_places} is kept")
    most_around = max(0, min(MOST_AROUND, most_lines // len(life.found) - 1))
    for violation in life.found:
        print(f"  ✗ {violation.what[:WIDEST]}")
        for line in _shortened(violation.around, most_around):
            print(f"      {line[:WIDEST]}")


def _shortened(lines: list[str], most: int) -> list[str]:
    """Return the first and the last lines when there are too many."""
    if len(lines) <= most:
        return lines
    first, last = most // 2, (most - 1) // 2
    gap = [f"… {len(lines) - first - last} more lines"] if most else []
    return [*lines[:first], *gap, *lines[len(lines) - last :]]


def _write_history(file: Path, ledger: Ledger) -> None:
    """Write every act and every trouble in the order of time."""
    lines = [(act.at_s, str(act)) for act in ledger.acts]
    lines += [(at_s, f"{at_s:7.1f} s  ⚡ {what}") for at_s, what in ledger.troubles]
    file.write_text("\n".join(line for _, line in sorted(lines)) + "\n")


if __name__ == "__main__":
    sys.exit(main())
