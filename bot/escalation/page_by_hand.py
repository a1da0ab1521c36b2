"""`/incident page`: pages people on request, independently of the ladder."""

import re
from collections.abc import Sequence

from pydantic import BaseModel

from bot import directory, outbox
from bot.config.floor import ROLES
from bot.errors import WatchfloorError
from bot.escalation import paging, wording
from bot.escalation.ladder import mark_stale
from bot.escalation.paging import Occasion, Recipient
from bot.escalation.rules import ANSWER_WITHIN
from bot.incidents import incidents, rules
from bot.incidents.access import visible_incident
from bot.incidents.drills import check_may_page
from bot.incidents.people import people, resolve_name
from bot.incidents.rules import quoted
from bot.outbox import kinds
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.text import escape, link, mention, mentions

MAX_PEOPLE = 50
# In words.
LONGEST_NAME = 5
PERSON_ID = r"[UW][A-Z0-9]{2,}"


class UnknownRecipient(WatchfloorError):
    """I can't find anyone called {given} to page: name a person, a group or a role that somebody holds, such as
    `/incident page {example} please look at the trunks`."""


class CannotBePaged(WatchfloorError):
    """{who} can't be paged: guests, people of other companies, apps and closed accounts can't answer here. Name
    somebody else, such as `/incident page {example} please look at the trunks`."""


class PagesNobodyElse(WatchfloorError):
    """That names nobody but you, so nobody was paged. Name somebody else, such as
    `/incident page {example} please look at the trunks`."""


class NobodyAtTheMoment(WatchfloorError):
    """Nobody is {given} at the moment, so name a person, a group or a role that somebody holds, such as
    `/incident page {example} please look at the trunks`."""


class RoleIsFree(WatchfloorError):
    """Nobody is {role} of incident {number}, so name a person, a group or a role that somebody holds, such as
    `/incident page {example} please look at the trunks`."""


class RecipientMissing(WatchfloorError):
    """Say whom to page: a person, a group or a role that somebody holds, such as
    `/incident page {example} please look at the trunks`."""


class TooManyToPage(WatchfloorError):
    """{given} is {count} people; I page at most {most} at once. Name a smaller group or some people of it."""


class PageRequest(BaseModel):
    """Who is paged to which incident, by whom, and why."""

    number: int
    key: str
    user_ids: list[str]
    reason: str
    by: str


@flow
def page(services: Services, request: PageRequest) -> None:
    """Look up the recipients' presence, and page them in any case: they were asked for by name."""
    recipients = look(services, request.user_ids)
    tell(services, request, recipients)


@step
def look(services: Services, user_ids: list[str]) -> list[dict[str, str]]:
    """Return the recipients with their obstacles; people who are away are paged too, and their absence is shown."""
    return [recipient.model_dump() for recipient in paging.with_obstacles(services, user_ids)]


@step
def tell(services: Services, request: PageRequest, stored: list[dict[str, str]]) -> None:
    """Queue the messages, the timeline entries and the line in the channel in one transaction."""
    occasion = Occasion(
        key=request.key, reason=request.reason, asked_by=request.by, answer_by=utcnow() + ANSWER_WITHIN
    )
    with services.database.transaction() as session:
        incident = incidents.by_number_locked(session, request.number)
        recipients = [Recipient.model_validate(person) for person in stored]
        paging.page_people(session, services, incident, recipients, occasion)
        mark_stale(session, request.number)


def request_page(services: Services, number: int, recipient: str, reason: str, key: str, by: str) -> str:
    """Page a person, a group or the holders of a role. Return the answer."""
    incident = visible_incident(services, number, by, "lead")
    rules.check_may_change(number, incident.status)
    check_may_page(services, incident)
    named_ids, reason = _named_people(services, number, recipient, reason)
    if named_ids == [by]:
        raise PagesNobodyElse(example=_example_recipient(services, number, by))
    user_ids = [user_id for user_id in named_ids if user_id != by]
    if not user_ids:
        raise _refusal(services, number, recipient, reason, by)
    if len(user_ids) > MAX_PEOPLE:
        raise TooManyToPage(given=escape(recipient), count=len(user_ids), most=MAX_PEOPLE)
    request = PageRequest(number=number, key=f"hand:{key}", user_ids=user_ids, reason=reason, by=by)
    services.flows.start_once(f"page:{key}", page, request)
    message = _answers_message(services, number)
    return wording.paging(mentions(user_ids), message, without_reason=incident.is_private and bool(reason))


def _named_people(services: Services, number: int, recipient: str, reason: str) -> tuple[list[str], str]:
    """The people named, and the reason. A person's full name may run on into the reason: `Ana Cruz please come`."""
    with services.database.reading() as session:
        ids_by_name = directory.ids_by_name(session)
    words = f"{recipient.removeprefix('@')} {reason}".split()
    for count in range(min(len(words), LONGEST_NAME), 1, -1):
        if user_id := ids_by_name.get(_as_name(words[:count])):
            return [user_id], " ".join(words[count:])
    user_ids = people(services, number, [recipient]) if recipient else []
    by_first_word = ids_by_name.get(_as_name(words[:1]))
    return user_ids or ([by_first_word] if by_first_word else []), reason


def _as_name(words: Sequence[str]) -> str:
    return " ".join(words).rstrip(",:").casefold()


def _answers_message(services: Services, number: int) -> str:
    """The message that shows the answers, as a link once it is in the channel: by then it may be far up."""
    with services.database.reading() as session:
        row = outbox.find(session, number, kinds.LADDER)
        if row is None or row.channel_id is None or row.ts is None:
            return wording.ANSWERS_MESSAGE
        return link(services.slack.permalink(row.channel_id, row.ts), wording.ANSWERS_MESSAGE)


def _refusal(services: Services, number: int, recipient: str, reason: str, by: str) -> WatchfloorError:
    """The refusal, with an example that works on this floor as it is currently staffed."""
    example = _example_recipient(services, number, by)
    if not recipient:
        return RecipientMissing(example=example)
    if recipient in ROLES:
        return RoleIsFree(role=recipient.replace("_", " "), number=number, example=example)
    with services.database.reading() as session:
        named = resolve_name(session, services, number, recipient, utcnow())
        known = [person.id for person in directory.people(session, named or ())]
    if known:
        return CannotBePaged(who=mentions(known), example=example)
    if named is not None and not named:
        return NobodyAtTheMoment(given=f"`{quoted(recipient)}`", example=example)
    return UnknownRecipient(given=_as_typed(recipient, reason), example=example)


def _example_recipient(services: Services, number: int, by: str) -> str:
    """A recipient that `by` could page: a role, else a group, else a person."""
    with services.database.reading() as session:
        holders_by_role = incidents.roles(session, number)
        colleague = directory.another_handle(session, by)
    roles_of_others = [role for role, holders in holders_by_role.items() if set(holders) - {by}]
    names = [*roles_of_others, *(f"@{group}" for group in services.floor.groups)]
    pageable_names = (name for name in names if 0 < len({*people(services, number, [name])} - {by}) <= MAX_PEOPLE)
    return next(pageable_names, f"@{colleague}" if colleague else mention(by))


def _as_typed(recipient: str, reason: str) -> str:
    """The recipient as the user typed it: an id as a mention, loose words in full."""
    if re.fullmatch(PERSON_ID, recipient):
        return mention(recipient)
    return f"`{quoted(recipient if recipient.startswith('@') else f'{recipient} {reason}')}`"
