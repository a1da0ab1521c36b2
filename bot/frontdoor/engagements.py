"""Report, take, answer or take back a routing fault; tell others if it is not answered in time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from msgspec import Struct
from sqlmodel import Session

from bot import outbox
from bot.frontdoor import answer_wording, ids, named_people
from bot.frontdoor import engagement_rules as rules
from bot.frontdoor import engagement_tables as tables
from bot.frontdoor import engagement_views as views
from bot.frontdoor.engagement_rules import State
from bot.frontdoor.engagement_tables import Engagement
from bot.incidents import incidents, invitations
from bot.incidents.access import visible_incident
from bot.incidents.change import Change, changing, changing_by_clock
from bot.incidents.events import AnswerOverdue, Closed, Declined, Merged
from bot.incidents.permissions import check_member
from bot.incidents.rules import REASON_SHOWN, check_may_change
from bot.outbox import kinds
from bot.runtime.database import insert
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import format_duration, mention, near_time, shorten

# Users' clocks may be a little ahead of ours.
TOLERANCE = timedelta(minutes=1)


class Fault(Struct, frozen=True):
    """What a user typed about a fault; `key` identifies the form, so that sending it twice asks once."""

    key: str
    wrong: str
    examples: str
    since: datetime | None
    workaround: str
    owner_id: str
    answer_by: datetime | None


def form(services: Services, number: int, by: str, now: datetime, wrong: str = "") -> Block:
    incident = visible_incident(services, number, by, "lead")
    check_may_change(number, incident.status)
    front_door = services.floor.front_door
    return views.form(number, front_door.routing_team or "", now, now + front_door.routing_answer_within, wrong)


def report(services: Services, number: int, fault: Fault, by: str, now: datetime) -> str:
    """Report a fault: invite the team and post a card for its answer. Returns the text for the user."""
    front_door = services.floor.front_door
    answer_by = fault.answer_by or now + front_door.routing_answer_within
    rules.check(fault.wrong, fault.since or now, answer_by, now, TOLERANCE)
    if fault.owner_id:
        named_people.check(services, ids.OWNER, fault.owner_id)
    with changing(services, number, by, now) as change:
        check_may_change(number, change.incident.status)
        if change.log_once(f"routing:{fault.key}", "routing_asked", text=fault.wrong):
            _post_card(change, _add_engagement(change, fault, answer_by))
    return answer_wording.FAULT_ASKED.format(answer_by=near_time(answer_by, now))


def _add_engagement(change: Change, fault: Fault, answer_by: datetime) -> Engagement:
    engagement = Engagement(
        incident_id=change.number,
        wrong=fault.wrong.strip(),
        examples=fault.examples.strip(),
        since=fault.since or change.now,
        workaround=fault.workaround.strip(),
        asked_by=change.by,
        asked_at=change.now,
        owner_id=fault.owner_id or None,
        answer_by=answer_by,
        due_at=answer_by,
    )
    return insert(change.session, engagement)


def _post_card(change: Change, engagement: Engagement) -> None:
    """Post the fault's card in the incident's channel, and invite those who are to answer it."""
    outbox.add(change.session, kinds.ENGAGEMENT, change.number, change.now, str(engagement.number))
    team = change.services.floor.front_door.routing_team
    groups = [team] if team and not change.incident.is_private else []
    owners = [engagement.owner_id] if engagement.owner_id else []
    key = f"routing:{engagement.number}:invited:{change.number}"
    invitations.invite(change.session, change.number, key, change.now, owners, groups=groups)


def take(services: Services, engagement_id: int, by: str, now: datetime) -> str:
    """Take a fault, to look at it. Returns the text for the user."""
    with _changing_engagement(services, engagement_id, by, now) as (change, engagement):
        engagement.owner_id = by
        change.log("routing_taken")
    return answer_wording.FAULT_TAKEN.format(answer_by=near_time(engagement.answer_by, now))


def answer_form(services: Services, engagement_id: int, by: str, now: datetime) -> Block:
    check_member(services, by)
    with services.database.reading() as session:
        engagement = _visible_engagement(session, engagement_id, by)
    _check_open(engagement, now)
    return views.answer_form(engagement)


def answer(services: Services, engagement_id: int, reply: str, by: str, now: datetime) -> str:
    """Save what was found or done. Returns the text for the user."""
    if not reply.strip():
        raise rules.ReplyMissing()
    with _changing_engagement(services, engagement_id, by, now) as (change, engagement):
        _end(engagement, State.ANSWERED, by, now)
        engagement.answer = reply.strip()
        engagement.owner_id = engagement.owner_id or by
        change.log("routing_answered", text=reply.strip())
        text = answer_wording.YOUR_FAULT_ANSWERED.format(person=mention(by), number=change.number)
        key = f"routing:{engagement.number}:answered"
        if engagement.asked_by != by:
            outbox.post(change.session, key, engagement.asked_by, text, now, incident_id=change.number)
    return answer_wording.FAULT_ANSWERED


def withdraw(services: Services, engagement_id: int, by: str, now: datetime) -> str:
    """Take back a fault that turned out not to be one. Returns the text for the user."""
    with _changing_engagement(services, engagement_id, by, now) as (change, engagement):
        _end(engagement, State.WITHDRAWN, by, now)
        change.log("routing_withdrawn")
    return answer_wording.FAULT_TAKEN_BACK


def _end(engagement: Engagement, state: State, by: str, now: datetime) -> None:
    engagement.state, engagement.answered_by, engagement.answered_at, engagement.due_at = state, by, now, None


def follow_merge(change: Change, event: Merged) -> None:
    """Move the open faults to the other incident, where they go on."""
    target = incidents.by_number(change.session, event.into)
    target_change = Change(change.session, change.services, target, change.by, change.now)
    for engagement in tables.open_faults(change.session, change.number):
        engagement.incident_id = event.into
        _post_card(target_change, engagement)
        target_change.log("routing_moved", number=change.number, text=engagement.wrong)
    change.mark_stale(kinds.ENGAGEMENT)


def end_open(change: Change, event: Closed | Declined) -> None:
    """End the open faults of an incident that is over, and say so on their cards."""
    for engagement in tables.open_faults(change.session, change.number):
        _end(engagement, State.ENDED, change.by, change.now)
        change.log("routing_ended", text=engagement.wrong)
    change.mark_stale(kinds.ENGAGEMENT)


def escalate(services: Services, now: datetime) -> None:
    """Tell others of every fault that was not answered in time, repeatedly until it is answered."""
    with services.database.reading() as session:
        due_engagements = [(engagement.number, engagement.incident_id) for engagement in tables.due(session, now)]
    for engagement_id, number in due_engagements:
        with changing_by_clock(services, number, now) as change:
            _escalate(change, tables.get(change.session, engagement_id))


def _escalate(change: Change, engagement: Engagement) -> None:
    if engagement.due_at is None or engagement.due_at > change.now:
        return
    engagement.escalations += 1
    engagement.due_at = change.now + change.services.floor.front_door.routing_answer_within
    key, text = f"routing:{engagement.number}:{engagement.escalations}", views.overdue_text(engagement, change.now)
    if change.incident.channel_id:
        outbox.post(change.session, key, change.incident.channel_id, text, change.now, incident_id=change.number)
    change.log("routing_overdue", text=engagement.wrong)
    asked_ids = (engagement.owner_id,) if engagement.owner_id else ()
    change.publish(AnswerOverdue(key, _page_reason(change, engagement), asked_ids))
    change.mark_stale(kinds.ENGAGEMENT)


def _page_reason(change: Change, engagement: Engagement) -> str:
    """Why people are paged, and once more if nobody answers."""
    wrong = shorten(" ".join(engagement.wrong.split()), REASON_SHOWN)
    length = format_duration(change.now - engagement.asked_at)
    return answer_wording.fault_unanswered(length, wrong, is_again=engagement.escalations > 1)


@contextmanager
def _changing_engagement(
    services: Services, engagement_id: int, by: str, now: datetime
) -> Iterator[tuple[Change, Engagement]]:
    """A transaction on an open fault, for any member who sees its incident."""
    with services.database.reading() as session:
        number = _visible_engagement(session, engagement_id, by).incident_id
    with changing(services, number, by, now, None) as change:
        engagement = tables.get(change.session, engagement_id)
        _check_open(engagement, now)
        yield change, engagement
        change.mark_stale(kinds.ENGAGEMENT)


def _visible_engagement(session: Session, engagement_id: int, by: str) -> Engagement:
    engagement = tables.get(session, engagement_id)
    incident = incidents.by_number(session, engagement.incident_id)
    incidents.check_visible(session, incident, by, tables.NoSuchEngagement)
    return engagement


def _check_open(engagement: Engagement, now: datetime) -> None:
    if engagement.state != State.OPEN:
        state = rules.PAST_STATES[State(engagement.state)]
        raise rules.NotOpen(state=state, when=near_time(engagement.answered_at or now, now))
