"""Run the benchmark: print the table and write `build/bench.json`.

`python -m bench` measures everything, `python -m bench clicks starts` only these parts. A missed figure does not
fail the command, because a busy machine is enough to cause one: read the rows.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from bench import (
    cases,
    clicks,
    declarations,
    events,
    impact,
    imports,
    ledger,
    load,
    messages,
    postmortems,
    recovery,
    shifts,
    size,
    starts,
    statements,
    subscribers,
    ticks,
    updates,
)
from bench.figures import Figure, Part, header
from bot.runtime import logs

RESULTS = Path("build/bench.json")
PARTS: dict[str, Part] = {
    "size": size.measure,
    "declarations": declarations.measure,
    "clicks": clicks.measure,
    "starts": starts.measure,
    "statements": statements.measure,
    "postmortems": postmortems.measure,
    "events": events.measure,
    "ticks": ticks.measure,
    "updates": updates.measure,
    "cases": cases.measure,
    "impact": impact.measure,
    "imports": imports.measure,
    "ledger": ledger.measure,
    "load": load.measure,
    "messages": messages.measure,
    "recovery": recovery.measure,
    "shifts": shifts.measure,
    "subscribers": subscribers.measure,
}


def main() -> None:
    """Measure the parts named on the command line, and print each figure as soon as its part is measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the bot.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"one of: {', '.join(PARTS)}; all without a name")
    parser.add_argument("--minutes", type=float, default=load.MINUTES, help="how long each crowd of `load` lives")
    asked = parser.parse_args()
    names: list[str] = asked.parts
    if unknown := [name for name in names if name not in PARTS]:
        parser.error(f"unknown part: {', '.join(unknown)}. Choose from: {', '.join(PARTS)}")
    # Standard output holds only the table; the log goes to standard error.
    logs.configure()
    figures: list[Figure] = []
    _print(header())
    parts = PARTS | {"load": partial(load.measure, minutes=asked.minutes)}
    for figure in _measure({name: parts[name] for name in names or parts}):
        figures.append(figure)
        _print(figure.row())
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([figure.as_json() for figure in figures], indent=2, ensure_ascii=False) + "\n")


def _measure(parts: Mapping[str, Part]) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        for name, measure in parts.items():
            part_folder = Path(folder) / name
            part_folder.mkdir()
            yield from measure(part_folder)


def _print(row: str) -> None:
    sys.stdout.write(row + "\n")
    sys.stdout.flush()


main()
