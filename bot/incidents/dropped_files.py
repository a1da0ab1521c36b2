"""Files that people dropped in Slack: taking them from there, and answering those that nothing reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot import outbox
from bot.directory.lookup import language_of
from bot.errors import WatchfloorError
from bot.incidents.registry import Registry
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.text import one_line

Json = dict[str, Any]
SHARES = (None, "file_share")
LONGEST_NAMES = 200


class FileGone(WatchfloorError):
    """{name} could not be taken from Slack ({reason}). Send it again."""

    es = "No se ha podido leer {name} de Slack ({reason}). Envíalo de nuevo."


class FileNotRead(WatchfloorError):
    """{names} cannot be read here. Send figures, cases, lockouts and rosters as CSV or xlsx, and rosters also as
    .ics. A new version of a post-mortem belongs in the thread of its message, and a file about an incident in the
    incident's channel."""

    es = (
        "{names} no se puede leer aquí. Envía cifras, casos, bloqueos y turnos como CSV o xlsx, y los turnos "
        "también como .ics. Una nueva versión de un post-mortem va en el hilo de su mensaje, y un archivo sobre un "
        "incidente, en el canal del incidente."
    )


def ending_of(file: Json) -> str:
    """The ending of a file's name in lower case, without its dot."""
    return str(file.get("name", "")).rpartition(".")[2].lower()


def answer_unreadable(services: Services, event: Json) -> None:
    """Answer a direct message with files that nothing reads. A thread there is about something else."""
    if event.get("channel_type") != "im" or event.get("thread_ts") or event.get("subtype") not in SHARES:
        return
    sender_id, readable = event.get("user") or "", services.get(Registry).file_endings
    names = [
        str(file.get("name") or "file") for file in event.get("files") or () if ending_of(file) not in readable
    ]
    if not names or sender_id in ("", services.slack.user_id()):
        return
    refusal, key = FileNotRead(names=one_line(", ".join(names), LONGEST_NAMES)), f"not-read:{event['ts']}"
    with services.database.transaction() as session:
        text = f"⚠️ {refusal.sentence_in(language_of(session, services, sender_id))}"
        outbox.post(session, f"{key}:{sender_id}", event["channel"], text, utcnow(), thread_ts=event["ts"])


def download(services: Services, file_id: str, name: str, gone: type[WatchfloorError] = FileGone) -> bytes:
    """The content of a file. Raises `gone`."""
    try:
        return services.slack.download(file_id)
    except SlackRefused as refusal:
        raise gone(name=name, reason=refusal.error.replace("_", " ")) from refusal


@contextmanager
def downloaded(
    services: Services, file_id: str, name: str, gone: type[WatchfloorError] = FileGone
) -> Iterator[Path]:
    """The file in a temporary folder, under its own name, whose ending says how it is read. Raises `gone`."""
    with TemporaryDirectory(prefix="dropped-") as folder:
        path = Path(folder) / (Path(name).name or "file")
        path.write_bytes(download(services, file_id, name, gone))
        yield path
