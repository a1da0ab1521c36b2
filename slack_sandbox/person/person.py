"""A person with all actions."""

from slack_sandbox.person.channels import ChannelActions
from slack_sandbox.person.messages import MessageActions
from slack_sandbox.person.modals import ModalActions


class Person(MessageActions, ChannelActions, ModalActions):
    """One person of the workspace: writes, clicks, fills in forms, manages channels, and sees what is there."""

    def __repr__(self) -> str:
        return f"<{self.user.name}>"
