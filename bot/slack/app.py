"""Bolt's app, which answers Slack the moment a listener acknowledges, and says while somebody waits for that."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from slack_bolt import Ack, App, BoltRequest, BoltResponse

from bot.runtime import clock
from bot.slack import deadline

WhileWaiting = Callable[[], AbstractContextManager[None]]
Answer = Callable[[BoltResponse], None]


def whose(body: Any) -> str:
    """Whose request it is, as far as it says so; people take turns."""
    if not isinstance(body, dict):
        return ""
    event = body.get("event")
    user = body.get("user_id") or body.get("user") or (event.get("user") if isinstance(event, dict) else "")
    return str(user.get("id", "") if isinstance(user, dict) else user or "")


class ImmediateAckApp(App):
    """Runs each request's listener on the thread that took the request up.

    Bolt itself starts a second thread and looks every hundredth of a second whether it has acknowledged; in a crowd
    those looks cost as much as the work.
    """

    def __init__(self, while_waiting: WhileWaiting, **options: Any) -> None:
        super().__init__(process_before_response=True, **options)
        self._foreground = while_waiting
        self._running = 0
        self.malformed = 0
        self._lock = threading.Lock()

    def is_idle(self) -> bool:
        """Has every listener ended, also those that went on after they acknowledged?"""
        return self._running == 0

    def note_malformed(self) -> None:
        """Another request had no shape of Slack's and was refused."""
        with self._lock:
            self.malformed += 1

    @contextmanager
    def _count_running(self) -> Iterator[None]:
        with self._lock:
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def handle_request(self, request: BoltRequest, answer: Answer, received_at_s: float | None = None) -> None:
        """Find the request's listener and run it to its end; `answer` hears once, as soon as it acknowledges.

        It was received at `received_at_s` by `clock.elapsed_s`; now, unless given.
        """
        with self._count_running(), ExitStack() as waiting:
            waiting.callback(deadline.end)
            deadline.begin(clock.elapsed_s() if received_at_s is None else received_at_s)
            waiting.enter_context(self._foreground())
            ack = ImmediateAck(waiting, answer)
            request.context["ack"] = ack
            response = self.dispatch(request)
            ack.answer_once(response)


class ImmediateAck(Ack):
    """An acknowledgement that is on its way when this returns. Whoever waited for it waits no longer."""

    def __init__(self, waiting: ExitStack, answer: Answer) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Bolt's own is not typed
        self._waiting, self._answer, self._is_answered = waiting, answer, False

    def __call__(self, *args: Any, **kwargs: Any) -> BoltResponse:
        """Acknowledge."""
        response = super().__call__(*args, **kwargs)
        self.answer_once(response)
        return response

    def answer_once(self, response: BoltResponse) -> None:
        """The first answer is the one that counts."""
        if not self._is_answered:
            self._is_answered = True
            self._answer(response)
            self._waiting.close()
