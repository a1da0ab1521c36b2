import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_sandbox import Sandbox

from .conftest import refusal


def test_invited_people_are_in_the_channel(client: WebClient):
    channel = client.conversations_create(name="inc-1")["channel"]["id"]

    client.conversations_invite(channel=channel, users="U0ANA,U0BEN")

    assert set(client.conversations_members(channel=channel)["members"]) >= {"U0ANA", "U0BEN"}


def test_inviting_a_member_again_is_refused(client: WebClient, incidents: str):
    assert refusal(client.conversations_invite, channel=incidents, users="U0ANA") == "already_in_channel"


def test_one_bad_id_spoils_an_invitation_unless_forced(sandbox: Sandbox, client: WebClient):
    channel = client.conversations_create(name="inc-1")["channel"]["id"]
    people = ["U0ANA", "U0NOBODY", "U0ULLA"]

    with pytest.raises(SlackApiError) as refused:
        client.conversations_invite(channel=channel, users=people)
    assert [e["error"] for e in refused.value.response["errors"]] == ["user_not_found", "ura_max_channels"]
    assert "U0ANA" not in sandbox.workspace.channels[channel].members

    answer = client.conversations_invite(channel=channel, users=people, force=True)
    assert {e["user"]: e["error"] for e in answer["errors"]} == {
        "U0NOBODY": "user_not_found",
        "U0ULLA": "ura_max_channels",
    }
    assert "U0ANA" in sandbox.workspace.channels[channel].members


def test_one_invitation_holds_up_to_a_hundred_people(client: WebClient, incidents: str):
    crowd = [f"U{n}" for n in range(101)]
    assert refusal(client.conversations_invite, channel=incidents, users=crowd) == "too_many_users"
    assert refusal(client.conversations_invite, channel=incidents, users=crowd[:100]) == "user_not_found"


def test_the_bot_can_neither_invite_nor_kick_itself(sandbox: Sandbox, client: WebClient, incidents: str):
    bot = sandbox.workspace.bot.id
    assert refusal(client.conversations_invite, channel=incidents, users=bot) == "cant_invite_self"
    assert refusal(client.conversations_kick, channel=incidents, user=bot) == "cant_kick_self"


def test_a_kicked_person_is_out_and_cannot_be_kicked_again(client: WebClient, incidents: str):
    client.conversations_kick(channel=incidents, user="U0BEN")

    assert "U0BEN" not in client.conversations_members(channel=incidents)["members"]
    assert refusal(client.conversations_kick, channel=incidents, user="U0BEN") == "not_in_channel"


def test_joining_again_is_only_a_warning(client: WebClient):
    assert "warning" not in client.conversations_join(channel="C0GENERAL")
    assert client.conversations_join(channel="C0GENERAL")["warning"] == "already_in_channel"


def test_a_removed_bot_may_no_longer_speak():
    sandbox = Sandbox({"oauth_config": {"scopes": {"bot": ["chat:write"]}}})
    sandbox.start()
    client = WebClient(sandbox.bot_token, base_url=f"{sandbox.url}/api/")
    sandbox.person("ana").kicks("incidents", "watchfloor")
    sandbox.person("erik").invites("leads", "watchfloor")
    sandbox.person("erik").kicks("leads", "watchfloor")

    assert refusal(client.chat_postMessage, channel="C0INCIDENTS", text="hello") == "not_in_channel"
    assert refusal(client.chat_postMessage, channel="G0LEADS", text="hello") == "channel_not_found"
    sandbox.stop()


def test_the_bot_posts_in_public_channels_without_joining_if_it_has_the_scope(client: WebClient):
    assert client.chat_postMessage(channel="#general", text="hello")["channel"] == "C0GENERAL"
