"""Requests that nobody answered in time: the next people on the escalation ladder are paged."""

from collections.abc import Sequence

from bot.escalation import ladder_tables, paging
from bot.escalation.ladder import mark_stale
from bot.escalation.paging import Occasion, Recipient
from bot.escalation.rules import ANSWER_WITHIN
from bot.incidents.change import Change
from bot.incidents.drills import may_page
from bot.incidents.events import AnswerOverdue, HandoverUnaccepted
from bot.incidents.people import known_people


def page_next_people(change: Change, event: HandoverUnaccepted) -> None:
    """Page the next tier, or else the last one told, to see to it. The commander stays in command."""
    _page_next_tier(change, event.key, "a handover of command has not been accepted", (event.old, event.new))


def page_for_answer(change: Change, event: AnswerOverdue) -> None:
    """Do the same for any other request that waits for an answer."""
    _page_next_tier(change, event.key, event.reason, event.asked)


def _page_next_tier(change: Change, key: str, reason: str, asked_ids: Sequence[str]) -> None:
    session, number = change.session, change.number
    recipients = _next_recipients(change, asked_ids)
    if not recipients or not may_page(change.services, change.incident):
        return
    occasion = Occasion(key=key, reason=reason, answer_by=change.now + ANSWER_WITHIN)
    paging.page_people(session, change.services, change.incident, recipients, occasion)
    mark_stale(session, number)


def _next_recipients(change: Change, asked_ids: Sequence[str]) -> list[Recipient]:
    """The people of the first tier that has anybody else: of those waiting, then of those told, the last first."""
    session, number = change.session, change.number
    tiers = [rung for rung in ladder_tables.ladder(session, number) if rung.tell]
    waiting_tiers = [rung for rung in tiers if rung.is_waiting]
    for rung in [*waiting_tiers, *reversed(tiers)]:
        people = known_people(session, change.services, number, rung.tell, change.now)
        if recipients := [Recipient(user_id=user_id) for user_id in people if user_id not in asked_ids]:
            return recipients
    return []
