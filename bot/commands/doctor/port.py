"""Can the bot listen where it is to?"""

import json
from collections.abc import Iterator
from urllib.request import urlopen

from bot.commands.doctor.findings import Finding, missing, ok
from bot.web.server import PortRefused, Server

ANSWERS_WITHIN_S = 3


def check(host: str, port: int) -> Iterator[Finding]:
    """Take the port and give it back; when it is taken, it may be by the bot itself."""
    try:
        Server(host, port).stop()
    except PortRefused as refused:
        if _is_the_bot(port):
            yield ok(f"The bot answers on port {port}.")
        else:
            problem, _, remedy = refused.sentence.partition(". ")
            yield missing(f"{problem}.", remedy)
    else:
        yield ok(f"Port {port} is free.")


def _is_the_bot(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=ANSWERS_WITHIN_S) as answer:
            return "problems" in json.load(answer)
    except (OSError, ValueError):
        return False
