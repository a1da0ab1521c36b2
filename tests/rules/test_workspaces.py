"""Who is a colleague, and whose request it is."""

from typing import Any

import pytest

from bot.directory.rules import Home, person_from_slack
from bot.incidents.workspaces import is_ours

ALONE = Home(frozenset({"T0OURS"}))
GRID = Home(frozenset({"T0OURS", "T0NAMED"}), "E0ORG")
OWN_IDS = ("U0BOT", "B0BOT")


def user(**more: Any) -> dict[str, Any]:
    return {"id": "U1", "name": "hana", **more}


@pytest.mark.parametrize(
    ("described", "home", "is_stranger"),
    [
        (user(team_id="T0OURS"), ALONE, False),
        (user(team_id="T0THEIRS"), ALONE, True),
        (user(team_id="T0THEIRS", enterprise_user={"enterprise_id": "E0ORG"}), ALONE, True),
        (user(team_id="T0OTHER", enterprise_user={"enterprise_id": "E0ORG"}), GRID, False),
        (user(team_id="T0OTHER", enterprise_user={"enterprise_id": "E0ORG"}, is_stranger=True), GRID, False),
        (user(team_id="T0OTHER", enterprise_user={"enterprise_id": "E0OTHER"}), GRID, True),
        (user(team_id="T0NAMED"), GRID, False),
        (user(is_stranger=True), GRID, True),
        (user(), GRID, False),
    ],
)
def test_colleagues_belong_to_our_workspaces_or_to_our_organization(
    described: dict[str, Any], home: Home, is_stranger: bool
) -> None:
    assert person_from_slack(described, home).is_stranger is is_stranger


@pytest.mark.parametrize(
    ("body", "home", "ours"),
    [
        ({"command": "/incident", "team_id": "T0OURS"}, ALONE, True),
        ({"command": "/incident", "team_id": "T0EVIL"}, ALONE, False),
        ({"command": "/incident", "team_id": "T0OTHER", "enterprise_id": "E0ORG"}, GRID, True),
        ({"command": "/incident", "team_id": "T0OTHER", "enterprise_id": "E0EVIL"}, GRID, False),
        ({"type": "event_callback", "team_id": "T0EVIL"}, ALONE, False),
        (
            {"type": "event_callback", "team_id": "T0PARTNER", "authorizations": [{"team_id": "T0OURS"}]},
            ALONE,
            True,
        ),
        ({"type": "block_actions", "team": {"id": "T0EVIL"}}, ALONE, False),
        ({"type": "block_actions", "team": {"id": "T0PARTNER"}, "message": {"bot_id": "B0BOT"}}, ALONE, True),
        ({"type": "block_actions", "team": {"id": "T0EVIL"}, "message": {"bot_id": "B0OTHER"}}, ALONE, False),
        (
            {"type": "view_submission", "team": {"id": "T0PARTNER"}, "view": {"app_installed_team_id": "T0OURS"}},
            ALONE,
            True,
        ),
        ({"type": "ssl_check"}, ALONE, True),
        ({"team": "T0EVIL", "view": 7, "authorizations": [None, "x"], "message": []}, ALONE, True),
    ],
)
def test_a_request_belongs_to_us_if_it_names_our_workspace(body: dict[str, Any], home: Home, ours: bool) -> None:
    assert is_ours(body, home, OWN_IDS) is ours
