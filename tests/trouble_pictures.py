"""Pictures of `docs/troubleshooting.md`: each trouble is caused, and the bot's words about it are photographed.

`make pictures` runs it after the story. A terminal's picture is drawn from the bot's output.
"""

import html
import os
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from PIL import Image
from playwright.sync_api import Browser, Locator, ViewportSize, sync_playwright

from bot.commands import doctor
from bot.commands.doctor import workspace
from bot.commands.manifest import manifest
from bot.config.settings import Settings
from bot.runtime.network import Network
from bot.runtime.waiting import wait_until
from bot.slack.gateway import Gateway
from slack_sandbox import interactions
from tests.browser.conftest import QUIET, chromium
from tests.floor import TestFloor

IMAGES = Path("docs/images/troubleshooting")
SIZE = ViewportSize(width=760, height=900)
COLOURS = 48
PARTNERS_CHANNEL = "partner-northline"
PATIENCE_S = 60
TERMINAL = """<body style="margin:0"><pre style="margin:0;padding:12px 14px;background:#1d1f24;color:#e6e6e6;
width:690px;font:13px/1.45 'DejaVu Sans Mono',monospace;white-space:pre-wrap;display:inline-block">{}</pre>"""
ELSEWHERE = """
webhooks:
  status-page: {{url: "{gone}", secret: HOOK, insecure: true, allow_networks: [127.0.0.0/8]}}
  inside: {{url: "{gone}", secret: HOOK, insecure: true}}
shifts:
  roles: {{gqm: Manager, ic: Commander}}
  rosters:
    - {{name: EMEA, address: "{moved}", insecure: true, allow_networks: [127.0.0.0/8]}}
"""
TITLES = (
    *("Printer queue stuck", "Badge readers refuse guests", "Coffee bar closed", "Wallboard is dim"),
    *("Headsets crackle", "Chat transcripts late", "Survey mails bounce", "Lift out of order"),
    *("Archive search slow", "Training videos missing", "Rosters show old names"),
)
SOURCE = """
sources:
  exports: {kind: folder, every: 1 min, options: {folder: /mnt/wallboard/exports}}
"""
ALERTS = """
alerts:
  probes: {kind: generic, secret: HOOK, mapping: {key: body.key, title: body.key, status: "'firing'"}}
"""


class Camera:
    """Takes pictures of what a terminal or a person in the workspace sees.

    The browser has a thread of its own, because the bot's engine does not bear its event loop.
    """

    def __init__(self, images: Path = IMAGES) -> None:
        self._images = images
        self._thread = ThreadPoolExecutor(1)
        self._playwright = self._thread.submit(lambda: sync_playwright().start()).result()
        launch = partial(self._playwright.chromium.launch, executable_path=chromium(), args=list(QUIET))
        self._browser: Browser = self._thread.submit(launch).result()

    def close(self) -> None:
        """End the browser."""
        self._thread.submit(self._browser.close).result()
        self._thread.submit(self._playwright.stop).result()
        self._thread.shutdown()

    def terminal(self, name: str, command: str, *lines: str) -> None:
        """Keep the output of a command."""
        content = TERMINAL.format(html.escape("\n".join([f"$ {command}", *lines])))
        self._thread.submit(self._keep, name, "pre", "", content=content).result()

    def message(self, name: str, floor: TestFloor, who: str, channel: str, text: str) -> None:
        """Keep the message with this text, as a person sees it."""
        address = f"{floor.sandbox.url}/channel/{_place(floor, who, channel)}?as={who}"
        self._thread.submit(self._keep, name, "#messages .row", text, address=address).result()

    def reply(self, name: str, floor: TestFloor, who: str, channel: str, text: str) -> None:
        """Keep the reply with this text, in the thread of the message that was answered last."""
        address = f"{floor.sandbox.url}/channel/{_place(floor, who, channel)}?as={who}"
        self._thread.submit(self._keep, name, "#pane .row", text, address=address, first=".replies").result()

    def _keep(
        self, name: str, selector: str, text: str, *, content: str = "", address: str = "", first: str = ""
    ) -> None:
        """Keep a part of a page; `first` is clicked before."""
        page = self._browser.new_page(viewport=SIZE, color_scheme="light")
        if address:
            page.goto(address)
        else:
            page.set_content(content)
        if first:
            page.locator(first).last.click()
        self._keep_part(page.locator(selector, has_text=text).last, name)
        page.close()

    def _keep_part(self, shown: Locator, name: str) -> None:
        shown.wait_for(timeout=PATIENCE_S * 1000)
        image = Image.open(BytesIO(shown.screenshot())).convert("RGB")
        image.quantize(COLOURS, dither=Image.Dither.NONE).save(self._images / f"{name}.png", optimize=True)


def main() -> None:
    """Make all pictures again."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    os.environ["HOOK"] = "a secret of the other system"
    camera = Camera()
    for scene in SCENES:
        with TemporaryDirectory() as folder:
            scene(camera, Path(folder))
    camera.close()


def _place(floor: TestFloor, who: str, channel: str) -> str:
    """Return a channel's id, or that of the person's conversation with the bot."""
    workspace = floor.sandbox.workspace
    if channel != "dm":
        return workspace.channel(channel).id
    person_id = floor.sandbox.person(who).id
    return next(each.id for each in workspace.channels.values() if each.is_im and each.im_user == person_id)


def _found(settings: Settings, *texts: str) -> list[str]:
    """Return the doctor's problems with these settings."""
    findings = [str(finding) for finding in doctor.examine(settings)]
    return [finding for finding in findings if any(text in finding for text in texts)]


def _doctor(camera: Camera, name: str, settings: Settings, *texts: str) -> None:
    problems = _found(settings, *texts)
    assert problems, name
    camera.terminal(name, "watchfloor doctor", "…", *problems)


def silent(camera: Camera, folder: Path) -> None:
    """No answer at Slack's address, and then an answer with an unknown certificate."""
    floor = TestFloor(folder)
    settings = floor.settings().model_copy(update={"slack_api_url": "http://127.0.0.1:9/api/"})
    _doctor(camera, "slack-does-not-answer", settings, "Slack does not answer")
    with _https(folder) as address:
        settings = settings.model_copy(update={"slack_api_url": f"{address}/api/"})
        _doctor(camera, "certificate", settings, "Slack does not answer")


def ways_out(camera: Camera, folder: Path) -> None:
    """A proxy that lets nothing through to the hosts beside the Web API."""
    gateway = Gateway.to("https://slack.com/api/", "xoxb-1", Network.of("http://127.0.0.1:9", None))
    problems = [str(finding) for finding in workspace._check_ways_out(gateway) if finding.is_missing]
    camera.terminal("hooks", "watchfloor doctor", "…", *problems)


def half_open(camera: Camera, folder: Path) -> None:
    """A WebSocket is refused, or opened and swallowed."""
    for knob, name in (("accepting", "websocket-refused"), ("swallowing", "websocket-swallowed")):
        (folder / knob).mkdir()
        floor = TestFloor(folder / knob)
        setattr(floor.sandbox.socket_mode, knob, knob == "swallowing")
        with floor:
            _doctor(camera, name, floor.settings(), "WebSocket")


def tokens(camera: Camera, folder: Path) -> None:
    """A revoked token, and an app that was installed with an older manifest."""
    older = manifest()
    older["oauth_config"]["scopes"]["bot"].remove("bookmarks:write")
    with TestFloor(folder, manifest=older) as floor:
        _doctor(camera, "scope", floor.settings(), "bookmarks:write")
        floor.sandbox.fault("auth.test", "error", error="token_revoked", count=9)
        _doctor(camera, "token-revoked", floor.settings(), "token_revoked")


def unreachable(camera: Camera, folder: Path) -> None:
    """HTTP mode while Slack is away; then a monitoring system with the wrong secret."""
    file = folder / "floor.yaml"
    file.write_text(Path("floor.yaml").read_text() + ALERTS)
    with TestFloor(folder, over_http=True, floor_file=file) as floor:
        probe = f"{floor.address}/alerts/probes"
        shown = "https://watchfloor.example"
        camera.terminal(
            "alert-401", f'curl -i -X POST -d \'{{"key": "x"}}\' {shown}/alerts/probes', *_answer(probe)
        )
        floor.sandbox.offline = True
        assert wait_until(lambda: "503" in _answer(f"{floor.address}/healthz", None)[0], PATIENCE_S)
        camera.terminal("healthz", f"curl -i {shown}/healthz", *_answer(f"{floor.address}/healthz", None))
        floor.sandbox.offline = False


def other_systems(camera: Camera, folder: Path) -> None:
    """Addresses that do not answer, lead elsewhere or may not be called."""
    file = folder / "floor.yaml"
    with _redirecting() as moved:
        file.write_text(Path("floor.yaml").read_text() + ELSEWHERE.format(gone="http://127.0.0.1:9", moved=moved))
        settings = TestFloor(folder, floor_file=file).settings()
        _doctor(camera, "webhook", settings, "status-page does not answer")
        _doctor(camera, "not-public", settings, "may not be called")
        _doctor(camera, "roster", settings, "could not be read")
        _doctor(camera, "insecure", settings, "`insecure: true`")


def old_source(camera: Camera, folder: Path) -> None:
    """A folder of reports is gone."""
    file = folder / "floor.yaml"
    file.write_text(Path("floor.yaml").read_text() + SOURCE)
    _doctor(camera, "source", TestFloor(folder, floor_file=file).settings(), "source exports")


def refused_declarations(camera: Camera, folder: Path) -> None:
    """No form, no channel, no group, and somebody of another workspace."""
    floor = TestFloor(folder)
    floor.sandbox.fault("usergroups.list", "error", error="plan_upgrade_required", count=99)
    with floor:
        floor.sandbox.fault("views.open", "server_error", count=1)
        floor.says("ana", "/incident declare")
        camera.message("form", floor, "ana", "general", "Slack is not answering right now")
        floor.sandbox.fault("conversations.create", "error", error="restricted_action", count=1)
        floor.says("ana", "/incident declare S1 IVR down")
        camera.message("no-channel", floor, "ana", "general", "The incident was not opened")
        channel = floor.declares("S0 IVR down in Manila", who="ben")
        camera.message("no-groups", floor, "ben", channel, "I could not invite")
        with patch.object(interactions, "TEAM_ID", "T0ELSEWHERE"):
            floor.says("olga", "/incident declare S1 IVR down", PARTNERS_CHANNEL)
        camera.message("another-workspace", floor, "olga", PARTNERS_CHANNEL, "works in another workspace")


def long_list(camera: Camera, folder: Path) -> None:
    """More incidents than a message holds."""
    with TestFloor(folder) as floor:
        for title in TITLES:
            floor.declares(f"S4 {title}")
        floor.says("ana", "/incident list")
        camera.message("list", floor, "ana", "general", "More →")


def lost(camera: Camera, folder: Path) -> None:
    """A closed account, an archived channel, and messages from the bot's absence that are read back."""
    with TestFloor(folder) as floor:
        channel = floor.declares(who="ben")
        floor.says("ben", "/incident claim commander", channel)
        floor.ana.joins(channel)
        floor.sandbox.workspace.deactivate(floor.sandbox.workspace.users["U0BEN"])
        floor.settle()
        camera.message("deactivated", floor, "ana", channel, "was deactivated")
        floor.says("ana", "/incident claim commander", channel)
        floor.stop_bot()
        floor.passes(minutes=20)
        floor.ana.says("Trunk 8 takes calls again", channel=channel)
        floor.passes(minutes=20)
        floor.start_bot()
        floor.tick()
        floor.says("ana", "/incident timeline messages", channel=channel)
        camera.message("recovered", floor, "ana", channel, "[recovered]")
        floor.ana.archives(channel)
        floor.settle()
        camera.message("archived", floor, "ana", "dm", "it was archived")


SCENES: tuple[Callable[[Camera, Path], None], ...] = (
    *(
        silent,
        ways_out,
        half_open,
        tokens,
        unreachable,
        other_systems,
        old_source,
        refused_declarations,
        long_list,
        lost,
    ),
)


def _answer(url: str, body: bytes | None = b'{"key": "x"}') -> list[str]:
    """Return status and text of an answer, as `curl -i` prints them."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return [f"HTTP/1.1 {answer.status}", "", answer.read().decode()]
    except urllib.error.HTTPError as refused:
        return [f"HTTP/1.1 {refused.status}", "", refused.read().decode()]


@contextmanager
def _serving(server: HTTPServer, scheme: str) -> Iterator[str]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@contextmanager
def _https(folder: Path) -> Iterator[str]:
    """Run a server with a self-signed certificate."""
    files = [str(folder / name) for name in ("key.pem", "cert.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=proxy.example"]
    subprocess.run([*command, "-keyout", files[0], "-out", files[1]], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[1], files[0])
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with _serving(server, "https") as address:
        yield address


@contextmanager
def _redirecting() -> Iterator[str]:
    class Moved(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", "https://calendar.example.com/emea.ics")
            self.end_headers()

        do_HEAD = do_GET

        def log_message(self, format: str, *arguments: Any) -> None:
            """Log nothing."""

    with _serving(HTTPServer(("127.0.0.1", 0), Moved), "http") as address:
        yield f"{address}/emea.ics"


if __name__ == "__main__":
    main()
