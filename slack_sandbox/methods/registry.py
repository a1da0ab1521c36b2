"""The Web API's methods: name, rate tier, scopes and required arguments with each handler."""

from collections.abc import Callable
from dataclasses import dataclass

from slack_sandbox.arguments import Arguments
from slack_sandbox.errors import Refused
from slack_sandbox.model import Channel, Json, User
from slack_sandbox.workspace import Workspace

TIER_1, TIER_2, TIER_3, TIER_4, SPECIAL = "1", "2", "3", "4", "special"


@dataclass
class Request:
    """One authenticated call: the workspace, the arguments, and the app's permissions."""

    workspace: Workspace
    args: Arguments

    @property
    def bot(self) -> User:
        return self.workspace.bot

    def need(self, *any_of: str) -> None:
        """Refuse unless one of these scopes is granted."""
        app = self.workspace.app
        if not any(app.has_scope(scope) for scope in any_of):
            provided = ",".join(app.scopes)
            raise Refused("missing_scope", needed=any_of[0], provided=provided)

    def need_for(self, channel: Channel, right: str, *public_alternatives: str) -> None:
        """Refuse without the scope that this kind of conversation needs, e.g. `groups:history`."""
        if channel.is_im:
            self.need(f"im:{right}")
        elif channel.is_mpim:
            self.need(f"mpim:{'write' if right == 'manage' else right}")
        elif channel.is_private:
            self.need(f"groups:{'write' if right == 'manage' else right}")
        else:
            self.need(f"channels:{right}", *public_alternatives)

    def channel(self, right: str, *public_alternatives: str) -> Channel:
        """The conversation in `channel`, if the app may see it and has the right."""
        channel = self.workspace.channel_for_app(self.args.text("channel"))
        self.need_for(channel, right, *public_alternatives)
        return channel

    def joined_channel(self, right: str, *public_alternatives: str) -> Channel:
        """The same, but refused if it is archived or the bot is not in it."""
        channel = self.channel(right, *public_alternatives)
        if channel.is_archived:
            raise Refused("is_archived")
        if self.bot.id not in channel.members:
            raise Refused("not_in_channel")
        return channel


Handler = Callable[[Request], Json]


@dataclass(frozen=True)
class Method:
    """A Web API method; `takes` is the prefix of the tokens that it accepts."""

    name: str
    handler: Handler
    tier: str
    scopes: tuple[str, ...]
    required: tuple[str, ...]
    takes: str
    given: tuple[str, ...]

    def __call__(self, request: Request) -> Json:
        if self.scopes:
            request.need(*self.scopes)
        request.args.require(*self.required)
        request.args.require_given(*self.given)
        return self.handler(request)


METHODS: dict[str, Method] = {}
# Methods that read: their documentation says "does not currently accept application/json".
FORMS_ONLY = frozenset(
    (
        *("bookmarks.list", "chat.getPermalink", "dnd.info", "files.getUploadURLExternal", "files.info"),
        *(
            "files.list",
            "conversations.history",
            "conversations.info",
            "conversations.list",
            "conversations.members",
        ),
        *("conversations.replies", "pins.list", "reactions.get", "team.info", "usergroups.list"),
        *("usergroups.users.list", "users.conversations", "users.getPresence", "users.info", "users.list"),
        "users.lookupByEmail",
    )
)


def method(
    name: str,
    tier: str,
    *scopes: str,
    required: tuple[str, ...] = (),
    given: tuple[str, ...] = (),
    takes: str = "xoxb",
) -> Callable[[Handler], Handler]:
    """Register a handler under Slack's name for it; arguments in `given` must be present but may be empty."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(name, handler, tier, scopes, required, takes, given)
        return handler

    return register
