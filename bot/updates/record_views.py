"""`/incident updates`: what is promised, and how promises were kept. Pure: Block Kit from data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config.floor import Moment
from bot.slack.blocks import Block, context, header, section
from bot.slack.text import near_time, one_line
from bot.updates import record, wording
from bot.updates.pauses import Pause
from bot.updates.tables import PAUSED, WAITING, Promise
from bot.updates.wording import Naming

LATEST = 12


@dataclass(frozen=True)
class Audience:
    """Who is told, and how often by `floor.yaml`."""

    name: str
    title: str
    rhythm: timedelta | Moment


@dataclass(frozen=True)
class Facts:
    """Everything on record about the updates of an incident."""

    number: int
    promises: Sequence[Promise]
    pause: Pause | None
    name: Naming


def _figure(facts: Facts) -> str:
    """The figure in one line."""
    return f"Kept on time: {record.adherence(facts.promises).words}"


def _title(told: Sequence[Audience], promise: Promise) -> str:
    """What its audience is called."""
    return next((audience.title for audience in told if audience.name == promise.audience), promise.audience)


def record_screen(told: Sequence[Audience], facts: Facts, now: datetime) -> tuple[str, list[Block]]:
    """The whole record, the newest last."""
    figure = _figure(facts)
    blocks = [header(f"Updates of incident #{facts.number}"), section(f"*{figure}*")]
    if facts.pause:
        said = f"⏸️ Paused since {near_time(facts.pause.since, now)} by {facts.name(facts.pause.by)}"
        blocks.append(section(f"{said}: {one_line(facts.pause.reason, wording.REASON)}"))
    blocks.append(section("*Promised*\n" + "\n".join(_promised(audience, facts, now) for audience in told)))
    past = [promise for promise in facts.promises if promise.state not in (WAITING, PAUSED)]
    if past:
        lines = [f"• {_line(told, promise, facts, now)}" for promise in past[-LATEST:]]
        blocks += [section("*Told*\n" + "\n".join(lines[start : start + 6])) for start in range(0, len(lines), 6)]
    if len(past) > LATEST:
        blocks.append(context(f"{len(past) - LATEST} earlier ones are in the post-mortem."))
    return f"Updates of incident {facts.number}. {figure}.", blocks


def _promised(audience: Audience, facts: Facts, now: datetime) -> str:
    title = f"• *{one_line(audience.title, 75)}*"
    waiting = [promise for promise in facts.promises if promise.audience == audience.name]
    lines = [wording.fate(promise, now, facts.name) for promise in waiting if promise.state == WAITING]
    paced = next((promise for promise in waiting if promise.state == WAITING and promise.cadence_s), None)
    rhythm = timedelta(seconds=paced.cadence_s) if paced and paced.cadence_s else audience.rhythm
    often = f"every {wording.pace(rhythm)}" if isinstance(rhythm, timedelta) else f"told {rhythm}"
    by = f" (set by {facts.name(paced.paced_by)})" if paced and paced.paced_by else ""
    return f"{title} {often}{by}" + "".join(f" · {line}" for line in lines)


def _line(told: Sequence[Audience], promise: Promise, facts: Facts, now: datetime) -> str:
    title = one_line(_title(told, promise), 75)
    due = near_time(promise.moved_from or promise.due_at, now)
    missed = f", {promise.missed} missed" if promise.missed else ""
    return f"{due} *{title}* {wording.fate(promise, now, facts.name)}{missed}"
