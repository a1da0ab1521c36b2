"""Block Kit, as strictly as Slack reads it."""

from slack_sandbox.blockkit.check import check_attachments, check_blocks, check_view

__all__ = ["check_attachments", "check_blocks", "check_view"]
