"""Messages: sent once, found again, edited in place; and answers to a user who clicked or typed."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from http.client import HTTPException
from typing import Any

from msgspec import Struct
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.slack.blocks import MESSAGE_TEXT, Block, fit_message
from bot.slack.calls import CALL_TIMEOUT_S, NO_RETRIES, ApiClient, retry_after_s
from bot.slack.channels import CLOCK_SKEW
from bot.slack.errors import OutcomeUnknown, RateLimited, SlackRefused
from bot.slack.text import shorten

SEARCHED_PAGES = 10
METADATA_TYPE = "watchfloor_message"
# Slack's answers to a post to a response URL; any other is from something in between.
ANSWERED = (200, 400, 403, 404, 410)


def _response_error(body: str) -> str:
    """Slack's name for the reason, from JSON or plain text."""
    with suppress(ValueError, AttributeError):
        return str(json.loads(body).get("error", ""))
    return body[:80]


class Post(Struct, frozen=True):
    """A message to be sent once. `key` distinguishes it from every other message ever sent."""

    key: str
    channel_id: str
    text: str
    blocks: Sequence[Block] = ()
    thread_ts: str | None = None


class Posted(Struct, frozen=True):
    """Where a message landed."""

    channel_id: str
    ts: str


class Messages(ApiClient):
    """Sends, finds, edits and deletes messages."""

    def post(self, post: Post, *, attempted_at: datetime | None = None) -> Posted:
        """Send a message. Pass `attempted_at` if it may have been sent before: it is then looked for first."""
        if attempted_at is not None and (posted := self.find(post, attempted_at)):
            return posted
        if wait_s := self._pace.wait_s(post.channel_id, post.key):
            raise RateLimited("chat.postMessage", wait_s)
        try:
            response = self.call(
                "chat.postMessage",
                channel=post.channel_id,
                text=shorten(post.text, MESSAGE_TEXT),
                blocks=fit_message(post.blocks) or None,
                thread_ts=post.thread_ts,
                metadata={"event_type": METADATA_TYPE, "event_payload": {"key": post.key}},
                unfurl_links=False,
                unfurl_media=False,
            )
        except RateLimited:
            self._pace.return_turn(post.key)
            raise
        return Posted(response["channel"], response["ts"])

    def post_ephemeral(self, channel_id: str, user_id: str, text: str, blocks: Sequence[Block] = ()) -> None:
        """Show an ephemeral message to one person, once; Slack forgets it, so it is never looked for."""
        self.call(
            "chat.postEphemeral",
            channel=channel_id,
            user=user_id,
            text=shorten(text, MESSAGE_TEXT),
            blocks=fit_message(blocks) or None,
        )

    def find(self, post: Post, attempted_at: datetime) -> Posted | None:
        """The message that carries the key of `post`, if it arrived after `attempted_at`."""
        channel_id = self._conversation_id(post.channel_id)
        arguments: dict[str, Any] = {
            "channel": channel_id,
            "oldest": f"{(attempted_at - CLOCK_SKEW).timestamp():.6f}",
        }
        method = "conversations.history"
        if post.thread_ts:
            method, arguments = "conversations.replies", arguments | {"ts": post.thread_ts}
        pages = self.pages(method, **arguments, include_all_metadata=True, limit=200, at_most=SEARCHED_PAGES)
        for page in pages:
            for message in page["messages"]:
                if message.get("metadata", {}).get("event_payload", {}).get("key") == post.key:
                    return Posted(channel_id, message["ts"])
        return None

    def _conversation_id(self, channel_id: str) -> str:
        return self.direct_channel(channel_id) if channel_id.startswith(("U", "W")) else channel_id

    def update(self, posted: Posted, text: str, blocks: Sequence[Block]) -> None:
        """Edit a message in place."""
        self.call(
            "chat.update",
            channel=posted.channel_id,
            ts=posted.ts,
            text=shorten(text, MESSAGE_TEXT),
            blocks=fit_message(blocks),
        )

    def delete_message(self, channel_id: str, ts: str) -> None:
        """Delete one of the bot's own messages; no error if it is not there."""
        self.call("chat.delete", channel=channel_id, ts=ts)

    def send_direct_message(self, user_id: str, text: str, blocks: Sequence[Block] = ()) -> None:
        """Send a person a direct message that need not be repeated if it is lost."""
        shortened = shorten(text, MESSAGE_TEXT)
        self.call("chat.postMessage", channel=user_id, text=shortened, blocks=fit_message(blocks) or None)

    def respond(
        self, response_url: str, text: str, blocks: Sequence[Block] = (), *, replace_original: bool = False
    ) -> None:
        """Answer the user who clicked or typed, below the message or in its place."""
        tls = self.network.tls_for(response_url)
        webhook = WebhookClient(response_url, timeout=CALL_TIMEOUT_S, ssl=tls, retry_handlers=list(NO_RETRIES))
        webhook.proxy = self.network.proxy_for(response_url)
        shortened = shorten(text, MESSAGE_TEXT)
        try:
            response = webhook.send(
                text=shortened,
                blocks=fit_message(blocks) or None,
                response_type="ephemeral",
                replace_original=replace_original,
            )
        except (OSError, HTTPException, SlackClientError, ValueError) as lost:
            raise OutcomeUnknown("response_url", type(lost).__name__) from lost
        if response.status_code == 429:
            raise RateLimited("response_url", retry_after_s(response.headers))
        if response.status_code in ANSWERED and not response.body.lstrip().startswith("<"):
            if response.status_code != 200:
                raise SlackRefused("response_url", _response_error(response.body))
            return
        raise OutcomeUnknown("response_url", f"HTTP {response.status_code}")

    def direct_channel(self, user_id: str) -> str:
        return str(self.call("conversations.open", users=user_id)["channel"]["id"])


class HistoryPage(Struct, frozen=True):
    """Messages as Slack keeps them, and whether there are more."""

    messages: list[dict[str, Any]]
    has_more: bool


class History(ApiClient):
    """Calls that read back messages."""

    def history(self, channel_id: str, oldest: str, latest: str, limit: int) -> HistoryPage:
        """The newest messages between two times, both excluded, without replies in threads."""
        answer = self.call("conversations.history", channel=channel_id, oldest=oldest, latest=latest, limit=limit)
        return HistoryPage(list(answer["messages"]), bool(answer.get("has_more")))

    def replies(self, channel_id: str, thread_ts: str, oldest: str, limit: int) -> HistoryPage:
        """The oldest replies in a thread after a time; Slack puts the thread's first message before them."""
        answer = self.call("conversations.replies", channel=channel_id, ts=thread_ts, oldest=oldest, limit=limit)
        return HistoryPage(list(answer["messages"]), bool(answer.get("has_more")))
