"""The web server beside the bot: its end takes nothing new, and answers what was asked before."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.runtime.waiting import wait_until
from bot.web.server import Server

PATIENCE_S = 20


class Desk:
    """Answers a request once it is allowed to."""

    def __init__(self) -> None:
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.server = Server("127.0.0.1", 0)
        self.server.start(Starlette(routes=[Route("/", self._answer)]))
        self.url = f"http://127.0.0.1:{self.server.port}"

    def _answer(self, request: Request) -> PlainTextResponse:
        self.asked.set()
        assert self.may_answer.wait(PATIENCE_S)
        return PlainTextResponse("here it is")

    def is_closed(self) -> bool:
        try:
            httpx.get(f"{self.url}/nothing", timeout=PATIENCE_S)
        except httpx.TransportError:
            return True
        return False


def test_what_was_asked_before_the_end_is_answered_and_nothing_new_is_taken() -> None:
    desk = Desk()
    with ThreadPoolExecutor(2) as others:
        request = others.submit(httpx.get, desk.url, timeout=PATIENCE_S)
        assert desk.asked.wait(PATIENCE_S)
        end = others.submit(desk.server.stop)
        assert wait_until(desk.is_closed, PATIENCE_S)
        assert not end.done()

        desk.may_answer.set()

        assert request.result(PATIENCE_S).text == "here it is"
        end.result(PATIENCE_S)


def test_a_connection_that_is_kept_open_does_not_hold_up_the_end() -> None:
    desk = Desk()
    desk.may_answer.set()
    with httpx.Client() as client:
        assert client.get(desk.url).text == "here it is"
        desk.server.stop()
        with pytest.raises(httpx.TransportError):
            client.get(desk.url)
