"""Modals and App Homes: each person's stack of open modals, and their field values."""

import secrets

from slack_sandbox.block_ids import name_blocks
from slack_sandbox.errors import Refused
from slack_sandbox.fields import initial_values
from slack_sandbox.model import Json, View
from slack_sandbox.workspace import Workspace

STACK_DEPTH = 3


def open_modal(workspace: Workspace, user_id: str, body: Json) -> View:
    """Open a modal in place of any that are open."""
    with workspace.lock:
        _drop(workspace, user_id)
        return _stack(workspace, user_id, body)


def push_modal(workspace: Workspace, user_id: str, body: Json) -> View:
    with workspace.lock:
        depth = len(workspace.modals.get(user_id, []))
        if depth >= STACK_DEPTH:
            raise Refused("push_limit_reached")
        if not depth:
            raise Refused("expired_trigger_id")
        return _stack(workspace, user_id, body)


def replace_view(workspace: Workspace, view: View, body: Json) -> None:
    """Show another body in an open view; fields that remain keep their values."""
    with workspace.lock:
        name_blocks(body["blocks"])
        view.body = body
        fresh = initial_values(body["blocks"])
        view.values = {
            block_id: {action: view.values.get(block_id, {}).get(action, value) for action, value in row.items()}
            for block_id, row in fresh.items()
        }
        view.hash = _new_hash(workspace)
        workspace.touch("view", user=view.user, view=view.id)


def publish_home(workspace: Workspace, user_id: str, body: Json) -> View:
    with workspace.lock:
        current = workspace.homes.get(user_id)
        if current is None:
            current = _new_view(workspace, user_id, body)
            workspace.homes[user_id] = current
        replace_view(workspace, current, body)
        return current


def close_view(workspace: Workspace, view: View) -> None:
    """Close this modal; the app may have opened another in its place meanwhile."""
    with workspace.lock:
        stack = workspace.modals.get(view.user, [])
        if view in stack:
            stack.remove(view)
        workspace.views.pop(view.id, None)
        workspace.touch("view", user=view.user, view="")


def close_top(workspace: Workspace, user_id: str) -> None:
    """Close the top modal and show the one below it, if any."""
    with workspace.lock:
        stack = workspace.modals.get(user_id, [])
        if stack:
            workspace.views.pop(stack.pop().id, None)
            workspace.touch("view", user=user_id, view="")


def close_all(workspace: Workspace, user_id: str) -> None:
    with workspace.lock:
        _drop(workspace, user_id)
        workspace.touch("view", user=user_id, view="")


def _drop(workspace: Workspace, user_id: str) -> None:
    for view in workspace.modals.pop(user_id, []):
        workspace.views.pop(view.id, None)


def _stack(workspace: Workspace, user_id: str, body: Json) -> View:
    stack = workspace.modals.setdefault(user_id, [])
    view = _new_view(workspace, user_id, body)
    if stack:
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
    stack.append(view)
    workspace.touch("view", user=user_id, view=view.id)
    return view


def _new_view(workspace: Workspace, user_id: str, body: Json) -> View:
    external_id = body.get("external_id")
    if external_id and any(v.body.get("external_id") == external_id for v in workspace.views.values()):
        raise Refused("duplicate_external_id")
    name_blocks(body["blocks"])
    view_id = workspace.new_id("V")
    view = View(view_id, user_id, body, _new_hash(workspace), view_id, values=initial_values(body["blocks"]))
    workspace.views[view.id] = view
    return view


def _new_hash(workspace: Workspace) -> str:
    return f"{workspace.clock.ts()}.{secrets.token_hex(4)}"
