"""A workspace, a database, and bots that are killed and started again."""

import urllib.request
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.runtime.database import Database
from bot.runtime.waiting import wait_until
from slack_sandbox import Sandbox
from slack_sandbox.model import Channel
from slack_sandbox.socket_mode import Connection
from tests.clock import workday_clock
from tests.crash.bot_process import ENDS_WITHIN_S, BotProcess
from tests.crash.saved_states import Save, SavedState
from tests.floors import with_two_audiences

PLAYBOOKS = Path(__file__).parent / "playbooks"


class Rig:
    """A workspace, a database, and the bots that work on it."""

    def __init__(
        self, folder: Path, database_url: str, workspace: Path | None = None, save: Save | None = None
    ) -> None:
        self._save = save
        self.sandbox = Sandbox(data=workspace, clock_file=workday_clock(folder))
        self._starts_at_s = self.sandbox.clock_offset_s
        self.database = Database(database_url)
        self.database_url = database_url
        self._clock_file = folder / "clock"
        self.floor_file = with_two_audiences(folder)
        self._bots: list[BotProcess] = []

    def __enter__(self) -> Self:
        self.sandbox.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for bot in self._bots:
            bot.is_killed()
        self.database.close()
        self.sandbox.stop()

    def saves(self) -> SavedState:
        """Save the database and the workspace. No bot may be running."""
        assert self._living() == 0
        self.database.engine.dispose()
        return self._saved()

    def sees_a_kill(self) -> SavedState:
        """The state that a bot, stopped now, would leave if killed at this moment; everything else is at rest.

        A killed process leaves its files as they are: what it had written is there, what it was about to write is
        not. They do not change while all its threads are stopped. What it has sent does arrive: the sandbox reads
        the requests before this one and carries them out.
        """
        urllib.request.urlopen(f"{self.sandbox.url}/control/app", timeout=ENDS_WITHIN_S).close()
        journal = self.sandbox.journal
        is_over = wait_until(lambda: journal.in_flight == 0, ENDS_WITHIN_S, every_s=0.001)
        assert is_over, f"still being carried out: {[call.method for call in journal.calls if not call.ms]}"
        return self._saved()

    def _saved(self) -> SavedState:
        assert self._save is not None
        return SavedState.of(self.sandbox, self._save)

    def restores(self, state: SavedState) -> None:
        """Kill every bot and restore the saved state."""
        for bot in self._bots:
            bot.is_killed()
        # Requests in flight to a killed bot must not reach the next one.
        self.sandbox.wait_until_idle()
        self.database.engine.dispose()
        state.restore(self.sandbox)

    def starts_a_bot(self, replica: str = "local") -> BotProcess:
        """Start a bot; return when it is listening."""
        earlier_connections = list(self.sandbox.socket_mode.connections)
        bot = BotProcess(
            {
                "SLACK_BOT_TOKEN": self.sandbox.bot_token,
                "SLACK_APP_TOKEN": self.sandbox.app_token,
                "SLACK_API_URL": f"{self.sandbox.url}/api/",
                "database_url": self.database_url,
                "clock_file": self._clock_file,
                "playbooks_dir": PLAYBOOKS,
                "floor_file": self.floor_file,
                "replica": replica,
                # The order to come to rest runs the clock's job at once.
                "tick_every_s": 10,
                "retry_first_s": 0.2,
                "retry_longest_s": 1,
            },
            self.sandbox,
        )
        self._bots.append(bot)
        self.sandbox.wait_for(lambda: self._is_connected_beside(earlier_connections))
        return bot

    def _is_connected_beside(self, earlier_connections: list[Connection]) -> bool:
        """Whether there is a new connection and none of a killed bot, whose envelopes would be lost, as in Slack.

        A suspended bot answers no ping, so its own connection may have been closed.
        """
        connections = list(self.sandbox.socket_mode.connections)
        is_new = any(all(connection is not old for old in earlier_connections) for connection in connections)
        return is_new and len(connections) <= self._living()

    def _living(self) -> int:
        return sum(bot.is_alive for bot in self._bots)

    def says(self, words: str, channel: str = "general") -> None:
        """Let Ana type a command, which the bot may not live to acknowledge."""
        with suppress(TimeoutError):
            self.sandbox.person("ana").types(words, channel=channel)

    def declares(self, bot: BotProcess, words: str) -> Channel:
        """Let Ana declare an incident and the bot finish all that follows; return the incident's channel."""
        known_ids = [channel.id for channel in self.channels()]
        self.says(f"/incident declare {words}")
        assert bot.rests()
        (created,) = [
            candidate
            for candidate in self.channels()
            if candidate.id not in known_ids and candidate.name.startswith("inc-")
        ]
        return created

    def channel_of(self, number: int) -> Channel:
        """Return the only channel created for an incident."""
        (channel,) = [candidate for candidate in self.channels() if candidate.name.startswith(f"inc-{number}-")]
        return channel

    def comes_to(self, **length: float) -> None:
        """Set the clock to that long after the beginning, however far it has been moved already."""
        self.sandbox.clock_offset_s = self._starts_at_s + timedelta(**length).total_seconds()

    def passes(self, **length: float) -> None:
        """Let that many minutes, hours or days pass."""
        self.sandbox.clock_offset_s += timedelta(**length).total_seconds()

    def presses(self, button: str, value: str) -> None:
        """Let Ana press a button in her direct messages, which the bot may not live to answer."""
        with suppress(TimeoutError):
            self.sandbox.person("ana").clicks(button, channel="dm", value=value)

    def channels(self) -> list[Channel]:
        """Every conversation of the workspace."""
        with self.sandbox.workspace.lock:
            return list(self.sandbox.workspace.channels.values())
