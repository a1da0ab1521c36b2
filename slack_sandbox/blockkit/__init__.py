"""Block Kit, checked as strictly as Slack does."""

from slack_sandbox.blockkit.check import check_attachments, check_blocks, check_options, check_view

__all__ = ["check_attachments", "check_blocks", "check_options", "check_view"]
