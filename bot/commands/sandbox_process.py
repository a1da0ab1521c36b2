"""A local workspace beside the bot: started when there are no tokens for another, and stopped with the bot."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from bot.config.settings import Settings
from bot.errors import WatchfloorError

STOP_TIMEOUT_S = 1.0
PROXIES = ("http_proxy", "https_proxy", "all_proxy")


class SandboxNotStarted(WatchfloorError):
    """The local workspace did not start; the line above says why."""


class SandboxProcess:
    """The sandbox in a child process, which ends when this process does, however this process ends."""

    def __init__(self, settings: Settings) -> None:
        command = [sys.executable, "-m", "bot", "sandbox", "--beside"]
        command += ["--port", str(settings.sandbox_port), "--data", str(settings.sandbox_dir)]
        # In its own session, so that only the bot receives Ctrl-C: it finishes its work in the workspace first.
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.url = ""

    def settings_for_bot(self, settings: Settings) -> Settings:
        """Return the settings of a bot in the ready workspace. Its incidents stay apart from a real one's."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SandboxNotStarted()
        announcement = json.loads(line)
        self.url = announcement["url"]
        overrides = {
            "slack_bot_token": SecretStr(announcement["bot_token"]),
            "slack_app_token": SecretStr(announcement["app_token"]),
            "slack_api_url": f"{self.url}/api/",
            "clock_file": settings.sandbox_dir / "clock",
        }
        if "database_url" not in settings.model_fields_set:
            overrides["database_url"] = f"sqlite:///{settings.sandbox_dir}/watchfloor.sqlite"
        return settings.model_copy(update=overrides)

    def is_running(self) -> bool:
        """Whether the workspace is still running."""
        return self._process.poll() is None

    def stop(self) -> None:
        """Let the workspace save its data and end; kill it after `STOP_TIMEOUT_S`."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()


@contextmanager
def sandbox_beside_bot(settings: Settings) -> Iterator[SandboxProcess]:
    """Run a workspace on this machine for the duration of the context."""
    _clear_proxy_variables()
    process = SandboxProcess(settings)
    try:
        yield process
    finally:
        process.stop()


def _clear_proxy_variables() -> None:
    # Slack's client sends everything through a configured proxy, even requests to this machine.
    for name in PROXIES:
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
