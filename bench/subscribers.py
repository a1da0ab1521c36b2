"""An update to five hundred subscribers at Slack's pace: when the last one has it, and who gets it twice."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from bench.bare import COMMAND
from bench.figures import Figure
from bench.harness import TIMEOUT_S, BotProcess, SandboxProcess, bot_in_sandbox, ended_at, in_crowd
from bot.runtime.waiting import wait_until

SUBSCRIBERS = 500
LIMIT_S = 600
LOOK_EVERY_S = 2.0
SUBSCRIBED = "SELECT count(*) FROM subscriptions"
# Messages to a reader are gathered for a minute; a subscriber left out at first would be served by then.
UPDATE = "Calls go to Cebu meanwhile"


def measure(folder: Path) -> Sequence[Figure]:
    """Let people subscribe by command, then send an update and measure its delivery."""
    with bot_in_sandbox(folder / "bot") as (sandbox, bot):
        sandbox.post("types", by="ana", text=f"{COMMAND} declare S1 line is down", channel="general")
        bot.wait_until_settled(1)
        (channel,) = sandbox.incident_channels()
        sandbox.post("hires", people=SUBSCRIBERS)
        names = [f"p{number}" for number in range(1, SUBSCRIBERS + 1)]
        subscribe = f"{COMMAND} subscribe everything"
        in_crowd([partial(sandbox.post, "types", by=name, text=subscribe, channel="general") for name in names])
        bot.wait_until_settled(1)
        sandbox.post("quiet", timeout=TIMEOUT_S)
        subscribed = bot.count(SUBSCRIBED)
        before = _memory(bot)
        copies, written_at = _send(sandbox, channel, subscribed)
        grown = _memory(bot) / before
    return [
        Figure("people who subscribed, 20 at a time", [subscribed], "people", SUBSCRIBERS, is_minimum=True),
        *_figures(copies, written_at, subscribed, grown),
    ]


def _send(sandbox: SandboxProcess, channel: str, readers: int) -> tuple[list[dict[str, Any]], float]:
    """Send the update. Returns each message that delivered it to a person, and the time it was written."""
    sandbox.post("strict_rates", strict=True)
    sandbox.post("clear_calls")
    known = len(sandbox.envelopes())
    sandbox.post("types", by="ana", text=f"{COMMAND} update {UPDATE}", channel=channel)
    wait_until(lambda: len(_copies(sandbox)) >= readers, LIMIT_S, every_s=LOOK_EVERY_S)
    # A second copy would come soon after the first.
    sandbox.post("quiet", timeout=TIMEOUT_S)
    (command,) = sandbox.envelopes("slash_commands", known)
    return _copies(sandbox), command["at"]


def _copies(sandbox: SandboxProcess) -> list[dict[str, Any]]:
    sent = [call for call in sandbox.get("calls", method="chat.postMessage") if call["answer"].get("ok")]
    return [call for call in sent if UPDATE in str(call["args"]) and str(call["args"]["channel"])[:1] in "UD"]


def _figures(copies: Sequence[dict[str, Any]], written_at: float, subscribed: int, grown: float) -> list[Figure]:
    by_reader = Counter(str(call["args"]["channel"]) for call in copies)
    last_after_s = max((ended_at(call) for call in copies), default=written_at) - written_at
    return [
        Figure("update → the last of 500 subscribers has it, at Slack's pace", [last_after_s], "s", LIMIT_S),
        Figure("… subscribers who do not have it", [subscribed - len(by_reader)], "people", 0),
        Figure("… subscribers who have it twice", [sum(n > 1 for n in by_reader.values())], "people", 0),
        Figure("… memory afterwards ÷ before", [grown], "", 1.1),
    ]


def _memory(bot: BotProcess) -> float:
    return float(psutil.Process(bot.process.pid).memory_info().rss)
