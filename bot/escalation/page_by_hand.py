"""`/incident page`: somebody asks for people, whatever the ladder says."""

import re
from datetime import datetime

from pydantic import BaseModel

from bot.config.floor import ROLES
from bot.directory import tables as directory
from bot.errors import WatchfloorError
from bot.escalation import paging
from bot.escalation.ladder import outdate
from bot.escalation.paging import Found, Occasion
from bot.escalation.rules import ANSWER_WITHIN
from bot.incidents import rules
from bot.incidents import tables as incidents
from bot.incidents.access import incident
from bot.incidents.people import people
from bot.incidents.permissions import check
from bot.incidents.rules import quoted
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.text import escape, mention, mentions

MOST_PEOPLE = 50
PERSON_ID = r"[UW][A-Z0-9]{2,}"


class NobodyToPage(WatchfloorError):
    """{given} is nobody I can page: name a person, a group or a role that somebody holds, such as
    `/incident page {example} please look at the trunks`."""


class RoleIsFree(WatchfloorError):
    """Nobody is {role} of incident {number}, so name a person, a group or a role that somebody holds, such as
    `/incident page {example} please look at the trunks`."""


class NobodyAddressed(WatchfloorError):
    """Say whom: a person, a group or a role that somebody holds, such as
    `/incident page {example} please look at the trunks`."""


class TooManyToPage(WatchfloorError):
    """{given} is {count} people; I page at most {most} at once. Name a smaller group or some people of it."""


class PageRequest(BaseModel):
    """Who is asked to come to which incident, by whom, and why."""

    number: int
    key: str
    user_ids: list[str]
    reason: str
    by: str


@flow
def page(services: Services, request: PageRequest) -> None:
    """Look whether they are there, and tell them in any case: somebody asked for them by name."""
    found = look(services, request.user_ids)
    tell(services, request, found)


@step
def look(services: Services, user_ids: list[str]) -> list[dict[str, str]]:
    """Who is away is told too, and their absence is shown."""
    return [found.model_dump() for found in paging.looked_at(services, user_ids)]


@step
def tell(services: Services, request: PageRequest, found: list[dict[str, str]]) -> None:
    """One transaction: the messages to be sent, the timeline, the line in the channel."""
    occasion = Occasion(
        key=request.key,
        reason=request.reason,
        asked_by=request.by,
        answer_by=utcnow() + ANSWER_WITHIN,
    )
    with services.store.transaction() as session:
        found_again = incidents.locked(session, request.number)
        asked = [Found.model_validate(person) for person in found]
        paging.tell(session, services, found_again, asked, occasion)
        outdate(session, request.number)


def ask_for(services: Services, number: int, named: str, reason: str, key: str, by: str, now: datetime) -> str:
    """Page a person, a group or the holders of a role. Gives back what to answer."""
    found = incident(services, number, by)
    rules.check_may_change(number, found.status)
    with services.store.reading() as session:
        check(services, session, by, "lead", number)
    user_ids = people(services, number, [named]) if named else []
    if not user_ids:
        raise _nobody(services, number, named, reason, by)
    if len(user_ids) > MOST_PEOPLE:
        raise TooManyToPage(given=escape(named), count=len(user_ids), most=MOST_PEOPLE)
    request = PageRequest(number=number, key=f"hand:{key}", user_ids=user_ids, reason=reason, by=by)
    services.flows.start_once(f"page:{key}", page, request)
    return f"I am telling {mentions(user_ids)}. Their answers stand in the escalation's message in the channel."


def _nobody(services: Services, number: int, named: str, reason: str, by: str) -> WatchfloorError:
    """The refusal, with an example that works on this floor as it is staffed now."""
    example = _somebody(services, number, by)
    if not named:
        return NobodyAddressed(example=example)
    if named in ROLES:
        return RoleIsFree(role=named.replace("_", " "), number=number, example=example)
    return NobodyToPage(given=_as_given(named, reason), example=example)


def _somebody(services: Services, number: int, by: str) -> str:
    """Whom `by` could page: a role, else a group, else a person."""
    with services.store.reading() as session:
        held = incidents.roles(session, number)
        colleague = directory.handle_of_another(session, by)
    others = [role for role, holders in held.items() if set(holders) - {by}]
    named = [*others, *(f"@{group}" for group in services.floor.groups)]
    can_be_paged = (name for name in named if 0 < len(people(services, number, [name])) <= MOST_PEOPLE)
    return next(can_be_paged, f"@{colleague}" if colleague else mention(by))


def _as_given(named: str, reason: str) -> str:
    """What was typed, as people read it: an id as the mention it came from, loose words all of them."""
    if re.fullmatch(PERSON_ID, named):
        return mention(named)
    return f"`{quoted(named if named.startswith('@') else f'{named} {reason}')}`"
