"""`watchfloor export`: an incident's files, written where only their owner can read them."""

import os
import zipfile
from io import BytesIO
from pathlib import Path

from msgspec.structs import replace

from bot.bootstrap import build_services
from bot.commands.arguments import known_number
from bot.config.settings import Settings
from bot.errors import TryLater, WatchfloorError
from bot.runtime import migrations
from bot.runtime.clock import utcnow
from bot.screens.records.export import Files, build_files
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.gateway import Gateway

OWNER_ONLY = 0o600


class ExportPostponed(WatchfloorError):
    """The export was not made: {reason}. Nothing was written; please try again."""


class TargetExists(WatchfloorError):
    """{path} is there already, and nothing was written over it. Choose another place with `--to`."""


class TargetUnwritable(WatchfloorError):
    """{path} cannot be written: {reason}. Choose another place with `--to`."""


def export(settings: Settings, number: int, to: Path, *, zipped: bool, is_private_meant: bool) -> Path:
    """Write an incident's files into the folder `to`, or as a zip file to `to`. Return the path."""
    if to.exists():
        raise TargetExists(path=to)
    services = _read_only_services(settings)
    try:
        migrations.check(services.database.engine)
        with known_number(number):
            files = build_files(services, number, utcnow(), is_private_meant=is_private_meant)
    except TryLater as try_later:
        raise ExportPostponed(reason=try_later.reason) from try_later
    finally:
        services.background.close()
        services.flows.close()
        services.database.close()
    try:
        _write_all(to, files, zipped=zipped)
    except OSError as refused:
        raise TargetUnwritable(path=to, reason=refused.strerror) from refused
    return to


def _write_all(to: Path, files: Files, *, zipped: bool) -> None:
    if zipped:
        _write(to, _zip(files))
        return
    to.mkdir(parents=True, mode=0o700)
    for name, content in files.items():
        _write(to / name, content)


def _read_only_services(settings: Settings) -> Services:
    """Return the services for reading and rendering; without Slack the files have no links."""
    services = build_services(settings)
    try:
        if settings.has_slack:
            services.slack.team_id()
            return services
    except (SlackRefused, TryLater):
        pass
    return replace(services, slack=OfflineGateway(services.slack.client))


def _zip(files: Files) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = OWNER_ONLY << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Created with owner-only permissions before anything is written.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
        file.write(content)


class OfflineGateway(Gateway):
    """A workspace whose address is not known."""

    def permalink(self, channel_id: str, ts: str) -> str:
        """No address, rather than a guessed one."""
        return ""

    def channel_url(self, channel_id: str) -> str:
        """No address, rather than a guessed one."""
        return ""
