"""A workspace and a bot, each in a process of its own, driven over HTTP."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bot.runtime.database import Store
from bot.runtime.workflows import wait_until

AT_ONCE = 20
PATIENCE_S = 120
PLAYBOOKS = Path(__file__).parent / "playbooks"
PEOPLE = ("ana", "ben", "chloe", "devi", "erik", "farah", "hana")


class Workspace:
    """The sandbox in its own process, and its control API."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "bot", "sandbox", "--beside", "--port", "0", "--data", str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        told = json.loads(self._process.stdout.readline())
        self.url: str = told["url"]
        self.environment = {
            "SLACK_API_URL": f"{self.url}/api/",
            "SLACK_BOT_TOKEN": told["bot_token"],
            "SLACK_APP_TOKEN": told["app_token"],
        }

    def order(self, verb: str, **order: Any) -> Any:
        """Let a person, or the workspace, do something. `by` names the person."""
        if "by" in order:
            order["as"] = order.pop("by")
        request = urllib.request.Request(
            f"{self.url}/control/{verb}",
            json.dumps(order).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def look(self, name: str, **asked: str) -> Any:
        """Look at what happened."""
        with urllib.request.urlopen(f"{self.url}/control/{name}?{urlencode(asked)}", timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def at_once(self, deeds: Sequence[Callable[[], Any]]) -> float:
        """Do them all, twenty at a time; gives back how many seconds it took."""
        begun = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            for done in [crowd.submit(deed) for deed in deeds]:
                done.result()
        return time.perf_counter() - begun

    def stop(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class Running:
    """The bot in its own process."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.database = f"sqlite:///{folder}/watchfloor.sqlite"
        environment = (
            os.environ
            | workspace.environment
            | {
                "WATCHFLOOR_DATABASE_URL": self.database,
                "WATCHFLOOR_PLAYBOOKS_DIR": str(PLAYBOOKS),
            }
        )
        begun = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert "ready" in self.process.stdout.readline()
        self.ready_after_s = time.perf_counter() - begun
        self._store = Store(self.database)

    def rests(self, incidents: int) -> None:
        """Wait until there are so many incidents and everything of them is finished and shown.

        Except in the channel that all share: Slack takes one post a second there.
        """
        self.comes_to(lambda: self.count("SELECT count(*) FROM incidents") >= incidents and not self._left())

    def comes_to(self, is_so: Callable[[], bool]) -> None:
        """Wait until that is so."""
        assert wait_until(is_so, PATIENCE_S, every_s=0.1), "the bot does not come to rest"

    def _left(self) -> int:
        return self.count(
            "SELECT (SELECT count(*) FROM outbox WHERE wanted > shown AND refused IS NULL AND kind <> 'digest') "
            "+ (SELECT count(*) FROM incidents WHERE told_at IS NULL)"
        )

    def count(self, query: str) -> int:
        """A number from the bot's database."""
        with self._store.engine.connect() as connection:
            return int(connection.exec_driver_sql(query).scalar() or 0)

    def stop(self) -> None:
        """End it as a deploy would."""
        self.process.terminate()
        self.process.wait()
        self._store.close()


@contextmanager
def stage(folder: Path) -> Iterator[tuple[Workspace, Running]]:
    """A workspace and a bot in it."""
    folder.mkdir()
    workspace = Workspace(folder / "workspace")
    bot = Running(workspace, folder)
    try:
        yield workspace, bot
    finally:
        bot.stop()
        workspace.stop()
