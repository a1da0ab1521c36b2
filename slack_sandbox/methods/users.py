"""`users.*` and `usergroups.*`."""

from slack_sandbox.errors import Refused
from slack_sandbox.methods.paging import page
from slack_sandbox.methods.registry import TIER_2, TIER_3, TIER_4, Request, method
from slack_sandbox.model import Channel, Group, Json


@method("users.info", TIER_4, "users:read", required=("user",))
def user_info(request: Request) -> Json:
    user = request.workspace.user_for_app(request.args.text("user"))
    return {"user": _described(request, user.id)}


@method("users.list", TIER_2, "users:read")
def list_users(request: Request) -> Json:
    shown, more = page(request, list(request.workspace.users))
    return {"members": [_described(request, u) for u in shown], "cache_ts": 0, **more}


@method("users.lookupByEmail", TIER_3, "users:read.email", required=("email",))
def look_up_by_email(request: Request) -> Json:
    email = request.args.text("email").lower()
    for user in request.workspace.users.values():
        if user.email == email and not user.is_bot:
            return {"user": _described(request, user.id)}
    raise Refused("users_not_found")


@method("users.conversations", TIER_3)
def list_conversations(request: Request) -> Json:
    user_id = request.args.text("user", request.bot.id)
    if user_id not in request.workspace.users:
        raise Refused("user_not_found")
    found = [
        channel
        for channel in wanted_channels(request)
        # The app learns only those of another person's conversations that it shares with them.
        if user_id in channel.members and (not channel.is_private or request.bot.id in channel.members)
    ]
    shown, more = page(request, found)
    return {"channels": [c.as_slack(request.bot.id) for c in shown], **more}


def wanted_channels(request: Request) -> list[Channel]:
    """The conversations of the requested `types` (public by default), without archived ones if so requested."""
    types = request.args.items("types") or ["public_channel"]
    rights = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read"}
    for kind in types:
        if kind not in (*rights, "mpim"):
            raise Refused("invalid_types")
        request.need(rights.get(kind, "mpim:read"))
    hides_archived = request.args.flag("exclude_archived")
    return [
        channel
        for channel in request.workspace.channels.values()
        if _type_of(channel) in types and not (hides_archived and channel.is_archived)
    ]


def _type_of(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    if channel.is_mpim:
        return "mpim"
    return "private_channel" if channel.is_private else "public_channel"


def _described(request: Request, user_id: str) -> Json:
    user = request.workspace.users[user_id].as_slack()
    if not request.workspace.app.has_scope("users:read.email"):
        user["profile"].pop("email", None)
    if request.args.flag("include_locale"):
        user["locale"] = request.workspace.users[user_id].locale
    return user


@method("usergroups.list", TIER_2, "usergroups:read")
def list_groups(request: Request) -> Json:
    with_users = request.args.flag("include_users")
    return {
        "usergroups": [
            group.as_slack() | ({"users": list(group.users)} if with_users else {})
            for group in request.workspace.groups.values()
        ]
    }


@method("usergroups.users.list", TIER_2, "usergroups:read", required=("usergroup",))
def list_group_users(request: Request) -> Json:
    return {"users": list(_group(request).users)}


def _group(request: Request) -> Group:
    group = request.workspace.groups.get(request.args.text("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return group
