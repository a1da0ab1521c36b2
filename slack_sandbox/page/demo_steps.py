"""The steps of a demo: what its people and its narrator can do."""

import time
from collections.abc import Callable
from threading import Event
from typing import Any

from slack_sandbox.errors import NothingToClick, NotVisible
from slack_sandbox.installation import Installation
from slack_sandbox.model import Channel, Json, Message
from slack_sandbox.passing_time import let_pass

# The button's message, action_id and value.
Button = tuple[Message, str, str]
PATIENCE_S = 15.0
FORM_IS_READ_S = 2.0
_TEXTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")


class DemoEnded(Exception):
    """The demo was stopped or cannot continue; the argument says why."""


class DemoSteps:
    """The steps of one run: the current channel, and the pauses between actions."""

    def __init__(
        self,
        sandbox: Installation,
        show_caption: Callable[[str, str], None],
        going: Event,
        stopped: Event,
        pace: float,
    ) -> None:
        self._sandbox = sandbox
        self._show_caption = show_caption
        self._going = going
        self._stopped = stopped
        self._pace = pace
        self._known = set(sandbox.workspace.channels)
        self.here = ""
        # The action_id and value of the button that was pressed last.
        self._pressed = ("", "")

    def narrates(self, caption: str) -> None:
        """Show a caption; windows that follow the demo open the current channel."""
        self._show_caption(caption, self.here)

    def waits(self, seconds: float) -> None:
        """Give viewers time to read; pausing the demo extends it."""
        until = time.monotonic() + seconds / self._pace
        while (left_s := until - time.monotonic()) > 0 or not self._going.is_set():
            if self._stopped.wait(min(0.1, max(0.0, left_s))):
                raise DemoEnded("")
            self._going.wait(0.5)

    def goes_to(self, channel: str) -> None:
        self.here = self._sandbox.workspace.channel(channel).id

    def goes_to_the_new_channel(self, person: str, *confirm: str) -> None:
        """Go to the channel that the app has created since the demo began.

        If asked first, the person presses the button that confirms it.
        """

        def channel() -> Channel | None:
            if asked := self._button(person, confirm):
                message, action_id, value = asked
                self._sandbox.person(person).clicks(
                    action_id, channel=self.here, ts=message.ts, value=value or None
                )
            return self._new_channel()

        self.here = self._until(channel, "The bot opened no channel. Is it running?").id

    def says(self, person: str, text: str) -> None:
        self._enters(person)
        self._sandbox.person(person).types(text, channel=self.here)

    def presses(self, person: str, *action_ids: str) -> None:
        """Press the newest button with one of these ids: its label may change or be in another language."""
        self._enters(person)

        def button() -> Button | None:
            return self._button(person, action_ids)

        message, action_id, value = self._until(button, f"There is no button {' or '.join(action_ids)}.")
        self._sandbox.person(person).clicks(action_id, channel=self.here, ts=message.ts, value=value or None)
        self._pressed = action_id, value

    def fills_form(self, person: str, **values: Any) -> None:
        """Fill in these fields of the form that opens, by id, and submit it."""
        actor = self._sandbox.person(person)
        self._until(lambda: actor.modal is not None, "No form was opened.")
        self.waits(FORM_IS_READ_S)
        for block_id, value in values.items():
            if value:
                actor.fills(block_id, value)
        actor.submits()
        self._sandbox.quiet()

    def drops(self, person: str, name: str, content: bytes) -> None:
        """Upload a file to the channel."""
        self._enters(person)
        self._sandbox.person(person).uploads(self.here, name, content)

    def now(self) -> float:
        """The time on the workspace's clock."""
        return self._sandbox.clock.now()

    def id_of(self, person: str) -> str:
        """The id with which a person is mentioned."""
        return self._sandbox.person(person).id

    def answers_form(self, person: str, text: str, choice: str = "") -> None:
        """Fill in the empty fields of the form that the pressed button opens, and submit it.

        Some buttons act at once, without a form, and are gone then. An option named `choice` is taken, if there is
        one, else the first.
        """
        actor = self._sandbox.person(person)
        self._until(lambda: actor.modal is not None or self._is_pressed_gone(person), "The button did nothing.")
        if actor.modal is None:
            return
        self.waits(FORM_IS_READ_S)
        for block in actor.modal["blocks"]:
            if block["type"] == "input" and _is_wanted(actor.modal, block):
                actor.fills(block["block_id"], self._answer(block["element"], text, choice, actor.id))
        actor.submits()
        self._sandbox.quiet()

    def sees_the_button_gone(self, person: str) -> None:
        """Wait until the pressed button is gone, because what it asked for is done."""
        self._until(lambda: self._is_pressed_gone(person), "What the button asked for was not done.")

    def _answer(self, element: Json, text: str, choice: str, person_id: str) -> Any:
        """The value for a field: the text, the person, the current time, or an option."""
        match element["type"]:
            case kind if kind in _TEXTS:
                return text
            case "users_select":
                return person_id
            case "datetimepicker":
                return int(self._sandbox.clock.now())
            case _:
                options = element.get("options") or element["option_groups"][0]["options"]
                named = [option for option in options if option["text"]["text"] == choice]
                return str((named or options)[0]["value"])

    def lets_pass(self, minutes: float) -> None:
        let_pass(self._sandbox, minutes * 60)

    def reads_the_direct_message(self, person: str) -> None:
        """Wait for the file that the app sends to this person."""
        actor = self._sandbox.person(person)
        self._until(lambda: any(m.files for m in actor.direct_messages()), "No file came.")
        self.here = self._sandbox.workspace.direct_message(actor.user).id

    def _enters(self, person: str) -> None:
        actor = self._sandbox.person(person)
        if actor.id not in self._sandbox.workspace.channels[self.here].members:
            actor.joins(self.here)

    def _new_channel(self) -> Channel | None:
        channels = self._sandbox.workspace.channels.values()
        return next((c for c in channels if c.id not in self._known and not c.is_im), None)

    def _button(self, person: str, action_ids: tuple[str, ...]) -> Button | None:
        for message in reversed(self._sandbox.person(person).sees(self.here)):
            for action_id, value, _ in message.buttons:
                if action_id in action_ids:
                    return message, action_id, value
        return None

    def _is_pressed_gone(self, person: str) -> bool:
        messages = self._sandbox.person(person).sees(self.here)
        return all(self._pressed != (action_id, value) for each in messages for action_id, value, _ in each.buttons)

    def _until(self, condition: Callable[[], Any], otherwise: str) -> Any:
        try:
            return self._sandbox.wait_for(condition, timeout=PATIENCE_S)
        except (TimeoutError, NotVisible, NothingToClick) as nothing:
            raise DemoEnded(otherwise) from nothing


def _is_wanted(view: Json, block: Json) -> bool:
    """Whether a field is empty, and either required or a text input."""
    value = view["state"]["values"][block["block_id"]][block["element"]["action_id"]]
    is_empty = not any(v for key, v in value.items() if key != "type")
    return is_empty and (not block.get("optional") or block["element"]["type"] in _TEXTS)
