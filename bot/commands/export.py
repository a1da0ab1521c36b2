"""`watchfloor export`: an incident's files, written where only their owner can read them."""

import os
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from bot.bootstrap import build_services
from bot.config.settings import Settings
from bot.errors import TryLater, WatchfloorError
from bot.runtime.clock import utcnow
from bot.screens.records.export import Files, files_of
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.offline import Unreached

ONLY_MINE = 0o600


class NotNow(WatchfloorError):
    """The export was not made: {reason}. Nothing was written; please try again."""


class ThereAlready(WatchfloorError):
    """{path} is there already, and nothing was written over it. Choose another place with `--to`."""


def export(settings: Settings, number: int, to: Path, *, zipped: bool, is_private_meant: bool) -> Path:
    """Write an incident's files into the folder `to`, or into the file `to` as a zip. Gives back where they are."""
    if to.exists():
        raise ThereAlready(path=to)
    services = _reading(settings)
    try:
        files = files_of(services, number, utcnow(), is_private_meant=is_private_meant)
    except TryLater as wait:
        raise NotNow(reason=wait.reason) from wait
    finally:
        services.soon.close()
        services.flows.close()
        services.store.close()
    if zipped:
        _write(to, _zip(files))
    else:
        to.mkdir(parents=True, mode=0o700)
        for name, content in files.items():
            _write(to / name, content)
    return to


def _reading(settings: Settings) -> Services:
    """What is needed to read and render; without Slack the files hold no addresses."""
    services = build_services(settings)
    try:
        if settings.has_slack:
            services.slack.team_id()
            return services
    except (SlackRefused, TryLater):
        pass
    return replace(services, slack=Unreached(services.slack.client))


def _zip(files: Files) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = ONLY_MINE << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Made readable for nobody else before there is anything to read.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_MINE), "wb") as file:
        file.write(content)
