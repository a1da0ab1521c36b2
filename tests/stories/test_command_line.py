"""`watchfloor` as a person runs it: real processes, real signals, and sentences instead of tracebacks.

The first test starts Python itself, without a database. The others fork it with everything loaded, and begin
with a database that already has its schema, because both take long.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self
from urllib.request import Request, urlopen

import pytest
import yaml

from bot.runtime.waiting import wait_until
from slack_sandbox import Sandbox
from tests import forked, prepared

REPOSITORY = Path(__file__).parents[2]
# None of these is a promise: a busy machine takes its time. `make bench` measures how long a start takes.
READY_WITHIN_S = 180
STOPS_WITHIN_S = 60
SEEN_WITHIN_S = 60


def free_port() -> int:
    """Return a port that Linux gives to no connection: another test could be using it a moment later."""
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def order(url: str, verb: str, body: str) -> None:
    """Act as a person of the workspace."""
    headers = {"content-type": "application/json"}
    with urlopen(Request(f"{url}/control/{verb}", body.encode(), headers)) as answer:
        answer.read()


def look(url: str, what: str) -> str:
    with urlopen(f"{url}/control/{what}") as answer:
        return str(answer.read().decode())


@dataclass(frozen=True)
class Typed:
    """A command's output and exit code."""

    returncode: int
    stdout: str
    stderr: str


class Terminal:
    """A folder with the floor's files in which commands are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        shutil.copy(REPOSITORY / "floor.yaml", folder)
        for name in ("playbooks", "message_templates"):
            shutil.copytree(REPOSITORY / name, folder / name)
        self.environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment["WATCHFLOOR_SANDBOX_PORT"] = str(self.port)
        self.log = folder / "log"
        self.running: list[Running] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def types(self, *words: str, **environment: str) -> Typed:
        """Run a command to its end."""
        output, errors = self.folder / "output", self.folder / "errors"
        for file in (output, errors):
            file.unlink(missing_ok=True)
        process = forked.watchfloor(words, self.folder, self.environment | environment, output, errors)
        process.join(READY_WITHIN_S)
        assert process.exitcode is not None, "it did not end"
        return Typed(process.exitcode, output.read_text(), errors.read_text())

    def starts(self, **environment: str) -> "Running":
        """`watchfloor run`, until it says that it is ready."""
        prepared.database(self.folder / "data")
        self.log.unlink(missing_ok=True)
        process = forked.watchfloor(["run"], self.folder, self.environment | environment, self.log, self.log)
        return self._runs(Running(process, self.log))

    def starts_python(self, **environment: str) -> "Running":
        """The same in a separate Python process, as a shell starts it."""
        command = [sys.executable, "-m", "bot", "run"]
        with self.log.open("w") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment | environment, stdout=log, stderr=log
            )
        return self._runs(Running(ShellProcess(process), self.log))

    def _runs(self, running: "Running") -> "Running":
        self.running.append(running)
        return running

    def close(self) -> None:
        for running in self.running:
            running.process.kill()
            running.process.join()


class Process(Protocol):
    """A running process, however it was started."""

    @property
    def pid(self) -> int | None: ...

    @property
    def exitcode(self) -> int | None: ...

    def join(self, timeout: float | None = None) -> None: ...

    def kill(self) -> None: ...


class ShellProcess:
    """A process started by the shell."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.pid, self.kill = process.pid, process.kill

    @property
    def exitcode(self) -> int | None:
        return self._process.poll()

    def join(self, timeout: float | None = None) -> None:
        self._process.wait(timeout)


class Running:
    """A bot in its own process."""

    def __init__(self, process: Process, log: Path) -> None:
        self.process, self.log = process, log

    def is_ready(self) -> Self:
        """Wait until it is ready; fail at once if the process has ended."""
        assert wait_until(lambda: self._says_so or self.process.exitcode is not None, READY_WITHIN_S), self.output
        assert self._says_so, self.output
        return self

    @property
    def _says_so(self) -> bool:
        return "Open http" in self.output or "is ready" in self.output

    @property
    def output(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    @property
    def loaded_files(self) -> str:
        """The files in its memory."""
        return Path(f"/proc/{self.process.pid}/maps").read_text()

    def hears(self, sign: signal.Signals) -> Self:
        os.kill(self.process.pid or 0, sign)
        return self

    def ends(self, within_s: float = STOPS_WITHIN_S) -> int:
        self.process.join(within_s)
        assert self.process.exitcode is not None, "it did not end"
        return self.process.exitcode


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.close()


def test_one_command_opens_a_workspace_in_which_an_incident_can_be_declared(terminal: Terminal) -> None:
    # A proxy that leads nowhere: requests to this machine must not go through it.
    running = terminal.starts_python(HTTPS_PROXY="http://127.0.0.1:9", HTTP_PROXY="http://127.0.0.1:9").is_ready()

    assert f"Open {terminal.url} – you are Ana. Type /incident declare S1 IVR down in Manila" in running.output
    order(terminal.url, "types", '{"as": "ana", "text": "/incident declare S1 IVR down", "channel": "general"}')
    assert wait_until(lambda: "inc-1-ivr-down" in look(terminal.url, "channels?as=ana"), SEEN_WITHIN_S)
    assert "psycopg" not in running.loaded_files, "PostgreSQL's driver is not needed"
    assert running.hears(signal.SIGINT).ends() == 0
    assert "Traceback" not in running.output


def test_everything_survives_a_kill_and_the_next_start_needs_no_help(terminal: Terminal) -> None:
    running = terminal.starts().is_ready()
    order(terminal.url, "types", '{"as": "ana", "text": "/incident declare S1 IVR down", "channel": "general"}')
    assert wait_until(lambda: "inc-1-ivr-down" in look(terminal.url, "channels?as=ana"), SEEN_WITHIN_S)
    running.hears(signal.SIGKILL).ends()

    restarted = terminal.starts().is_ready()

    assert "inc-1-ivr-down" in look(terminal.url, "channels?as=ana")
    assert restarted.hears(signal.SIGTERM).ends() == 0


def test_time_continues_where_it_stopped_after_a_restart(terminal: Terminal) -> None:
    running = terminal.starts().is_ready()
    order(terminal.url, "clock", '{"advance_s": 3600}')
    running.hears(signal.SIGTERM).ends()

    terminal.starts().is_ready()

    order(terminal.url, "clock", '{"advance_s": 0}')
    assert float((terminal.folder / "data/sandbox/clock").read_text()) == 3600


def test_a_bot_interrupted_twice_ends_at_once(terminal: Terminal) -> None:
    running = terminal.starts().is_ready()
    order(terminal.url, "latency", '{"seconds": 60}')
    order(terminal.url, "types", '{"as": "ana", "text": "/incident declare S1 IVR down", "channel": "general"}')

    running.hears(signal.SIGINT)
    assert wait_until(lambda: "finishing" in running.output, SEEN_WITHIN_S)

    # Had it waited for Slack, it would have ended by itself, as if nothing were wrong.
    assert running.hears(signal.SIGINT).ends() == 128 + signal.SIGINT


def test_the_workspace_ends_together_with_the_bot_that_started_it(terminal: Terminal) -> None:
    terminal.starts().is_ready().hears(signal.SIGKILL).ends()

    def is_free() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", terminal.port)) != 0

    assert wait_until(is_free, SEEN_WITHIN_S)


def test_a_port_in_use_is_reported_in_a_sentence(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", terminal.port)):
        result = terminal.types("run")

    assert result.returncode == 1
    assert f"Port {terminal.port} is in use." in result.stderr
    assert "Traceback" not in result.stderr


def test_a_broken_floor_file_is_named_with_its_line(terminal: Terminal) -> None:
    floor = terminal.folder / "floor.yaml"
    floor.write_text(floor.read_text().replace("commander_within: 3 min", "commander_within: soon"))

    result = terminal.types("run")

    assert result.returncode == 1
    assert "floor.yaml:" in result.stderr
    assert "'soon' is not a length of time" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_broken_playbook_is_left_out_and_the_others_run(terminal: Terminal) -> None:
    (terminal.folder / "playbooks/odd.yaml").write_text("title: [\n")

    running = terminal.starts().is_ready()

    assert "odd.yaml:" in running.output
    full_check = terminal.types("playbooks", "check")
    assert full_check.returncode == 1
    assert "odd.yaml:" in full_check.stdout

    single_check = terminal.types("playbooks", "check", "playbooks/generic.yaml")
    assert (single_check.returncode, single_check.stdout) == (0, "1 playbook, nothing wrong.\n")
    several = terminal.types("playbooks", "check", "playbooks/odd.yaml", "playbooks", "nowhere")
    assert several.returncode == 1
    assert several.stdout.count("odd.yaml:") == 2
    assert "nowhere:1: there is no such file or folder" in several.stdout


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN (for Socket Mode) and SLACK_SIGNING_SECRET"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "  "}, "are both empty. Set one of them."),
        ({"SLACK_SIGNING_SECRET": "secret"}, "SLACK_BOT_TOKEN is empty"),
        ({"PORT": ""}, "PORT: should be a whole number."),
        ({"SLACK_BOT_TOKEN": "xoxb-…", "SLACK_APP_TOKEN": "xapp-…"}, "SLACK_BOT_TOKEN holds characters"),
        ({"SLACK_API_URL": "slack.com"}, "SLACK_API_URL: is no address; write `https://slack.com/api/`."),
        ({"WATCHFLOOR_DATABASE_URL": "postgresql://a:b@host:port/x"}, "write them like `db.example.com:5432`"),
        ({"WATCHFLOOR_DATABASE_URL": "postgresql://a:b@h1:5432,h2:5432/x"}, "write them like `db."),
        ({"WATCHFLOOR_DATABASE_URL": "postgresql://a:b@c@host/x"}, "as `%40`"),
        ({"WATCHFLOOR_DATABASE_URL": "sqlite:///:memory:"}, "is no address of a database"),
    ],
)
def test_unusable_settings_are_refused_in_a_sentence(terminal: Terminal, given: dict[str, str], said: str) -> None:
    run = terminal.types("run", **given)

    assert run.returncode == 1
    assert said in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["flows", "list"], "There is no database of Watchfloor's at this address yet."),
        (["purge", "--older-than", "730 days"], "There is no database of Watchfloor's at this address yet."),
        (["hold", "5"], "There is no database of Watchfloor's at this address yet."),
        (["restore", "gone.zip"], "or it is damaged: No such file or directory. Nothing was changed."),
    ],
)
def test_commands_on_records_say_that_there_are_none(terminal: Terminal, words: list[str], said: str) -> None:
    result = terminal.types(*words)

    assert result.returncode == 1
    assert said in result.stderr


def test_a_token_unknown_to_slack_is_reported_in_a_sentence(terminal: Terminal) -> None:
    with workspace() as sandbox:
        environment = tokens(sandbox) | {"SLACK_BOT_TOKEN": "xoxb-unknown"}
        run = terminal.types("run", **environment)

    assert run.returncode == 1
    assert "will be unused" not in run.stderr, "Bolt's advice to programmers"
    assert "Slack refuses SLACK_BOT_TOKEN: invalid_auth. `watchfloor doctor` says where it is found." in run.stderr
    assert "Traceback" not in run.stderr


def test_an_import_beside_the_bot_runs_at_a_lower_priority(terminal: Terminal) -> None:
    report, output = terminal.folder / "report.csv", terminal.folder / "said"
    os.mkfifo(report)  # the import blocks on the pipe, so that its priority can be read
    process = forked.watchfloor(
        ["figures", "import", str(report)], terminal.folder, terminal.environment, output, output
    )
    own_priority = os.getpriority(os.PRIO_PROCESS, 0)
    try:
        assert process.pid is not None
        pid = process.pid
        assert wait_until(lambda: os.getpriority(os.PRIO_PROCESS, pid) > own_priority, SEEN_WITHIN_S)
    finally:
        process.kill()
        process.join()


def test_the_doctor_finds_nothing_missing_where_the_manifest_was_pasted(terminal: Terminal) -> None:
    with workspace(yaml.safe_load(terminal.types("manifest").stdout)) as sandbox:
        result = terminal.types("doctor", **tokens(sandbox))

    assert "✗" not in result.stdout
    assert result.returncode == 0


def test_the_doctor_names_every_missing_scope_channel_and_group(terminal: Terminal) -> None:
    manifest = yaml.safe_load(terminal.types("manifest").stdout)
    manifest["oauth_config"]["scopes"]["bot"].remove("pins:write")
    floor = terminal.folder / "floor.yaml"
    floor.write_text(
        floor.read_text()
        .replace("#executives", "#board")
        .replace("@telephony-oncall", "@phone-people")
        .replace('{after: 15 min, tell: ["@incident-analysts"]}', '{after: 15 min, tell: ["@ana"]}')
        .replace("{domains: {}}", "{domains: {northline.example: Nortline}}")
        + "alerts: {metrics: {kind: alertmanager, secret: METRICS_SECRET}}\n"
    )

    (terminal.folder / ".env").write_text(
        "WATCHFLOOR_DATABSE_URL=sqlite:///w.sqlite\nSLACK_BOT_TOKN=x\nMETRICS_SECRET=of the alerts\nPORT=0\n"
    )
    with workspace(manifest) as sandbox:
        result = terminal.types("doctor", SLACK_WEBHOOK="of another program", **tokens(sandbox))

    failed_lines = [line for line in result.stdout.splitlines() if line.startswith("✗")]
    assert failed_lines == [
        "✗ SLACK_BOT_TOKN is no setting. Did you mean `SLACK_BOT_TOKEN`?",
        "✗ WATCHFLOOR_DATABSE_URL is no setting. Did you mean `WATCHFLOOR_DATABASE_URL`?",
        "✗ The scope pins:write is missing.",
        "✗ The channel #board of floor.yaml does not exist.",
        "✗ The user group @phone-people of floor.yaml does not exist.",
    ]
    assert "✓ @ana is a person." in result.stdout
    assert "to `Nortline`, which is no partner. Did you mean `Northline`?" in result.stdout
    assert result.returncode == 1


def test_a_playbook_is_shown_in_readable_form(terminal: Terminal) -> None:
    result = terminal.types("playbooks", "show", "generic")

    assert result.returncode == 0
    assert "[generic]" in result.stdout


class workspace:
    """A workspace run by another process."""

    def __init__(self, manifest: dict[str, object] | None = None) -> None:
        self.sandbox = Sandbox(manifest=manifest)

    def __enter__(self) -> Sandbox:
        self.sandbox.start()
        return self.sandbox

    def __exit__(self, *trouble: object) -> None:
        self.sandbox.stop()


def tokens(sandbox: Sandbox) -> dict[str, str]:
    return {
        "SLACK_API_URL": f"{sandbox.url}/api/",
        "SLACK_BOT_TOKEN": sandbox.bot_token,
        "SLACK_APP_TOKEN": sandbox.app_token,
    }
