from slack_sdk import WebClient

from slack_sandbox import Sandbox

from .conftest import ConnectedApp, Json, actions, button, plain


def overflow(action_id: str, *values: str) -> Json:
    options = [{"text": plain(value), "value": value} for value in values]
    return {"type": "overflow", "action_id": action_id, "options": options}


def test_a_person_acts_in_the_intended_block(
    sandbox: Sandbox, app: ConnectedApp, client: WebClient, incidents: str
):
    steps = [actions(button("done"), overflow("more", "skip", "take"), block_id=f"step-{n}") for n in (1, 2)]
    client.chat_postMessage(channel=incidents, text="Steps", blocks=steps)
    ana = sandbox.person("ana")

    ana.clicks("done", channel="incidents", block_id="step-2")
    ana.chooses("more", "skip", channel="incidents", block_id="step-2")
    ana.clicks("done", channel="incidents")

    acts = [payload["actions"][0] for payload in app.payloads("block_actions")]
    assert [act["block_id"] for act in acts] == ["step-2", "step-2", "step-1"]


def test_a_message_is_stored_with_references_and_those_in_it_already_stay(sandbox: Sandbox, incidents: str):
    said = sandbox.person("ana").says(
        "@ben, @nobody: see https://acme.com/a?b=1. Or acme.com/x, <https://acme.com|here> and v1.2 of a.csv",
        channel="incidents",
    )

    assert said.text == (
        "<@U0BEN>, @nobody: see <https://acme.com/a?b=1>. Or <http://acme.com/x|acme.com/x>, "
        "<https://acme.com|here> and v1.2 of a.csv"
    )


def test_emoji_arrive_by_name_in_messages_and_commands(sandbox: Sandbox, app: ConnectedApp, incidents: str):
    message = sandbox.person("ana").says("🔥 down ⚠️ thanks 🙏🏼 → 1 ok", incidents)
    assert message.text == ":fire: down :warning: thanks :pray::skin-tone-3: → 1 ok"

    sandbox.person("ana").types("/hello 🚨 now", incidents)
    assert app.waits_for("slash_commands")["text"] == ":rotating_light: now"
