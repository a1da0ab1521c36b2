"""Declarations: their Slack calls, the wait for the card, and acknowledgements in a crowd."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from slack_sdk import WebClient

from bench import internals
from bench.figures import Figure, percentile, ratios
from bench.harness import PEOPLE, BotProcess, SandboxProcess, bot_in_sandbox, ended_at, in_crowd

LATENCY_S = 0.15
SUBMITS = 5
DECLARATIONS = 300
CROWDS = 2

Call = dict[str, Any]


@dataclass(frozen=True)
class Declaration:
    """One declaration in a slow workspace, and two round trips to it right afterwards."""

    submitted_at: float
    calls: list[Call]
    round_trips_s: float

    @property
    def card_after_s(self) -> float:
        """Seconds from the submit until the declarer is in the channel and the card is there."""
        awaited = ("conversations.invite", "chat.postMessage")
        firsts = [next(call for call in self.calls if call["method"] == method) for method in awaited]
        return max(map(ended_at, firsts)) - self.submitted_at


def measure(folder: Path) -> Sequence[Figure]:
    """Measure a declaration's calls, and the wait for its card, in a workspace that takes 150 ms for a call."""
    with bot_in_sandbox(folder / "one") as (sandbox, bot):
        client = WebClient(token=sandbox.environment["SLACK_BOT_TOKEN"], base_url=f"{sandbox.url}/api/")
        sandbox.post("quiet", timeout=30)
        sandbox.post("latency", seconds=LATENCY_S)
        seen = [_declare_by_form(sandbox, bot, client, number) for number in range(1, SUBMITS + 1)]
    methods = [[call["method"] for call in each.calls] for each in seen]
    seconds, round_trips = [each.card_after_s for each in seen], [each.round_trips_s for each in seen]
    return [
        Figure("Slack calls for a declaration", [len(each) for each in methods], "calls", 8),
        Figure(
            "the call that invites the declarer",
            [each.index("conversations.invite") + 1 for each in methods],
            "th",
            2,
        ),
        Figure("submit → declarer in the channel with the card, 150 ms a call", seconds, "s", 0.4),
        Figure("two round trips of Slack, 150 ms a call", round_trips, "s"),
        Figure("submit → card and declarer ÷ two round trips", ratios(seconds, round_trips), "", 1.25),
    ]


def _declare_by_form(sandbox: SandboxProcess, bot: BotProcess, client: WebClient, number: int) -> Declaration:
    sandbox.post("types", by="ana", text="/incident declare", channel="general")
    sandbox.post("fills", by="ana", field="title", value=f"line {number} is down")
    sandbox.post("clear_calls")
    sandbox.post("submits", by="ana")
    bot.wait_until_settled(incidents=number)
    sandbox.post("quiet", timeout=30)
    envelopes = sandbox.envelopes("interactive")
    submitted_at = [each["at"] for each in envelopes if each["payload"].get("type") == "view_submission"][-1]
    calls = [call for call in sandbox.get("calls") if call["method"] != "response_url"]
    return Declaration(submitted_at, calls, _two_round_trips_s(client))


def _two_round_trips_s(client: WebClient) -> float:
    started = time.perf_counter()
    for _ in range(2):
        client.auth_test()
    return time.perf_counter() - started


def crowds(sandbox: SandboxProcess, bot: BotProcess) -> Sequence[Figure]:
    """Measure three hundred declarations, twenty at a time, several times over."""
    acknowledged = []
    for crowd in range(CROWDS):
        known, before = len(sandbox.get("envelopes")), bot.count(internals.INCIDENTS)
        declare(sandbox, DECLARATIONS, f"crowd {crowd}")
        commands = sandbox.envelopes("slash_commands", known)
        acknowledged.append(percentile([envelope["ms"] for envelope in commands], 0.99))
        bot.wait_until_settled(incidents=before + DECLARATIONS)
    return [Figure("acknowledgement of a declaration, p99 of 300, 20 at a time", acknowledged, "ms", 1000)]


def declare(sandbox: SandboxProcess, number: int, title: str) -> None:
    """Declare this many incidents, twenty at a time."""
    in_crowd(
        [
            partial(
                sandbox.post,
                "types",
                by=PEOPLE[index % len(PEOPLE)],
                # Similar titles would raise a question about duplicates first.
                text=f"/incident declare S2 {title.replace(' ', '')}n{index} line is down",
                channel="general",
            )
            for index in range(number)
        ]
    )
