"""The command line: run a workspace until the process is interrupted or terminated."""

import argparse
import errno
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import yaml

from slack_sandbox.persistence import WorkspaceUnreadable
from slack_sandbox.sandbox import Sandbox

DEFAULT_PORT = 8099
DEFAULT_DATA = Path("data/sandbox")


class FolderUnusable(Exception):
    """The workspace cannot be saved in the folder or read from it; the message says what to do."""


class PortInUse(Exception):
    """Another process listens on the port."""


def main(arguments: Sequence[str] | None = None) -> None:
    """`python -m slack_sandbox`."""
    options = _parser().parse_args(arguments)
    manifest = _read_manifest(options.manifest) if options.manifest else None
    try:
        run(options.port, options.data, manifest, is_child=options.child)
    except PortInUse:
        sys.exit(f"Port {options.port} is in use. Choose another one with --port.")
    except FolderUnusable as unusable:
        sys.exit(str(unusable))


def run(port: int, data: Path, manifest: dict[str, Any] | None = None, *, is_child: bool = False) -> None:
    """Serve the workspace saved in the folder `data`.

    A child process prints its address and tokens as one line of JSON and ends when its standard input is closed.
    """
    _make_writable(data)
    if is_child:
        _end_with_standard_input()
    try:
        serve(port, manifest, data, _print_for_parent if is_child else _print_for_person)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortInUse from None
    except WorkspaceUnreadable as unreadable:
        raise FolderUnusable(
            f"The workspace in {data} was kept by another version, or its file is damaged. Move the folder away to "
            "begin with a new one, or start the version that kept it."
        ) from unreadable


def _make_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as refused:
        raise FolderUnusable(f"{folder} cannot be written: {refused.strerror}. Choose another folder.") from None


def serve(
    port: int,
    manifest: dict[str, Any] | None,
    data: Path,
    when_ready: Callable[[Sandbox], None],
) -> None:
    """Serve until SIGINT or SIGTERM."""
    stop_fd = _fd_of_signals(signal.SIGINT, signal.SIGTERM)
    sandbox = Sandbox(manifest, data / "workspace.json", port, clock_file=data / "clock")
    sandbox.start()
    when_ready(sandbox)
    os.read(stop_fd, 1)
    sandbox.stop()


def _fd_of_signals(*numbers: signal.Signals) -> int:
    """The end of a pipe into which these signals are written; an Event could deadlock with its own handler."""
    read_fd, write_fd = os.pipe()
    os.set_blocking(write_fd, False)
    signal.set_wakeup_fd(write_fd)
    for number in numbers:
        signal.signal(number, lambda number, frame: None)
    return read_fd


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m slack_sandbox", description="Run a Slack workspace on this machine."
    )
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="port of the page and the Web API (%(default)s)"
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder of the workspace (%(default)s)")
    parser.add_argument("--manifest", type=Path, help="app manifest, YAML or JSON; without one the app may do all")
    parser.add_argument("--child", action="store_true", help="print JSON; end when standard input is closed")
    return parser


def _read_manifest(file: Path) -> dict[str, Any]:
    try:
        manifest = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        sys.exit(f"The manifest {file} cannot be read: {error}")
    if not isinstance(manifest, dict):
        sys.exit(f"The manifest {file} is not a mapping.")
    return manifest


def _print_for_parent(sandbox: Sandbox) -> None:
    tokens = {
        "bot_token": sandbox.bot_token,
        "app_token": sandbox.app_token,
        "signing_secret": sandbox.signing_secret,
    }
    print(json.dumps({"url": sandbox.url} | tokens), flush=True)  # noqa: T201


def _print_for_person(sandbox: Sandbox) -> None:
    lines = (
        f"Open {sandbox.url} – you are Ana. Environment of a bot that joins it:",
        f"SLACK_API_URL={sandbox.url}/api/",
        f"SLACK_BOT_TOKEN={sandbox.bot_token}",
        f"SLACK_APP_TOKEN={sandbox.app_token}",
        f"SLACK_SIGNING_SECRET={sandbox.signing_secret}",
    )
    print(*lines, sep="\n", flush=True)  # noqa: T201


def _end_with_standard_input() -> None:
    def wait() -> None:
        sys.stdin.read()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, daemon=True).start()
