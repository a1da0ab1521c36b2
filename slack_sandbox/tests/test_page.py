"""The page's work before the workspace gets a person's action: mentions in commands, and time that passes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from slack_sandbox import Sandbox
from slack_sandbox.passing_time import let_pass

from .conftest import ConnectedApp, Json


@contextmanager
def running(sandbox: Sandbox) -> Iterator[Sandbox]:
    sandbox.start()
    yield sandbox
    sandbox.stop()


def manifest(*, should_escape: bool) -> Json:
    command = {"command": "/page", "description": "Page somebody", "should_escape": should_escape}
    return {
        "display_information": {"name": "Pager"},
        "features": {"bot_user": {"display_name": "pager"}, "slash_commands": [command]},
        "settings": {"socket_mode_enabled": True, "interactivity": {"is_enabled": True}},
    }


def typed(*, should_escape: bool) -> str:
    with running(Sandbox(manifest=manifest(should_escape=should_escape))) as sandbox:
        app = ConnectedApp(sandbox)
        order = {"text": "/page @ben in #incidents: a1@acme.example & portal.acme.com", "channel": "C0GENERAL"}
        httpx.post(f"{sandbox.url}/do/type?as=ana", json=order).raise_for_status()
        text = app.waits_for("slash_commands")["text"]
        app.closes()
        return str(text)


def test_people_channels_and_links_in_a_command_become_references_if_the_manifest_asks_for_them():
    assert typed(should_escape=True) == (
        "<@U0BEN> in <#C0INCIDENTS|incidents>: <mailto:a1@acme.example|a1@acme.example> & "
        "<http://portal.acme.com|portal.acme.com>"
    )
    assert typed(should_escape=False) == "@ben in #incidents: a1@acme.example & portal.acme.com"


def test_passing_time_stops_at_each_due_time_of_the_app(tmp_path: Path):
    clock_file = tmp_path / "clock"
    due_file = clock_file.with_name("clock.due")
    with running(Sandbox(clock_file=clock_file)) as sandbox:
        began = sandbox.clock.now()
        due_file.write_text(f"{began + 600:.0f}")
        done_after: list[float] = []

        def act() -> None:
            for wait_s in (300, 300, 300, 5000):
                sandbox.wait_for(lambda: sandbox.clock.is_overdue)
                done_after.append(sandbox.clock.now() - began)
                httpx.post(f"{sandbox.url}/api/api.test")
                due_file.write_text(f"{sandbox.clock.now() + wait_s:.0f}")

        app = threading.Thread(target=act)
        app.start()
        # Each stop takes most of a second, so that together they exceed the patience for one stop.
        let_pass(sandbox, 1800, patience_s=2)
        app.join(10)

        assert [round(passed / 60) for passed in done_after] == [10, 15, 20, 25]
        assert 1800 <= sandbox.clock.now() - began < 1830


def test_time_begins_to_pass_when_the_app_has_finished_its_earlier_due_work(tmp_path: Path):
    clock_file = tmp_path / "clock"
    due_file = clock_file.with_name("clock.due")
    with running(Sandbox(clock_file=clock_file)) as sandbox:
        began = sandbox.clock.now()
        due_file.write_text(f"{began - 1:.0f}")
        stopped_at: list[float] = []

        def act() -> None:
            due_file.write_text(f"{began + 600:.0f}")
            sandbox.wait_for(lambda: sandbox.clock.is_overdue)
            stopped_at.append(sandbox.clock.now() - began)
            due_file.write_text(f"{began + 9000:.0f}")

        # The app still does earlier due work when the clock is moved, and names its next due time a little later.
        app = threading.Timer(0.3, act)
        app.start()
        let_pass(sandbox, 1800, patience_s=5)
        app.join(10)

        assert [round(passed / 60) for passed in stopped_at] == [10]
