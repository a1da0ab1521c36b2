"""Run the benchmark: print the table and write `build/bench.json`. A noisy machine is no failure: read the rows."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import clicking, closing, declaring, hearing, promising, queries, starting, ticking
from bench.figures import Figure
from bench.stage import stage

RESULTS = Path("build/bench.json")


def measure(folder: Path) -> Iterator[Figure]:
    """Every figure, as soon as it is known."""
    yield from declaring.one_declaration(folder / "one")
    with stage(folder / "crowd") as (workspace, bot):
        memory = clicking.memory(workspace, bot)
        clicks = clicking.crowds(workspace, bot)
        declarations = declaring.crowds(workspace, bot)
    yield from [*clicks, *declarations, *memory]
    yield from starting.starts(folder / "starts")
    yield from queries.queries(folder / "queries")
    yield from closing.closes(folder / "closes")
    yield from closing.long_ones(folder / "long")
    yield from hearing.hears(folder / "hearing")
    yield from ticking.ticks(folder / "ticks")
    yield from promising.promises(folder / "promises")


def main() -> None:
    """Measure and tell."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        for figure in measure(Path(folder)):
            figures.append(figure)
            sys.stdout.write(figure.row() + "\n")
            sys.stdout.flush()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([figure.as_json() for figure in figures], indent=2, ensure_ascii=False) + "\n")


main()
