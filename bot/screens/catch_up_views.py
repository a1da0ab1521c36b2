"""The summary for a latecomer, in at most ten lines. Pure."""

from collections.abc import Iterator

from msgspec import Struct

from bot.config.floor import Floor
from bot.incidents import ids
from bot.incidents.caller_views import callers_hear_line
from bot.incidents.summaries import situation_lines
from bot.incidents.views import STATUS_EMOJI, IncidentFacts, figures_line
from bot.slack.blocks import Message, actions, button, section
from bot.slack.text import ago, link, mentions, near_time, one_line

MOST_LINES = 10
TEXT = 250


class CatchUp(Struct, frozen=True):
    """Everything that the summary says."""

    facts: IncidentFacts
    # Newest first, as mrkdwn.
    decisions: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    bridge: str = ""
    card_url: str = ""
    playbook_url: str = ""


def catch_up(summary: CatchUp, floor: Floor) -> Message:
    """The summary, short enough to read on a phone before joining the conversation."""
    number = str(summary.facts.incident.number)
    lines = [line for line in _lines(summary, floor) if line]
    for extra in (_ruled_out(summary), figures_line(summary.facts.figures)):
        if len(lines) > MOST_LINES and extra in lines:
            lines.remove(extra)
    buttons = [button("Control panel", ids.PANEL, number), button("Subscribe", ids.SUBSCRIBE, number)]
    text = f"What has happened so far in incident {number}"
    return text, [section("\n".join(lines)), actions(buttons, block_id=f"catch-up-{number}")]


def _lines(summary: CatchUp, floor: Floor) -> Iterator[str]:
    facts, incident = summary.facts, summary.facts.incident
    yield f"{floor.severity(incident.severity).emoji} *{incident.severity}* *{one_line(incident.title, TEXT)}*"
    status = f"{STATUS_EMOJI.get(incident.status, '')} {incident.status}".strip()
    yield f"{status}, declared {near_time(incident.declared_at, facts.now)} ({ago(incident.declared_at)})"
    yield figures_line(facts.figures)
    yield from situation_lines(facts.situation, facts.incident.status)
    yield callers_hear_line(facts.callers_hear, facts.now)
    next_update = f" · *Next update* {near_time(facts.next_update_at, facts.now)}" if facts.next_update_at else ""
    yield f"{_leads(facts)}{next_update}"
    yield f"*Decided:* {summary.decisions[0]}" if summary.decisions else ""
    yield _ruled_out(summary)
    yield _links(summary)


def _leads(facts: IncidentFacts) -> str:
    commander = mentions(facts.roles.get("commander", [])) or "nobody yet"
    communications = mentions(facts.roles.get("communications_lead", []))
    return f"*Leads* {commander}" + (f" · *communications* {communications}" if communications else "")


def _ruled_out(summary: CatchUp) -> str:
    """The last hypothesis that was ruled out, so that nobody looks there again."""
    return f"*Ruled out:* {summary.ruled_out[0]}" if summary.ruled_out else ""


def _links(summary: CatchUp) -> str:
    links = [link(summary.card_url, "Card")] if summary.card_url else []
    links += [link(summary.playbook_url, "Playbook")] if summary.playbook_url else []
    return " · ".join([*links, *([summary.bridge] if summary.bridge else [])])
