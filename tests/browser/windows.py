"""Windows of people who look at the workspace."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
# How long a window waits before the test fails. It says nothing about the speed of the page: behind it a bot calls
# Slack a dozen times, which takes long when other tests run beside this one.
PATIENCE_MS = 60_000


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

    def goes_to_on_a_phone(self, channel: str) -> "Window":
        """Open the list of channels first: on a phone it takes the place of the conversation."""
        self.page.get_by_role("button", name="To the channel list").click()
        return self.goes_to(channel)

    @property
    def composer(self) -> Locator:
        return self.page.locator("#main .composer textarea")

    def types(self, text: str) -> "Window":
        self.composer.fill(text)
        self.composer.press("Enter")
        return self

    def sees(self, text: str, inside: str = "#main") -> Locator:
        """Wait until the text is there, and return its element."""
        element = self.page.locator(inside).get_by_text(text).first
        element.wait_for()
        return element

    def sees_no_more(self, text: str, inside: str = "#main") -> None:
        self.page.locator(inside).get_by_text(text).first.wait_for(state="hidden")

    def row(self, text: str) -> Locator:
        return self.page.locator("#messages .row", has_text=text).last

    def presses(self, name: str, inside: str = "#main") -> None:
        self.page.locator(inside).get_by_role("button", name=name, exact=True).last.click()

    def presses_in_menu(self, name: str) -> None:
        self.page.locator(".popover:popover-open").get_by_role("menuitem", name=name, exact=True).click()

    def answers_form(self, words: str) -> None:
        """Write the same words into every empty line of the open form, and submit it."""
        self.modal.wait_for()
        for line in self.modal.get_by_role("textbox").all():
            if not line.input_value():
                line.fill(words)
        self.modal.locator("[type=submit]").click()
        self.modal.wait_for(state="hidden")

    @property
    def modal(self) -> Locator:
        return self.page.locator("#modal[open]")

    def keeps_a_picture(self, name: str, of: str = "body") -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        # Move the mouse away: an element under it looks different.
        self.page.mouse.move(0, 0)
        self.page.locator(of).screenshot(path=SCREENSHOTS / f"{name}.png")


class Profiles:
    """One browser profile for each person and kind of screen, kept for all tests: a cold one starts slowly."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        expect.set_options(timeout=PATIENCE_MS)
        self._known: dict[str, BrowserContext] = {}

    def of(self, person: str, **options: Any) -> BrowserContext:
        key = f"{person} {sorted(options.items())}"
        if key not in self._known:
            self._known[key] = self._browser.new_context(**options)
            self._known[key].set_default_timeout(PATIENCE_MS)
        return self._known[key]


class Windows:
    """Opens windows, and records complaints and foreign requests of all of them."""

    def __init__(self, profiles: Profiles, url: str) -> None:
        self._profiles = profiles
        self._url = url
        self._pages: list[Page] = []
        self.complaints: list[str] = []
        self.foreign_requests: list[str] = []

    def window(self, person: str, width: int = 1280, height: int = 860, **options: Any) -> Window:
        page = self._profiles.of(person, **options).new_page()
        page.set_viewport_size({"width": width, "height": height})
        self._pages.append(page)
        page.on("console", self._on_received)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._watch)
        return Window(page, self._url, person)

    def empties_the_workspace(self) -> None:
        answer = self._profiles.of("ana").request.post(f"{self._url}/control/reset", data={})
        assert answer.ok

    def close(self) -> None:
        for page in self._pages:
            page.evaluate("localStorage.clear()")
            page.close()

    def _on_received(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _watch(self, request: Request) -> None:
        if urlsplit(request.url).hostname != "127.0.0.1" and not request.url.startswith("data:"):
            self.foreign_requests.append(request.url)
