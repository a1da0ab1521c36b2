"""A whole incident in the browser, with the bot itself: by hand, and as the story that plays itself."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.windows import Profiles, Window, Windows

ROOT = Path(__file__).parents[2]
# Much faster than for human readers.
STORY_PACE = 30
STORY_LASTS_MS = 150_000


@pytest.fixture(scope="module")
def floor_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a bot with a workspace of its own, as the run command starts it."""
    data = tmp_path_factory.mktemp("floor")
    settings = {"WATCHFLOOR_SANDBOX_PORT": "0", "WATCHFLOOR_SANDBOX_DIR": str(data)}
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "WATCHFLOOR_", "PORT"))}
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(command, cwd=ROOT, env=inherited | settings, stdout=subprocess.PIPE, text=True) as bot:
        assert bot.stdout is not None
        match = next((address for line in bot.stdout if (address := re.search(r"http://[\d.:]+", line))), None)
        assert match is not None, "The bot ended before it said where its workspace is."
        yield match[0]
        bot.terminate()


@pytest.fixture
def windows(profiles: Profiles, floor_url: str) -> Iterator[Windows]:
    windows = Windows(profiles, floor_url)
    windows.empties_the_workspace()
    yield windows
    windows.close()
    assert windows.complaints == []
    assert windows.foreign_requests == []


def lets_pass(person: Window, choice: str) -> None:
    """Choose in the clock's menu."""
    person.page.get_by_role("button", name="The workspace's clock").click()
    person.page.get_by_role("menuitem", name=choice).click()


def test_an_incident_from_the_form_to_the_post_mortem(windows: Windows) -> None:
    ana = windows.window("ana", 1180, 860, device_scale_factor=1.5).opens()

    ana.sees("Welcome, Ana Reyes.", inside="#demo")
    ana.presses("Start empty", inside="#demo")
    ana.types("/incident declare")
    ana.presses("Declare", inside="#modal")
    ana.sees("Please complete this required field.", inside="#modal")
    ana.modal.get_by_label("What is wrong?").fill("IVR down in Manila")
    ana.modal.get_by_label("Severity").select_option("S1")
    ana.modal.get_by_label("What is it about?").select_option("Telephony or IVR")
    ana.modal.get_by_label("What is known?").fill(
        "Callers hear silence after the greeting; half of 120 calls an hour are lost"
    )
    ana.presses("Declare", inside="#modal")
    ana.modal.wait_for(state="hidden")

    ana.goes_to("ivr-down-in-manila")
    ana.presses("Take command")
    ben = windows.window("ben").opens()
    ben.sees("IVR down in Manila")
    ben.presses("Join")
    ben.goes_to("ivr-down-in-manila")
    expect(ben.row("Control panel").first).to_contain_text("Ana Reyes")
    ben.presses("Take communications lead")
    ana.page.get_by_role("button", name="Take communications lead").wait_for(state="detached")
    ben.types("`trunk-7` is flapping, Durban hears silence too. I am moving calls to trunk 8 :eyes:")
    ana.sees("I am moving calls")
    ana.row("Control panel").get_by_text("3 of").wait_for()  # both roles are taken, executives told
    ben.page.locator("#messages [data-action='step.answer']").first.click()
    ben.modal.get_by_label("What do callers get?").select_option("Menu broken or silent")
    ben.presses("Done", inside="#modal")
    ana.row("Control panel").get_by_text("4 of").wait_for()
    ana.row("Control panel").evaluate("card => card.scrollIntoView()")
    ana.keeps_a_picture("incident")

    lets_pass(ana, "30 minutes")
    ana.sees("Done:")
    phone = windows.window("ben", width=390, height=780, is_mobile=True, color_scheme="dark", device_scale_factor=2)
    phone.opens().goes_to_on_a_phone("ivr-down-in-manila")
    phone.keeps_a_picture("phone-incident")

    lets_pass(ana, "To the next thing due")
    expect(ana.page.locator("#clock .ahead")).not_to_have_text("+30 min")
    ana.presses("Control panel")
    ana.presses("Resolve…")
    ana.answers_form("The carrier replaced the card of trunk 7")
    ana.presses("Close…")
    ana.answers_form("Nothing is owed to anyone")

    ana.page.locator("#sidebar .unread", has_text="watchfloor").click()
    ana.page.locator("#messages .replies").last.wait_for(timeout=STORY_LASTS_MS)
    ana.keeps_a_picture("post-mortem-message")
    ana.page.locator("#messages .replies").last.click()
    ana.page.locator("#pane .file .card").first.click()
    expect(ana.page.locator("#pane .document h1")).to_contain_text("IVR down in Manila")
    ana.keeps_a_picture("post-mortem", of="#pane")


def test_the_story_plays_to_its_end_and_slack_would_have_refused_nothing(windows: Windows) -> None:
    ana = windows.window("ana").opens()

    ana.page.evaluate(
        """pace => fetch("/do/demo?as=ana", {
            method: "POST",
            headers: {"content-type": "application/json"},
            body: JSON.stringify({order: "start", pace}),
        })""",
        STORY_PACE,
    )

    story = ana.page.locator("#demo")
    story.get_by_role("button", name="OK").wait_for(timeout=STORY_LASTS_MS)
    assert "The workspace is yours now." in story.inner_text()
    ana.page.locator("#messages .replies").last.wait_for()
    ana.page.get_by_role("button", name="Inspector").click()
    ana.sees("Nothing.", inside="#pane")
