"""The page's addresses, without a browser: who gets which content, and whom the page does not obey."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from slack_sandbox import Sandbox


@pytest.fixture
def http(sandbox: Sandbox) -> httpx.Client:
    return httpx.Client(base_url=sandbox.url, trust_env=False)


def test_the_front_leads_to_a_channel_of_that_person(http: httpx.Client) -> None:
    assert http.get("/").headers["location"] == "/channel/C0INCIDENTS?as=ana"
    assert http.get("/?as=ulla").headers["location"] == "/channel/C0RANDOM?as=ulla"
    assert http.get("/?as=nobody-we-know").headers["location"] == "/channel/C0INCIDENTS?as=ana"


def test_no_script_and_no_address_but_ours_is_allowed(http: httpx.Client) -> None:
    policy = http.get("/channel/C0GENERAL?as=ana").headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_another_site_cannot_act_for_the_person_on_the_page(http: httpx.Client, sandbox: Sandbox) -> None:
    order = {"text": "Not my words", "channel": "C0GENERAL"}

    refused = http.post("/do/type?as=ana", json=order, headers={"sec-fetch-site": "cross-site"})

    assert refused.status_code == 403
    assert sandbox.person("ana").sees("general") == []


def test_a_file_is_given_only_to_those_who_see_where_it_is_shared(http: httpx.Client, sandbox: Sandbox) -> None:
    file = sandbox.person("ana").uploads("leads", "plan.html", b"<script>alert(1)</script>")

    assert http.get(f"/file/{file.id}?as=ben").status_code == 404
    answer = http.get(f"/file/{file.id}?as=erik")
    assert answer.content == file.content
    # Never shown as a page of ours, whatever its content.
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''plan.html"


def test_a_part_of_an_invisible_channel_is_empty(http: httpx.Client, sandbox: Sandbox) -> None:
    secret = sandbox.person("ana").says("The plan", channel="leads")
    part = {"channel": "G0LEADS", "ts": secret.ts}

    assert "The plan" in http.get("/part/rows", params=part | {"as": "erik"}).text
    for name in ("rows", "thread", "heading", "members", "pins", "message-menu", "edit"):
        answer = http.get(f"/part/{name}", params=part | {"as": "ben"})
        assert (answer.status_code, answer.text) == (204, "")


def test_a_refusal_is_a_sentence(http: httpx.Client) -> None:
    answer = http.post("/do/create-channel?as=ana", json={"name": "general", "private": False})

    assert answer.json() == {"error": "There is a channel of that name already."}


@contextmanager
def served(data: Path) -> Iterator[tuple[Sandbox, httpx.Client]]:
    """Yield a workspace that is kept in a file, and a client for its addresses."""
    sandbox = Sandbox(data=data)
    sandbox.start()
    with httpx.Client(base_url=sandbox.url, trust_env=False) as http:
        yield sandbox, http
    sandbox.stop()


def test_read_and_unread_messages_outlive_a_restart(tmp_path: Path) -> None:
    with served(tmp_path / "workspace.json") as (sandbox, http):
        read = sandbox.person("ben").says("Read", channel="random")
        sandbox.person("ben").says("Not read", channel="general")
        http.post("/do/read?as=ana", json={"channel": "C0RANDOM", "ts": read.ts})

    with served(tmp_path / "workspace.json") as (_, http):
        entries = http.get("/part/sidebar?as=ana").text.split("<a ")

    unread = [entry for entry in entries if "unread" in entry]
    assert len(unread) == 1
    assert "general" in unread[0]
