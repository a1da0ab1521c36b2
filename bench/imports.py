"""Clicks while a command, or the bot itself, imports figures, compared with the bare app."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.error import HTTPError

from bench import declarations
from bench.bare import BUTTON
from bench.figures import Figure, percentile, ratios
from bench.harness import PEOPLE, BotProcess, SandboxProcess, bare_in_sandbox, bot_in_sandbox, in_crowd
from bench.impact import ROWS, START, write_report
from bot.impact import ids
from bot.playbooks.ids import STEP_UNDO

INCIDENTS = 100
ROUNDS = 3
# About as many as Slack lets a bot download in one file.
DROPPED_ROWS = 200_000
QUEUES = 50
IMPORTING = "SELECT count(*) FROM figure_imports WHERE visible_at IS NULL"
ROWS_KEPT = "SELECT coalesce(sum(rows), 0) FROM figure_imports"


def measure(folder: Path, rows: int = ROWS, dropped_rows: int = DROPPED_ROWS) -> Sequence[Figure]:
    """Measure rounds that alternate between a command that imports, a bot that imports, and the bare app."""
    with (
        bot_in_sandbox(folder / "bot") as (sandbox, bot),
        bare_in_sandbox(folder / "bare", INCIDENTS) as bare_sandbox,
    ):
        declarations.declare(sandbox, INCIDENTS, "open")
        bot.wait_until_settled(INCIDENTS)
        imports = Imports(sandbox, bot, folder)
        by_command, by_bot, quiet, bare = [], [], [], []
        for number in range(ROUNDS):
            by_command.append(imports.clicks_meanwhile(partial(imports.run_command, number, rows)))
            by_bot.append(imports.clicks_meanwhile(partial(imports.drop, number, dropped_rows)))
            quiet.append(clicks(sandbox, INCIDENTS))
            bot.wait_until_settled(INCIDENTS)
            bare.append(clicks(bare_sandbox, INCIDENTS))
        assert bot.count(ROWS_KEPT) == ROUNDS * (rows + dropped_rows)
    waits, dropped, quiet_waits, bare_waits = (
        [percentile(each, 0.99) for each in seen] for seen in (by_command, by_bot, quiet, bare)
    )
    return [
        Figure(f"click, p99, 20 at a time, while a command imports {rows:,} rows", waits, "ms"),
        Figure(f"… while the bot imports a dropped file of {dropped_rows:,} rows", dropped, "ms"),
        Figure("… while nothing is imported", quiet_waits, "ms"),
        Figure("… of the bare app, which imports nothing", bare_waits, "ms"),
        Figure("a click while a command imports ÷ the bare app's", ratios(waits, bare_waits), "", 2),
        Figure("a click while the bot imports ÷ the bare app's", ratios(dropped, bare_waits), "", 2),
    ]


class Imports:
    """A bot into which figures are imported while people click."""

    def __init__(self, sandbox: SandboxProcess, bot: BotProcess, folder: Path) -> None:
        self._sandbox, self._bot, self._folder = sandbox, bot, folder
        self._channels = sandbox.incident_channels()

    def clicks_meanwhile(self, start: Callable[[], None]) -> list[float]:
        """The acknowledgement times of the clicks that ended before the import did."""
        start()
        self._bot.wait_until(lambda: self._bot.count(IMPORTING) > 0)
        seen: list[float] = []
        while self._bot.count(IMPORTING):
            lasted_ms = clicks(self._sandbox, INCIDENTS, self._channels)
            if self._bot.count(IMPORTING) or not seen:
                seen += lasted_ms
        self._bot.wait_until_settled(INCIDENTS)
        return seen

    def run_command(self, number: int, rows: int) -> None:
        """Start an import of a year by hand, in a process of its own."""
        report = self._report(f"command-{number}.csv", rows)
        subprocess.Popen(
            [sys.executable, "-m", "bot", "figures", "import", str(report)],
            env=os.environ | {"WATCHFLOOR_DATABASE_URL": self._bot.database_url},
            stdout=subprocess.DEVNULL,
        )

    def drop(self, number: int, rows: int) -> None:
        """Send the bot a file and press *Use it*."""
        report = self._report(f"dropped-{number}.csv", rows)
        self._sandbox.post("uploads", by="ana", channel="dm", name=report.name, content=report.read_text())
        previewed = (
            f"SELECT count(*) FROM figure_previews WHERE columns IS NOT NULL AND file_name = '{report.name}'"
        )
        self._bot.wait_until(lambda: self._bot.count(previewed) > 0)
        self._bot.wait_until_settled(INCIDENTS)
        self._sandbox.post("clicks", by="ana", action_id=ids.USE, channel="dm")

    def _report(self, name: str, rows: int) -> Path:
        """Write a report that starts a day after the previous one."""
        report = self._folder / name
        write_report(report, rows, START + timedelta(days=len(list(self._folder.glob("*.csv")))), QUEUES)
        return report


def clicks(sandbox: SandboxProcess, count: int, channels: Sequence[str] = ()) -> list[float]:
    """Click a step in each channel, to finish or reopen it, twenty at a time. Returns the ms that each took."""
    names = channels or sandbox.incident_channels()
    known = len(sandbox.get("envelopes"))
    in_crowd([partial(_click, sandbox, PEOPLE[at % len(PEOPLE)], name) for at, name in enumerate(names[:count])])
    return [envelope["ms"] for envelope in sandbox.envelopes("interactive", known) if envelope["acknowledged"]]


def _click(sandbox: SandboxProcess, by: str, channel: str) -> None:
    try:
        sandbox.post("clicks", by=by, action_id=BUTTON, channel=channel)
    except HTTPError:
        # Every step is done: a fast machine can finish any playbook while a file is imported.
        sandbox.post("clicks", by=by, action_id=STEP_UNDO, channel=channel)
