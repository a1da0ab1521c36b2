"""Windows of people who look at the workspace."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
PATIENCE_MS = 5_000


class Window:
    """One person's window."""

    def __init__(self, page: Page, url: str, person: str) -> None:
        self.page = page
        self._url = url
        self._person = person

    def opens(self, path: str = "/") -> "Window":
        mark = "&" if "?" in path else "?"
        self.page.goto(f"{self._url}{path}{mark}as={self._person}")
        self.page.wait_for_selector("html[data-ready]", state="attached")
        return self

    def goes_to(self, channel: str) -> "Window":
        self.page.locator("#sidebar a", has_text=channel).first.click()
        self.page.locator("#heading h1", has_text=channel).wait_for()
        return self

    @property
    def composer(self) -> Locator:
        return self.page.locator("#main .composer textarea")

    def types(self, text: str) -> "Window":
        self.composer.fill(text)
        self.composer.press("Enter")
        return self

    def sees(self, text: str, inside: str = "#main") -> Locator:
        """Wait until the text is there, and return its element."""
        found = self.page.locator(inside).get_by_text(text).first
        found.wait_for()
        return found

    def sees_no_more(self, text: str, inside: str = "#main") -> None:
        self.page.locator(inside).get_by_text(text).first.wait_for(state="hidden")

    def row(self, text: str) -> Locator:
        return self.page.locator("#messages .row", has_text=text).last

    def presses(self, name: str, inside: str = "#main") -> None:
        self.page.locator(inside).get_by_role("button", name=name, exact=True).last.click()

    def presses_in_menu(self, name: str) -> None:
        self.page.locator(".popover:popover-open").get_by_role("menuitem", name=name, exact=True).click()

    @property
    def modal(self) -> Locator:
        return self.page.locator("#modal[open]")

    def keeps_a_picture(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


class Desk:
    """Opens windows, and listens for what should not happen in any of them."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.foreign_requests: list[str] = []

    def window(self, person: str, width: int = 1280, height: int = 860, **options: Any) -> Window:
        context = self._browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._watch)
        return Window(page, self._url, person)

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _watch(self, request: Request) -> None:
        if urlsplit(request.url).hostname != "127.0.0.1" and not request.url.startswith("data:"):
            self.foreign_requests.append(request.url)
