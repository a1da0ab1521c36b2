"""`python -m slack_sandbox`: a workspace in a process of its own, for any bot."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk import WebClient

from slack_sandbox import Sandbox

ENDS_WITHIN_S = 20
MANIFEST = """
display_information: {name: Greeter}
oauth_config: {scopes: {bot: [commands, "users:read"]}}
"""


@pytest.fixture
def processes() -> Iterator[list["subprocess.Popen[str]"]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        with process:  # this also closes its pipes
            process.kill()


def start(processes: list["subprocess.Popen[str]"], folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "slack_sandbox", "--data", str(folder / "data"), *arguments]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    processes.append(process)
    return process


def test_a_bot_is_installed_as_its_manifest_says(tmp_path: Path, processes: list["subprocess.Popen[str]"]):
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(MANIFEST)
    process = start(processes, tmp_path, "--child", "--port", "0", "--manifest", str(manifest))
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())

    client = WebClient(ready["bot_token"], base_url=f"{ready['url']}/api/")
    assert client.auth_test().headers["x-oauth-scopes"] == "commands,users:read"
    assert ready["signing_secret"]
    assert ready["app_token"].startswith("xapp-")


def test_a_child_ends_with_the_process_that_started_it(tmp_path: Path, processes: list["subprocess.Popen[str]"]):
    process = start(processes, tmp_path, "--child", "--port", "0")
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline()

    process.stdin.close()

    assert process.wait(ENDS_WITHIN_S) == 0
    assert (tmp_path / "data" / "workspace.json").exists()


def test_a_person_is_shown_the_environment_of_a_bot(tmp_path: Path, processes: list["subprocess.Popen[str]"]):
    process = start(processes, tmp_path, "--port", "0")
    assert process.stdout is not None

    lines = [process.stdout.readline() for _ in range(5)]

    assert lines[0].startswith("Open http://127.0.0.1:")
    assert [line.partition("=")[0] for line in lines[1:]] == [
        "SLACK_API_URL",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
    ]


def test_a_port_in_use_is_named(sandbox: Sandbox, tmp_path: Path, processes: list["subprocess.Popen[str]"]):
    port = sandbox.url.rpartition(":")[2]

    process = start(processes, tmp_path, "--port", port)

    assert process.communicate(timeout=ENDS_WITHIN_S)[1] == (
        f"Port {port} is in use. Choose another one with --port.\n"
    )
    assert process.returncode == 1


@pytest.mark.parametrize("content", ["[", "- a list", "\udcff"])
def test_a_file_that_is_no_manifest_is_refused_in_a_sentence(
    tmp_path: Path, processes: list["subprocess.Popen[str]"], content: str
):
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(content, errors="surrogateescape")

    process = start(processes, tmp_path, "--manifest", str(manifest))

    sentence = process.communicate(timeout=ENDS_WITHIN_S)[1]
    assert sentence.startswith(f"The manifest {manifest} ")
    assert "Traceback" not in sentence


@pytest.mark.parametrize("kept", ["{", "[]", '{"format": 1, "users": [{"id": "U1", "rank": 5}]}'])
def test_a_workspace_of_another_version_is_named_in_a_sentence(
    tmp_path: Path, processes: list["subprocess.Popen[str]"], kept: str
):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "workspace.json").write_text(kept)

    process = start(processes, tmp_path, "--port", "0")

    sentence = process.communicate(timeout=ENDS_WITHIN_S)[1]
    assert sentence.startswith(f"The workspace in {tmp_path / 'data'} was kept by another version")
    assert "Traceback" not in sentence
