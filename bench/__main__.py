"""Run the benchmark: print the table and write `build/bench.json`. A noisy machine is no failure: read the rows."""

import json
import sys
import tempfile
from pathlib import Path

from bench import clicking, closing, declaring, hearing, promising, queries, starting, ticking
from bench.figures import Figure
from bench.stage import stage

RESULTS = Path("build/bench.json")


def measure(folder: Path) -> list[Figure]:
    """Every figure."""
    figures = declaring.one_declaration(folder / "one")
    with stage(folder / "crowd") as (workspace, bot):
        memory = clicking.memory(workspace, bot)
        clicks = clicking.crowds(workspace, bot)
        declarations = declaring.crowds(workspace, bot)
    figures += [*clicks, *declarations, *memory]
    figures += [*starting.starts(folder / "starts"), *queries.queries(folder / "queries")]
    figures += [*closing.closes(folder / "closes"), *closing.long_ones(folder / "long")]
    figures += hearing.hears(folder / "hearing")
    return [*figures, *ticking.ticks(folder / "ticks"), *promising.promises(folder / "promises")]


def main() -> None:
    """Measure and tell."""
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([figure.as_json() for figure in figures], indent=2, ensure_ascii=False) + "\n")
    sys.stdout.write("\n".join(figure.row() for figure in figures) + "\n")


main()
