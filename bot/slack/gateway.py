"""Every Web API call the bot makes, each with Slack's own words for "already so" understood as done."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry import RetryHandler
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from bot.slack.blocks import MESSAGE_TEXT, TOPIC_TEXT, Block, fit
from bot.slack.outcomes import OutcomeUnknown, RateLimited, SlackRefused
from bot.slack.text import shorten

CALL_TIMEOUT_S = 10
# Their clock and ours may differ; a message is looked for from a little before it was attempted.
CLOCK_SKEW = timedelta(minutes=2)
INVITED_AT_ONCE = 100
LOOKED_THROUGH_PAGES = 10
METADATA_TYPE = "watchfloor_message"
_NO_RETRIES: list[RetryHandler] = []  # a retry by the client would repeat a post whose answer was lost


@dataclass(frozen=True)
class Post:
    """A message to be sent once. `key` tells it from every other message ever sent."""

    key: str
    channel_id: str
    text: str
    blocks: Sequence[Block] = ()
    thread_ts: str | None = None


@dataclass(frozen=True)
class Posted:
    """Where a message landed."""

    channel_id: str
    ts: str


@dataclass(frozen=True)
class Channel:
    """A channel as Slack named it."""

    id: str
    name: str


class Gateway:
    """Slack's Web API, for one workspace."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._blocked_until: dict[str, float] = {}
        self._identity: dict[str, Any] = {}

    @classmethod
    def to(cls, base_url: str, token: str | None) -> "Gateway":
        """A gateway to the workspace that `token` opens; without one, each call brings its own."""
        client = WebClient(token=token, base_url=base_url, timeout=CALL_TIMEOUT_S, retry_handlers=list(_NO_RETRIES))
        return cls(client)

    @property
    def client(self) -> WebClient:
        """The client underneath, for Bolt."""
        return self._client

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """One call. Raises `SlackRefused`, `RateLimited` or `OutcomeUnknown`."""
        wait_s = self._blocked_until.get(method, 0) - time.monotonic()
        if wait_s > 0:
            raise RateLimited(method, wait_s)
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            answer = self._client.api_call(method, json=given)
        except SlackApiError as refused:
            raise self._failure(method, refused) from refused
        except (OSError, HTTPException, SlackClientError, ValueError) as lost:
            raise OutcomeUnknown(method, type(lost).__name__) from lost
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    def _failure(self, method: str, refused: SlackApiError) -> Exception:
        response: SlackResponse = refused.response
        if response.status_code == 429:
            wait_s = float(response.headers.get("Retry-After", 1))
            self._blocked_until[method] = time.monotonic() + wait_s
            return RateLimited(method, wait_s)
        error = str(response.get("error", "")) if isinstance(response.data, dict) else ""
        if response.status_code >= 500 or error in (
            "",
            "internal_error",
            "fatal_error",
            "service_unavailable",
        ):
            return OutcomeUnknown(method, error or str(response.status_code))
        messages = (response.get("response_metadata") or {}).get("messages") or []
        detail = "; ".join(map(str, messages)) or str(response.get("needed") or "")
        return SlackRefused(method, error, detail)

    # The workspace

    def _me(self) -> dict[str, Any]:
        if not self._identity:
            self._identity = self.call("auth.test")
        return self._identity

    def team_id(self) -> str:
        """The workspace."""
        return str(self._me()["team_id"])

    def user_id(self) -> str:
        """The bot's own user."""
        return str(self._me()["user_id"])

    def permalink(self, channel_id: str, ts: str) -> str:
        """The address of a message, made without a call: Slack's addresses follow this form."""
        return f"{self._me()['url']}archives/{channel_id}/p{ts.replace('.', '')}"

    # Channels

    def create_channel(self, name: str, *, is_private: bool) -> Channel:
        """A new channel; `SlackRefused` with `name_taken` when there is one of that name."""
        made = self.call("conversations.create", name=name, is_private=is_private)["channel"]
        return Channel(made["id"], made["name"])

    def own_channel(self, name: str, created_after: datetime) -> Channel | None:
        """The channel of that name that we made after that moment, if there is one."""
        me = self.user_id()
        earliest = (created_after - CLOCK_SKEW).timestamp()
        cursor = None
        while True:
            page = self.call(
                "users.conversations",
                types="public_channel,private_channel",
                exclude_archived=False,
                limit=200,
                cursor=cursor,
            )
            for found in page["channels"]:
                if found["name"] == name and found.get("creator") == me and found["created"] >= earliest:
                    return Channel(found["id"], found["name"])
            cursor = page.get("response_metadata", {}).get("next_cursor") or None
            if not cursor:
                return None

    def join_by_name(self, name: str) -> str:
        """The id of the channel of that name, joined if it is public. `SlackRefused` when there is none."""
        mine = self._named(name, "users.conversations", "public_channel,private_channel")
        if mine:
            return mine
        other = self._named(name, "conversations.list", "public_channel")
        if other is None:
            raise SlackRefused("conversations.join", "channel_not_found", f"#{name}")
        self.call("conversations.join", channel=other)
        return other

    def _named(self, name: str, method: str, types: str) -> str | None:
        cursor = None
        while True:
            page = self.call(method, types=types, exclude_archived=True, limit=200, cursor=cursor)
            for found in page["channels"]:
                if found["name"] == name:
                    return str(found["id"])
            cursor = page.get("response_metadata", {}).get("next_cursor") or None
            if not cursor:
                return None

    def invite(self, channel_id: str, user_ids: Sequence[str]) -> dict[str, str]:
        """Invite people; gives back who could not be, with Slack's reason."""
        refused: dict[str, str] = {}
        for start in range(0, len(user_ids), INVITED_AT_ONCE):
            some = user_ids[start : start + INVITED_AT_ONCE]
            refused |= self._invite_some(channel_id, some)
        return {user_id: why for user_id, why in refused.items() if why != "already_in_channel"}

    def _invite_some(self, channel_id: str, user_ids: Sequence[str]) -> dict[str, str]:
        try:
            answer = self.call("conversations.invite", channel=channel_id, users=",".join(user_ids), force=True)
        except SlackRefused as refused:
            if refused.error in ("is_archived", "channel_not_found", "not_in_channel", "missing_scope"):
                raise
            return dict.fromkeys(user_ids, refused.error)
        return {error["user"]: error["error"] for error in answer.get("errors", []) if "user" in error}

    def set_topic(self, channel_id: str, topic: str) -> None:
        """Set a channel's topic; Slack allows 250 characters and no formatting."""
        self.call("conversations.setTopic", channel=channel_id, topic=shorten(topic, TOPIC_TEXT))

    def pin(self, channel_id: str, ts: str) -> None:
        """Pin a message; done if it is pinned."""
        self._unless("already_pinned", "pins.add", channel=channel_id, timestamp=ts)

    def bookmark(self, channel_id: str, title: str, url: str, emoji: str) -> None:
        """Add a link to a channel's bookmarks unless the same link is there."""
        self.call("bookmarks.add", channel_id=channel_id, title=title, type="link", link=url, emoji=emoji)

    def has_bookmark(self, channel_id: str, url: str) -> bool:
        """Is the link among the channel's bookmarks?"""
        listed = self.call("bookmarks.list", channel_id=channel_id)["bookmarks"]
        return any(bookmark.get("link") == url for bookmark in listed)

    def _unless(self, done: str, method: str, **arguments: Any) -> None:
        try:
            self.call(method, **arguments)
        except SlackRefused as refused:
            if refused.error != done:
                raise

    # Messages

    def post(self, post: Post, *, attempted_at: datetime | None = None) -> Posted:
        """Send a message. Give `attempted_at` when it may have been sent before: it is looked for first."""
        if attempted_at is not None and (found := self.find(post, attempted_at)):
            return found
        answer = self.call(
            "chat.postMessage",
            channel=post.channel_id,
            text=shorten(post.text, MESSAGE_TEXT),
            blocks=fit(post.blocks) or None,
            thread_ts=post.thread_ts,
            metadata={"event_type": METADATA_TYPE, "event_payload": {"key": post.key}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return Posted(answer["channel"], answer["ts"])

    def find(self, post: Post, attempted_at: datetime) -> Posted | None:
        """The message that carries the key of `post`, if it arrived after `attempted_at`."""
        channel_id = self._conversation(post.channel_id)
        where = {"channel": channel_id, "oldest": f"{(attempted_at - CLOCK_SKEW).timestamp():.6f}"}
        method = "conversations.history"
        if post.thread_ts:
            method, where = "conversations.replies", where | {"ts": post.thread_ts}
        cursor = None
        for _ in range(LOOKED_THROUGH_PAGES):
            page = self.call(method, **where, include_all_metadata=True, limit=200, cursor=cursor)
            for message in page["messages"]:
                if message.get("metadata", {}).get("event_payload", {}).get("key") == post.key:
                    return Posted(channel_id, message["ts"])
            cursor = page.get("response_metadata", {}).get("next_cursor") or None
            if not cursor:
                return None
        return None

    def _conversation(self, channel_id: str) -> str:
        return self.direct_channel(channel_id) if channel_id.startswith(("U", "W")) else channel_id

    def update(self, posted: Posted, text: str, blocks: Sequence[Block]) -> None:
        """Edit a message in place."""
        self.call(
            "chat.update",
            channel=posted.channel_id,
            ts=posted.ts,
            text=shorten(text, MESSAGE_TEXT),
            blocks=fit(blocks),
        )

    def whisper(self, channel_id: str, user_id: str, text: str, blocks: Sequence[Block] = ()) -> None:
        """Show a message to one person in a channel; Slack does not keep it."""
        self.call(
            "chat.postEphemeral",
            channel=channel_id,
            user=user_id,
            text=shorten(text, MESSAGE_TEXT),
            blocks=fit(blocks) or None,
        )

    def tell(self, user_id: str, text: str, blocks: Sequence[Block] = ()) -> None:
        """Say something to a person by direct message that need not be repeated if it is lost."""
        words = shorten(text, MESSAGE_TEXT)
        self.call("chat.postMessage", channel=user_id, text=words, blocks=fit(blocks) or None)

    def reply(self, response_url: str, text: str, blocks: Sequence[Block] = ()) -> None:
        """Answer the person who clicked or typed, through the address Slack gave for it."""
        hook = WebhookClient(response_url, timeout=CALL_TIMEOUT_S, retry_handlers=list(_NO_RETRIES))
        words = shorten(text, MESSAGE_TEXT)
        try:
            answer = hook.send(
                text=words, blocks=fit(blocks) or None, response_type="ephemeral", replace_original=False
            )
        except (OSError, HTTPException, SlackClientError, ValueError) as lost:
            raise OutcomeUnknown("response_url", type(lost).__name__) from lost
        if answer.status_code != 200:
            raise SlackRefused("response_url", f"{answer.status_code} {answer.body}")

    def direct_channel(self, user_id: str) -> str:
        """The id of the direct-message channel with a person."""
        return str(self.call("conversations.open", users=user_id)["channel"]["id"])

    # Views

    def open_view(self, trigger_id: str, view: Block) -> None:
        """Open a form; the trigger lives three seconds, so this comes before anything slow."""
        self.call("views.open", trigger_id=trigger_id, view=view)

    def publish_home(self, user_id: str, blocks: Sequence[Block]) -> None:
        """Show a person's App Home."""
        self.call("views.publish", user_id=user_id, view={"type": "home", "blocks": fit(blocks, 100)})

    # People

    def person(self, user_id: str) -> dict[str, Any]:
        """What Slack knows of a person."""
        return dict(self.call("users.info", user=user_id)["user"])

    def people(self, cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """A page of everyone in the workspace, and where the next begins."""
        page = self.call("users.list", limit=200, cursor=cursor)
        return page["members"], page.get("response_metadata", {}).get("next_cursor") or None

    def groups(self) -> list[dict[str, Any]]:
        """The workspace's user groups with their members."""
        return list(self.call("usergroups.list", include_users=True)["usergroups"])

    # Files

    def upload(self, name: str, content: bytes) -> str:
        """Send a file to Slack; it appears nowhere until it is shared. Gives back its id."""
        place = self.call("files.getUploadURLExternal", filename=name, length=len(content))
        request = Request(place["upload_url"], data=content, method="POST")  # noqa: S310 - Slack gave the address
        try:
            with urlopen(request, timeout=CALL_TIMEOUT_S) as answer:  # noqa: S310
                answer.read()
        except (OSError, HTTPException) as lost:
            raise OutcomeUnknown("file upload", type(lost).__name__) from lost
        return str(place["file_id"])

    def share_file(self, file_id: str, title: str, channel_id: str, words: str) -> None:
        """Show an uploaded file in a conversation, with a few words."""
        self.call(
            "files.completeUploadExternal",
            files=[{"id": file_id, "title": title}],
            channel_id=channel_id,
            initial_comment=words,
        )

    def is_shared(self, file_id: str, channel_id: str) -> bool:
        """Is the file shown in that conversation?"""
        try:
            file = self.call("files.info", file=file_id)["file"]
        except SlackRefused as refused:
            if refused.error == "file_not_found":
                return False
            raise
        shown_in = [*file.get("channels", []), *file.get("groups", []), *file.get("ims", [])]
        return channel_id in shown_in
