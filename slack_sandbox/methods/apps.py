"""`apps.connections.open`: the way into Socket Mode, with the app-level token."""

from slack_sandbox.errors import Refused
from slack_sandbox.methods.registry import TIER_3, Request, method
from slack_sandbox.model import Json


@method("apps.connections.open", TIER_3, takes="xapp")
def open_connection(request: Request) -> Json:
    if not request.workspace.app.socket_mode:
        raise Refused("socket_mode_not_enabled")
    return {"url": request.workspace.new_socket_url()}
