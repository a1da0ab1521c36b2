"""The bare app: the minimum that a Bolt app needs to take a click without losing it. It is the bot's baseline.

A fresh Bolt app on Socket Mode with twenty threads. Clicks, commands and events are acknowledged after one synced
SQLite insert; after a click two messages are updated. `python -m bench.bare DATABASE CHANNELS` makes the channels,
prints "ready" and runs.
"""

import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

THREADS = 20
# The button of a playbook's step, so that the same crowd can click in either app.
BUTTON = "step.done"
COMMAND = "/incident"


class Clicks:
    """The table of clicks. One shared connection: SQLite has one writer, and a lock is fairer than its polling."""

    def __init__(self, path: str) -> None:
        self._turn = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("CREATE TABLE clicks (id INTEGER PRIMARY KEY, channel TEXT, user TEXT, at REAL)")

    def insert(self, channel_id: str, user_id: str) -> int:
        """Insert a click, which is on disk when this returns. Returns its number."""
        with self._turn, self._connection:
            row = self._connection.execute(
                "INSERT INTO clicks (channel, user, at) VALUES (?, ?, ?)", (channel_id, user_id, time.time())
            )
        return int(row.lastrowid or 0)


def build(database: str, token: str, api_url: str) -> tuple[App, dict[str, str]]:
    """Build the app, and the map of each channel's second message, which is updated along with the clicked one."""
    clicks = Clicks(database)
    second_messages: dict[str, str] = {}
    app = App(
        client=WebClient(base_url=api_url, token=token),
        listener_executor=ThreadPoolExecutor(THREADS),
    )

    @app.action(BUTTON)
    def click(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        channel_id, clicked_ts = body["channel"]["id"], body["container"]["message_ts"]
        number = clicks.insert(channel_id, body["user"]["id"])
        ack()
        for ts in (second_messages[channel_id], clicked_ts):
            client.chat_update(channel=channel_id, ts=ts, **message(f"Click {number}"))

    # Events are acknowledged before their listener runs, so what must not be lost is written first.
    @app.middleware
    def keep(body: dict[str, Any], next: Callable[[], None]) -> None:
        if event := body.get("event"):
            clicks.insert(str(event.get("channel")), str(event.get("user")))
        next()

    @app.command(COMMAND)
    def command(ack: Ack, body: dict[str, Any]) -> None:
        clicks.insert(body["channel_id"], body["user_id"])
        ack("There is nothing to list.")

    @app.event("message")
    @app.event("member_joined_channel")
    @app.event("team_join")
    def heard() -> None:
        """Do nothing: without a listener, Bolt would warn about each event."""

    return app, second_messages


def message(text: str) -> dict[str, Any]:
    """A message with a button."""
    button = {"type": "button", "text": {"type": "plain_text", "text": "Done"}, "action_id": BUTTON}
    return {
        "text": text,
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": text}},
            {"type": "actions", "elements": [button]},
        ],
    }


def main(database: str, channels: int) -> None:
    """Make the channels with two messages each, then handle clicks until the process is terminated."""
    app, second_messages = build(database, os.environ["SLACK_BOT_TOKEN"], os.environ["SLACK_API_URL"])
    for number in range(1, channels + 1):
        created = app.client.conversations_create(name=f"inc-{number}-bare")
        channel_id = created["channel"]["id"]
        second_messages[channel_id] = app.client.chat_postMessage(channel=channel_id, **message("A card"))["ts"]
        app.client.chat_postMessage(channel=channel_id, **message("A step"))
    handler = SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"], concurrency=THREADS)
    handler.connect()  # type: ignore[no-untyped-call]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
