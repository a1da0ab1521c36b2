"""The one team of the workspace, and the one app in it."""

from typing import Any

Json = dict[str, Any]
TEAM_ID = "T0SANDBOX"
TEAM_NAME = "Sandbox"
TEAM_DOMAIN = "sandbox"
APP_ID = "A0WATCHFLOOR"
BOT_ID = "B0WATCHFLOOR"
VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - Slack's retired token: apps must not rely on it
