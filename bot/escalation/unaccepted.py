"""A handover that nobody accepted: the next people of the escalation ladder are paged."""

from collections.abc import Sequence

from bot.directory import tables as directory
from bot.escalation import paging, tables
from bot.escalation.ladder import mark_stale
from bot.escalation.paging import Occasion, Recipient
from bot.escalation.rules import ANSWER_WITHIN, Ladder
from bot.incidents.change import Change
from bot.incidents.events import HandoverUnaccepted


def page_next_people(change: Change, event: HandoverUnaccepted) -> None:
    """Whoever would be told next, or was told last, is asked to see to it. The commander stays in command."""
    session, number = change.session, change.number
    names = _next_names(tables.ladder(session, number))
    people = [user_id for user_id in _people(change, names) if user_id not in (event.old, event.new)]
    if not people:
        return
    occasion = Occasion(
        key=event.key,
        reason="a handover of command has not been accepted",
        answer_by=change.now + ANSWER_WITHIN,
    )
    recipients = [Recipient(user_id=user_id) for user_id in people]
    paging.page_people(session, change.services, change.incident, recipients, occasion)
    mark_stale(session, number)


def _next_names(ladder: Ladder) -> Sequence[str]:
    tiers = [rung for rung in ladder if rung.tell]
    waiting = [rung for rung in tiers if rung.is_waiting]
    return next((rung.tell for rung in [*waiting, *reversed(tiers)]), ())


def _people(change: Change, names: Sequence[str]) -> list[str]:
    user_ids: dict[str, None] = {}
    for name in names:
        members = (
            directory.group_members(change.session, name.removeprefix("@")) if name.startswith("@") else [name]
        )
        user_ids |= dict.fromkeys(members or [])
    return list(user_ids)
