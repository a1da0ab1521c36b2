"""The state of the workspace, and lookups in it."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from threading import Condition, RLock
from typing import Any

from slack_sandbox.changes import Changes
from slack_sandbox.clock import Clock
from slack_sandbox.errors import Refused
from slack_sandbox.events import is_subscribed
from slack_sandbox.manifest import App
from slack_sandbox.model import BOT_ID, Channel, File, Group, Json, Message, User, View
from slack_sandbox.seed import BOT_USER_ID, seed_channels, seed_groups, seed_people
from slack_sandbox.triggers import ResponseUrls, Triggers

# Traffic does not change the saved state.
_NOT_SAVED = ("call", "envelope", "connection", "late_request", "saved")


class Workspace:
    """Everything that Slack would store. Hold `lock` while reading or changing several things."""

    def __init__(self, app: App, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        self.lock = RLock()
        self.version = 0
        self.touches = 0
        self.changed = Condition(self.lock)
        self.changes = Changes()
        self.triggers = Triggers()
        self.response_urls = ResponseUrls(clock.now)
        self.deliver_event: Callable[[Json], None] = lambda event: None
        # True while a late request is being carried out.
        self.is_late = False
        self.afterwards: Callable[[Callable[[], None]], None] = lambda work: work()
        self.new_socket_url: Callable[[], str] = lambda: ""
        # On the free plan an app may not create a channel's canvas.
        self.is_free = False
        # The id of an Enterprise Grid organization.
        self.enterprise_id = ""
        self.seed()

    def seed(self) -> None:
        """Reset to the initial people and channels."""
        with self.lock:
            created = int(self.clock.now())
            self.users: dict[str, User] = {u.id: u for u in seed_people(self.app.bot_name)}
            self.groups: dict[str, Group] = {g.id: g for g in seed_groups()}
            self.channels: dict[str, Channel] = {c.id: c for c in seed_channels(created)}
            self.files: dict[str, File] = {}
            self.views: dict[str, View] = {}
            self.modals: dict[str, list[View]] = {}
            self.homes: dict[str, View] = {}
            self.scheduled: dict[str, Json] = {}
            self.canvases: dict[str, Json] = {}
            self.read_marks: dict[str, dict[str, str]] = {}
            self.choices: dict[tuple[str, str], Json] = {}
            self.touch("reset")

    @property
    def bot(self) -> User:
        return self.users[BOT_USER_ID]

    @property
    def bot_id(self) -> str:
        return BOT_ID

    def new_id(self, prefix: str) -> str:
        return prefix + secrets.token_hex(5).upper()

    def touch(self, kind: str, **fields: Any) -> None:
        """Notify everything that waits for changes or renders the workspace."""
        with self.lock:
            self.touches += 1
            self.version += kind not in _NOT_SAVED
            self.changes.publish(kind, **fields)
            self.changed.notify_all()

    def announce(self, event: Json, channel: Channel | None = None) -> None:
        """Deliver an event to the app if it is subscribed and may see it."""
        if channel is not None and BOT_USER_ID not in channel.members:
            return
        if is_subscribed(self.app, event, channel):
            self.deliver_event(event)

    # Look-ups by the names that people use ("ana", "#general") …

    def person(self, name: str) -> User:
        """A person by id or short name."""
        user = self.users.get(name)
        if user is not None:
            return user
        return next((u for u in self.users.values() if u.name == name.removeprefix("@")), None) or _missing(name)

    def find_channel(self, name: str) -> Channel | None:
        """A conversation by id, name or `#name`; open channels take precedence over archived ones."""
        channel = self.channels.get(name)
        if channel is not None:
            return channel
        bare = name.removeprefix("#")
        named = [c for c in self.channels.values() if c.name == bare and not c.is_im]
        return min(named, key=lambda c: c.is_archived, default=None)

    def channel(self, name: str) -> Channel:
        return self.find_channel(name) or _missing(name)

    def direct_message(self, user: User) -> Channel:
        """A person's conversation with the bot, opened if it does not exist yet."""
        with self.lock:
            for channel in self.channels.values():
                if channel.im_user == user.id:
                    return channel
            members = dict.fromkeys((user.id, BOT_USER_ID), True)
            channel = Channel(
                self.new_id("D"), "", BOT_USER_ID, int(self.clock.now()), im_user=user.id, members=members
            )
            self.channels[channel.id] = channel
            self.touch("channel", channel=channel.id)
            return channel

    def hire(self, count: int) -> list[User]:
        """Add this many people, called p1, p2 …, to the workspace and #general."""
        with self.lock:
            first = sum(user.id.startswith("U0P") for user in self.users.values()) + 1
            hired = [User(f"U0P{n:04d}", f"p{n}", f"Person {n}") for n in range(first, first + count)]
            for user in hired:
                self.users[user.id] = user
                self.channel("general").members[user.id] = True
                self.announce({"type": "team_join", "user": user.as_slack(), "event_ts": self.clock.ts()})
            self.touch("people")
            return hired

    def deactivate(self, user: User) -> None:
        """Deactivate a user, who is removed from all channels."""
        with self.lock:
            user.deleted = True
            for channel in self.channels.values():
                channel.members.pop(user.id, None)
            self._announce_person(user)

    def speak(self, user: User, locale: str) -> None:
        """Change a user's language in their preferences."""
        with self.lock:
            user.locale = locale
            self._announce_person(user)

    def _announce_person(self, user: User) -> None:
        ts = self.clock.ts()
        described = user.as_slack() | {"locale": user.locale}
        self.announce({"type": "user_change", "user": described, "cache_ts": int(float(ts)), "event_ts": ts})
        self.touch("people")

    def group_message(self, users: Sequence[User]) -> Channel:
        """The bot's conversation with several people, opened if it does not exist yet."""
        members = dict.fromkeys((*(user.id for user in users), BOT_USER_ID), True)
        with self.lock:
            for channel in self.channels.values():
                if channel.is_mpim and channel.members.keys() == members.keys():
                    return channel
            names = "--".join(sorted(user.name for user in users))
            channel = Channel(self.new_id("G"), f"mpdm-{names}-1", BOT_USER_ID, int(self.clock.now()))
            channel.is_private, channel.is_mpim, channel.members = True, True, members
            self.channels[channel.id] = channel
            self.touch("channel", channel=channel.id)
            return channel

    # … and as the app looks them up: `channel_not_found` for a channel that it may not see.

    def user_for_app(self, user_id: str) -> User:
        user = self.users.get(user_id)
        if user is None:
            raise Refused("user_not_found")
        return user

    def channel_for_app(self, channel_id: str) -> Channel:
        channel = self.channels.get(channel_id)
        if channel is None or (channel.is_private and BOT_USER_ID not in channel.members):
            raise Refused("channel_not_found")
        return channel

    def channels_of(self, user_id: str) -> Iterator[Channel]:
        return (c for c in self.channels.values() if user_id in c.members)

    def channels_visible_to(self, user: User) -> list[Channel]:
        """A person's channel list; guests see only channels to which they were added."""
        return [c for c in self.channels.values() if self.is_visible_to(user, c)]

    def is_visible_to(self, user: User, channel: Channel) -> bool:
        if user.id in channel.members:
            return True
        return not (channel.is_private or channel.is_im or user.is_guest)

    def message(self, channel: Channel, ts: str) -> Message:
        message = channel.messages.get(ts)
        if message is None:
            raise Refused("message_not_found")
        return message


def _missing(name: str) -> Any:
    raise LookupError(f"There is no {name!r} in this workspace.")
