"""A person, with the whole vocabulary."""

from slack_sandbox.person.channels import ChannelActions
from slack_sandbox.person.messages import MessageActions
from slack_sandbox.person.modals import ModalActions


class Person(MessageActions, ChannelActions, ModalActions):
    """Speaks, gathers, clicks and fills in; one object is one person's hands and eyes."""

    def __repr__(self) -> str:
        return f"<{self.user.name}>"
