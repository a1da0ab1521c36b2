import json
import time
from pathlib import Path

from slack_sandbox import Sandbox

from .conftest import client_of, section


def test_a_workspace_in_a_file_outlives_a_restart(tmp_path: Path):
    data = tmp_path / "workspace.json"
    first = Sandbox(data=data)
    first.start()
    client = client_of(first)
    channel = client.conversations_create(name="inc-1")["channel"]["id"]
    ts = client.chat_postMessage(channel=channel, text="card", blocks=[section("*card*")])["ts"]
    client.pins_add(channel=channel, timestamp=ts)
    client.files_upload_v2(channel=channel, filename="a.md", content="# A")
    first.person("ana").joins("inc-1")
    first.stop()

    second = Sandbox(data=data)
    second.start()
    messages = second.person("ana").sees("inc-1")
    later = client_of(second).chat_postMessage(channel=channel, text="after")["ts"]
    second.stop()

    assert second.bot_token == first.bot_token
    assert "*card*" in [m.visible_text for m in messages]
    assert second.workspace.channel("inc-1").pins[0]["ts"] == ts
    assert [f.content for f in second.workspace.files.values()] == [b"# A"]
    assert float(later) > max(float(m.ts) for m in messages)


def test_a_moved_clock_and_the_order_of_messages_outlive_a_restart(tmp_path: Path):
    data = tmp_path / "workspace.json"
    first = Sandbox(data=data)
    first.clock_offset_s = 7200
    ahead = first.person("ana").says("two hours ahead", "general").ts
    first.clock_offset_s = 3600
    first.stop()

    second = Sandbox(data=data)
    assert second.clock_offset_s == 3600
    assert float(second.person("ana").says("after", "general").ts) > float(ahead)


def test_changes_are_saved_while_it_runs(tmp_path: Path):
    data = tmp_path / "workspace.json"
    sandbox = Sandbox(data=data)
    sandbox.start()
    sandbox.person("ana").creates_channel("plans")

    def saved() -> bool:
        return data.exists() and "plans" in [c["name"] for c in json.loads(data.read_text())["channels"]]

    sandbox.wait_for(saved)
    sandbox.stop()

    assert data.stat().st_mode & 0o077 == 0


def test_the_moved_clock_is_mirrored_to_a_file(tmp_path: Path):
    mirror = tmp_path / "clock"
    sandbox = Sandbox(clock_file=mirror)
    assert float(mirror.read_text()) == 0

    sandbox.clock_offset_s = 300.0

    assert float(mirror.read_text()) == 300
    sandbox.person("ana").says("in the future", "general")
    (message,) = sandbox.person("ana").sees("general")
    assert float(message.ts) > time.time() + 290


def test_subscribers_receive_changes(sandbox: Sandbox):
    feed = sandbox.workspace.changes.subscribe()

    ts = sandbox.person("ana").says("hello", "general").ts

    assert feed.get(timeout=1) == {"kind": "message", "channel": "C0GENERAL", "ts": ts}


def test_a_stopped_sandbox_frees_its_port():
    first = Sandbox()
    first.start()
    port = int(first.url.rpartition(":")[2])
    first.stop()

    second = Sandbox(port=port)
    second.start()
    assert client_of(second).auth_test()["ok"]
    second.stop()
