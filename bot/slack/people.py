"""People and user groups, as Slack describes them."""

from collections.abc import Iterator
from typing import Any

from bot.slack.calls import Calls


class People(Calls):
    """Whom the bot asks about."""

    def person(self, user_id: str) -> dict[str, Any]:
        """What Slack knows of a person."""
        return dict(self.call("users.info", user=user_id)["user"])

    def people(self) -> Iterator[list[dict[str, Any]]]:
        """Everyone in the workspace, page after page."""
        for page in self.pages("users.list", limit=200):
            yield page["members"]

    def groups(self) -> list[dict[str, Any]]:
        """The workspace's user groups with their members."""
        return list(self.call("usergroups.list", include_users=True)["usergroups"])
