"""Getting one person into an incident's channel: who asks to join, and who is given a role."""

from pydantic import BaseModel

from bot.incidents import participants
from bot.incidents import tables as incidents
from bot.incidents.access import incident
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.errors import OutcomeUnknown, SlackRefused
from bot.slack.text import channel_link
from bot.timeline import tables as timeline

REASONS = {
    "is_archived": "its channel is archived",
    "channel_not_found": "its channel is gone",
    "not_in_channel": "I am not in its channel myself; somebody there must `/invite` me",
    "cant_invite": "Slack does not let me invite you",
    "user_is_restricted": "Slack does not let me invite you",
}


class JoinRequest(BaseModel):
    """Who is to be let into which incident, and where the answer goes."""

    number: int
    user_id: str
    reply_to: str = ""


@flow
def join(services: Services, request: JoinRequest) -> None:
    """Invite the person; tell who asked."""
    words = let_in(services, request.number, request.user_id)
    if request.reply_to:
        answer(services, request.reply_to, words)


@step
def let_in(services: Services, number: int, user_id: str) -> str:
    """Invite one person; gives back what to answer them."""
    with services.store.reading() as session:
        found = incidents.by_number(session, number)
    channel_id = found.channel_id or ""
    try:
        refused = services.slack.invite(channel_id, [user_id]).get(user_id, "")
    except SlackRefused as failure:
        refused = failure.error
    with services.store.transaction() as session:
        if not refused:
            participants.join(session, number, [user_id], utcnow())
            return f"You are in {channel_link(channel_id)}."
        timeline.append(session, number, "trouble", utcnow(), user_id, what="invite them", reason=refused)
    why = REASONS.get(refused, f"Slack says {refused}")
    return f"I could not bring you into {channel_link(channel_id)}: {why}."


@step
def answer(services: Services, reply_to: str, words: str) -> None:
    """Say how it went to who clicked; they see the channel anyway, so a lost answer is not repeated."""
    try:
        services.slack.reply(reply_to, words)
    except (SlackRefused, OutcomeUnknown):
        return


def ask_to_join(services: Services, number: int, user_id: str, trigger_id: str, reply_to: str) -> None:
    """Let who clicked into an incident that they may see."""
    found = incident(services, number, user_id)
    request = JoinRequest(number=found.number, user_id=user_id, reply_to=reply_to)
    services.flows.start_once(f"join:{trigger_id}", join, request)


def bring_in(services: Services, number: int, user_id: str, key: str) -> None:
    """Let somebody into an incident because they have a part in it now."""
    with services.store.reading() as session:
        if participants.takes_part(session, number, user_id):
            return
    services.flows.start_once(f"bring-in:{key}", join, JoinRequest(number=number, user_id=user_id))
