"""A person's commands and messages, edits and deletions, files, reactions, pins."""

import secrets

from slack_sandbox import file_sharing, interactions, posting, reactions_and_pins, responses
from slack_sandbox.emoji import with_names
from slack_sandbox.errors import Refused
from slack_sandbox.model import Channel, File, Json, Message
from slack_sandbox.person.base import PersonBase
from slack_sandbox.person.results import Answer
from slack_sandbox.typed_text import with_references

COMMAND_TIMED_OUT = '{command} failed with the error "operation_timeout"'
COMMAND_FAILED = '{command} failed with the error "dispatch_failed"'


class MessageActions(PersonBase):
    """A person's actions in the composer."""

    def types(self, text: str, channel: str | None = None) -> Answer | Message:
        """Type into a channel, or into the conversation with the bot: a command or a message."""
        if not text.startswith("/"):
            return self.says(text, channel)
        where = self._joined(channel)
        name, _, rest = text.partition(" ")
        if not self._workspace.app.has_command(name):
            return self._from_slackbot(
                where, Answer(False, f"{name} is not a valid command.", error="unknown_command")
            )
        if self._workspace.app.escapes(name):
            rest = with_references(rest, self._workspace, self.user)
        else:
            rest = with_names(rest)
        payload = interactions.command(self._workspace, self.user, where, name, rest.strip())
        envelope = self._send("slash_commands", payload)
        if envelope.error.endswith("timeout"):
            text = COMMAND_TIMED_OUT.format(command=name)
            return self._from_slackbot(where, Answer(False, text, timed_out=True, error="operation_timeout"))
        if envelope.error:
            text = COMMAND_FAILED.format(command=name)
            return self._from_slackbot(where, Answer(False, text, timed_out=True, error="dispatch_failed"))
        return self._acknowledged(where, envelope.answer)

    def _acknowledged(self, where: Channel, answer: Json) -> Answer:
        if not any(answer.get(key) for key in ("text", "blocks", "attachments")):
            return Answer(True)
        try:
            message = responses.say(self._workspace, where, self.id, answer)
        except Refused as refusal:
            self._deliveries.refuse("slash_commands", answer, refusal)
            return Answer(False, error=refusal.error)
        return Answer(True, message.text, message.blocks)

    def _from_slackbot(self, where: Channel, answer: Answer) -> Answer:
        """Show the answer to this person only, as Slackbot."""
        message = Message(self._workspace.clock.ts(), where.id, "USLACKBOT", answer.text, ephemeral_to=self.id)
        posting.post_ephemeral(self._workspace, where, message)
        return answer

    def says(self, text: str, channel: str | None = None, thread_ts: str | None = None) -> Message:
        """Post a message. `text` is escaped already, and may hold references in Slack's form."""
        with self._workspace.lock:
            where = self._writable(channel)
            text = with_references(text, self._workspace, self.user)
            message = posting.compose(self._workspace, where, self.user, text)
            message.client_msg_id = secrets.token_hex(16)
            if thread_ts:
                parent = where.messages[thread_ts]
                message.thread_ts = parent.thread_ts or parent.ts
            return posting.post(self._workspace, where, message)

    def edits(self, channel: str, ts: str, text: str) -> Message:
        with self._workspace.lock:
            where, message = self._own(channel, ts)
            text = with_references(text, self._workspace, self.user)
            posting.edit(self._workspace, where, message, self.user, text=text)
            return message

    def deletes(self, channel: str, ts: str) -> None:
        with self._workspace.lock:
            where, message = self._own(channel, ts)
            posting.delete(self._workspace, where, message)

    def uploads(
        self, channel: str | None, name: str, content: bytes, text: str = "", thread_ts: str | None = None
    ) -> File:
        with self._workspace.lock:
            where = self._writable(channel)
            parent = where.messages[thread_ts] if thread_ts else None
            file = file_sharing.new_file(self._workspace, self.user, name, len(content))
            file.content = content
            text = with_references(text, self._workspace, self.user)
            in_thread = (parent.thread_ts or parent.ts) if parent else ""
            file_sharing.share(self._workspace, self.user, [file], where, text, in_thread)
            return file

    def _writable(self, channel: str | None) -> Channel:
        where = self._joined(channel)
        if where.is_im and not self._workspace.app.takes_messages:
            raise PermissionError("Sending messages to this app has been turned off.")
        return where

    def reacts(self, emoji: str, channel: str, ts: str) -> None:
        where = self._joined(channel)
        reactions_and_pins.react(self._workspace, where, where.messages[ts], self.user, emoji.strip(":"))

    def unreacts(self, emoji: str, channel: str, ts: str) -> None:
        where = self._joined(channel)
        reactions_and_pins.unreact(self._workspace, where, where.messages[ts], self.user, emoji.strip(":"))

    def pins(self, channel: str, ts: str) -> None:
        where = self._joined(channel)
        reactions_and_pins.pin(self._workspace, where, where.messages[ts], self.user)

    def unpins(self, channel: str, ts: str) -> None:
        where = self._joined(channel)
        reactions_and_pins.unpin(self._workspace, where, where.messages[ts], self.user)

    def _own(self, channel: str, ts: str) -> tuple[Channel, Message]:
        where = self._joined(channel)
        message = where.messages[ts]
        if message.user != self.id:
            raise PermissionError(f"{self.user.name} did not write that message.")
        return where, message
