"""Twenty people who click and talk in the channels of a workspace, and what an app makes of it."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any
from urllib.error import HTTPError

from bench.bare import BUTTON
from bench.figures import percentile
from bench.harness import AT_ONCE, TIMEOUT_S, SandboxProcess, in_crowd

# Each person acts about once a second.
PAUSE_S = (0.5, 1.5)
CLICK_SHARE = 0.25
WORDS = "Queue {} is at 40 calls, the longest waits 12 minutes; Manila has 30 people on it"


@dataclass(frozen=True)
class Lived:
    """The results of one period."""

    messages: int
    # Each step that was clicked, by its channel and value.
    steps: frozenset[tuple[str, str]]
    click_p99_ms: float
    event_p99_ms: float
    unacknowledged: int


class Crowd:
    """People p1 to p20, in every incident channel."""

    def __init__(self, sandbox: SandboxProcess, channels: Sequence[str]) -> None:
        self.sandbox, self.channels = sandbox, channels
        self._people = [f"p{number}" for number in range(1, AT_ONCE + 1)]
        self._dice = [Random(name) for name in self._people]
        sandbox.post("hires", people=AT_ONCE)
        in_crowd(
            [
                partial(sandbox.post, "joins", by=name, channel=each)
                for name in self._people
                for each in self.channels
            ]
        )
        sandbox.post("quiet", timeout=TIMEOUT_S)

    def live(self, seconds: float) -> Lived:
        """Let them click and talk for this long."""
        known = len(self.sandbox.envelopes())
        until = time.monotonic() + seconds
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            lives = [crowd.submit(self._live, *each, until) for each in zip(self._people, self._dice, strict=True)]
        said = sum(life.result() for life in lives)
        self.sandbox.post("quiet", timeout=TIMEOUT_S)
        return _lived(said, self.sandbox.envelopes(first=known))

    def _live(self, name: str, dice: Random, until: float) -> int:
        said = 0
        while time.monotonic() < until:
            channel = dice.choice(self.channels)
            if dice.random() >= CLICK_SHARE or not self._clicks(name, channel):
                said += 1
                self.sandbox.post("says", by=name, text=WORDS.format(said), channel=channel)
            time.sleep(dice.uniform(*PAUSE_S))
        return said

    def _clicks(self, name: str, channel: str) -> bool:
        try:
            self.sandbox.post("clicks", by=name, action_id=BUTTON, channel=channel)
        except HTTPError:
            return False  # every step is done
        return True


def _lived(said: int, envelopes: Sequence[dict[str, Any]]) -> Lived:
    clicks = [each for each in envelopes if each["type"] == "interactive"]
    events = [each for each in envelopes if each["type"] == "events_api"]
    return Lived(
        said,
        frozenset(_step(each["payload"]) for each in clicks),
        percentile([each["ms"] for each in clicks], 0.99),
        percentile([each["ms"] for each in events], 0.99),
        sum(not each["acknowledged"] for each in envelopes),
    )


def _step(payload: dict[str, Any]) -> tuple[str, str]:
    return payload["channel"]["id"], str(payload["actions"][0].get("value"))
