"""A person's clicks and choices in messages, modals and the App Home."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any

from slack_sandbox import fields, interactions
from slack_sandbox.blockkit import check_options
from slack_sandbox.errors import NothingToClick, Refused
from slack_sandbox.message_text import elements_of
from slack_sandbox.model import Channel, Json, Message, View
from slack_sandbox.person.base import PersonBase
from slack_sandbox.person.results import Click
from slack_sandbox.records import Envelope

Wanted = Callable[[Json, Json], bool]
_BUTTONS = ("button", "workflow_button")


@dataclass
class Target:
    """A visible element and its surface."""

    block: Json
    element: Json
    view: View | None = None
    message: Message | None = None
    channel: Channel | None = None


class ElementActions(PersonBase):
    """A person's actions on interactive elements."""

    @property
    def modal(self) -> Json | None:
        """The top modal, or None."""
        view = self._top()
        return view.as_slack() if view else None

    @property
    def home(self) -> Json | None:
        view = self._workspace.homes.get(self.id)
        return view.as_slack() if view else None

    def clicks(
        self,
        action_id: str,
        channel: str | None = None,
        ts: str | None = None,
        value: str | None = None,
        surface: str | None = None,
        block_id: str | None = None,
    ) -> Click:
        """Press the newest visible button with that action_id (and value, and block)."""

        def wanted(block: Json, element: Json) -> bool:
            if element["action_id"] != action_id or element["type"] not in _BUTTONS:
                return False
            return value in (None, element.get("value")) and block_id in (None, block["block_id"])

        target = self._find(action_id, wanted, channel, ts, surface)
        button = target.element
        return self._act(target, {"value": button["value"]} if "value" in button else {})

    def chooses(
        self,
        action_id: str,
        *values: Any,
        channel: str | None = None,
        ts: str | None = None,
        surface: str | None = None,
        block_id: str | None = None,
    ) -> Click | None:
        """Choose in a select, checkboxes, an overflow …; None if that only fills in a modal's field."""

        def wanted(block: Json, element: Json) -> bool:
            if element["action_id"] != action_id or element["type"] in _BUTTONS:
                return False
            return block_id in (None, block["block_id"])

        target = self._find(action_id, wanted, channel, ts, surface)
        chosen = self._chosen(target, values)
        if target.element["type"] != "overflow":
            self._keep(target, chosen)
        if target.block["type"] == "input" and not target.block.get("dispatch_action"):
            return None
        return self._act(target, {k: v for k, v in chosen.items() if k != "type"})

    def _chosen(self, target: Target, values: tuple[Any, ...]) -> Json:
        element = target.element
        if "external" in element["type"]:
            element = element | self._suggested(target, str(values[0]) if values else "")
        elif "users_select" in element["type"]:
            values = tuple(self._workspace.person(v).id for v in values)
        elif "channels_select" in element["type"] or "conversations_select" in element["type"]:
            values = tuple(self._workspace.channel(v).id for v in values)
        try:
            return fields.chosen(element, values)
        except LookupError as error:
            raise NothingToClick(str(error)) from error

    def _suggested(self, target: Target, typed: str) -> Json:
        block_id = target.block["block_id"]
        payload = interactions.suggestion(self._workspace, self.user, block_id, target.element, typed)
        answer = self._send("interactive", payload).answer
        try:
            check_options(answer)
        except Refused as refusal:
            self._deliveries.refuse("block_suggestion", answer, refusal)
            return {}
        return answer

    def _keep(self, target: Target, chosen: Json) -> None:
        """Keep the choice for `state.values`."""
        block_id, action_id = target.block["block_id"], target.element["action_id"]
        with self._workspace.lock:
            if target.view is not None:
                target.view.values.setdefault(block_id, {})[action_id] = chosen
                self._workspace.touch("view", user=self.id, view=target.view.id)
            elif target.message is not None:
                state = self._workspace.choices.setdefault((self.id, target.message.ts), {})
                state.setdefault(block_id, {})[action_id] = chosen

    def _act(self, target: Target, value: Json) -> Click:
        act = interactions.act(self._workspace, target.block["block_id"], target.element, value)
        with self._workspace.lock:
            payload = self._payload(target, act)
        return clicked(self._send("interactive", payload))

    def _payload(self, target: Target, act: Json) -> Json:
        if target.view is not None:
            return interactions.view_action(self._workspace, self.user, target.view, act)
        if target.channel is None or target.message is None:
            raise NothingToClick("The element stands in no message.")
        return interactions.message_action(self._workspace, self.user, target.channel, target.message, act)

    def _top(self) -> View | None:
        stack = self._workspace.modals.get(self.id)
        return stack[-1] if stack else None

    def _find(
        self, action_id: str, wanted: Wanted, channel: str | None, ts: str | None, surface: str | None
    ) -> Target:
        with self._workspace.lock:
            found = self._find_in_views(wanted, surface) if channel is None else None
            if found is None and surface is None:
                found = self._find_in_channel(wanted, channel, ts)
        if found is None:
            raise NothingToClick(f"{self.user.name} sees no {action_id!r} in {surface or channel or 'sight'}.")
        return found

    def _find_in_views(self, wanted: Wanted, surface: str | None) -> Target | None:
        views = {"modal": self._top(), "home": self._workspace.homes.get(self.id)}
        for name, view in views.items():
            if view is None or surface not in (None, name):
                continue
            for block, element in elements_of(view.body["blocks"]):
                if wanted(block, element):
                    return Target(block, element, view=view)
        return None

    def _find_in_channel(self, wanted: Wanted, channel: str | None, ts: str | None) -> Target | None:
        where = self._visible(channel)
        for message in self._newest_first(where):
            if ts not in (None, message.ts):
                continue
            for block, element in elements_of(message.blocks):
                if wanted(block, element):
                    return Target(block, element, message=message, channel=where)
        return None

    def _newest_first(self, where: Channel) -> Iterator[Message]:
        """The messages, newest first, without sorting a long channel: both sources are already in time order."""
        own = [m for m in reversed(where.ephemerals) if m.ephemeral_to == self.id]
        return merge(reversed(where.messages.values()), own, key=lambda m: m.ts, reverse=True)


def clicked(envelope: Envelope) -> Click:
    return Click(envelope.acknowledged, envelope.timed_out, envelope.payload.get("trigger_id", ""), envelope.error)
