import http.client
import json

from slack_sdk import WebClient

from slack_sandbox import Sandbox

from .conftest import client_of, refusal


def test_the_app_learns_its_identity_and_its_workspace(client: WebClient):
    answer = client.auth_test()

    assert (answer["user"], answer["team"]) == ("watchfloor", "Sandbox")
    assert answer["user_id"].startswith("U")
    assert answer["bot_id"].startswith("B")
    assert client.team_info()["team"]["id"] == answer["team_id"]


def test_a_call_without_a_token_is_not_authed(sandbox: Sandbox):
    assert refusal(WebClient(base_url=f"{sandbox.url}/api/").api_call, api_method="team.info") == "not_authed"


def test_a_wrong_token_is_refused(sandbox: Sandbox):
    assert refusal(client_of(sandbox, "xoxb-wrong").auth_test) == "invalid_auth"


def test_only_the_app_level_token_opens_connections(sandbox: Sandbox, client: WebClient):
    assert refusal(client.api_call, api_method="apps.connections.open") == "not_allowed_token_type"
    assert client.apps_connections_open(app_token=sandbox.app_token)["url"].startswith("ws://")
    assert refusal(client_of(sandbox, sandbox.app_token).team_info) == "not_allowed_token_type"


def test_an_unknown_method_is_refused(client: WebClient):
    assert refusal(client.api_call, api_method="admin.users.list") == "unknown_method"


def test_a_missing_scope_is_named_with_those_provided():
    sandbox = Sandbox({"oauth_config": {"scopes": {"bot": ["channels:read", "chat:write"]}}})
    sandbox.start()
    answer = _post(sandbox, "users.info", {"user": "U0ANA"})
    sandbox.stop()

    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "users:read"
    assert answer["provided"] == "channels:read,chat:write"


def test_answers_carry_the_granted_scopes(client: WebClient):
    assert client.auth_test().headers["x-oauth-scopes"] == "*"


def test_the_token_may_stand_in_the_form(sandbox: Sandbox):
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/api/auth.test", f"token={sandbox.bot_token}", headers)

    assert json.load(connection.getresponse())["ok"] is True
    assert "token" not in sandbox.calls_of("auth.test")[0].args


def test_broken_json_and_missing_arguments_are_refused(sandbox: Sandbox):
    assert _post(sandbox, "chat.postMessage", "{")["error"] == "invalid_json"
    assert _post(sandbox, "chat.postMessage", [])["error"] == "json_not_object"
    missing = _post(sandbox, "chat.postMessage", {"text": "to whom?"})
    assert missing["error"] == "invalid_arguments"
    assert missing["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


def test_malformed_requests_are_listed_and_unlucky_ones_are_not(sandbox: Sandbox, client: WebClient):
    refusal(client.conversations_info, channel="C0NOWHERE")
    assert sandbox.refusals == []

    refusal(client.conversations_create, name="Upper Case")
    assert [call.answer["error"] for call in sandbox.refusals] == ["invalid_name_specials"]


def _post(sandbox: Sandbox, method: str, body: object) -> dict[str, object]:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"))
    headers = {"content-type": "application/json", "authorization": f"Bearer {sandbox.bot_token}"}
    raw = body if isinstance(body, str) else json.dumps(body)
    connection.request("POST", f"/api/{method}", raw, headers)
    return json.load(connection.getresponse())
