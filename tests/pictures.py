"""`make pictures`: plays the story in a workspace of its own and keeps the pictures of the documentation."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, ViewportSize, sync_playwright

from tests.browser.conftest import QUIET, chromium

IMAGES = Path("docs/images")
PORT = 8237
URL = f"http://127.0.0.1:{PORT}"
DESK, PHONE = ViewportSize(width=1180, height=820), ViewportSize(width=390, height=844)
PACE = 2.0
# The animation: seconds between pictures, their number, how long each is shown, and its width.
EVERY_S, FRAMES, FRAME_MS, WIDTH, COLOURS = 1.1, 26, 1300, 760, 96
STORY_LASTS_S = 400


def main() -> None:
    """Make all pictures again."""
    with tempfile.TemporaryDirectory() as folder, _bot(Path(folder)), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        page = browser.new_page(viewport=DESK)
        page.goto(f"{URL}/?as=ana")
        _play()
        _keep_animation(page)
        _wait_for_caption(page, "Five good test calls")
        _keep_incident(page, browser)
        _wait_for_caption(page, "The workspace is yours now")
        _keep_post_mortem(page)
        browser.close()


@contextmanager
def _bot(folder: Path) -> Iterator[None]:
    """Run the bot with a workspace of its own."""
    environment = os.environ | {
        "WATCHFLOOR_SANDBOX_PORT": str(PORT),
        "WATCHFLOOR_SANDBOX_DIR": str(folder / "sandbox"),
        "WATCHFLOOR_DATABASE_URL": f"sqlite:///{folder / 'watchfloor.sqlite'}",
    }
    command = [sys.executable, "-m", "bot", "run"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()  # this line names the workspace's address
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _play() -> None:
    order = json.dumps({"order": "start", "pace": PACE}).encode()
    request = urllib.request.Request(f"{URL}/do/demo?as=ana", order, {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()


def _wait_for_caption(page: Page, text: str) -> None:
    page.locator("#demo", has_text=text).wait_for(timeout=STORY_LASTS_S * 1000)


def _keep_animation(page: Page) -> None:
    """Keep the first minute, without pictures in which nothing has changed."""
    frames: list[bytes] = []
    for _ in range(FRAMES):
        shot = page.screenshot()
        if not frames or shot != frames[-1]:
            frames.append(shot)
        page.wait_for_timeout(EVERY_S * 1000)
    images = [_small(frame) for frame in frames]
    images[0].save(
        IMAGES / "first-minute.gif",
        save_all=True,
        append_images=images[1:],
        duration=FRAME_MS,
        loop=0,
        optimize=True,
    )


def _small(shot: bytes) -> Image.Image:
    image = Image.open(BytesIO(shot)).convert("RGB")
    resized = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
    return resized.quantize(COLOURS, dither=Image.Dither.NONE)


def _keep_incident(page: Page, browser: Browser) -> None:
    """Keep the incident's channel from its card on, at a desk and on a phone."""
    address = page.url
    at_desk = browser.new_page(viewport=DESK, color_scheme="light")
    _keep_card(at_desk, address, "incident")
    on_phone = browser.new_page(viewport=PHONE, color_scheme="dark")
    _keep_card(on_phone, address, "phone")


def _keep_card(page: Page, address: str, name: str) -> None:
    page.goto(address)
    _dismiss(page)
    _above(page.locator("#messages .row", has_text="declared by").first)
    _keep(page.screenshot, name)
    page.close()


def _keep_post_mortem(page: Page) -> None:
    """Keep the message with its checklist, and the first screen of the document beside it."""
    _dismiss(page)
    page.locator("#messages .replies").last.click()
    page.locator("#pane .file .card").first.click()
    page.locator("#pane .document h1").wait_for()
    _keep(page.screenshot, "post-mortem")


def _dismiss(page: Page) -> None:
    button: Any = page.locator("#demo [data-demo=dismiss]")
    if button.count():
        button.first.click()


def _above(message: Locator) -> None:
    message.evaluate("shown => shown.scrollIntoView({block: 'start'})")
    time.sleep(0.5)


def _keep(shoot: Callable[[], bytes], name: str) -> None:
    image = Image.open(BytesIO(shoot())).convert("RGB")
    image.quantize(256, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
