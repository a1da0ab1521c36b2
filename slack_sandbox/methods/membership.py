"""`conversations.*` about membership: invite, join, kick, leave."""

from slack_sandbox import channels
from slack_sandbox.errors import Refused
from slack_sandbox.methods.registry import TIER_3, Request, method
from slack_sandbox.model import Channel, Json

USERS_PER_INVITATION = 100


@method("conversations.invite", TIER_3, required=("channel", "users"))
def invite(request: Request) -> Json:
    channel = request.joined_channel("manage", "channels:write.invites")
    users = request.args.items("users")
    if len(users) > USERS_PER_INVITATION:
        raise Refused("too_many_users")
    problems = {user: error for user in users if (error := _objection(request, channel, user))}
    valid = [user for user in users if user not in problems]
    if problems and not (valid and request.args.flag("force")):
        raise _refusal(problems)
    for user_id in valid:
        channels.join(request.workspace, channel, request.workspace.users[user_id], request.bot)
    answer: Json = {"channel": channel.as_slack(request.bot.id)}
    return answer | ({"errors": _listed(problems)} if problems else {})


def _objection(request: Request, channel: Channel, user_id: str) -> str:
    user = request.workspace.users.get(user_id)
    if user is None:
        return "user_not_found"
    if user.id == request.bot.id:
        return "cant_invite_self"
    if user.deleted:
        return "cant_invite"
    if user.id in channel.members:
        return "already_in_channel"
    if user.is_ultra_restricted:
        return "ura_max_channels"
    if user.is_stranger:
        return "user_team_not_in_channel"
    return ""


def _listed(problems: dict[str, str]) -> list[Json]:
    return [{"user": user, "ok": False, "error": error} for user, error in problems.items()]


def _refusal(problems: dict[str, str]) -> Refused:
    # The answer has the first error at the top, in addition to each person's own.
    first = next(iter(problems.values()))
    return Refused(first, errors=_listed(problems))


@method("conversations.join", TIER_3, "channels:join", required=("channel",))
def join(request: Request) -> Json:
    channel = request.workspace.channel_for_app(request.args.text("channel"))
    if channel.is_private or channel.is_im:
        raise Refused("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refused("is_archived")
    answer: Json = {}
    if request.bot.id in channel.members:
        answer["warning"] = "already_in_channel"
    else:
        channels.join(request.workspace, channel, request.bot)
    return answer | {"channel": channel.as_slack(request.bot.id)}


@method("conversations.kick", TIER_3, required=("channel", "user"))
def kick(request: Request) -> Json:
    channel = request.joined_channel("manage")
    user = request.workspace.user_for_app(request.args.text("user"))
    if user.id == request.bot.id:
        raise Refused("cant_kick_self")
    if channel.name == "general":
        raise Refused("cant_kick_from_general")
    if user.id not in channel.members:
        raise Refused("not_in_channel")
    channels.leave(request.workspace, channel, user, request.bot)
    return {}
