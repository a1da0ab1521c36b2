"""`/incident page`: somebody asks for people, whatever the ladder says."""

from datetime import datetime

from pydantic import BaseModel

from bot.clock import utcnow
from bot.durable import flow, step
from bot.errors import WatchfloorError
from bot.escalation.rules import ANSWER_WITHIN
from bot.flows.displays import refresh_soon
from bot.flows.escalation import paging
from bot.flows.escalation.ladder import outdate
from bot.flows.escalation.paging import Found, Occasion
from bot.flows.incidents.seeing import incident
from bot.flows.permissions import check
from bot.incidents import rules
from bot.incidents import tables as incidents
from bot.services import Services
from bot.slack.text import escape, mentions

MOST_PEOPLE = 50


class NobodyToPage(WatchfloorError):
    """I know nobody in {given}. Name a person, group or role: `/incident page @ana please look at the trunks`."""


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
    refresh_soon(services, request.number)


def ask_for(services: Services, number: int, named: str, reason: str, key: str, by: str, now: datetime) -> str:
    """Page a person, a group or the holders of a role. Gives back what to answer."""
    found = incident(services, number, by)
    rules.check_may_change(number, found.status)
    with services.store.reading() as session:
        check(services, session, by, "lead", number)
    user_ids = paging.people(services, number, [named])
    if not user_ids:
        raise NobodyToPage(given=escape(named))
    if len(user_ids) > MOST_PEOPLE:
        raise TooManyToPage(given=escape(named), count=len(user_ids), most=MOST_PEOPLE)
    request = PageRequest(number=number, key=f"hand:{key}", user_ids=user_ids, reason=reason, by=by)
    services.flows.start_once(f"page:{key}", page, request)
    return f"I am telling {mentions(user_ids)}. Their answers stand in the escalation's message in the channel."
