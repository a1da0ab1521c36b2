"""`views.*`: opening, stacking and changing modals, publishing App Homes."""

from typing import Any

from slack_sandbox import views
from slack_sandbox.blockkit import check_view
from slack_sandbox.errors import Refused
from slack_sandbox.methods.registry import TIER_4, Request, method
from slack_sandbox.model import Json, View


@method("views.open", TIER_4, required=("trigger_id", "view"))
def open_view(request: Request) -> Json:
    body = _checked(request, "modal")
    trigger = request.workspace.triggers.exchange(request.args.text("trigger_id"))
    return {"view": views.open_modal(request.workspace, trigger.user, body).as_slack()}


@method("views.push", TIER_4, required=("trigger_id", "view"))
def push_view(request: Request) -> Json:
    body = _checked(request, "modal")
    trigger = request.workspace.triggers.exchange(request.args.text("trigger_id"))
    return {"view": views.push_modal(request.workspace, trigger.user, body).as_slack()}


@method("views.update", TIER_4, required=("view",))
def update_view(request: Request) -> Json:
    body = _checked(request, None)
    view = _existing(request)
    given_hash = request.args.text("hash")
    if given_hash and given_hash != view.hash:
        raise Refused("hash_conflict")
    if body["type"] != view.body["type"]:
        raise Refused("invalid_arguments")
    views.replace_view(request.workspace, view, body)
    return {"view": view.as_slack()}


@method("views.publish", TIER_4, required=("user_id", "view"))
def publish_view(request: Request) -> Json:
    body = _checked(request, "home")
    if not request.workspace.app.has_home:
        raise Refused("not_enabled")
    user = request.workspace.user_for_app(request.args.text("user_id"))
    current = request.workspace.homes.get(user.id)
    given_hash = request.args.text("hash")
    if given_hash and (current is None or given_hash != current.hash):
        raise Refused("hash_conflict")
    return {"view": views.publish_home(request.workspace, user.id, body).as_slack()}


def _checked(request: Request, expected: str | None) -> Json:
    body: Any = request.args.structure("view")
    check_view(body, expected)
    return dict(body)


def _existing(request: Request) -> View:
    view_id, external_id = request.args.text("view_id"), request.args.text("external_id")
    for view in request.workspace.views.values():
        if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
            return view
    raise Refused("not_found")
