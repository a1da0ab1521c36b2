"""Requests that nobody answered in time: the next people on the escalation ladder are paged."""

from collections.abc import Sequence

from bot import directory
from bot.escalation import paging, tables
from bot.escalation.ladder import mark_stale
from bot.escalation.paging import Occasion, Recipient
from bot.escalation.rules import ANSWER_WITHIN, Ladder
from bot.incidents.change import Change
from bot.incidents.drills import may_page
from bot.incidents.events import AnswerOverdue, HandoverUnaccepted


def page_next_people(change: Change, event: HandoverUnaccepted) -> None:
    """Page the next tier, or else the last one told, to see to it. The commander stays in command."""
    _page_next_tier(change, event.key, "a handover of command has not been accepted", (event.old, event.new))


def page_for_answer(change: Change, event: AnswerOverdue) -> None:
    """Do the same for any other request that waits for an answer."""
    _page_next_tier(change, event.key, event.reason, event.asked)


def _page_next_tier(change: Change, key: str, reason: str, asked_ids: Sequence[str]) -> None:
    session, number = change.session, change.number
    names = _next_names(tables.ladder(session, number))
    people = [user_id for user_id in _people(change, names) if user_id not in asked_ids]
    if not people or not may_page(change.services, change.incident):
        return
    occasion = Occasion(key=key, reason=reason, answer_by=change.now + ANSWER_WITHIN)
    recipients = [Recipient(user_id=user_id) for user_id in people]
    paging.page_people(session, change.services, change.incident, recipients, occasion)
    mark_stale(session, number)


def _next_names(ladder: Ladder) -> Sequence[str]:
    tiers = [rung for rung in ladder if rung.tell]
    waiting_tiers = [rung for rung in tiers if rung.is_waiting]
    return next((rung.tell for rung in [*waiting_tiers, *reversed(tiers)]), ())


def _people(change: Change, names: Sequence[str]) -> list[str]:
    user_ids: dict[str, None] = {}
    for name in names:
        members = (
            directory.group_members(change.session, name.removeprefix("@")) if name.startswith("@") else [name]
        )
        user_ids |= dict.fromkeys(members or [])
    return list(user_ids)
