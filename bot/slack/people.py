"""People and user groups, as Slack describes them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.slack.calls import ApiClient
from bot.slack.errors import SlackRefused


class People(ApiClient):
    """Calls about people and user groups."""

    def person(self, user_id: str) -> dict[str, Any]:
        """What Slack knows about a person. Raises `SlackRefused` if there is none with that id."""
        if not user_id:  # a form that came back empty, which Slack would find malformed
            raise SlackRefused("users.info", "user_not_found")
        return dict(self.call("users.info", user=user_id, include_locale=True)["user"])

    def people(self) -> Iterator[list[dict[str, Any]]]:
        """Everyone in the workspace, page by page."""
        for page in self.pages("users.list", limit=200, include_locale=True):
            yield page["members"]

    def is_away(self, user_id: str) -> bool:
        return bool(self.call("users.getPresence", user=user_id)["presence"] == "away")

    def is_in_do_not_disturb(self, user_id: str, now: datetime) -> bool:
        """True if the person does not want to be disturbed now."""
        dnd = self.call("dnd.info", user=user_id)
        start_s, end_s = dnd.get("next_dnd_start_ts", 0), dnd.get("next_dnd_end_ts", 0)
        return bool(dnd.get("dnd_enabled")) and start_s <= now.timestamp() < end_s

    def groups(self) -> list[dict[str, Any]]:
        """The workspace's user groups with their members."""
        return list(self.call("usergroups.list", include_users=True)["usergroups"])
