"""The page as a whole: identity, clock, light and dark, phone, keyboard, inspector, speed."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from slack_sandbox import Sandbox
from tests.browser.windows import Window, Windows


def furnish(sandbox: Sandbox) -> None:
    """Write a conversation worth a picture."""
    ana, ben, chloe = sandbox.person("ana"), sandbox.person("ben"), sandbox.person("chloe")
    question = ana.says("Calls to *Manila* drop after two rings. Is anyone on it? :eyes:", channel="incidents")
    ben.says("Looking, `trunk-7` is flapping", channel="incidents", thread_ts=question.ts)
    chloe.says("Same in Durban", channel="incidents", thread_ts=question.ts)
    ben.reacts("eyes", "incidents", question.ts)
    ana.reacts("+1", "incidents", question.ts)
    ben.pins("incidents", question.ts)
    ana.sets_topic("incidents", "Open incidents, one message each")
    chloe.uploads("incidents", "trunks.csv", b"trunk,state\n7,flapping\n", text="<@U0ANA> the trunks")


def test_a_person_can_switch_to_someone_else(windows: Windows) -> None:
    ana = windows.window("ana").opens()

    ana.page.get_by_role("button", name="You are Ana Reyes").click()
    ana.page.get_by_role("menuitem", name="Erik Lund").click()

    ana.page.get_by_role("button", name="You are Erik Lund").wait_for()
    assert "as=erik" in ana.page.url


def test_a_stranger_is_marked_and_sees_the_channels_of_a_guest(windows: Windows) -> None:
    olga = windows.window("olga").opens()

    links = olga.page.locator("#sidebar").get_by_role("link")
    expect(links).to_have_text(["operations", "partner-northline", "deskbot", "Home"])
    olga.types("Hello")
    olga.sees("EXTERNAL")


def test_the_clock_can_be_moved(windows: Windows, sandbox: Sandbox) -> None:
    ana = windows.window("ana").opens()

    ana.page.get_by_role("button", name="The workspace's clock").click()
    ana.page.get_by_role("menuitem", name="1 hour").click()

    ana.sees("+1 h 00 min", inside="#clock")
    assert sandbox.clock_offset_s == 3600
    ana.types("An hour later")
    ana.sees("An hour later")
    late = sandbox.person("ana").sees("incidents")[-1]
    assert float(late.ts) > time.time() + 3500


@pytest.fixture
def app_is_due(clock_file: Path) -> Iterator[Callable[[float], int]]:
    """Publish the time at which an app has something to do next."""
    due_file = clock_file.with_name(f"{clock_file.name}.due")
    yield lambda at: due_file.write_text(f"{at:.0f}")
    due_file.unlink()


def test_the_clock_goes_to_the_next_thing_due(
    windows: Windows, sandbox: Sandbox, app_is_due: Callable[..., None]
) -> None:
    ana = windows.window("ana").opens()
    ana.page.get_by_role("button", name="The workspace's clock").click()
    assert ana.page.get_by_role("menuitem", name="To the next thing due").count() == 0
    ana.page.keyboard.press("Escape")

    app_is_due(at=sandbox.clock.now() + 1500)
    ana.page.get_by_role("button", name="The workspace's clock").click()
    ana.page.get_by_role("menuitem", name=re.compile(r"^To the next thing due \(.*\d+:\d\d [AP]M\)$")).click()

    ana.sees("+25 min", inside="#clock")
    assert sandbox.clock_offset_s == pytest.approx(1500, abs=30)
    app_is_due(at=sandbox.clock.now() - 1)
    assert sandbox.clock.next_due_at is None


def test_the_inspector_shows_calls_and_envelopes_and_no_refusal(windows: Windows) -> None:
    ana = windows.window("ana").opens("/channel/C0ENGINEERING")
    ana.types("/ticket kit")
    ana.sees("One of everything")

    ana.page.get_by_role("button", name="Inspector").click()

    ana.sees("Nothing.", inside="#pane")
    ana.sees("chat.postMessage", inside="#pane").click()
    ana.sees("slash_commands: /ticket", inside="#pane")
    ana.keeps_a_picture("inspector")


def test_reset_empties_the_workspace_in_every_window(windows: Windows, sandbox: Sandbox) -> None:
    sandbox.person("ben").says("Old words", channel="incidents")
    ana, ben = windows.window("ana").opens(), windows.window("ben").opens()

    ana.page.get_by_role("button", name="Reset the workspace").click()
    ana.presses("Reset", inside="#confirm")

    ana.sees_no_more("Old words")
    ben.sees_no_more("Old words")


def test_a_channel_is_created_joined_and_left(windows: Windows, sandbox: Sandbox) -> None:
    ana, ben = windows.window("ana").opens(), windows.window("ben").opens()

    ana.page.get_by_text("Create a channel").click()
    ana.page.get_by_label("name, e.g. telephony").fill("war-room")
    ana.page.keyboard.press("Enter")
    ana.page.locator("h1", has_text="war-room").wait_for()

    ben.goes_to("war-room")
    ben.presses("Join channel")
    ben.types("Here I am")
    ana.sees("Here I am")
    ben.page.get_by_role("button", name=re.compile("members")).click()
    ben.presses("Leave channel", inside="#pane")
    ben.sees("Join channel")


def test_light_and_dark(windows: Windows, sandbox: Sandbox) -> None:
    furnish(sandbox)
    ana = windows.window("ana", color_scheme="light").opens()
    ana.keeps_a_picture("channel-light")
    light = ana.page.evaluate("getComputedStyle(document.querySelector('#main')).backgroundColor")

    ana.page.get_by_role("button", name="Light or dark").click()

    dark = ana.page.evaluate("getComputedStyle(document.querySelector('#main')).backgroundColor")
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(26, 29, 33)")
    ana.row("Calls to Manila").get_by_role("button", name="2 replies").click()
    ana.sees("Same in Durban", inside="#pane")
    ana.keeps_a_picture("channel-dark-thread")
    ana.opens()
    assert ana.page.evaluate("getComputedStyle(document.querySelector('#main')).backgroundColor") == dark


def test_a_phone_shows_one_thing_at_a_time(windows: Windows, sandbox: Sandbox) -> None:
    furnish(sandbox)
    ana = windows.window("ana", width=390, height=780, has_touch=True, is_mobile=True).opens()
    ana.keeps_a_picture("phone-channel")

    expect(ana.page.locator("#sidebar")).to_be_hidden()
    assert ana.page.evaluate("document.documentElement.scrollWidth") == 390
    ana.page.get_by_role("button", name="To the channel list").click()
    ana.keeps_a_picture("phone-list")
    ana.goes_to("general")
    ana.types("From the phone")
    ana.sees("From the phone")


def test_the_bar_fits_a_phone_however_far_the_clock_was_moved(windows: Windows, sandbox: Sandbox) -> None:
    sandbox.clock_offset_s = 30 * 3600
    ana = windows.window("ana", width=390, height=780, has_touch=True, is_mobile=True).opens()
    ana.sees("+30 h 00 min", inside="#clock")

    for width in (390, 320):
        ana.page.set_viewport_size({"width": width, "height": 780})
        for control in ana.page.locator(".top .controls > *").all():
            box = control.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["height"] <= 46


def seconds_to_open(window: Window, channel: str, last_message: str) -> float:
    """Return the seconds from the click on a channel until its last message is shown."""
    started = time.perf_counter()
    window.goes_to(channel)
    window.sees(last_message)
    return time.perf_counter() - started


def test_a_thousand_messages_open_at_once_and_older_ones_follow(windows: Windows, sandbox: Sandbox) -> None:
    ben = sandbox.person("ben")
    for number in range(1000):
        ben.says(f"Line {number} of *many* with `code`", channel="random")
    ana = windows.window("ana").opens()
    ana.page.locator("#sidebar .unread", has_text="random").wait_for()

    ben.says("Good morning", channel="incidents")
    few_s = seconds_to_open(ana, "incidents", "Good morning")
    many_s = seconds_to_open(ana, "random", "Line 999")

    # The goal is 0.5 s; the rest allows for other work on the same machine.
    assert many_s < 1.5 + 3 * few_s
    for _ in range(12):
        ana.page.locator("#messages").evaluate("list => { list.scrollTop = 0 }")
        if ana.page.get_by_text("Line 0 of").count():
            break
        ana.page.locator("#messages .row").first.wait_for()
        ana.page.wait_for_function("list => list.scrollTop > 0", arg=ana.page.locator("#messages").element_handle())
    ana.sees("Line 0 of")


def serious_faults(window: Window) -> list[str]:
    """Return the obstacles for people with a screen reader or weak eyes."""
    result = Axe().run(window.page).response["violations"]
    serious = [v for v in result if v["impact"] in ("serious", "critical")]
    return [f"{v['id']}: {node['html'][:160]}" for v in serious for node in v["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(windows: Windows, sandbox: Sandbox, scheme: str) -> None:
    furnish(sandbox)
    ana = windows.window("ana", color_scheme=scheme).opens("/channel/C0ENGINEERING")
    ana.types("/ticket kit")
    ana.sees("One of everything")
    assert serious_faults(ana) == []

    ana.page.get_by_role("button", name="Inspector").click()
    ana.sees("Calls by the app", inside="#pane")
    assert serious_faults(ana) == []

    ana.goes_to("incidents")
    ana.row("Calls to Manila").get_by_role("button", name="2 replies").click()
    ana.sees("Same in Durban", inside="#pane")
    assert serious_faults(ana) == []

    ana.page.locator("#sidebar").get_by_text("Home").click()
    ana.sees("Your tickets")
    assert serious_faults(ana) == []

    ana.goes_to("general").types("/ticket")
    ana.modal.wait_for()
    ana.presses("Create", inside="#modal")
    ana.sees("Please complete", inside="#modal")
    assert serious_faults(ana) == []
