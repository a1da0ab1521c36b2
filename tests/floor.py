"""The floor of a test: its people, what they see, and how time passes."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from bot import bootstrap
from bot.bootstrap import Bot
from bot.commands.manifest import manifest
from bot.config.settings import Settings
from bot.incidents import ticks
from bot.runtime import clock
from bot.runtime.clock import utcnow
from slack_sandbox import Person, Sandbox
from tests import prepared
from tests.clock import workday_clock
from tests.rendered import problems_for_readers

PATIENCE_S = 20
STEPS = 60
# `passes` runs due work at once; the clock's own job is for calls that Slack refused for the moment.
TICKS_EVERY_S = 3
# Each look asks the database.
LOOKS_EVERY_S = 0.02


class TestFloor:
    """A sandbox workspace and a bot in this process."""

    __test__ = False
    # A process has one workflow engine: the bot that started last has it.
    newest_bot: ClassVar[Bot | None] = None

    def __init__(self, folder: Path, *, database_url: str = "", over_http: bool = False, **settings: Any) -> None:
        self.folder = folder
        self.over_http = over_http
        # Installed with the output of `watchfloor manifest`: a scope or event missing there is missing here.
        installed = manifest("https://watchfloor.example" if over_http else "")
        self.sandbox = Sandbox(manifest=settings.pop("manifest", installed), clock_file=workday_clock(folder))
        self._settings: dict[str, Any] = {
            "database_url": database_url or prepared.database(folder),
            "tick_every_s": TICKS_EVERY_S,
            "retry_first_s": 0.1,
            "retry_longest_s": 0.5,
            "clock_file": folder / "clock",
        } | settings
        self.bot: Bot | None = None

    def __enter__(self) -> Self:
        self.sandbox.start()
        self.start_bot()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.stop_bot()
        self.sandbox.stop()
        # Whatever this process runs next has its own time.
        clock.use_offset_file(None)

    # The bot

    def settings(self) -> Settings:
        """Return the bot's settings, pointing at this sandbox."""
        way_in: dict[str, Any] = {"SLACK_APP_TOKEN": self.sandbox.app_token}
        if self.over_http:
            way_in = {"SLACK_SIGNING_SECRET": self.sandbox.signing_secret, "PORT": "0", "host": "127.0.0.1"}
        return Settings(
            _env_file=None,
            SLACK_BOT_TOKEN=self.sandbox.bot_token,
            SLACK_API_URL=f"{self.sandbox.url}/api/",
            **way_in,
            **self._settings,
        )

    def start_bot(self) -> None:
        """Start the bot and wait until it has heard about the workspace."""
        self.bot = bootstrap.build(self.settings())
        self.bot.start()
        TestFloor.newest_bot = self.bot
        if self.over_http:
            self.sandbox.events_url = f"{self.address}/slack/events"
        self.settle()

    @property
    def address(self) -> str:
        """The address where the bot listens for HTTP."""
        assert self.bot is not None
        assert self.bot.server is not None
        return f"http://127.0.0.1:{self.bot.server.port}"

    def stop_bot(self) -> None:
        """Stop the bot as a deploy would."""
        if self.bot:
            self.bot.stop()
            self.bot = None

    def restart_bot(self) -> None:
        """Stop and start the bot."""
        self.stop_bot()
        self.start_bot()

    @property
    def services(self) -> Any:
        """The services of the running bot."""
        assert self.bot is not None
        return self.bot.services

    # People

    def __getattr__(self, name: str) -> Person:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.sandbox.person(name)

    # Time

    def passes(self, **length: float) -> None:
        """Let time pass; a running bot looks at the clock once and does what is due."""
        self.sandbox.clock_offset_s += timedelta(**length).total_seconds()
        if self.bot:
            self.tick()

    def passes_until(self, condition: Callable[[], object], **length: float) -> None:
        """Let time pass in small steps until the condition holds; calls that Slack refused are retried later."""
        for _ in range(STEPS):
            if condition():
                return
            self.passes(**(length or {"seconds": 5}))
        raise AssertionError("it did not come true, however much time passed")

    def tick(self) -> None:
        """Run the clock's job now, and finish the work it began."""
        self.begin_tick()
        self.settle()

    def begin_tick(self) -> None:
        """Run the clock's job now; the work it began may wait for Slack."""
        ticks.run_ticks(self.services, utcnow())

    def settle(self) -> None:
        """Wait until nothing is left to do."""
        assert self.bot in (None, TestFloor.newest_bot), "another bot has started: tests of a shared one come first"
        for _ in range(STEPS):
            self.sandbox.wait_until_idle(PATIENCE_S)
            before = self.sandbox.activity
            has_finished = self.bot is None or self.bot.settle(PATIENCE_S, LOOKS_EVERY_S)
            if has_finished and self._has_stayed_idle(before):
                return
        raise AssertionError("the floor did not come to rest")

    def _has_stayed_idle(self, activity: int) -> bool:
        """True if everything was idle at both looks: work finished in one part may be handed on to another."""
        is_idle = self.sandbox.is_idle and (self.bot is None or self.bot.is_idle())
        return is_idle and self.sandbox.activity == activity

    # What people see

    def says(self, who: str, text: str, channel: str = "general") -> str:
        """Type a command as a person, and return the immediate answer."""
        answer = self.sandbox.person(who).types(text, channel=channel)
        self.settle()
        return str(answer.text)

    def declares(self, text: str = "S1 IVR down in Manila", who: str = "ana") -> str:
        """Declare in one line, and return the name of the incident's channel."""
        before = {channel.id for channel in self.sandbox.person(who).channels()}
        self.says(who, f"/incident declare {text}")
        # On a slow machine the answer comes by direct message, which may be a new conversation, too.
        known_after = [channel for channel in self.sandbox.person(who).channels() if not channel.is_im]
        new = [channel.name for channel in known_after if channel.id not in before]
        assert len(new) == 1, f"expected one new channel, found {new}"
        return new[0]

    def visible_text(self, channel: str, who: str = "ana") -> str:
        """Return all text that is to be read in a channel."""
        return "\n".join(message.visible_text for message in self.sandbox.person(who).sees(channel))

    def card(self, channel: str, who: str = "ana") -> str:
        """Return the text of the incident's card."""
        cards = [m for m in self.sandbox.person(who).sees(channel) if "declared by" in m.visible_text]
        assert len(cards) == 1, f"expected one card, found {len(cards)}"
        return cards[0].visible_text

    def ephemeral(self, who: str, channel: str = "general") -> list[str]:
        """Return the ephemeral messages to this person in a channel."""
        return [m.visible_text for m in self.sandbox.person(who).sees(channel) if m.ephemeral]

    def direct_texts(self, who: str) -> list[str]:
        """Return the bot's direct messages to this person, as they read now."""
        return [message.visible_text for message in self.sandbox.person(who).direct_messages()]

    def direct_text(self, who: str) -> str:
        """Return all text of the bot's direct messages to this person."""
        return "\n".join(self.direct_texts(who))

    def live_markup(self, channel: str, who: str = "ana") -> str:
        """Return all text in a channel that Slack would format: where a mention would notify."""
        return "\n".join(
            text
            for message in self.sandbox.person(who).sees(channel)
            for text in _formatted([message.text, message.blocks])
        )

    def nothing_was_malformed(self) -> None:
        """Check that Slack would have understood everything the bot sent, and that readers see it as meant."""
        assert self.sandbox.refusals == []
        problems = problems_for_readers(self.sandbox)
        assert not problems, "\n".join(problems)


def _formatted(part: Any) -> list[str]:
    if isinstance(part, list):
        return [text for item in part for text in _formatted(item)]
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            return [part["text"]]
        if part.get("type") == "plain_text":
            return []
        return _formatted(list(part.values()))
    return [part] if isinstance(part, str) else []
