"""The actions of the person at the page, carried out by that `Person`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from slack_sandbox.errors import NothingToClick
from slack_sandbox.file_sharing import file_as_slack
from slack_sandbox.model import Message
from slack_sandbox.page import elements
from slack_sandbox.page.demo import Demo
from slack_sandbox.page.refusals import Failed
from slack_sandbox.page.viewer import Viewer
from slack_sandbox.passing_time import let_pass
from slack_sandbox.person import Click
from slack_sandbox.typed_text import escaped

Json = dict[str, Any]
Action = Callable[[Viewer, Json], Json | None]

NOT_ANSWERED = "The app did not answer in time."


def types(viewer: Viewer, body: Json) -> Json | None:
    """Send the composer's text: a message's is escaped, a command's is not."""
    text, channel, thread_ts = str(body["text"]), str(body["channel"]), body.get("thread_ts")
    if text.startswith("/") and not thread_ts:
        viewer.person.types(text, channel=channel)
        return None
    return {"ts": viewer.person.says(escaped(text), channel=channel, thread_ts=thread_ts).ts}


def acts(viewer: Viewer, body: Json) -> None:
    """Press a button, or choose in an element of a message, a modal or the App Home."""
    _fill(viewer, body.get("fields", []))
    try:
        click = _act(viewer, body, _place(body) | {"block_id": body["block"]})
    except NothingToClick:
        # The app has rendered this anew since, and a block without an id of its own has a new one now.
        click = _act(viewer, body, _place(body))
    if click is not None and not click.acked:
        raise Failed(NOT_ANSWERED)


def submits(viewer: Viewer, body: Json) -> Json:
    """Fill in the fields of the open modal and submit it."""
    _fill(viewer, body["fields"])
    submission = viewer.person.submits()
    return {"errors": submission.errors}


def closes(viewer: Viewer, body: Json) -> None:
    viewer.person.closes()


def reacts(viewer: Viewer, body: Json) -> None:
    """Add the reaction, or remove it."""
    message = _message(viewer, body)
    mine = viewer.user.id in message.reactions.get(body["name"], [])
    action = viewer.person.unreacts if mine else viewer.person.reacts
    action(body["name"], channel=body["channel"], ts=message.ts)


def pins(viewer: Viewer, body: Json) -> None:
    message = _message(viewer, body)
    action = viewer.person.unpins if message.pinned else viewer.person.pins
    action(body["channel"], message.ts)


def edits(viewer: Viewer, body: Json) -> None:
    viewer.person.edits(body["channel"], body["ts"], escaped(str(body["text"])))


def deletes(viewer: Viewer, body: Json) -> None:
    viewer.person.deletes(body["channel"], body["ts"])


def joins(viewer: Viewer, body: Json) -> None:
    viewer.person.joins(body["channel"])


def leaves(viewer: Viewer, body: Json) -> None:
    viewer.person.leaves(body["channel"])


def invites(viewer: Viewer, body: Json) -> None:
    viewer.person.invites(body["channel"], str(body["person"]).removeprefix("@"))


def creates_channel(viewer: Viewer, body: Json) -> Json:
    created = viewer.person.creates_channel(str(body["name"]).removeprefix("#"), private=bool(body["private"]))
    return {"go": f"/channel/{created.id}?as={viewer.user.name}"}


def uses_shortcut(viewer: Viewer, body: Json) -> None:
    callback_id = body["callback_id"]
    if body.get("ts"):
        click = viewer.person.uses_message_shortcut(callback_id, channel=body["channel"], ts=body["ts"])
    else:
        click = viewer.person.uses_shortcut(callback_id)
    if not click.acked:
        raise Failed(NOT_ANSWERED)


def reads(viewer: Viewer, body: Json) -> None:
    """Record how far the conversation was read; the person's other windows drop their mark."""
    if viewer.marks.read(viewer.user.id, body["channel"], body["ts"]):
        viewer.sandbox.workspace.touch("read", user=viewer.user.id, channel=body["channel"])


def moves_clock(viewer: Viewer, body: Json) -> None:
    """Let some seconds pass, or the time until a given one."""
    sandbox = viewer.sandbox
    if "until" in body:
        sandbox.clock_offset_s += max(0.0, float(body["until"]) - sandbox.clock.now())
    else:
        let_pass(sandbox, float(body["advance_s"]))


def controls_demo(viewer: Viewer, body: Json) -> None:
    """Start, pause, resume or stop the demo."""
    if body["order"] == "start":
        viewer.demo.start(float(body.get("pace", 1)))
    else:
        _ORDERS[body["order"]](viewer.demo)


def resets(viewer: Viewer, body: Json) -> None:
    viewer.demo.stop()
    viewer.sandbox.reset()


_ORDERS: dict[str, Callable[[Demo], None]] = {
    "pause": Demo.pause,
    "go_on": Demo.go_on,
    "stop": Demo.stop,
    "forget": Demo.forget,
}

ACTIONS: dict[str, Action] = {
    "type": types,
    "act": acts,
    "submit": submits,
    "close": closes,
    "react": reacts,
    "pin": pins,
    "edit": edits,
    "delete": deletes,
    "join": joins,
    "leave": leaves,
    "invite": invites,
    "create-channel": creates_channel,
    "shortcut": uses_shortcut,
    "read": reads,
    "clock": moves_clock,
    "reset": resets,
    "demo": controls_demo,
}


def _fill(viewer: Viewer, fields: list[Json]) -> None:
    """Fill in the open modal's fields with the values entered on the page."""
    stack = viewer.sandbox.workspace.modals.get(viewer.user.id, [])
    reader = viewer.reader()
    for field in fields:
        entered = stack[-1].values.get(field["block"], {}).get(field["action"]) if stack else None
        if entered is None or [v for v in field["values"] if v] == elements.chosen(entered, entered, reader):
            continue
        values = _values(viewer, field)
        viewer.person.fills(field["block"], values if len(values) != 1 else values[0])


def _act(viewer: Viewer, body: Json, place: Json) -> Click | None:
    if body["kind"] in ("button", "workflow_button"):
        return viewer.person.clicks(body["action"], value=body.get("value") or None, **place)
    return viewer.person.chooses(body["action"], *_values(viewer, body), **place)


def _place(body: Json) -> Json:
    if body["surface"] == "message":
        return {"channel": body["channel"], "ts": body["ts"]}
    return {"surface": body["surface"]}


def _values(viewer: Viewer, body: Json) -> list[Any]:
    """The values of an element as the platform stores them; a date and time arrives as the person's local time."""
    values = [value for value in body["values"] if value != ""]
    if body["kind"] == "datetimepicker":
        zone = viewer.reader().zone
        return [int(datetime.fromisoformat(value).replace(tzinfo=zone).timestamp()) for value in values]
    if body["kind"] == "file_input":
        workspace = viewer.sandbox.workspace
        return [file_as_slack(workspace, workspace.files[value]) for value in values if value in workspace.files]
    return values


def _message(viewer: Viewer, body: Json) -> Message:
    return viewer.channel(body["channel"]).messages[body["ts"]]
