"""What a person does at the page, handed to the vocabulary of that person."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from slack_sandbox.errors import NothingToClick
from slack_sandbox.model import Message
from slack_sandbox.page import composer, elements
from slack_sandbox.page.refusals import Failed
from slack_sandbox.page.story import Story
from slack_sandbox.page.visitor import Visitor
from slack_sandbox.persons import Click

Json = dict[str, Any]
Deed = Callable[[Visitor, Json], Json | None]

NOT_ANSWERED = "The app did not answer in time."


def types(visitor: Visitor, body: Json) -> Json | None:
    """Send what stands in the composer: a command as it is, words with their mentions."""
    text, channel, thread_ts = str(body["text"]), str(body["channel"]), body.get("thread_ts")
    if text.startswith("/") and not thread_ts:
        visitor.person.types(text, channel=channel)
        return None
    words = composer.encoded(text, visitor.sandbox.workspace, visitor.reader())
    return {"ts": visitor.person.says(words, channel=channel, thread_ts=thread_ts).ts}


def acts(visitor: Visitor, body: Json) -> None:
    """Press a button or choose in an element of a message, a modal or the App Home."""
    _fill(visitor, body.get("fields", []))
    try:
        click = _act(visitor, body, _place(body) | {"block_id": body["block"]})
    except NothingToClick:
        # The app has drawn this anew since, and a block that it gave no id has another one now.
        click = _act(visitor, body, _place(body))
    if click is not None and not click.acked:
        raise Failed(NOT_ANSWERED)


def submits(visitor: Visitor, body: Json) -> Json:
    """Fill in the fields of the open modal and send it."""
    _fill(visitor, body["fields"])
    submission = visitor.person.submits()
    return {"errors": submission.errors}


def closes(visitor: Visitor, body: Json) -> None:
    visitor.person.closes()


def reacts(visitor: Visitor, body: Json) -> None:
    """Add the reaction, or take it back."""
    message = _message(visitor, body)
    mine = visitor.user.id in message.reactions.get(body["name"], [])
    deed = visitor.person.unreacts if mine else visitor.person.reacts
    deed(body["name"], channel=body["channel"], ts=message.ts)


def pins(visitor: Visitor, body: Json) -> None:
    message = _message(visitor, body)
    deed = visitor.person.unpins if message.pinned else visitor.person.pins
    deed(body["channel"], message.ts)


def edits(visitor: Visitor, body: Json) -> None:
    words = composer.encoded(str(body["text"]), visitor.sandbox.workspace, visitor.reader())
    visitor.person.edits(body["channel"], body["ts"], words)


def deletes(visitor: Visitor, body: Json) -> None:
    visitor.person.deletes(body["channel"], body["ts"])


def joins(visitor: Visitor, body: Json) -> None:
    visitor.person.joins(body["channel"])


def leaves(visitor: Visitor, body: Json) -> None:
    visitor.person.leaves(body["channel"])


def invites(visitor: Visitor, body: Json) -> None:
    visitor.person.invites(body["channel"], str(body["person"]).removeprefix("@"))


def creates_channel(visitor: Visitor, body: Json) -> Json:
    created = visitor.person.creates_channel(str(body["name"]).removeprefix("#"), private=bool(body["private"]))
    return {"go": f"/channel/{created.id}?as={visitor.user.name}"}


def uses_shortcut(visitor: Visitor, body: Json) -> None:
    callback_id = body["callback_id"]
    if body.get("ts"):
        click = visitor.person.uses_message_shortcut(callback_id, channel=body["channel"], ts=body["ts"])
    else:
        click = visitor.person.uses_shortcut(callback_id)
    if not click.acked:
        raise Failed(NOT_ANSWERED)


def reads(visitor: Visitor, body: Json) -> None:
    """Note how far the conversation was read; other windows of this person drop their mark."""
    if visitor.marks.read(visitor.user.id, body["channel"], body["ts"]):
        visitor.sandbox.workspace.touch("read", user=visitor.user.id, channel=body["channel"])


def moves_clock(visitor: Visitor, body: Json) -> None:
    """Let some seconds pass, or the time until a moment."""
    sandbox = visitor.sandbox
    wait_s = float(body["until"]) - sandbox.clock.now() if "until" in body else float(body["advance_s"])
    sandbox.clock_offset_s += max(0.0, wait_s)


def tells_story(visitor: Visitor, body: Json) -> None:
    """Start, pause, go on with or stop the story."""
    if body["order"] == "start":
        visitor.story.start(float(body.get("pace", 1)))
    else:
        _ORDERS[body["order"]](visitor.story)


def resets(visitor: Visitor, body: Json) -> None:
    visitor.story.stop()
    visitor.sandbox.reset()


_ORDERS: dict[str, Callable[[Story], None]] = {
    "pause": Story.pause,
    "go_on": Story.go_on,
    "stop": Story.stop,
    "forget": Story.forget,
}

DEEDS: dict[str, Deed] = {
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
    "story": tells_story,
}


def _fill(visitor: Visitor, fields: list[Json]) -> None:
    """Bring the fields of the open modal to what stands in them at the page."""
    stack = visitor.sandbox.workspace.modals.get(visitor.user.id, [])
    reader = visitor.reader()
    for field in fields:
        entered = stack[-1].values.get(field["block"], {}).get(field["action"]) if stack else None
        if entered is None or [v for v in field["values"] if v] == elements.chosen(entered, entered, reader):
            continue
        values = _values(visitor, field)
        visitor.person.fills(field["block"], values if len(values) != 1 else values[0])


def _act(visitor: Visitor, body: Json, place: Json) -> Click | None:
    if body["kind"] in ("button", "workflow_button"):
        return visitor.person.clicks(body["action"], value=body.get("value") or None, **place)
    return visitor.person.chooses(body["action"], *_values(visitor, body), **place)


def _place(body: Json) -> Json:
    if body["surface"] == "message":
        return {"channel": body["channel"], "ts": body["ts"]}
    return {"surface": body["surface"]}


def _values(visitor: Visitor, body: Json) -> list[Any]:
    """The values of an element as the platform keeps them; a moment comes as the person's local time."""
    values = [value for value in body["values"] if value != ""]
    if body["kind"] == "datetimepicker":
        zone = visitor.reader().zone
        return [int(datetime.fromisoformat(value).replace(tzinfo=zone).timestamp()) for value in values]
    return values


def _message(visitor: Visitor, body: Json) -> Message:
    return visitor.channel(body["channel"]).messages[body["ts"]]
