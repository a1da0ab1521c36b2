"""`make pictures`: the terminal with what `watchfloor doctor` says of each source, first refused, then well.

The command is run as it stands in the picture, against the stand-ins. Its text is kept in the picture as well, so
that a test sees when the doctor says something else by now.
"""

import html
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import yaml
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from slack_sandbox import Sandbox
from tests.browser.conftest import QUIET, chromium
from tests.shared_folder import SharedFolder
from tests.sources.guides import GUIDES, PICTURED_TEXT, Guide, picture_of
from tests.sources.stand_in import running
from tests.stories.test_command_line import Terminal, tokens, workspace

COLOURS = 32
WIDE = ViewportSize(width=1000, height=200)
PAGE = """<meta charset="utf-8"><style>
body {{ margin: 0; background: #1b1f24; }}
pre {{ margin: 0; padding: 14px 18px; font: 14px/1.5 "DejaVu Sans Mono", monospace; color: #d7dde4;
  white-space: pre-wrap; overflow-wrap: anywhere; }}
b {{ color: #ffffff; }} i {{ font-style: normal; color: #6fcf7c; }} u {{ text-decoration: none; color: #ff8a80; }}
</style><pre>{lines}</pre>"""


def main() -> None:
    """Make all pictures again."""
    # As in a run of the tests, the processes that are forked share a folder.
    shared_folder = SharedFolder()
    try:
        _make_pictures()
    finally:
        shared_folder.delete()


def _make_pictures() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        for make_guide in GUIDES:
            guide = make_guide()
            with running(guide.stand_in):
                _keep(browser, guide.kind, _read_by(guide))
        _keep(browser, "files", _read_folder())
        browser.close()


def _read_by(guide: Guide) -> str:
    """Return the doctor's words while the other system refuses, and when it no longer does."""
    source = {
        "kind": guide.kind,
        "url": guide.stand_in.url,
        "secret": guide.variable,
        "insecure": True,
        "allow_networks": ["127.0.0.0/8"],
        "options": dict(guide.options),
    }
    with tempfile.TemporaryDirectory() as folder:
        terminal = _terminal(folder, guide.name, source)
        with workspace(yaml.safe_load(terminal.types("manifest").stdout)) as sandbox:
            secret = {guide.variable: guide.secret}
            guide.stand_in.faults.extend(guide.faults[0])
            refused = _typed(terminal, sandbox, guide.name, secret)
            guide.stand_in.faults.clear()
            return refused + _typed(terminal, sandbox, guide.name, secret)


def _read_folder() -> str:
    with tempfile.TemporaryDirectory() as folder:
        terminal = _terminal(folder, "exports", {"kind": "folder", "options": {"folder": "exports"}})
        with workspace(yaml.safe_load(terminal.types("manifest").stdout)) as sandbox:
            missing = _typed(terminal, sandbox, "exports", {})
            (terminal.folder / "exports").mkdir()
            return missing + "$ mkdir exports\n" + _typed(terminal, sandbox, "exports", {})


def _terminal(folder: str, name: str, described: Mapping[str, object]) -> Terminal:
    terminal = Terminal(Path(folder))
    file = terminal.folder / "floor.yaml"
    file.write_text(file.read_text() + yaml.safe_dump({"sources": {name: dict(described)}}))
    # The program whose name stands before `doctor` in the picture.
    program = terminal.folder / "watchfloor"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n')
    program.chmod(0o755)
    return terminal


def _typed(terminal: Terminal, sandbox: Sandbox, name: str, secret: Mapping[str, str]) -> str:
    """Return a command and its output; the whole report would have channels and groups around this source."""
    command = f"watchfloor doctor | grep -A 1 'source {name}'"
    environment = terminal.environment | tokens(sandbox) | dict(secret)
    environment["PATH"] = f"{terminal.folder}:{environment['PATH']}"
    printed = subprocess.run(
        ["sh", "-c", command], cwd=terminal.folder, env=environment, capture_output=True, text=True, check=True
    )
    return f"$ {command}\n{printed.stdout}"


def _keep(browser: Browser, kind: str, text: str) -> None:
    page = browser.new_page(viewport=WIDE)
    page.set_content(PAGE.format(lines="\n".join(map(_coloured, text.splitlines()))))
    shot = page.locator("pre").screenshot()
    page.close()
    metadata = PngInfo()
    metadata.add_itxt(PICTURED_TEXT, text)
    image = Image.open(BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(picture_of(kind), optimize=True, pnginfo=metadata)


def _coloured(line: str) -> str:
    tag = {"$": "b", "✓": "i", "✗": "u"}.get(line[:1])
    text = html.escape(line)
    return f"<{tag}>{text}</{tag}>" if tag else text


if __name__ == "__main__":
    main()
