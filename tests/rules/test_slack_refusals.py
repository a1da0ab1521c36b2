"""Every error that Slack documents for a method the bot calls has a meaning there."""

import json
import re
from pathlib import Path

import pytest

from bot.outbox import rules
from bot.outbox.rules import Refusal
from bot.slack import refusals
from bot.slack.errors import SlackRefused
from bot.slack.refusals import Meaning

DOCUMENTED = {
    method: errors.split()
    for method, errors in json.loads((Path(__file__).parent / "slack_errors.json").read_text()).items()
}
COMMON = DOCUMENTED.pop("*")
METHOD_NAME = re.compile(
    r'"((?:apps|auth|bookmarks|canvases|chat|conversations|dnd|files|pins|team|usergroups|users|views)\.[a-zA-Z.]+)"'
)


@pytest.mark.parametrize("method", DOCUMENTED)
def test_every_documented_error_has_a_meaning(method: str) -> None:
    unknown = [error for error in [*COMMON, *DOCUMENTED[method]] if refusals.meaning(method, error) is None]

    assert unknown == []


def test_the_documented_methods_are_those_the_bot_calls() -> None:
    sources = [path.read_text() for path in Path("bot/slack").glob("*.py") if path.name != "refusals.py"]
    called = {name for source in sources for name in METHOD_NAME.findall(source)}

    assert called <= DOCUMENTED.keys()
    assert DOCUMENTED.keys() == refusals.BY_METHOD.keys()


def test_an_error_has_one_meaning_for_a_method() -> None:
    for method, own in refusals.BY_METHOD.items():
        errors = [error for table in own.values() for error in table.split()]
        assert len(errors) == len(set(errors)), method


@pytest.mark.parametrize(
    ("error", "otherwise", "means"),
    [
        ("is_inactive", Refusal.RETRY, Refusal.LOST_CHANNEL),
        ("channel_is_limited_access", Refusal.RETRY, Refusal.LOST_CHANNEL),
        ("message_not_found", Refusal.RETRY, Refusal.LOST_MESSAGE),
        ("restricted_action", Refusal.FINAL, Refusal.FINAL),
        ("external_channel_migrating", Refusal.FINAL, Refusal.RETRY),
        ("token_expired", Refusal.FINAL, Refusal.RETRY),
        ("unheard_of", Refusal.FINAL, Refusal.FINAL),
    ],
)
def test_a_refusal_has_a_defined_meaning_for_a_row(error: str, otherwise: Refusal, means: Refusal) -> None:
    assert rules.meaning(error, {}, otherwise, is_posted=True) is means


def test_a_refusal_tells_people_the_reason_and_not_the_name_of_a_method() -> None:
    refused = SlackRefused("conversations.create", "restricted_action")

    assert refused.meaning is Meaning.FORBIDDEN
    assert refused.sentence.startswith(
        "Slack refused that: in this workspace only some people may create channels; a workspace owner must allow"
    )
    assert "Slack says `never_heard`" in SlackRefused("pins.add", "never_heard").sentence
