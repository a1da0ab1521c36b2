"""`users.getPresence` and `dnd.info`: presence and Do Not Disturb."""

from slack_sandbox.methods.registry import TIER_3, Request, method
from slack_sandbox.model import Json, User

_HOUR_S = 3600


@method("users.getPresence", TIER_3, "users:read")
def presence(request: Request) -> Json:
    return {"presence": "away" if _asked_about(request).away else "active"}


@method("dnd.info", TIER_3, "dnd:read")
def do_not_disturb(request: Request) -> Json:
    """Slack gives only the next period for other users; the caller checks whether it is now."""
    now = int(request.workspace.clock.now())
    if _asked_about(request).do_not_disturb:
        span = (now - _HOUR_S, now + _HOUR_S)
        return {"dnd_enabled": True, "next_dnd_start_ts": span[0], "next_dnd_end_ts": span[1]}
    return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}


def _asked_about(request: Request) -> User:
    return request.workspace.user_for_app(request.args.text("user", request.bot.id))
