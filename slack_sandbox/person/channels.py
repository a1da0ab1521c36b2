"""A person's channel actions: create, join, invite, rename, archive."""

from slack_sandbox import canvases, channels
from slack_sandbox.model import Channel
from slack_sandbox.person.base import PersonBase


class ChannelActions(PersonBase):
    """A person's actions on channels."""

    def creates_channel(self, name: str, private: bool = False) -> Channel:
        return channels.create(self._workspace, name, self.user, private)

    def joins(self, channel: str) -> None:
        where = self._visible(channel)
        if self.id not in where.members:
            channels.join(self._workspace, where, self.user)

    def leaves(self, channel: str) -> None:
        channels.leave(self._workspace, self._joined(channel), self.user)

    def invites(self, channel: str, person: str) -> None:
        where, guest = self._joined(channel), self._workspace.person(person)
        if guest.id not in where.members:
            channels.join(self._workspace, where, guest, inviter=self.user)

    def kicks(self, channel: str, person: str) -> None:
        channels.leave(self._workspace, self._joined(channel), self._workspace.person(person), self.user)

    def renames(self, channel: str, name: str) -> None:
        channels.rename(self._workspace, self._joined(channel), name, self.user)

    def archives(self, channel: str) -> None:
        channels.archive(self._workspace, self._joined(channel), self.user)

    def unarchives(self, channel: str) -> None:
        channels.unarchive(self._workspace, self._visible(channel), self.user)

    def sets_topic(self, channel: str, text: str) -> None:
        channels.describe(self._workspace, self._joined(channel), self.user, "topic", text)

    def writes_canvas(self, channel: str, markdown: str) -> str:
        """Write the channel's canvas, creating it if there is none. Returns its id."""
        where = self._joined(channel)
        if not where.canvas:
            return canvases.create(self._workspace, self.user, markdown, channel=where)
        self._workspace.canvases[where.canvas]["markdown"] = markdown
        return where.canvas

    def deletes_channel(self, channel: str) -> None:
        channels.remove(self._workspace, self._visible(channel), self.user)
