"""The bots' logs: unexpected tracebacks are violations."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

TRACEBACK = "Traceback (most recent call last)"
# A database's error goes on in lines like "DETAIL:  Key …", which name no error.
ERROR = re.compile(r"^(?:\| +)?((?:\w+\.)*[A-Z]+[a-z]\w*)(?::|$)", re.MULTILINE)
FRAME = re.compile(r"/(bot/[\w/]+\.py)\", line \d+, in (\w+)")
# Part of APScheduler's message about a job.
MOMENT = re.compile(r", next run at: [^)]*")
# Frames that every traceback of their kind has.
GENERAL = ("bot/runtime/", "bot/slack/")
# The error that ends a traceback, and the reason why it is acceptable.
EXPECTED = {
    "DatabaseBusy": "the database was locked or away",
    "OperationalError": "the database was locked or away",
    # It ends a start with a sentence for people; an end that no outage explains is a violation of its own.
    "DatabaseUnusable": "the database was away at a start",
    "AdminShutdown": "PostgreSQL was stopped",
    "CrashShutdown": "PostgreSQL was stopped without a word",
    "CannotConnectNow": "PostgreSQL was starting",
    "InvalidatePoolError": "PostgreSQL was stopped",
    "ConnectionResetError": "PostgreSQL was stopped",
}


def tracebacks(files: Iterable[Path]) -> Counter[tuple[str, str]]:
    """Count each kind of traceback by its log message and the error at its end."""
    counts: Counter[tuple[str, str]] = Counter()
    for file in files:
        if file.exists():
            counts.update(_of_file(file.read_text(errors="replace")))
    return counts


def _of_file(text: str) -> Iterable[tuple[str, str]]:
    plain: list[str] = []
    for line in text.splitlines():
        if not line.startswith("{"):
            plain.append(line)
            continue
        try:
            record = json.loads(line)
        except ValueError:
            continue  # the last line of a killed process
        if TRACEBACK in str(record.get("exception", "")):
            event = MOMENT.sub("", str(record.get("event")))[:80]
            yield f"{record.get('logger')}: {event}, {_where(record['exception'])}", _error(record["exception"])
    for part in "\n".join(plain).split(TRACEBACK)[1:]:
        yield f"outside the log, {_where(part)}", _error(part)


def _error(traceback: str) -> str:
    errors = [name.rpartition(".")[2] for name in ERROR.findall(traceback)]
    return errors[-1] if errors else "unknown"


def _where(traceback: str) -> str:
    """Return the last function in it that distinguishes it from other tracebacks."""
    frames = [f"{file} {function}" for file, function in FRAME.findall(traceback)]
    specific = [frame for frame in frames if not frame.startswith(GENERAL)]
    return (specific or frames or ["nowhere"])[-1]


def unexpected(counts: Counter[tuple[str, str]]) -> list[str]:
    """Return the tracebacks that no injected trouble explains."""
    return [f"{times} × {event}: {error}" for (event, error), times in counts.items() if error not in EXPECTED]
