import pytest
from slack_sdk import WebClient

from slack_sandbox import NotVisible, Sandbox

from .conftest import refusal


def test_a_new_channel_has_its_creator_in_it(sandbox: Sandbox, client: WebClient):
    channel = client.conversations_create(name="inc-1-ivr-down")["channel"]

    assert channel["creator"] == sandbox.workspace.bot.id
    assert channel["is_member"] is True
    assert client.conversations_info(channel=channel["id"])["channel"]["name"] == "inc-1-ivr-down"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("Upper", "invalid_name_specials"),
        ("with space", "invalid_name_specials"),
        ("dot.ted", "invalid_name_specials"),
        ("---", "invalid_name_punctuation"),
        ("x" * 81, "invalid_name_maxlength"),
        ("general", "name_taken"),
        ("leads", "name_taken"),
    ],
)
def test_channel_names_follow_slacks_rules(client: WebClient, name: str, error: str):
    assert refusal(client.conversations_create, name=name) == error


def test_eighty_characters_and_other_scripts_make_a_name(client: WebClient):
    assert client.conversations_create(name="x" * 80)["ok"]
    assert client.conversations_create(name="障害-1")["ok"]


def test_an_archived_channel_keeps_its_name(client: WebClient):
    channel = client.conversations_create(name="inc-1")["channel"]["id"]
    client.conversations_archive(channel=channel)

    assert refusal(client.conversations_create, name="inc-1") == "name_taken"


def test_archiving_twice_is_refused_and_an_app_is_back_only_when_it_joins_again(
    sandbox: Sandbox, client: WebClient, incidents: str
):
    client.conversations_archive(channel=incidents)
    assert refusal(client.conversations_archive, channel=incidents) == "already_archived"
    assert refusal(client.chat_postMessage, channel=incidents, text="late") == "is_archived"
    assert refusal(client.conversations_setTopic, channel=incidents, topic="x") == "is_archived"

    assert refusal(client.conversations_history, channel=incidents) == "not_in_channel"
    assert refusal(client.conversations_unarchive, channel=incidents) == "not_in_channel"

    sandbox.person("ana").unarchives("incidents")
    assert refusal(client.conversations_history, channel=incidents) == "not_in_channel"
    client.conversations_join(channel=incidents)
    assert client.chat_postMessage(channel=incidents, text="back")["ok"]


def test_a_topic_has_at_most_250_characters(sandbox: Sandbox, client: WebClient, incidents: str):
    client.conversations_setTopic(channel=incidents, topic="t" * 250)
    assert refusal(client.conversations_setTopic, channel=incidents, topic="t" * 251) == "too_long"
    assert refusal(client.conversations_setPurpose, channel=incidents, purpose="t" * 251) == "too_long"
    assert sandbox.workspace.channel("incidents").topic["value"] == "t" * 250


def test_the_bot_does_not_see_private_channels_it_is_not_in(client: WebClient):
    assert refusal(client.conversations_info, channel="G0LEADS") == "channel_not_found"
    listed = client.conversations_list(types="public_channel,private_channel")["channels"]
    assert "leads" not in [c["name"] for c in listed]


def test_an_invited_bot_sees_the_private_channel(sandbox: Sandbox, client: WebClient):
    sandbox.person("ana").invites("leads", "watchfloor")

    assert client.conversations_info(channel="G0LEADS")["channel"]["is_private"] is True
    matches = client.users_conversations(types="private_channel")["channels"]
    assert [c["name"] for c in matches] == ["leads"]


def test_lists_come_in_pages(client: WebClient):
    names, cursor = [], ""
    while True:
        answer = client.conversations_list(limit=2, cursor=cursor)
        assert len(answer["channels"]) <= 2
        names += [c["name"] for c in answer["channels"]]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break

    assert names == [
        "general",
        "incidents",
        "operations",
        "executives",
        "engineering",
        "partners",
        "front-line",
        "partner-northline",
        "partner-sagebrush",
        "random",
    ]
    assert refusal(client.conversations_list, cursor="nonsense") == "invalid_cursor"


def test_an_app_renames_its_own_channels_only_and_they_are_found_by_the_new_name(
    sandbox: Sandbox, client: WebClient, incidents: str
):
    own = client.conversations_create(name="inc-1")["channel"]["id"]
    client.conversations_rename(channel=own, name="inc-1-ivr-down")

    assert sandbox.person("ana").sees("#inc-1-ivr-down")
    with pytest.raises(NotVisible):
        sandbox.person("ana").sees("#inc-1")
    assert refusal(client.conversations_rename, channel=incidents, name="major") == "not_authorized"


def test_only_members_see_a_private_channel(sandbox: Sandbox):
    assert sandbox.person("erik").sees("leads") == []
    with pytest.raises(NotVisible):
        sandbox.person("ben").sees("leads")


def test_guests_see_only_the_channels_they_are_in(sandbox: Sandbox):
    assert [c.name for c in sandbox.person("gus").channels()] == ["general", "partner-sagebrush", "random"]
    with pytest.raises(NotVisible):
        sandbox.person("gus").sees("incidents")


def test_opening_a_direct_message_twice_gives_the_same_one(client: WebClient):
    first = client.conversations_open(users="U0ANA")["channel"]["id"]

    assert first.startswith("D")
    assert client.conversations_open(users="U0ANA")["channel"]["id"] == first
    assert refusal(client.conversations_open, users="U0NOBODY") == "user_not_found"
