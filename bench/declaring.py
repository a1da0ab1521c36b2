"""How a declaration feels: calls, seconds until one is in the channel, and acknowledgements in a crowd."""

from functools import partial
from pathlib import Path
from typing import Any

from bench.figures import Figure, percentile
from bench.stage import PEOPLE, Running, Workspace, stage

LATENCY_S = 0.15
SUBMITS = 5
DECLARATIONS = 300
CROWDS = 2

Call = dict[str, Any]


def one_declaration(folder: Path) -> list[Figure]:
    """The calls of one declaration and how long until its declarer sees the card, in a slow workspace."""
    with stage(folder) as (workspace, bot):
        workspace.order("quiet", timeout=30)
        workspace.order("latency", seconds=LATENCY_S)
        tries = [_submit(workspace, bot, number) for number in range(1, SUBMITS + 1)]
    counts = [float(len(calls)) for _, calls in tries]
    invited = [float([call["method"] for call in calls].index("conversations.invite") + 1) for _, calls in tries]
    seconds = [_card_after_s(submitted_at, calls) for submitted_at, calls in tries]
    return [
        Figure("Slack calls for a declaration", counts, "calls", 8),
        Figure("the call that invites the declarer", invited, "th", 2),
        Figure("submit → declarer in the channel with the card, 150 ms a call", seconds, "s", 0.4),
    ]


def _submit(workspace: Workspace, bot: Running, number: int) -> tuple[float, list[Call]]:
    """Fill in the form and submit it; gives back when, and the Web API calls that followed."""
    workspace.order("types", by="ana", text="/incident declare", channel="general")
    workspace.order("fills", by="ana", field="title", value=f"line {number} is down")
    workspace.order("clear_calls")
    workspace.order("submits", by="ana")
    bot.rests(incidents=number)
    workspace.order("quiet", timeout=30)
    submitted_at = [e["at"] for e in workspace.look("envelopes") if e["payload"].get("type") == "view_submission"]
    return submitted_at[-1], [call for call in workspace.look("calls") if call["method"] != "response_url"]


def _card_after_s(submitted_at: float, calls: list[Call]) -> float:
    card = next(call for call in calls if call["method"] == "chat.postMessage")
    return float(card["at"] + card["ms"] / 1000 - submitted_at)


def crowds(workspace: Workspace, bot: Running) -> list[Figure]:
    """Three hundred declarations, twenty at a time, again and again."""
    acknowledged = []
    for crowd in range(CROWDS):
        known, before = len(workspace.look("envelopes")), bot.count("SELECT count(*) FROM incidents")
        declare(workspace, DECLARATIONS, f"crowd {crowd}")
        acknowledged.append(percentile(_commands_ms(workspace, known), 0.99))
        bot.rests(incidents=before + DECLARATIONS)
    return [Figure("acknowledgement of a declaration, p99 of 300, 20 at a time", acknowledged, "ms", 1000)]


def declare(workspace: Workspace, number: int, words: str) -> None:
    """So many declarations, twenty at a time."""
    typed = [
        partial(
            workspace.order,
            "types",
            by=PEOPLE[index % len(PEOPLE)],
            text=f"/incident declare S2 {words} line {index} is down",
            channel="general",
        )
        for index in range(number)
    ]
    workspace.at_once(typed)


def _commands_ms(workspace: Workspace, known: int) -> list[float]:
    return [e["ms"] for e in workspace.look("envelopes")[known:] if e["type"] == "slash_commands"]
