"""Modals and App Homes."""

from dataclasses import dataclass, field

from slack_sandbox.model.team import APP_ID, BOT_ID, TEAM_ID, Json


@dataclass
class View:
    """A modal or an App Home, with the values that its user has entered so far."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: dict[str, Json] = field(default_factory=dict)

    def as_slack(self) -> Json:
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "bot_id": BOT_ID,
            "app_installed_team_id": TEAM_ID,
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "title": None,
            "submit": None,
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
            **self.body,
            "state": {"values": self.values},
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
        }
