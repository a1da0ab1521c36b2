"""`/incident updates`: what is promised, and how promises were kept. Pure: Block Kit from data."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.config.floor import Moment
from bot.incidents.rules import REASON_SHOWN
from bot.slack.blocks import Message, context, header, section
from bot.slack.text import near_time, one_line
from bot.updates import wording
from bot.updates.kept_promises import count_kept
from bot.updates.pauses import Pause
from bot.updates.tables import PAUSED, WAITING, Promise
from bot.updates.wording import NameOf

LATEST = 12


class AudienceRow(Struct, frozen=True):
    """An audience and its cadence in `floor.yaml`."""

    name: str
    title: str
    usual_cadence: timedelta | Moment


class Facts(Struct, frozen=True):
    """Everything on record about the updates of an incident."""

    number: int
    promises: Sequence[Promise]
    pause: Pause | None
    name: NameOf
    # The titles of all audiences in `floor.yaml`; some were told that are told no longer.
    titles: Mapping[str, str]
    # Partners without a notice, whom no update reaches.
    untold_partners: Sequence[str] = ()
    # Once it is over, scheduled updates have ended; once it is closed, those that come at the close have, too.
    is_over: bool = False
    is_closed: bool = False


def record_screen(audiences: Sequence[AudienceRow], facts: Facts, now: datetime) -> Message:
    """The whole record, newest last."""
    kept_text = f"Kept on time: {wording.kept_of(count_kept(facts.promises))}"
    blocks = [header(f"Updates of incident #{facts.number}"), section(f"*{kept_text}*")]
    if facts.pause:
        pause_text = f"⏸️ Paused since {near_time(facts.pause.since, now)} by {facts.name(facts.pause.by)}"
        blocks.append(section(f"{pause_text}: {one_line(facts.pause.reason, REASON_SHOWN)}"))
    promised_lines = [
        _promised_line(audience, facts, now) for audience in audiences if _is_promised(audience, facts)
    ]
    blocks.append(section("*Promised*\n" + ("\n".join(promised_lines) or "Nothing more: it is over.")))
    if facts.untold_partners:
        blocks.append(section(f"⚠️ {wording.partners_untold(facts.untold_partners)}"))
    past_promises = [promise for promise in facts.promises if promise.state not in (WAITING, PAUSED)]
    if past_promises:
        lines = [f"• {_told_line(promise, facts, now)}" for promise in past_promises[-LATEST:]]
        # Twelve lines may be longer than a section.
        texts = ["\n".join(["*Told*", *lines[:6]]), "\n".join(lines[6:])]
        blocks += [section(text) for text in texts if text]
    if len(past_promises) > LATEST:
        blocks.append(context(f"{len(past_promises) - LATEST} earlier ones are in the post-mortem."))
    return f"Updates of incident {facts.number}. {kept_text}.", blocks


def _is_promised(audience: AudienceRow, facts: Facts) -> bool:
    """False once the incident is over and nothing waits for the audience, which may be told at the close."""
    if not facts.is_over or (audience.usual_cadence == Moment.AT_CLOSE and not facts.is_closed):
        return True
    return any(promise.audience == audience.name and promise.state == WAITING for promise in facts.promises)


def _promised_line(audience: AudienceRow, facts: Facts, now: datetime) -> str:
    title = f"• *{one_line(audience.title, 75)}*"
    promises = [promise for promise in facts.promises if promise.audience == audience.name]
    lines = [wording.outcome(promise, now, facts.name) for promise in promises if promise.state == WAITING]
    paced_promise = next(
        (promise for promise in promises if promise.state in (WAITING, PAUSED) and promise.cadence_s), None
    )
    cadence = (
        timedelta(seconds=paced_promise.cadence_s)
        if paced_promise and paced_promise.cadence_s
        else audience.usual_cadence
    )
    frequency = (
        f"every {wording.describe_cadence(cadence)}" if isinstance(cadence, timedelta) else f"told {cadence}"
    )
    setter_text = (
        f" (set by {facts.name(paced_promise.paced_by)})" if paced_promise and paced_promise.paced_by else ""
    )
    return f"{title} {frequency}{setter_text}" + "".join(f" · {line}" for line in lines)


def _told_line(promise: Promise, facts: Facts, now: datetime) -> str:
    title = one_line(facts.titles.get(promise.audience, promise.audience), 75)
    due_text = f"{near_time(promise.moved_from or promise.due_at, now)} "
    if promise.sent_at and near_time(promise.sent_at, now) == due_text.rstrip():
        due_text = ""  # the outcome has the same time
    missed_text = f", {promise.missed - 1} missed before it" if promise.missed > 1 else ""
    return f"{due_text}*{title}* {wording.outcome(promise, now, facts.name)}{missed_text}"
