"""Bolt's app, which answers Slack the moment a listener acknowledges, and signals while a user waits for that."""

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
from bot.slack.listeners import ACTION, SHORTCUT, VIEW, IdOrPattern, Listener, Listeners, kind_and_id

log = logging.getLogger(__name__)

WhileWaiting = Callable[[], AbstractContextManager[None]]
Answer = Callable[[BoltResponse], None]


def user_of_request(body: Any) -> str:
    """The user who sent the request, as far as it says; users take turns."""
    if not isinstance(body, dict):
        return ""
    event = body.get("event")
    user = body.get("user_id") or body.get("user") or (event.get("user") if isinstance(event, dict) else "")
    return str(user.get("id", "") if isinstance(user, dict) else user or "")


class ImmediateAckApp(App):
    """Runs each request's listener on the thread that took the request.

    Bolt itself starts a second thread and checks every hundredth of a second whether it has acknowledged; in a
    crowd, those checks cost as much as the work. It also inspects every listener's arguments at registration, and
    asks one after another whether a request is for it; here, those for clicks and forms are found by their ids.
    """

    def __init__(self, while_waiting: WhileWaiting, **options: Any) -> None:
        super().__init__(process_before_response=True, **options)
        self._foreground = while_waiting
        self._running_count = 0
        self.malformed = 0
        # Whether a request is an echo of the bot's own action; it is then acknowledged without a listener.
        self.is_echo: Callable[[Any], bool] = lambda body: False
        # Shows a sentence to the user who clicked or submitted a form.
        self.refuse: Callable[[Any, str, Ack], BoltResponse] = lambda body, sentence, ack: ack()
        self._lock = threading.Lock()
        self._by_kind: dict[str, Listeners] = defaultdict(Listeners)

    def action(self, constraints: IdOrPattern, *_: Any, **__: Any) -> Callable[[Listener], Listener]:  # type: ignore[override]  # found by id alone
        """Call a function of `ack` and `body` for clicks on this element."""
        return self._registering(ACTION, constraints)

    def view(self, constraints: IdOrPattern, *_: Any, **__: Any) -> Callable[[Listener], Listener]:  # type: ignore[override]  # found by id alone
        """Call a function of `ack` and `body` when this form is submitted."""
        return self._registering(VIEW, constraints)

    def shortcut(self, constraints: IdOrPattern, *_: Any, **__: Any) -> Callable[[Listener], Listener]:  # type: ignore[override]  # found by id alone
        """Call a function of `ack` and `body` for this shortcut, global or on a message."""
        return self._registering(SHORTCUT, constraints)

    def _registering(self, kind: str, id_or_pattern: IdOrPattern) -> Callable[[Listener], Listener]:
        def register(listener: Listener) -> Listener:
            self._by_kind[kind].add(id_or_pattern, listener)
            return listener

        return register

    def dispatch_by_id(self) -> None:
        """Find the listeners for clicks and forms by their ids, after every middleware registered so far."""
        self.middleware(self._run_by_id)

    def _run_by_id(self, req: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:
        kind, called = kind_and_id(req.body)
        listener = self._by_kind[kind].find(called) if kind else None
        if listener is None:
            return next()
        ack = req.context.ack
        try:
            listener(ack=ack, body=req.body)
        except WatchfloorError as refused:  # such as for a button whose value is not ours, or no longer
            log.warning("a listener refused", extra={"listener": called, "reason": type(refused).__name__})
            return self.refuse(req.body, refused.sentence, ack)
        except Exception:  # Slack gets an error, as from a listener that Bolt runs
            log.exception("a listener failed", extra={"listener": called})
            return BoltResponse(status=500)
        return ack.response or next()

    def is_idle(self) -> bool:
        """True if all listeners have ended, including those that went on after acknowledging."""
        return self._running_count == 0

    def note_malformed(self) -> None:
        """Count a request that was refused because it did not have the shape of Slack's."""
        with self._lock:
            self.malformed += 1

    @contextmanager
    def _count_running(self) -> Iterator[None]:
        with self._lock:
            self._running_count += 1
        try:
            yield
        finally:
            with self._lock:
                self._running_count -= 1

    def handle_request(self, request: BoltRequest, answer: Answer, received_at_s: float | None = None) -> None:
        """Find the request's listener and run it to its end; call `answer` once, as soon as it acknowledges.

        `received_at_s` is when the request was received by `clock.elapsed_s`; the default is now.
        """
        with self._count_running(), ExitStack() as until_acknowledged:
            until_acknowledged.callback(deadline.end)
            deadline.begin(clock.elapsed_s() if received_at_s is None else received_at_s)
            until_acknowledged.enter_context(self._foreground())
            ack = ImmediateAck(until_acknowledged, answer)
            request.context["ack"] = ack
            response = self.dispatch(request)
            ack.answer_once(response)


class ImmediateAck(Ack):
    """An acknowledgement that is on its way when the call returns; from then on, the user no longer waits."""

    def __init__(self, until_acknowledged: ExitStack, answer: Answer) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Bolt's own is not typed
        self._until_acknowledged, self._answer, self._is_answered = until_acknowledged, answer, False

    def __call__(self, *args: Any, **kwargs: Any) -> BoltResponse:
        response = super().__call__(*args, **kwargs)
        self.answer_once(response)
        return response

    def answer_once(self, response: BoltResponse) -> None:
        """Send the answer, unless one was sent before."""
        if not self._is_answered:
            self._is_answered = True
            self._answer(response)
            self._until_acknowledged.close()
