"""The author of a message, as the page shows it."""

from dataclasses import dataclass

from slack_sandbox.model import Message, User
from slack_sandbox.page.names import hue, initials
from slack_sandbox.workspace import Workspace


@dataclass(frozen=True)
class Author:
    id: str
    name: str
    short_name: str = ""
    title: str = ""
    is_bot: bool = False
    guest_kind: str = ""

    @property
    def is_guest(self) -> bool:
        return bool(self.guest_kind)

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def hue(self) -> int:
        return hue(self.id)


def author(user: User) -> Author:
    return Author(user.id, user.real_name, user.name, user.title, user.is_bot, _guest_kind(user))


def author_of(message: Message, workspace: Workspace) -> Author:
    """The author of a message; an app may give each message its own name."""
    user = workspace.users.get(message.user)
    if user is None:
        return Author(message.user, message.username or "Slackbot", is_bot=True)
    shown = author(user)
    return Author(**{**vars(shown), "name": message.username}) if message.username else shown


def _guest_kind(user: User) -> str:
    if user.is_stranger:
        return "EXTERNAL"
    if user.is_ultra_restricted:
        return "ONE-CHANNEL GUEST"
    return "GUEST" if user.is_restricted else ""
