"""Footers of updates whose time of the next one has changed: the new time, or that updates are paused.

This runs in the transaction of the change: sent messages are edited in place, unsent ones go out with the new text.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from bot.incidents.change import Change
from bot.incidents.events import UpdateAmended
from bot.incidents.rules import REASON_SHOWN, Status
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.runtime.templates import TemplateBroken
from bot.services import Services
from bot.slack.blocks import Block, context
from bot.slack.text import near_time, one_line
from bot.timeline import timeline
from bot.updates import deliveries, pauses, tables, views
from bot.updates.tables import Promise

TEMPLATE = "update_footer"
NEXT_TEMPLATE = "stakeholder_update/_next"


def footer(
    session: Session,
    services: Services,
    incident: Incident,
    promise: Promise,
    languages: Sequence[str],
    now: datetime,
    *,
    is_outside: bool,
) -> list[Block]:
    """A line in each language; empty while the update's own time is still correct."""
    pause = pauses.current(session, incident.number)
    waiting_promises = tables.waiting(session, incident.number, promise.audience)
    due_at = waiting_promises[0].due_at if waiting_promises else None
    # Colleagues get a last update that says so.
    is_merged = is_outside and incident.status == Status.MERGED
    if pause is None and due_at == promise.next_due_at and not is_merged:
        return []
    facts = {
        "is_merged": is_merged,
        "is_paused": pause is not None,
        # The reason is for colleagues only.
        "reason": one_line(pause.reason, REASON_SHOWN) if pause and not is_outside else "",
        "next_update": near_time(due_at, now) if due_at else "",
        # Outsiders are told in their own words.
        "severity": "" if is_outside else _severity_since(session, incident, promise),
    }
    return [context(_footer_text(services, language, facts)) for language in languages]


def _severity_since(session: Session, incident: Incident, promise: Promise) -> str:
    """The severity, if it is not the one that the update states."""
    since = promise.composed_at or promise.due_at
    changes = timeline.since(session, incident.number, since, ("severity",))
    return incident.severity if changes and changes[0].facts["old"] != incident.severity else ""


def footer_now(session: Session, services: Services, incident: Incident, promise: Promise) -> list[Block]:
    """The current footer in the languages of the update's audience."""
    audience = services.floor.audiences.get(promise.audience)
    if audience is None:
        return []
    languages, is_outside = audience.languages, audience.outside
    return footer(session, services, incident, promise, languages, utcnow(), is_outside=is_outside)


def with_line(
    services: Services, promise: Promise, line: Promise, footer: list[Block], languages: Sequence[str]
) -> list[Block]:
    """An update with a "no change" line below it; an update that was itself such a line is replaced."""
    text = _shortened(services, line, line.text, languages) if footer else line.text
    if views.is_line(promise.text):
        return [*views.blocks(text), *footer]
    return amended_blocks(services, promise, promise.text, [*views.line(text), *footer], languages)


def amended_blocks(
    services: Services, promise: Promise, text: str, footer_blocks: list[Block], languages: Sequence[str]
) -> list[Block]:
    """An update with `below` added; its own sentence about the next update is then left out, so that a message
    states that time only once."""
    if not footer_blocks:
        return views.blocks(text)
    return [*views.blocks(_shortened(services, promise, text, languages)), *footer_blocks]


def _shortened(services: Services, promise: Promise, text: str, languages: Sequence[str]) -> str:
    pieces = text.split(views.LANGUAGE_SEPARATOR)
    return views.LANGUAGE_SEPARATOR.join(
        _without_next_sentence(services, promise, piece, languages) for piece in pieces
    )


def _without_next_sentence(services: Services, promise: Promise, text: str, languages: Sequence[str]) -> str:
    composed_at = promise.composed_at or promise.due_at
    due_text = near_time(promise.next_due_at, composed_at) if promise.next_due_at else ""
    for language in languages:
        for next_when in ("clock",) if due_text else ("change", "resolved", "close"):
            facts = {"next_update": due_text, "next_when": next_when, "is_over": False, "missed": 0}
            try:
                sentence = services.templates.render(f"{NEXT_TEMPLATE}/{language}.j2", facts)
            except TemplateBroken:
                continue
            # A note that the update is late may follow on the same line.
            text = text.replace(f"{sentence} ", sentence, 1).replace(sentence, "", 1).rstrip()
    return text


def _footer_text(services: Services, language: str, facts: dict[str, object]) -> str:
    try:
        return services.templates.render(f"{TEMPLATE}/{language}.j2", facts)
    except TemplateBroken:
        return (
            "Updates are paused." if facts["is_paused"] else f"Next update {facts['next_update'] or 'on change'}."
        )


def update_footers(change: Change, audiences: Iterable[str]) -> None:
    """Correct the time of the next update in the last update to each audience and in its copies."""
    for audience in audiences:
        last_update = tables.last_composed(change.session, change.number, audience)
        if last_update:
            deliveries.amend(change.session, last_update, change.now)
        if last_update and audience in change.services.floor.audiences:
            change.publish(_amended_event(change, last_update))


@contextmanager
def correcting_footers(change: Change) -> Iterator[None]:
    """Correct the last update to every audience whose next one is moved in this block.

    An update that is due now needs no correction: it is sent and states the next time itself.
    """
    earlier_times = _next_times(change)
    yield
    moved_times = {
        audience: due_at
        for audience, due_at in _next_times(change).items()
        if due_at > change.now and due_at != earlier_times.get(audience)
    }
    update_footers(change, moved_times)


def _next_times(change: Change) -> dict[str, datetime]:
    waiting_promises = tables.waiting(change.session, change.number)
    return {promise.audience: promise.due_at for promise in reversed(waiting_promises)}


def _amended_event(change: Change, promise: Promise) -> UpdateAmended:
    def render(promise_id: int, text: str, languages: Sequence[str], is_outside: bool) -> list[Block]:
        footer_blocks = footer(
            change.session, change.services, change.incident, promise, languages, change.now, is_outside=is_outside
        )
        shown_promise = promise if promise_id == promise.id else tables.get(change.session, promise_id)
        return amended_blocks(change.services, shown_promise, text, footer_blocks, languages)

    return UpdateAmended(promise.row, promise.audience, render)
