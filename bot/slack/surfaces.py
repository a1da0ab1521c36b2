"""Forms and home tabs."""

from collections.abc import Sequence

from bot.slack.blocks import VIEW_BLOCKS, Block, fit_blocks
from bot.slack.calls import ApiClient
from bot.slack.errors import SlackRefused
from bot.slack.refusals import Meaning


class Surfaces(ApiClient):
    """What the bot shows besides messages."""

    def open_view(self, trigger_id: str, view: Block) -> None:
        """Open a form; the trigger expires after three seconds, so this comes before anything slow."""
        self.call("views.open", trigger_id=trigger_id, view=view)

    def push_view(self, trigger_id: str, view: Block) -> None:
        """Open a form on top of the open one; closing it leads back."""
        self.call("views.push", trigger_id=trigger_id, view=view)

    def update_view(self, view_id: str, view: Block) -> None:
        """Show the new state in an open form."""
        self.call("views.update", view_id=view_id, view=view)

    def write_channel_canvas(self, channel_id: str, markdown: str) -> str:
        """Create a channel's canvas, or rewrite the one that we created, and return its id. Safe to repeat.

        Raises `SlackRefused` if people have created one, or the plan has none.
        """
        content = {"type": "markdown", "markdown": markdown}
        try:
            created = self.call("conversations.canvases.create", channel_id=channel_id, document_content=content)
            return str(created["canvas_id"])
        except SlackRefused as refused:
            canvas_id = self._own_canvas(channel_id) if refused.meaning is Meaning.TAKEN else None
            if canvas_id is None:
                raise
        # Without a section, this replaces the whole canvas, which keeps its history.
        change = {"operation": "replace", "document_content": content}
        self.call("canvases.edit", canvas_id=canvas_id, changes=[change])
        return canvas_id

    def delete_channel_canvas(self, channel_id: str) -> None:
        """Delete a channel's canvas, if we created it. Safe to repeat."""
        if canvas_id := self._own_canvas(channel_id):
            self.call("canvases.delete", canvas_id=canvas_id)

    def _own_canvas(self, channel_id: str) -> str | None:
        """The id of a channel's canvas, if we created it."""
        properties = self.call("conversations.info", channel=channel_id)["channel"].get("properties") or {}
        canvas_id = (properties.get("canvas") or {}).get("file_id")
        if not canvas_id or self.call("files.info", file=canvas_id)["file"].get("user") != self.user_id():
            return None
        return str(canvas_id)

    def publish_home(self, user_id: str, blocks: Sequence[Block]) -> None:
        """Show a person's App Home."""
        self.call(
            "views.publish", user_id=user_id, view={"type": "home", "blocks": fit_blocks(blocks, VIEW_BLOCKS)}
        )
