"""Check of the port on which the bot listens."""

import json
from collections.abc import Iterator
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request

from bot.commands.doctor.findings import Finding, missing, ok
from bot.runtime.network import Network
from bot.web.server import PortRefused, Server

ANSWERS_WITHIN_S = 3


def check(host: str, port: int) -> Iterator[Finding]:
    """Bind the port and release it; if it is in use, it may be in use by the bot itself."""
    try:
        Server(host, port).stop()
    except PortRefused as refused:
        problems = _problems_of_bot(port)
        if problems is not None:
            yield ok(f"The bot answers on port {port}.")
            for problem in problems:
                yield missing(f"The running bot says: {problem}", "Its log says more.")
        else:
            problem, _, remedy = refused.sentence.partition(". ")
            yield missing(f"{problem}.", remedy)
    else:
        yield ok(f"Port {port} is free.")


def _problems_of_bot(port: int) -> list[str] | None:
    """Return the problems that the bot on that port reports; None if no bot runs there."""
    try:
        # No proxy is used for this machine.
        with Network().open(Request(f"http://127.0.0.1:{port}/healthz"), ANSWERS_WITHIN_S) as answer:
            return _problems(answer.read())
    except HTTPError as unwell:
        return _problems(unwell.read())
    except (OSError, HTTPException):
        return None


def _problems(answer: bytes) -> list[str] | None:
    try:
        problems = json.loads(answer)["problems"]
    except (ValueError, LookupError, TypeError):
        return None
    return [str(problem) for problem in problems] if isinstance(problems, list) else None
