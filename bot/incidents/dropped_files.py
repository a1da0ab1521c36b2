"""Taking files that people dropped in Slack from there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.errors import WatchfloorError
from bot.services import Services
from bot.slack.errors import SlackRefused


class FileGone(WatchfloorError):
    """{name} could not be taken from Slack ({reason}). Send it again."""

    es = "No se ha podido leer {name} de Slack ({reason}). Envíalo de nuevo."


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
