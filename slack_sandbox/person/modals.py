"""Filling in modals: fields, submission, closing; opening the App Home; using shortcuts."""

from typing import Any

from slack_sandbox import fields, interactions, views
from slack_sandbox.blockkit import check_view
from slack_sandbox.errors import NothingToClick, Refused
from slack_sandbox.model import Json, View
from slack_sandbox.person.elements import ElementActions, Target, clicked
from slack_sandbox.person.results import Click, Submission

REQUIRED = "Please complete this required field."
TROUBLE = "We had some trouble connecting. Try again?"


class ModalActions(ElementActions):
    """A person's actions on modals, the App Home and shortcuts."""

    def fills(self, field: str, value: Any) -> Click | None:
        """Fill in the input with that block_id or label."""
        target = self._input(field)
        values = tuple(value) if isinstance(value, (list, tuple)) else (value,)
        self._keep(target, self._chosen(target, values))
        if not target.block.get("dispatch_action"):
            return None
        chosen = {k: v for k, v in self._chosen(target, values).items() if k != "type"}
        return self._act(target, chosen)

    def submits(self) -> Submission:
        view = self._modal()
        problems = _local_problems(view)
        if problems:
            return Submission(False, problems, view.as_slack())
        with self._workspace.lock:
            payload = interactions.submission(self._workspace, self.user, view)
        envelope = self._send("interactive", payload)
        if not envelope.acknowledged:
            return Submission(False, {"": TROUBLE}, view.as_slack(), timed_out=True)
        try:
            return self._follow(view, envelope.answer)
        except Refused as refusal:
            self._deliveries.refuse("view_submission", envelope.answer, refusal)
            return Submission(False, {"": TROUBLE}, view.as_slack())

    def closes(self) -> None:
        """Close the top modal, and notify the app if it asked for that."""
        view = self._modal()
        clears = bool(view.body.get("clear_on_close"))
        if view.body.get("notify_on_close"):
            self._send("interactive", interactions.closing(self._workspace, self.user, view, clears))
        if clears:
            views.close_all(self._workspace, self.id)
        else:
            views.close_top(self._workspace, self.id)

    def opens_home(self) -> None:
        with self._workspace.lock:
            event: Json = {
                "type": "app_home_opened",
                "user": self.id,
                "channel": self._workspace.direct_message(self.user).id,
                "tab": "home",
                "event_ts": self._workspace.clock.ts(),
            }
            current = self._workspace.homes.get(self.id)
            if current is not None:
                event["view"] = current.as_slack()
            self._workspace.announce(event)

    def uses_shortcut(self, callback_id: str) -> Click:
        self._check_offered(callback_id, "global")
        payload = interactions.global_shortcut(self._workspace, self.user, callback_id)
        return clicked(self._send("interactive", payload))

    def uses_message_shortcut(self, callback_id: str, channel: str, ts: str) -> Click:
        self._check_offered(callback_id, "message")
        with self._workspace.lock:
            where = self._visible(channel)
            message = where.messages[ts]
            payload = interactions.message_shortcut(self._workspace, self.user, callback_id, where, message)
        return clicked(self._send("interactive", payload))

    def _check_offered(self, callback_id: str, kind: str) -> None:
        if not self._workspace.app.offers_shortcut(callback_id, kind):
            raise NothingToClick(f"The app offers no {kind} shortcut {callback_id!r}.")

    def _modal(self) -> View:
        view = self._top()
        if view is None:
            raise NothingToClick(f"{self.user.name} has no modal open.")
        return view

    def _input(self, field: str) -> Target:
        view = self._modal()
        for block in view.body["blocks"]:
            label = block.get("label", {}).get("text")
            if block["type"] == "input" and field in (block["block_id"], label):
                return Target(block, block["element"], view=view)
        known = [b.get("label", {}).get("text") for b in view.body["blocks"] if b["type"] == "input"]
        raise NothingToClick(f"The modal has no field {field!r}, only: {known}")

    def _follow(self, view: View, answer: Json) -> Submission:
        """Carry out the `response_action` of the acknowledgement."""
        action = answer.get("response_action")
        if action == "errors":
            return Submission(False, _known_errors(view, answer), view.as_slack())
        if action == "update":
            check_view(answer["view"], "modal")
            views.replace_view(self._workspace, view, answer["view"])
        elif action == "push":
            check_view(answer["view"], "modal")
            views.push_modal(self._workspace, self.id, answer["view"])
        elif action == "clear":
            views.close_all(self._workspace, self.id)
        else:
            views.close_view(self._workspace, view)
        return Submission(action not in ("update", "push"), {}, self.modal)


def _known_errors(view: View, answer: Json) -> dict[str, str]:
    """The errors, if all belong to input blocks of this view; otherwise Slack shows none of them."""
    errors = answer.get("errors") or {}
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not errors or not inputs.issuperset(errors):
        raise Refused("invalid_response_errors")
    return dict(errors)


def _local_problems(view: View) -> dict[str, str]:
    """The problems that Slack's own client finds before it asks the app."""
    problems = {}
    for block in view.body["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        problem = _problem(block, view.values[block["block_id"]][element["action_id"]])
        if problem:
            problems[block["block_id"]] = problem
    return problems


def _problem(block: Json, value: Json) -> str:
    element = block["element"]
    if fields.is_empty(value):
        return "" if block.get("optional") else REQUIRED
    text = value.get("value")
    if isinstance(text, str) and element["type"] == "plain_text_input":
        if len(text) < element.get("min_length", 0):
            return f"Please enter at least {element['min_length']} characters."
        if len(text) > element.get("max_length", 3000):
            return f"Please enter no more than {element.get('max_length', 3000)} characters."
    return ""
