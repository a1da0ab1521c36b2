"""Bolt's app, which answers Slack the moment a listener acknowledges, and says while somebody waits for that."""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from slack_bolt import Ack, App, BoltRequest, BoltResponse

from bot.errors import WatchfloorError
from bot.runtime import clock
from bot.slack import deadline
from bot.slack.listeners import ACTION, SHORTCUT, VIEW, Listener, Listeners, Named, kind_and_id

log = logging.getLogger(__name__)

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
    those looks cost as much as the work. It also looks at the arguments of every listener when that is registered,
    and asks one after another whether a request is for it: here those of clicks and forms are found by their ids.
    """

    def __init__(self, while_waiting: WhileWaiting, **options: Any) -> None:
        super().__init__(process_before_response=True, **options)
        self._foreground = while_waiting
        self._running = 0
        self.malformed = 0
        # Is a request the echo of what the bot did itself? It is acknowledged without a listener.
        self.is_echo: Callable[[Any], bool] = lambda body: False
        # Says a sentence to the person who clicked, or sent a form.
        self.refuse: Callable[[Any, str, Ack], BoltResponse] = lambda body, sentence, ack: ack()
        self._lock = threading.Lock()
        self._by_kind: dict[str, Listeners] = defaultdict(Listeners)

    def action(self, constraints: Named, *_: Any, **__: Any) -> Callable[[Listener], Listener]:  # type: ignore[override]  # found by id alone
        """Let a function of `ack` and `body` hear of clicks on this element."""
        return self._registering(ACTION, constraints)

    def view(self, constraints: Named, *_: Any, **__: Any) -> Callable[[Listener], Listener]:  # type: ignore[override]  # found by id alone
        """Let a function of `ack` and `body` hear when this form is submitted."""
        return self._registering(VIEW, constraints)

    def shortcut(self, constraints: Named, *_: Any, **__: Any) -> Callable[[Listener], Listener]:  # type: ignore[override]  # found by id alone
        """Let a function of `ack` and `body` hear of this shortcut, global or of a message."""
        return self._registering(SHORTCUT, constraints)

    def _registering(self, kind: str, named: Named) -> Callable[[Listener], Listener]:
        def register(listener: Listener) -> Listener:
            self._by_kind[kind].add(named, listener)
            return listener

        return register

    def dispatch_by_id(self) -> None:
        """Behind every middleware registered so far, find the listeners to clicks and forms by their ids."""
        self.middleware(self._run_by_id)

    def _run_by_id(self, req: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:
        kind, called = kind_and_id(req.body)
        listener = self._by_kind[kind].find(called) if kind else None
        if listener is None:
            return next()
        ack = req.context.ack
        try:
            listener(ack=ack, body=req.body)
        except WatchfloorError as refused:  # such as a button that remembers what is not ours, or not any more
            log.warning("a listener refused", extra={"listener": called, "reason": type(refused).__name__})
            return self.refuse(req.body, refused.sentence, ack)
        except Exception:  # Slack hears of it, as of one that Bolt runs
            log.exception("a listener failed", extra={"listener": called})
            return BoltResponse(status=500)
        return ack.response or next()

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
    """An acknowledgement that is on its way when this returns. A thread that waited for it waits no longer."""

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
