from slack_sdk import WebClient

from slack_sandbox import Sandbox

from .conftest import refusal


def test_everyone_is_there_on_the_first_day(client: WebClient):
    people = {u["name"]: u for u in client.users_list()["members"]}

    assert list(people) == [
        *("ana", "ben", "chloe", "devi", "erik", "farah", "hana", "gus", "ulla", "olga", "watchfloor"),
    ]
    assert people["ana"]["tz"] == "Asia/Manila"
    assert people["ana"]["tz_offset"] == 8 * 3600
    assert people["gus"]["is_restricted"] is True
    assert people["ulla"]["is_ultra_restricted"] is True
    assert people["olga"]["is_stranger"] is True
    assert people["olga"]["team_id"] != people["ana"]["team_id"]
    assert people["watchfloor"]["is_bot"] is True
    assert "佐藤" in people["hana"]["real_name"]


def test_people_are_found_by_id_and_email(client: WebClient):
    email = client.users_info(user="U0ANA")["user"]["profile"]["email"]

    assert client.users_lookupByEmail(email=email)["user"]["id"] == "U0ANA"
    assert refusal(client.users_lookupByEmail, email="no@body.example") == "users_not_found"
    assert refusal(client.users_info, user="U0NOBODY") == "user_not_found"


def test_a_locale_is_included_only_on_request(client: WebClient, sandbox: Sandbox):
    sandbox.workspace.speak(sandbox.workspace.users["U0ANA"], "es-ES")

    assert client.users_info(user="U0ANA", include_locale=True)["user"]["locale"] == "es-ES"
    assert {u["locale"] for u in client.users_list(include_locale=True)["members"]} == {"en-US", "es-ES"}
    assert "locale" not in client.users_info(user="U0ANA")["user"]


def test_groups_have_their_people(client: WebClient):
    groups = {g["handle"]: g["id"] for g in client.usergroups_list()["usergroups"]}

    assert set(groups) == {"incident-analysts", "telephony-oncall", "executives"}
    analysts = client.usergroups_users_list(usergroup=groups["incident-analysts"])["users"]
    assert analysts == ["U0ANA", "U0DEVI"]
    assert refusal(client.usergroups_users_list, usergroup="S0NONE") == "no_such_subteam"


def test_a_person_joins_leaves_and_names_channels(sandbox: Sandbox):
    ana = sandbox.person("ana")
    ana.creates_channel("plans", private=True)
    ana.invites("plans", "ben")
    ana.sets_topic("plans", "What next")
    ana.renames("plans", "next")
    ana.leaves("next")

    assert [m.text for m in sandbox.person("ben").sees("next")][-1] == "<@U0ANA> has left the channel"
    assert sandbox.workspace.channel("next").topic["value"] == "What next"
    assert "next" not in [c.name for c in ana.channels()]
