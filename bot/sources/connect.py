"""Amazon Connect: queue figures by interval, and the current number of staffed agents and longest wait.

Needs boto3 (`pip install 'watchfloor[connect]'`) and the permissions connect:GetMetricDataV2 and
connect:GetCurrentMetricData. The secret is `ACCESS_KEY_ID:SECRET_ACCESS_KEY`; without one, boto3 uses the machine's
own role. boto3 signs requests and parses responses, but requests are sent by the HTTP client given to every source.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from msgspec import Struct

from bot.errors import TryLater
from bot.sources import moments
from bot.sources.answers import REFUSED_REQUESTS, Throttle, sent, throttle_of
from bot.sources.port import Interval, Page, RequestRefused, SourceConfig, SourceRefused

PAGE = 100
QUEUES_AT_ONCE = 100
# One request covers less than three days.
LONGEST_SPAN = timedelta(days=1)
FIRST_READ = timedelta(days=1)
# Connect answers for the last three months at most and refuses requests for older data.
HISTORY = timedelta(days=88)
PERIODS = {15: "FIFTEEN_MIN", 30: "THIRTY_MIN", 60: "HOUR"}
THROTTLED = ("ThrottlingException", "TooManyRequestsException", "Throttling", "LimitExceededException")
THROTTLE_S = 5.0
# The figure's name for each metric.
FIGURES = {
    "CONTACTS_QUEUED": "offered",
    "CONTACTS_HANDLED": "answered",
    "CONTACTS_ABANDONED": "abandoned",
    "SUM_CONTACTS_ANSWERED_IN_X": "answered_in",
    "SUM_CONTACTS_ABANDONED_IN_X": "abandoned_in",
    "CONTACTS_REMOVED_FROM_QUEUE_IN_X": "removed_in",
    "AVG_HANDLE_TIME": "aht_s",
    "AVG_QUEUE_ANSWER_TIME": "asa_s",
}
WITH_THRESHOLD = ("SUM_CONTACTS_ANSWERED_IN_X", "SUM_CONTACTS_ABANDONED_IN_X", "CONTACTS_REMOVED_FROM_QUEUE_IN_X")
# With a grouping, ages are in seconds; without one they would be in milliseconds.
CURRENT = {"AGENTS_STAFFED": ("agents", "COUNT"), "OLDEST_CONTACT_AGE": ("oldest_s", "SECONDS")}


class _Batch(Struct, frozen=True):
    """Queues with one goal: the seconds within which their contacts should be answered."""

    threshold_s: float
    queues: Sequence[str]


class Connect:
    """Finished intervals, span by span; the last page adds the current figures of the running interval."""

    def __init__(self, config: SourceConfig, http: httpx.Client) -> None:
        options = config.options
        self._name, self._instance_arn = config.name, str(options.get("instance_arn", ""))
        parts = self._instance_arn.split(":")
        if len(parts) != 6 or "/" not in parts[5]:
            reason = "`instance_arn` is to be like arn:aws:connect:eu-west-1:123456789012:instance/…"
            raise SourceRefused(name=config.name, reason=reason)
        self._region, self._account, self._instance_id = parts[3], parts[4], parts[5].partition("/")[2]
        self._queues: dict[str, str] = {str(key): str(name) for key, name in (options.get("queues") or {}).items()}
        if not self._queues:
            raise SourceRefused(name=config.name, reason="`queues` is to name them by their ids")
        self._minutes = int(options.get("interval_min", 30))
        if self._minutes not in PERIODS:
            raise SourceRefused(name=config.name, reason="`interval_min` is 15, 30 or 60")
        self._batches = _batches(self._queues, config.threshold_s)
        self._throttle: Throttle = throttle_of(self._account)
        self._client = _client(config, self._region, http)

    def check(self) -> list[str]:
        """Check that current figures can be read."""
        try:
            self._call("get_current_metric_data", self._current_parameters(self._batches[0].queues[:1]), None)
        except SourceRefused as refused:
            return [refused.sentence]
        return []

    def read(self, cursor: str, now: datetime) -> Page[Interval]:
        """Return the page after the cursor: a time span, a batch of queues, and Connect's continuation token."""
        length = timedelta(minutes=self._minutes)
        finished = _floor(now, length)
        position: dict[str, Any] = json.loads(cursor or _cursor(finished - FIRST_READ))
        if position["batch"] >= len(self._batches):  # floor.yaml names fewer queues now
            position |= {"batch": 0, "token": ""}
        if "to" not in position or not (position["token"] or position["batch"]):
            start = max(moments.required(position["from"]), finished - HISTORY)
            # A continuation is accepted only with the same times.
            position |= {"from": moments.iso(start), "to": moments.iso(min(start + LONGEST_SPAN, finished))}
        start, end = moments.required(position["from"]), moments.required(position["to"])
        rows: list[Interval] = []
        if start < end:
            try:
                rows, token = self._finished_intervals(
                    start, end, self._batches[position["batch"]], position["token"], now
                )
            except RequestRefused:
                if not (position["token"] or position["batch"]):
                    raise
                # A continuation expires; the span is read again from its start.
                return Page((), _cursor(start))
            if token:
                return Page(rows, json.dumps(position | {"token": token}))
            if position["batch"] + 1 < len(self._batches):
                return Page(rows, json.dumps(position | {"batch": position["batch"] + 1, "token": ""}))
        if end < finished:
            return Page(rows, _cursor(end))
        for batch in self._batches:
            rows += self._current_intervals(now, batch.queues)
        # The last interval is read again: calls that were still in progress end in it.
        return Page(rows, _cursor(end - length), end)

    def _finished_intervals(
        self, start: datetime, end: datetime, batch: _Batch, token: str, now: datetime
    ) -> tuple[list[Interval], str]:
        parameters: dict[str, Any] = {
            "ResourceArn": self._instance_arn,
            "StartTime": start,
            "EndTime": end,
            "Interval": {"TimeZone": "UTC", "IntervalPeriod": PERIODS[self._minutes]},
            "Filters": [{"FilterKey": "QUEUE", "FilterValues": list(batch.queues)}],
            "Groupings": ["QUEUE", "CHANNEL"],
            "Metrics": [_metric(name, batch.threshold_s) for name in FIGURES],
            "MaxResults": PAGE,
        }
        response = self._call("get_metric_data_v2", parameters | ({"NextToken": token} if token else {}), now)
        length_s = self._minutes * 60
        rows = [self._interval(result, length_s) for result in response.get("MetricResults") or ()]
        return rows, str(response.get("NextToken") or "")

    def _interval(self, result: Mapping[str, Any], length_s: int) -> Interval:
        collections = result.get("Collections") or ()
        # A missing value is unknown; zero is a value.
        values = {
            metric["Metric"]["Name"]: metric["Value"] for metric in collections if metric.get("Value") is not None
        }
        figures = {FIGURES[name]: float(value) for name, value in values.items() if name in FIGURES}
        starts_at = result["MetricInterval"]["StartTime"].astimezone(UTC)
        dimensions = result["Dimensions"]
        channel = str(dimensions["CHANNEL"]).lower()
        return Interval(self._queue(dimensions["QUEUE"]), starts_at, length_s, figures, channel=channel)

    def _current_intervals(self, now: datetime, queues: Sequence[str]) -> list[Interval]:
        rows: list[Interval] = []
        token = ""
        while True:
            parameters = self._current_parameters(queues) | ({"NextToken": token} if token else {})
            response = self._call("get_current_metric_data", parameters, now)
            rows += self._current_rows(response.get("MetricResults") or (), now)
            token = str(response.get("NextToken") or "")
            if not token:
                return rows

    def _current_parameters(self, queues: Sequence[str]) -> dict[str, Any]:
        return {
            "InstanceId": self._instance_id,
            "Filters": {"Queues": list(queues), "Channels": ["VOICE"]},
            "Groupings": ["QUEUE"],
            "CurrentMetrics": [{"Name": name, "Unit": unit} for name, (_, unit) in CURRENT.items()],
            "MaxResults": PAGE,
        }

    def _current_rows(self, results: Iterable[Mapping[str, Any]], now: datetime) -> list[Interval]:
        starts_at = _floor(now, timedelta(minutes=self._minutes))
        rows = []
        for result in results:
            values = {metric["Metric"]["Name"]: metric.get("Value") for metric in result.get("Collections") or ()}
            figures = {
                name: float(values[key]) for key, (name, _) in CURRENT.items() if values.get(key) is not None
            }
            queue = self._queue(result["Dimensions"]["Queue"]["Id"])
            rows.append(Interval(queue, starts_at, self._minutes * 60, figures, channel="voice"))
        return rows

    def _queue(self, queue_id: str) -> str:
        return self._queues.get(queue_id.rpartition("/")[2], queue_id)

    def _call(self, method: str, parameters: dict[str, Any], now: datetime | None) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        if now:
            self._throttle.check(now)
        try:
            response: dict[str, Any] = getattr(self._client, method)(**parameters)
        except ClientError as refused:
            self._raise(refused.response, now)
        except (BotoCoreError, ResponseParserError) as failure:
            raise TryLater(f"{self._name} does not answer ({type(failure).__name__})") from failure
        if "MetricResults" not in response:
            # boto3 takes a proxy's page, or half a response, for an empty one.
            raise TryLater(f"{self._name} did not answer with figures")
        return response

    def _raise(self, response: Mapping[str, Any], now: datetime | None) -> None:
        error, status = response.get("Error") or {}, response["ResponseMetadata"]["HTTPStatusCode"]
        code = str(error.get("Code"))
        if code in THROTTLED or status == 429:
            retry_after = str(response["ResponseMetadata"].get("HTTPHeaders", {}).get("retry-after", ""))
            wait_s = float(retry_after) if retry_after.isdigit() else THROTTLE_S
            if now:
                self._throttle.close(now + timedelta(seconds=wait_s))
            raise TryLater(f"{self._name}: the account's limit of requests is reached", wait_s=wait_s)
        if status >= 500:
            raise TryLater(f"{self._name} answered {status}")
        refusal = RequestRefused if status in REFUSED_REQUESTS else SourceRefused
        raise refusal(name=self._name, reason=f"{code}: {error.get('Message', 'no reason given')}")


def _client(config: SourceConfig, region: str, http: httpx.Client) -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        reason = "boto3 is not installed; `pip install 'watchfloor[connect]'` brings it"
        raise SourceRefused(name=config.name, reason=reason) from None
    key, _, secret = config.secret.partition(":")
    keys = {"aws_access_key_id": key, "aws_secret_access_key": secret} if secret else {}
    # boto3 must not wait and retry itself: the reader waits as the service asks, without holding a thread.
    settings = Config(retries={"total_max_attempts": 1})
    address = {"endpoint_url": config.url} if config.url else {}
    client = boto3.client("connect", region_name=region, config=settings, **keys, **address)
    # The return value of a handler for this event is the response: boto3 opens no connection of its own.
    client.meta.events.register(
        "before-send.connect", lambda request, **_: _send_signed(config.name, http, request)
    )
    return client


def _send_signed(name: str, http: httpx.Client, request: Any) -> Any:
    """Send a request that boto3 has signed, and return the response."""
    from botocore.awsrequest import AWSResponse

    headers = {key: value if isinstance(value, str) else value.decode() for key, value in request.headers.items()}
    response = sent(name, lambda: http.request(request.method, request.url, headers=headers, content=request.body))
    return AWSResponse(request.url, response.status_code, dict(response.headers), _Content(response.content))


class _Content:
    """A response's content with the interface that boto3 reads."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


def _batches(queues: Mapping[str, str], threshold_s: Callable[[str], float]) -> list[_Batch]:
    """Queues that can be asked for at once: a request has one threshold."""
    by_threshold: dict[float, list[str]] = {}
    for queue_id, name in queues.items():
        by_threshold.setdefault(threshold_s(name), []).append(queue_id)
    return [
        _Batch(threshold, ids[start : start + QUEUES_AT_ONCE])
        for threshold, ids in by_threshold.items()
        for start in range(0, len(ids), QUEUES_AT_ONCE)
    ]


def _metric(name: str, threshold_s: float) -> dict[str, Any]:
    if name not in WITH_THRESHOLD:
        return {"Name": name}
    return {"Name": name, "Threshold": [{"Comparison": "LTE", "ThresholdValue": threshold_s}]}


def _cursor(start: datetime) -> str:
    return json.dumps({"from": moments.iso(start), "batch": 0, "token": ""})


def _floor(moment: datetime, length: timedelta) -> datetime:
    seconds = int(moment.timestamp())
    return datetime.fromtimestamp(seconds - seconds % int(length.total_seconds()), UTC)
