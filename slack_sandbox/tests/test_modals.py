import time
from typing import Any

import pytest
from slack_sdk import WebClient

from slack_sandbox import NothingToClick, Sandbox

from .conftest import (
    SILENCE,
    ConnectedApp,
    Json,
    actions,
    button,
    modal,
    plain,
    refusal,
    section,
    text_input,
)


@pytest.fixture
def trigger(sandbox: Sandbox, app: ConnectedApp) -> Any:
    """Return a function that returns a fresh trigger id of Ana's at each call."""

    def pull() -> str:
        sandbox.person("ana").types("/incident", "general")
        return str(sandbox.envelopes[-1].payload["trigger_id"])

    return pull


def opened(client: WebClient, trigger: Any, *blocks: Json, **more: Any) -> Json:
    view: Json = client.views_open(trigger_id=trigger(), view=modal(*blocks, **more))["view"]
    return view


def test_an_opened_modal_is_shown_to_its_person(sandbox: Sandbox, client: WebClient, trigger: Any):
    view = opened(client, trigger, section("Really?"), private_metadata="42", callback_id="sure")

    shown = sandbox.person("ana").modal
    assert shown is not None
    assert (shown["id"], shown["private_metadata"], shown["callback_id"]) == (view["id"], "42", "sure")
    assert sandbox.person("ben").modal is None


def test_a_trigger_opens_one_modal(client: WebClient, trigger: Any):
    used = trigger()
    client.views_open(trigger_id=used, view=modal(section("x")))

    assert refusal(client.views_open, trigger_id=used, view=modal(section("x"))) == "exchanged_trigger_id"
    assert refusal(client.views_open, trigger_id="1.2.3", view=modal(section("x"))) == "invalid_trigger_id"


def test_a_trigger_expires_after_three_seconds(sandbox: Sandbox, client: WebClient, trigger: Any):
    late = trigger()
    issued = sandbox.workspace.triggers.issued(late)
    issued.issued_at = time.monotonic() - 3.1

    assert refusal(client.views_open, trigger_id=late, view=modal(section("x"))) == "expired_trigger_id"


def test_a_refused_view_does_not_use_up_its_trigger(client: WebClient, trigger: Any):
    pulled = trigger()
    assert refusal(client.views_open, trigger_id=pulled, view=modal(title=plain("x" * 25))) == "invalid_arguments"

    assert client.views_open(trigger_id=pulled, view=modal(section("x")))["ok"]


def test_modals_stack_three_deep(sandbox: Sandbox, client: WebClient, trigger: Any):
    first = opened(client, trigger, section("1"))
    second = client.views_push(trigger_id=trigger(), view=modal(section("2")))["view"]
    client.views_push(trigger_id=trigger(), view=modal(section("3")))

    assert second["previous_view_id"] == second["root_view_id"] == first["id"]
    assert refusal(client.views_push, trigger_id=trigger(), view=modal(section("4"))) == "push_limit_reached"
    ana = sandbox.person("ana")
    ana.closes()
    assert ana.modal is not None
    assert ana.modal["id"] == second["id"]


def test_an_update_with_an_old_hash_conflicts(client: WebClient, trigger: Any):
    view = opened(client, trigger, section("1"))
    client.views_update(view_id=view["id"], hash=view["hash"], view=modal(section("2")))

    again = {"view_id": view["id"], "hash": view["hash"], "view": modal(section("3"))}
    assert refusal(client.views_update, **again) == "hash_conflict"
    assert refusal(client.views_update, view_id="V0NONE", view=modal(section("3"))) == "not_found"


def test_typed_text_survives_an_update(sandbox: Sandbox, client: WebClient, trigger: Any):
    view = opened(client, trigger, text_input("why"))
    sandbox.person("ana").fills("Why", "rain")

    client.views_update(view_id=view["id"], view=modal(section("more"), text_input("why")))

    shown = sandbox.person("ana").modal
    assert shown is not None
    assert shown["state"]["values"]["why"]["typed"]["value"] == "rain"


def test_a_submission_holds_every_field_in_slacks_shape(
    sandbox: Sandbox, client: WebClient, app: ConnectedApp, trigger: Any
):
    level = {"text": plain("High"), "value": "high"}
    choice = {"type": "static_select", "action_id": "level", "options": [level]}
    people = {"type": "multi_users_select", "action_id": "who"}
    opened(
        client,
        trigger,
        text_input("why"),
        {"type": "input", "block_id": "level", "label": plain("Level"), "element": choice},
        {"type": "input", "block_id": "who", "label": plain("Who"), "element": people, "optional": True},
    )
    ana = sandbox.person("ana")
    ana.fills("Why", "rain")
    ana.chooses("level", "high")

    assert ana.submits().closed is True

    values = app.waits_for("view_submission")["view"]["state"]["values"]
    assert values == {
        "why": {"typed": {"type": "plain_text_input", "value": "rain"}},
        "level": {"level": {"type": "static_select", "selected_option": level}},
        "who": {"who": {"type": "multi_users_select", "selected_users": []}},
    }
    assert ana.modal is None


def test_an_empty_required_field_is_not_sent(sandbox: Sandbox, client: WebClient, app: ConnectedApp, trigger: Any):
    opened(client, trigger, text_input("why"))

    submission = sandbox.person("ana").submits()

    assert submission.errors == {"why": "Please complete this required field."}
    assert app.payloads("view_submission") == []


def test_errors_keep_the_modal_open_beside_their_fields(
    sandbox: Sandbox, client: WebClient, app: ConnectedApp, trigger: Any
):
    app.answers_to("view_submission", {"response_action": "errors", "errors": {"why": "Say more."}})
    opened(client, trigger, text_input("why"))
    sandbox.person("ana").fills("why", "x")

    submission = sandbox.person("ana").submits()

    assert (submission.closed, submission.errors) == (False, {"why": "Say more."})
    assert sandbox.person("ana").modal is not None


def test_errors_for_a_missing_field_are_the_apps_fault(
    sandbox: Sandbox, client: WebClient, app: ConnectedApp, trigger: Any
):
    app.answers_to("view_submission", {"response_action": "errors", "errors": {"nowhere": "?"}})
    opened(client, trigger, text_input("why"))
    sandbox.person("ana").fills("why", "x")

    assert sandbox.person("ana").submits().errors == {"": "We had some trouble connecting. Try again?"}
    assert [call.answer["error"] for call in sandbox.refusals] == ["invalid_response_errors"]


@pytest.mark.parametrize(("action", "title"), [("update", "Next"), ("push", "Next")])
def test_a_submission_may_show_another_view(
    sandbox: Sandbox, client: WebClient, app: ConnectedApp, trigger: Any, action: str, title: str
):
    following = modal(section("2"), title=plain(title))
    app.answers_to("view_submission", {"response_action": action, "view": following})
    opened(client, trigger, section("1"))

    submission = sandbox.person("ana").submits()

    assert submission.closed is False
    assert submission.view is not None
    assert submission.view["title"]["text"] == title


def test_clear_closes_the_whole_stack(sandbox: Sandbox, client: WebClient, app: ConnectedApp, trigger: Any):
    app.answers_to("view_submission", {"response_action": "clear"})
    opened(client, trigger, section("1"))
    client.views_push(trigger_id=trigger(), view=modal(section("2")))

    assert sandbox.person("ana").submits().closed is True
    assert sandbox.person("ana").modal is None


def test_the_app_is_told_of_a_closed_modal_if_it_asked_to_be(
    sandbox: Sandbox, client: WebClient, app: ConnectedApp, trigger: Any
):
    opened(client, trigger, section("1"), notify_on_close=True)

    sandbox.person("ana").closes()

    assert app.waits_for("view_closed")["is_cleared"] is False
    assert sandbox.person("ana").modal is None


def test_an_unanswered_submission_stays_open(sandbox: Sandbox, client: WebClient, app: ConnectedApp, trigger: Any):
    sandbox.ack_deadline_s = 0.1
    app.answers_to("view_submission", SILENCE)
    opened(client, trigger, section("1"))

    submission = sandbox.person("ana").submits()

    assert (submission.closed, submission.timed_out) == (False, True)


def test_a_choice_in_a_modal_is_dispatched_when_the_field_says_so(
    sandbox: Sandbox, client: WebClient, app: ConnectedApp, trigger: Any
):
    opened(client, trigger, text_input("why", dispatch_action=True), actions(button("more")))
    ana = sandbox.person("ana")

    ana.fills("why", "rain")
    typed = app.waits_for("block_actions")
    assert typed["actions"][0]["value"] == "rain"
    assert typed["container"]["type"] == "view"

    assert ana.clicks("more", surface="modal").acked is True


def test_the_app_home_shows_what_was_published(sandbox: Sandbox, client: WebClient, app: ConnectedApp):
    sandbox.person("ana").opens_home()
    app.waits_for("app_home_opened")
    client.views_publish(
        user_id="U0ANA", view={"type": "home", "blocks": [section("Hello"), actions(button("go"))]}
    )

    assert sandbox.person("ana").home is not None
    assert sandbox.person("ana").clicks("go", surface="home").acked is True
    assert sandbox.person("ben").home is None
    assert refusal(client.views_publish, user_id="U0ANA", view=modal(section("x"))) == "invalid_arguments"


def test_nobody_submits_a_modal_that_is_not_open(sandbox: Sandbox):
    with pytest.raises(NothingToClick):
        sandbox.person("ana").submits()
