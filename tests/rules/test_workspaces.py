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
    "described",
    [
        user(is_restricted=True),
        user(is_ultra_restricted=True),
        user(is_stranger=True),
        user(is_bot=True),
        {"id": "USLACKBOT", "name": "slackbot"},
        user(deleted=True),
    ],
)
def test_only_active_colleagues_may_act(described: dict[str, Any]) -> None:
    assert person_from_slack(user(team_id="T0OURS", is_bot=False, deleted=False), ALONE).may_act
    assert not person_from_slack(described, ALONE).may_act


def test_a_person_is_read_from_whatever_slack_says_of_them() -> None:
    described = user(
        tz="Asia/Manila",
        locale="es-ES",
        real_name="Hana Sato",
        profile={"real_name": "Hana S.", "display_name": "H"},
    )
    person = person_from_slack(described, ALONE)
    assert (person.name, person.handle, person.timezone) == ("Hana S.", "hana", "Asia/Manila")
    assert (person.locale, person.language) == ("es-ES", "es")

    little = person_from_slack({"id": "U1", "name": "hana", "tz": None, "profile": None}, ALONE)
    assert (little.name, little.timezone, little.language) == ("hana", "UTC", "")
    names = [
        user(real_name="Hana Sato", profile={"display_name": "H"}),
        user(profile={"real_name": "", "display_name": "H"}),
    ]
    assert [person_from_slack(each, ALONE).name for each in names] == ["Hana Sato", "H"]
    org = user(team_id="T0OTHER", enterprise_id="E0ORG")
    assert not person_from_slack(org, GRID).is_stranger


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
