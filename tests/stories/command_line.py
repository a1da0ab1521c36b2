"""The command line of the machine that the bot runs on, as an administrator uses it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.commands import cli
from slack_sandbox import Sandbox
from tests.floor import TestFloor


class Typed:
    """A floor's command line, which has the tokens of its workspace only after `signs_in`."""

    def __init__(self, floor: TestFloor, environment: pytest.MonkeyPatch, folder: Path) -> None:
        self._floor, self.folder = floor, folder
        settings = floor.settings()
        environment.setenv("WATCHFLOOR_DATABASE_URL", settings.database_url)
        environment.setenv("WATCHFLOOR_CLOCK_FILE", str(settings.clock_file))
        for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
            environment.delenv(name, raising=False)
        self._environment = environment

    def signs_in(self, sandbox: Sandbox) -> None:
        """Set the tokens of the workspace."""
        self._environment.setenv("SLACK_BOT_TOKEN", sandbox.bot_token)
        self._environment.setenv("SLACK_APP_TOKEN", sandbox.app_token)
        self._environment.setenv("SLACK_API_URL", f"{sandbox.url}/api/")

    def types(self, *words: str) -> Result:
        """Run `watchfloor` with these arguments while the bot is off: there is one engine per process."""
        self._floor.stop_bot()
        result = CliRunner().invoke(cli.app, list(words))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result
