"""A sandbox and an app, each in a process of its own, driven over HTTP."""

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

import yaml

from bench import internals
from bot.runtime.waiting import wait_until

AT_ONCE = 20
TIMEOUT_S = 120
POLL_EVERY_S = 0.1
PLAYBOOKS = Path(__file__).parent / "playbooks"
PEOPLE = ("ana", "ben", "chloe", "devi", "erik", "farah", "hana")

# The driver itself must not use a proxy for requests to this machine.
_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SandboxProcess:
    """The sandbox in its own process, and its control API."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "bot", "sandbox", "--beside", "--port", "0", "--data", str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        introduction = json.loads(self._process.stdout.readline())
        self.url: str = introduction["url"]
        self.environment = {
            "SLACK_API_URL": f"{self.url}/api/",
            "SLACK_BOT_TOKEN": introduction["bot_token"],
            "SLACK_APP_TOKEN": introduction["app_token"],
        }

    def post(self, verb: str, **arguments: Any) -> Any:
        """Perform an action as a person (`by`) or as the workspace."""
        if "by" in arguments:
            arguments["as"] = arguments.pop("by")
        request = urllib.request.Request(
            f"{self.url}/control/{verb}", json.dumps(arguments).encode(), {"Content-Type": "application/json"}
        )
        with _http.open(request, timeout=TIMEOUT_S) as response:
            return json.load(response)

    def get(self, name: str, **query: str) -> Any:
        """Read a record of the sandbox."""
        with _http.open(f"{self.url}/control/{name}?{urlencode(query)}", timeout=TIMEOUT_S) as response:
            return json.load(response)

    def incident_channels(self) -> list[str]:
        """The names of the incident channels."""
        names = [str(channel.get("name", "")) for channel in self.get("channels", **{"as": "ana"})]
        return [name for name in names if name.startswith("inc-")]

    def envelopes(self, kind: str = "", first: int = 0) -> list[dict[str, Any]]:
        """Deliveries to the app from number `first` on, of one kind or of all."""
        return [each for each in self.get("envelopes", first=str(first)) if kind in ("", each["type"])]

    def stop(self) -> None:
        """Stop the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def in_crowd(acts: Sequence[Callable[[], Any]]) -> None:
    """Run all functions, twenty at a time."""
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        for done in [crowd.submit(act) for act in acts]:
            done.result()


def ended_at(call: dict[str, Any]) -> float:
    """The time at which the sandbox had answered a call, in seconds since the epoch."""
    return float(call["at"] + call["ms"] / 1000)


def _floor_without_limits(folder: Path) -> Path:
    """The shipped floor without limits, so that a few people may do what otherwise takes many."""
    floor = yaml.safe_load(Path("floor.yaml").read_text(encoding="utf-8"))
    floor["limits"] = dict.fromkeys(floor["limits"], 1_000_000)
    file = folder / "floor.yaml"
    file.write_text(yaml.safe_dump(floor, allow_unicode=True), encoding="utf-8")
    return file


class AppProcess:
    """An app in its own process; it prints a line with the word "ready" when it can be used."""

    def __init__(self, arguments: Sequence[str], environment: dict[str, str]) -> None:
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, *arguments], env=os.environ | environment, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert "ready" in self.process.stdout.readline()
        self.ready_after_s = time.perf_counter() - started

    def stop(self) -> None:
        """Terminate it as a deploy would."""
        self.process.terminate()
        self.process.wait()


class BotProcess(AppProcess):
    """The bot, with its database in `folder`."""

    def __init__(self, sandbox: SandboxProcess, folder: Path, playbooks: Path = PLAYBOOKS) -> None:
        self.database_url = internals.database_url(folder)
        environment = {
            "WATCHFLOOR_DATABASE_URL": self.database_url,
            "WATCHFLOOR_PLAYBOOKS_DIR": str(playbooks),
            "WATCHFLOOR_FLOOR_FILE": str(_floor_without_limits(folder)),
        }
        super().__init__(["-m", "bot", "run"], sandbox.environment | environment)
        self._database = internals.BotDatabase(self.database_url)

    def wait_until_settled(self, incidents: int) -> None:
        """Wait until there are this many incidents and Slack shows them completely.

        The digest is excluded: all incidents share its channel, in which Slack accepts one post a second.
        """
        self.wait_until(
            lambda: self.count(internals.INCIDENTS) >= incidents and not self.count(internals.UNSETTLED)
        )

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds."""
        assert wait_until(condition, TIMEOUT_S, every_s=POLL_EVERY_S), "the bot did not settle in time"

    def count(self, query: str) -> int:
        """The number that a query selects from the bot's database."""
        return self._database.count(query)

    def names(self, query: str) -> list[str]:
        """The texts that a query selects from the bot's database."""
        return self._database.names(query)

    def stop(self) -> None:
        """Terminate it and close the database."""
        super().stop()
        self._database.close()


@contextmanager
def bot_in_sandbox(folder: Path, playbooks: Path = PLAYBOOKS) -> Iterator[tuple[SandboxProcess, BotProcess]]:
    """Run a sandbox and a bot in it."""
    folder.mkdir()
    sandbox = SandboxProcess(folder / "workspace")
    bot = BotProcess(sandbox, folder, playbooks)
    try:
        yield sandbox, bot
    finally:
        bot.stop()
        sandbox.stop()


@contextmanager
def bare_in_sandbox(folder: Path, channels: int) -> Iterator[SandboxProcess]:
    """Run a separate sandbox with the bare app in it, which makes this many channels."""
    folder.mkdir()
    sandbox = SandboxProcess(folder / "workspace")
    app = AppProcess(["-m", "bench.bare", str(folder / "bare.sqlite"), str(channels)], sandbox.environment)
    try:
        yield sandbox
    finally:
        app.stop()
        sandbox.stop()
