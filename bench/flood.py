"""One channel flooded with messages, while commands are typed elsewhere."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.bare import COMMAND
from bench.crowd import WORDS, Crowd
from bench.figures import percentile
from bench.harness import AT_ONCE, TIMEOUT_S

COMMANDS_A_SECOND = 4


@dataclass(frozen=True)
class Flooded:
    """The time to send all messages, and the wait of commands meanwhile."""

    said_s: float
    command_p99_ms: float


def flooded(crowd: Crowd, count: int, seconds: float) -> Flooded:
    """Send this many messages, evenly over the seconds or as fast as possible."""
    sandbox, channel = crowd.sandbox, crowd.channels[0]
    known = len(sandbox.envelopes())
    began = time.monotonic()

    def wait_for_turn(number: int, of: int) -> None:
        time.sleep(max(0.0, began + seconds * number / of - time.monotonic()))

    def say(number: int) -> None:
        wait_for_turn(number, count)
        sandbox.post("says", by=f"p{number % AT_ONCE + 1}", text=WORDS.format(number), channel=channel)

    def list_all() -> None:
        for number in range(commands):
            wait_for_turn(number, commands)
            sandbox.post("types", by="ana", text=f"{COMMAND} list", channel="general")

    commands = round(COMMANDS_A_SECOND * seconds)
    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        typing = pool.submit(list_all)
        list(pool.map(say, range(count)))
        said_s = time.monotonic() - began
        typing.result()
    sandbox.post("quiet", timeout=TIMEOUT_S)
    waits = [each["ms"] for each in sandbox.envelopes("slash_commands", known)]
    return Flooded(said_s, percentile(waits, 0.99))
