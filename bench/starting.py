"""How long a start takes."""

from pathlib import Path

from bench.figures import Figure
from bench.stage import Running, Workspace

STARTS = 5


def starts(folder: Path) -> list[Figure]:
    """From the command to readiness; the first start also makes the database."""
    folder.mkdir()
    workspace = Workspace(folder / "workspace")
    seconds = []
    for _ in range(STARTS):
        bot = Running(workspace, folder)
        seconds.append(bot.ready_after_s)
        bot.stop()
    workspace.stop()
    return [Figure("time from start to ready", seconds, "s", 2)]
