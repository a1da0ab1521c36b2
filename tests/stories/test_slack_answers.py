"""How the bot reads answers from Slack and from proxies in between."""

from collections.abc import Iterator

import pytest

from bot.errors import TryLater
from bot.slack.errors import NotSent, OutcomeUnknown, RateLimited, SlackRefused
from bot.slack.gateway import Gateway
from bot.slack.messages import Post
from slack_sandbox import Sandbox

PAGE = "<html><title>Proxy authentication required</title></html>"
POST = Post("test:1", "C0INCIDENTS", "Hello")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A workspace without a bot."""
    sandbox = Sandbox()
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def slack(sandbox: Sandbox) -> Gateway:
    """The bot's gateway to the workspace."""
    return Gateway.to(f"{sandbox.url}/api/", sandbox.bot_token)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, PAGE), (403, PAGE), (407, PAGE), (200, ""), (200, '{"ok": tru'), (200, "[]"), (200, "null"), (404, "")],
)
def test_an_answer_not_from_slack_leaves_the_outcome_unknown(
    sandbox: Sandbox, slack: Gateway, status: int, body: str
) -> None:
    sandbox.fault("chat.postMessage", "not_slack", status=status, body=body)

    with pytest.raises(OutcomeUnknown) as error:
        slack.post(POST)

    assert "<" not in str(error.value)


@pytest.mark.parametrize(("status", "body"), [(200, PAGE), (407, PAGE), (502, PAGE)])
def test_an_html_page_instead_of_a_response_url_answer_is_no_refusal(
    sandbox: Sandbox, slack: Gateway, status: int, body: str
) -> None:
    sandbox.fault("response_url", "not_slack", status=status, body=body)

    with pytest.raises(OutcomeUnknown):
        slack.respond(f"{sandbox.url}/response/unknown", "Hello")


def test_an_expired_response_url_is_refused_by_name(sandbox: Sandbox, slack: Gateway) -> None:
    with pytest.raises(SlackRefused) as error:
        slack.respond(f"{sandbox.url}/response/unknown", "Hello")

    assert "{" not in error.value.error


def test_an_html_page_instead_of_a_file_is_not_the_file(sandbox: Sandbox, slack: Gateway) -> None:
    sandbox.fault("upload", "not_slack", body=PAGE)

    with pytest.raises(OutcomeUnknown):
        slack.upload("a.md", b"words")


def test_slack_rate_limits_are_understood_in_every_form(sandbox: Sandbox, slack: Gateway) -> None:
    sandbox.fault("users.info", "error", error="ratelimited")
    with pytest.raises(RateLimited) as error:
        slack.person("U0ANA")
    assert error.value.wait_s

    sandbox.fault("team.info", "rate_limited", retry_after=7)
    with pytest.raises(RateLimited) as error:
        slack.call("team.info")
    assert error.value.wait_s == 7


def test_already_pinned_and_already_invited_count_as_done(sandbox: Sandbox, slack: Gateway) -> None:
    message = slack.post(POST)
    slack.pin(message.channel_id, message.ts)
    slack.pin(message.channel_id, message.ts)

    assert slack.invite("C0INCIDENTS", ["U0ANA"]) == {}


def test_a_call_without_a_connection_was_not_sent() -> None:
    gateway = Gateway.to("http://127.0.0.1:9/api/", "xoxb-1")
    with pytest.raises(NotSent):
        gateway.post(POST)
    assert issubclass(NotSent, TryLater)
