"""Amazon Connect's metrics, requested by boto3 itself."""

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.sources.stand_in import StandIn

# Keys of the stand-in alone.
KEY, SECRET = "KEY", "secret"
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=KEY/(\d{8})/(\S+)/connect/aws4_request, SignedHeaders=(\S+), Signature=(\S+)"
)
PERIODS = {"FIFTEEN_MIN": 15, "THIRTY_MIN": 30, "HOUR": 60}


class ConnectStandIn(StandIn):
    """A stand-in in which every queue has 100 contacts an interval, but nothing is known of one called `silent`."""

    def __init__(self) -> None:
        super().__init__()
        self.largest_page = 100
        self.spans: list[tuple[datetime, datetime]] = []
        self.channels = ["VOICE"]
        # The seconds within which contacts were to be answered, by queue.
        self.thresholds: dict[str, float] = {}

    async def react(self, request: Request) -> Response:
        if self.faults and self.faults[0] == "throttled":
            self.faults.popleft()
            self.requests.append(request)
            return _error("TooManyRequestsException", 429, {"Retry-After": "7"})
        if self.faults and self.faults[0] in ("unauthorized", "forbidden"):
            self.faults.popleft()
            return _error("AccessDeniedException", 403)
        return await super().react(request)

    async def handle(self, request: Request, fault: str) -> Response:
        content = await request.body()
        if not _is_signed(request, content):
            return _error("InvalidSignatureException", 403)
        if fault == "redirect":
            return Response(status_code=307, headers={"location": "https://169.254.169.254/latest/meta-data/"})
        body = json.loads(content)
        if request.url.path == "/metrics/data":
            return self._finished(body, fault)
        assert request.url.path.startswith("/metrics/current/")
        if not 1 <= len(body["Filters"]["Queues"]) <= 100 or len(body["Groupings"]) > 2:
            return _error("InvalidParameterException", 400)
        return JSONResponse({"MetricResults": [self._current(queue) for queue in body["Filters"]["Queues"]]})

    def _finished(self, body: dict[str, Any], fault: str) -> Response:
        start, end = (datetime.fromtimestamp(body[name], UTC) for name in ("StartTime", "EndTime"))
        queues = body["Filters"][0]["FilterValues"]
        length = timedelta(minutes=PERIODS[body["Interval"]["IntervalPeriod"]])
        is_aligned = (start.timestamp() % length.total_seconds(), end.timestamp() % length.total_seconds()) == (
            0,
            0,
        )
        if self.now and start < self.now - timedelta(days=90):
            return _error("InvalidParameterException", 400)
        if not (is_aligned and start < end and end - start < timedelta(days=3) and 1 <= len(queues) <= 100):
            return _error("InvalidParameterException", 400)
        if body["MaxResults"] > 100 or len(body["Groupings"]) > 4:
            return _error("InvalidParameterException", 400)
        self.spans.append((start, end))
        count = int((end - start) / length)
        channels = self.channels if "CHANNEL" in body["Groupings"] else [""]
        intervals = [
            (queue, channel, start + place * length)
            for place in range(count)
            for queue in queues
            for channel in channels
        ]
        within = {each["Threshold"][0]["ThresholdValue"] for each in body["Metrics"] if "Threshold" in each}
        self.thresholds |= dict.fromkeys(queues, within.pop())
        # A continuation continues one request, for five minutes.
        bound_to = f"{start.isoformat()} {end.isoformat()} {queues}"
        first, _, bound = body.get("NextToken", f"0|{bound_to}").partition("|")
        if bound != bound_to or (fault == "expired" and "NextToken" in body):
            return _error("InvalidParameterException", 400)
        first = int(first)
        last = first + min(body["MaxResults"], self.largest_page)
        rows = [_result(*interval, length, body["Metrics"]) for interval in intervals[first:last]]
        if fault == "repeated":
            rows = [*rows, *rows[:3]]
        if fault == "absurd time":
            rows[0]["MetricInterval"]["StartTime"] = 1e30
        if fault == "reordered":
            rows.reverse()
        token = {"NextToken": f"{last}|{bound_to}"} if last < len(intervals) else {}
        return JSONResponse({"MetricResults": rows, **token})

    def _current(self, queue: str) -> dict[str, Any]:
        # In seconds, because there is a grouping.
        values = [("AGENTS_STAFFED", "COUNT", 12.0), ("OLDEST_CONTACT_AGE", "SECONDS", 95.0)]
        collections = [{"Metric": {"Name": name, "Unit": unit}, "Value": value} for name, unit, value in values]
        return {"Dimensions": {"Queue": {"Id": queue, "Arn": f"arn:queue/{queue}"}}, "Collections": collections}


def _result(
    queue: str, channel: str, at: datetime, length: timedelta, metrics: list[dict[str, Any]]
) -> dict[str, Any]:
    collections = []
    for metric in metrics:
        value = {"CONTACTS_QUEUED": 100.0, "AVG_HANDLE_TIME": 312.5}.get(metric["Name"], 80.0)
        collections.append({"Metric": metric} | ({} if queue == "silent" else {"Value": value}))
    return {
        "Dimensions": {"QUEUE": queue} | ({"CHANNEL": channel} if channel else {}),
        "MetricInterval": {
            "Interval": "THIRTY_MIN",
            "StartTime": at.timestamp(),
            "EndTime": (at + length).timestamp(),
        },
        "Collections": collections,
    }


def _error(code: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"message": "refused"}, status, {"x-amzn-ErrorType": code, **(headers or {})})


def _is_signed(request: Request, content: bytes) -> bool:
    """Check signature version 4 of the request: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html."""
    match = SIGNED.fullmatch(request.headers["authorization"])
    assert match is not None
    day, region, names, signature = match.groups()
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names.split(";"))
    digest = hashlib.sha256(content).hexdigest()
    canonical_request = f"{request.method}\n{request.url.path}\n{request.url.query}\n{headers}\n{names}\n{digest}"
    scope = f"{day}/{region}/connect/aws4_request"
    hashed = hashlib.sha256(canonical_request.encode()).hexdigest()
    text_to_sign = f"AWS4-HMAC-SHA256\n{request.headers['x-amz-date']}\n{scope}\n{hashed}"
    key = f"AWS4{SECRET}".encode()
    for part in (*scope.split("/"), text_to_sign):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex() == signature
