"""`conversations.*` that read: lists, members, history, threads, and opening direct messages."""

from slack_sandbox.errors import Refused
from slack_sandbox.methods.paging import page
from slack_sandbox.methods.registry import TIER_2, TIER_3, TIER_4, Request, method
from slack_sandbox.methods.users import wanted_channels
from slack_sandbox.model import Channel, Json, Message, User

HISTORY_LIMIT = 999
USERS_PER_CONVERSATION = 8


@method("conversations.list", TIER_2)
def list_channels(request: Request) -> Json:
    bot = request.bot.id
    found = [c for c in wanted_channels(request) if not c.is_private or bot in c.members]
    shown, more = page(request, found)
    described = [c.as_slack(bot) | {"num_members": len(c.members)} for c in shown]
    return {"channels": described, **more}


@method("conversations.members", TIER_4, required=("channel",))
def list_members(request: Request) -> Json:
    shown, more = page(request, list(request.channel("read").members))
    return {"members": list(shown), **more}


@method("conversations.history", TIER_3, required=("channel",))
def history(request: Request) -> Json:
    """Newest first, without replies in threads (unless broadcast) and without ephemerals."""
    channel = _readable(request)
    newest_first = [m for m in reversed(channel.messages.values()) if _is_within(request, m) and _is_in_channel(m)]
    shown, more = page(request, newest_first, most=HISTORY_LIMIT)
    has_more = bool(more["response_metadata"]["next_cursor"])
    answer: Json = {"messages": [_shown(request, m) for m in shown], "has_more": has_more}
    return answer | {"pin_count": len(channel.pins)} | (more if has_more else {})


@method("conversations.replies", TIER_3, required=("channel", "ts"))
def replies(request: Request) -> Json:
    """The parent first, then its replies, oldest first."""
    channel = _readable(request)
    parent = channel.messages.get(request.args.text("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    root = parent.thread_ts or parent.ts
    thread = [m for m in channel.messages.values() if m.ts == root or _answers(request, m, root)]
    shown, more = page(request, thread)
    has_more = bool(more["response_metadata"]["next_cursor"])
    answer: Json = {"messages": [_shown(request, m) for m in shown], "has_more": has_more}
    return answer | (more if has_more else {})


def _opened(request: Request, people: list[User]) -> Channel:
    if len(people) == 1:
        request.need("im:write")
        return request.workspace.direct_message(people[0])
    request.need("mpim:write")
    return request.workspace.group_message(people)


@method("conversations.open", TIER_3)
def open_conversation(request: Request) -> Json:
    users = request.args.items("users")
    if request.args.has("channel"):
        return {"channel": {"id": request.channel("read").id}}
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > USERS_PER_CONVERSATION:
        raise Refused("too_many_users")
    people = [request.workspace.user_for_app(user_id) for user_id in users]
    if any(person.is_bot for person in people):
        raise Refused("cannot_dm_bot")
    if any(person.deleted for person in people):
        raise Refused("user_disabled")
    channel = _opened(request, people)
    if request.args.flag("return_im"):
        return {"channel": channel.as_slack(request.bot.id)}
    return {"channel": {"id": channel.id}}


def _readable(request: Request) -> Channel:
    channel = request.channel("history")
    if request.bot.id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _is_within(request: Request, message: Message) -> bool:
    oldest, latest = request.args.text("oldest"), request.args.text("latest")
    inclusive = request.args.flag("inclusive")
    ts = float(message.ts)
    try:
        too_old = bool(oldest) and (ts < float(oldest) or (ts == float(oldest) and not inclusive))
        too_new = bool(latest) and (ts > float(latest) or (ts == float(latest) and not inclusive))
    except ValueError as error:
        raise Refused("invalid_ts_oldest" if oldest else "invalid_ts_latest") from error
    return not (too_old or too_new)


def _is_in_channel(message: Message) -> bool:
    return not message.is_reply or message.broadcast


def _answers(request: Request, message: Message, root: str) -> bool:
    return message.thread_ts == root and _is_within(request, message)


def _shown(request: Request, message: Message) -> Json:
    return message.as_slack(with_metadata=request.args.flag("include_all_metadata"))
