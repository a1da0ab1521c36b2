"""What the bots wrote in their logs: tracebacks that nobody expects are faults."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

TRACEBACK = "Traceback (most recent call last)"
# A database's error goes on in lines like "DETAIL:  Key …", which name no error.
ERROR = re.compile(r"^(?:\| +)?((?:\w+\.)*[A-Z]+[a-z]\w*)(?::|$)", re.MULTILINE)
FRAME = re.compile(r"/(bot/[\w/]+\.py)\", line \d+, in (\w+)")
# In what APScheduler says of a job.
MOMENT = re.compile(r", next run at: [^)]*")
# Frames that every traceback of their kind has.
GENERAL = ("bot/runtime/", "bot/slack/")
# The error that ends a traceback, and why it may be there.
EXPECTED = {
    "DatabaseBusy": "the database was locked or away",
    "OperationalError": "the database was locked or away",
    # It ends a start, which a person reads as a sentence; an end that no outage explains is a violation of its own.
    "DatabaseUnusable": "the database was away at a start",
    "AdminShutdown": "PostgreSQL was stopped",
    "CrashShutdown": "PostgreSQL was stopped without a word",
    "CannotConnectNow": "PostgreSQL was starting",
    "InvalidatePoolError": "PostgreSQL was stopped",
    "ConnectionResetError": "PostgreSQL was stopped",
}


def tracebacks(files: Iterable[Path]) -> Counter[tuple[str, str]]:
    """How often each kind of traceback was written: what was said with it, and the error at its end."""
    found: Counter[tuple[str, str]] = Counter()
    for file in files:
        if file.exists():
            found.update(_of_file(file.read_text(errors="replace")))
    return found


def _of_file(text: str) -> Iterable[tuple[str, str]]:
    plain: list[str] = []
    for line in text.splitlines():
        if not line.startswith("{"):
            plain.append(line)
            continue
        try:
            said = json.loads(line)
        except ValueError:
            continue  # the last line of a killed process
        if TRACEBACK in str(said.get("exception", "")):
            event = MOMENT.sub("", str(said.get("event")))[:80]
            yield f"{said.get('logger')}: {event}, {_where(said['exception'])}", _error(said["exception"])
    for part in "\n".join(plain).split(TRACEBACK)[1:]:
        yield f"outside the log, {_where(part)}", _error(part)


def _error(traceback: str) -> str:
    errors = [name.rpartition(".")[2] for name in ERROR.findall(traceback)]
    return errors[-1] if errors else "unknown"


def _where(traceback: str) -> str:
    """The last function in it that tells one traceback from another."""
    frames = [f"{file} {function}" for file, function in FRAME.findall(traceback)]
    telling = [frame for frame in frames if not frame.startswith(GENERAL)]
    return (telling or frames or ["nowhere"])[-1]


def unexpected(found: Counter[tuple[str, str]]) -> list[str]:
    """Those that nothing which was broken explains."""
    return [f"{times} × {event}: {error}" for (event, error), times in found.items() if error not in EXPECTED]
