"""What is in the log, and what never is."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.incidents import ids
from bot.runtime import outgoing
from bot.runtime.database import DatabaseBusy
from bot.runtime.logs import RedactingFormatter, is_worth_logging, redact
from bot.runtime.outgoing import Reach
from bot.runtime.waiting import wait_until
from tests.floor import PATIENCE_S, TestFloor
from tests.stories.test_http_mode import healthz

TITLE = "Suspected leak of card numbers"
CONNECT = "apps.connections.open"
LOST = "Slack does not reach me; I keep trying. `watchfloor doctor` finds out why"
BACK = "Slack reaches me again"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything written to the log, at the most verbose level."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(RedactingFormatter(as_json=True))
    handler.addFilter(is_worth_logging)
    root = logging.getLogger()
    level_before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level_before)


def declares_in_private(floor: TestFloor) -> str:
    floor.ana.types("/incident declare", channel="general")
    floor.ana.fills(ids.TITLE, TITLE)
    floor.ana.fills(ids.SEVERITY, "S1")
    floor.ana.fills(ids.PRIVATE, "private")
    assert floor.ana.submits().closed
    floor.settle()
    (channel,) = [candidate.name for candidate in floor.ana.channels() if candidate.name.startswith("inc-")]
    return channel


def test_no_token_address_or_private_word_is_logged_during_a_whole_incident(
    floor: TestFloor, log: io.StringIO
) -> None:
    floor.sandbox.fault("conversations.setTopic", "error", error="internal_error")
    floor.sandbox.fault("bookmarks.add", "rate_limited", retry_after=1)
    floor.sandbox.fault("chat.postMessage", "server_error")
    channel = declares_in_private(floor)
    floor.ana.says("The numbers of 40 customers were in the mail", channel=channel)
    floor.says("ana", "/incident severity S0 it was sent to a partner", channel=channel)
    floor.says("ana", "/incident update We have asked the partner to delete it", channel=channel)
    floor.says("ana", "/incident nonsense", channel=channel)
    floor.restart_bot()

    log_text = log.getvalue()

    assert log_text, "the faults must have left a trace"
    for secret in (floor.sandbox.bot_token, floor.sandbox.app_token, "xoxb-", "xapp-", "/response/", "ticket="):
        assert secret not in log_text
    for words in (TITLE, "card numbers", "40 customers", "sent to a partner", "asked the partner", channel):
        assert words not in log_text


def test_health_says_that_slack_is_away_and_the_log_says_it_once_and_once_that_it_is_back(
    tmp_path: Path, log: io.StringIO
) -> None:
    with TestFloor(tmp_path, PORT="0", host="127.0.0.1") as floor:
        floor.sandbox.offline = True
        assert wait_until(lambda: LOST in log.getvalue() and len(floor.sandbox.calls_of(CONNECT)) > 2, PATIENCE_S)
        assert wait_until(lambda: healthz(floor)[0] == 503, PATIENCE_S)
        assert "Not connected to Slack" in healthz(floor)[1]["problems"][0]

        floor.sandbox.offline = False
        assert wait_until(lambda: BACK in log.getvalue(), PATIENCE_S)
        assert wait_until(lambda: healthz(floor)[0] == 200, PATIENCE_S)

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["level"], line["event"]) for line in lines if line["level"] != "info"] == [("warning", LOST)]
    assert [line["event"] for line in lines].count(BACK) == 1


def test_an_address_that_is_itself_a_secret_is_not_logged_when_it_is_called(
    floor: TestFloor, log: io.StringIO
) -> None:
    reach = Reach.of(floor.sandbox.url, ["127.0.0.0/8"], is_insecure=True)
    with outgoing.client(floor.services.slack.network, reach) as client:
        client.get(f"{floor.sandbox.url}/private-0123/basic.ics?code=4567")

    assert "private-0123" not in log.getvalue()
    assert "4567" not in log.getvalue()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("token xoxb-1234-abcd refused", "token *** refused"),
        ("xapp-1-A0-123-abc", "***"),
        ("xoxe.xoxp-1-abc", "***"),
        ("posting to https://hooks.slack.com/commands/T0/1/abc failed", "posting to *** failed"),
        ("connect postgresql+psycopg://wf:s3cret@db/wf", "connect postgresql+psycopg://wf:***@db/wf"),
        ("trigger 13345224609.738474920.8088930838d88f008e0", "trigger ***"),
        ("flow update:42:7 comes back in 1.5 s", "flow update:42:7 comes back in 1.5 s"),
    ],
)
def test_secrets_are_replaced_and_the_rest_is_left_alone(written: str, kept: str) -> None:
    assert redact(written) == kept


def test_a_secret_in_a_traceback_or_a_field_is_replaced_too(log: io.StringIO) -> None:
    try:
        raise ValueError("xoxb-1-secret")
    except ValueError:
        logging.getLogger("bot.test").exception(
            "failed", extra={"address": "https://hooks.slack.com/actions/T/1/x"}
        )

    line = json.loads(log.getvalue().splitlines()[-1])
    assert line["address"] == "***"
    assert "xoxb" not in line["exception"]
    assert "ValueError" in line["exception"]


def test_a_database_error_does_not_repeat_the_data_to_be_written(floor: TestFloor) -> None:
    with pytest.raises(DatabaseBusy) as error, floor.services.database.transaction() as session:
        session.connection().execute(sa.text("INSERT INTO nowhere VALUES (:words)"), {"words": TITLE})

    assert "INSERT INTO nowhere" in str(error.value.__cause__)
    assert TITLE not in str(error.value.__cause__)
