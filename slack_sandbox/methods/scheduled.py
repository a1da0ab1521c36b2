"""`chat.scheduleMessage`: messages for later, posted when the workspace's clock gets there."""

from slack_sandbox.errors import Refused, invalid_arguments
from slack_sandbox.methods.chat import composed, destination
from slack_sandbox.methods.registry import TIER_3, Request, method
from slack_sandbox.model import Json

DAYS_AHEAD = 120
PER_FIVE_MINUTES = 30
_DAY_S = 86_400
_WINDOW_S = 300


@method("chat.scheduleMessage", TIER_3, "chat:write", required=("channel", "post_at"))
def schedule_message(request: Request) -> Json:
    channel = destination(request)
    post_at = _post_at(request)
    near = [s for s in request.workspace.scheduled.values() if _shares_window(s, channel.id, post_at)]
    if len(near) >= PER_FIVE_MINUTES:
        raise Refused("restricted_too_many")
    message = composed(request, channel)
    scheduled_id = request.workspace.new_id("Q")
    request.workspace.scheduled[scheduled_id] = {
        "channel": channel.id,
        "post_at": post_at,
        "text": message.text,
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "metadata": message.metadata,
    }
    return {
        "channel": channel.id,
        "scheduled_message_id": scheduled_id,
        "post_at": post_at,
        "message": message.as_slack(),
    }


def _post_at(request: Request) -> int:
    try:
        post_at = int(request.args.text("post_at"))
    except ValueError as error:
        raise invalid_arguments("post_at must be an integer") from error
    now = request.workspace.clock.now()
    if post_at <= now:
        raise Refused("time_in_past")
    if post_at > now + DAYS_AHEAD * _DAY_S:
        raise Refused("time_too_far")
    return post_at


def _shares_window(other: Json, channel_id: str, post_at: int) -> bool:
    return bool(other["channel"] == channel_id and other["post_at"] // _WINDOW_S == post_at // _WINDOW_S)
