"""Playing the demo: start, pause, resume, stop, and its caption."""

from threading import Event, Thread

from slack_sandbox.errors import NothingToClick, NotVisible, Refused
from slack_sandbox.installation import Installation
from slack_sandbox.page import demo_scenario
from slack_sandbox.page.demo_steps import DemoEnded, DemoSteps


class Demo:
    """One demo at a time for the whole workspace."""

    def __init__(self, sandbox: Installation) -> None:
        self._sandbox = sandbox
        self._going = Event()
        self._stopped = Event()
        self._thread: Thread | None = None
        self.caption = ""

    @property
    def is_playing(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    @property
    def is_paused(self) -> bool:
        return self.is_playing and not self._going.is_set()

    @property
    def is_offered(self) -> bool:
        """Whether nothing has been done yet, so that a newcomer is asked how to begin."""
        untouched = not any(channel.messages for channel in self._sandbox.workspace.channels.values())
        return untouched and not self.is_playing

    def start(self, pace: float = 1.0) -> None:
        """Play from the beginning; a `pace` of 2 halves the pauses."""
        if self.is_playing:
            return
        self._stopped.clear()
        self._going.set()
        self._thread = Thread(target=self._play, args=(pace,), name="demo", daemon=True)
        self._thread.start()

    def pause(self) -> None:
        self._going.clear()
        self._show_caption(self.caption, "")

    def go_on(self) -> None:
        self._going.set()
        self._show_caption(self.caption, "")

    def stop(self) -> None:
        self._stopped.set()
        self._going.set()

    def forget(self) -> None:
        """Remove the last caption."""
        self.caption = ""
        self._show_caption("", "")

    def _play(self, pace: float) -> None:
        try:
            demo_scenario.play(DemoSteps(self._sandbox, self._show_caption, self._going, self._stopped, pace))
        except DemoEnded as end:
            self.caption = str(end)
        except (NotVisible, NothingToClick, LookupError, Refused, TimeoutError) as surprise:
            self.caption = f"The demo ends here: {surprise}"
        self._thread = None
        self._show_caption(self.caption, "")

    def _show_caption(self, caption: str, channel: str) -> None:
        self.caption = caption
        self._sandbox.workspace.touch("demo", place=channel)
