"""Forms and home tabs."""

from collections.abc import Sequence

from bot.slack.blocks import VIEW_BLOCKS, Block, fit_blocks
from bot.slack.calls import ApiClient


class Surfaces(ApiClient):
    """What the bot shows beside messages."""

    def open_view(self, trigger_id: str, view: Block) -> None:
        """Open a form; the trigger lives three seconds, so this comes before anything slow."""
        self.call("views.open", trigger_id=trigger_id, view=view)

    def push_view(self, trigger_id: str, view: Block) -> None:
        """Open a form on top of the one that is open; closing it leads back."""
        self.call("views.push", trigger_id=trigger_id, view=view)

    def update_view(self, view_id: str, view: Block) -> None:
        """Show the new state in a form that is open."""
        self.call("views.update", view_id=view_id, view=view)

    def create_channel_canvas(self, channel_id: str, markdown: str) -> str:
        """Give a channel its canvas; `SlackRefused` where it has one, or the plan has none. Gives back its id."""
        content = {"type": "markdown", "markdown": markdown}
        created = self.call("conversations.canvases.create", channel_id=channel_id, document_content=content)
        return str(created["canvas_id"])

    def publish_home(self, user_id: str, blocks: Sequence[Block]) -> None:
        """Show a person's App Home."""
        self.call(
            "views.publish", user_id=user_id, view={"type": "home", "blocks": fit_blocks(blocks, VIEW_BLOCKS)}
        )
