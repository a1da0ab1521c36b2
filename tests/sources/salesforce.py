"""Salesforce's queries, as far as a reader of cases uses them."""

import re
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.sources.stand_in import StandIn

MOMENT = r"([0-9T:.Z-]+)"


class SalesforceStandIn(StandIn):
    """Cases, some of them waiting; results come in batches."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[dict[str, Any]] = []
        self.waiting: list[dict[str, Any]] = []
        self.batch = 2000
        self.locators: dict[str, list[dict[str, Any]]] = {}
        self.tokens_given = 0

    def case(self, number: int, changed_at: datetime, **fields: Any) -> None:
        """Open a case."""
        stamp = changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        record = {
            "Id": f"500{number:012d}",
            "CaseNumber": f"{number:08d}",
            "Subject": f"case {number}",
            "Priority": "High",
            "Status": "New",
            "IsClosed": False,
            "CreatedDate": stamp,
            "SystemModstamp": stamp,
            "Owner": {"Name": "Ana", "Type": "User"},
            "Account": {"Name": "Acme"},
            "Description": "It does not work",
            "Type": "Problem",
            "Reason": None,
            "CaseMilestones": None,
        }
        self.cases.append(record | fields)

    async def handle(self, request: Request, fault: str) -> Response:
        if request.url.path == "/services/oauth2/token":
            form = await request.form()
            if form["client_secret"] != self.token:
                return JSONResponse({"error": "invalid_client"}, 400)
            self.tokens_given += 1
            return JSONResponse({"access_token": f"token {self.tokens_given}"})
        if request.headers.get("authorization") != f"Bearer token {self.tokens_given}":
            return JSONResponse([{"errorCode": "INVALID_SESSION_ID", "message": "Session expired"}], 401)
        if request.url.path.endswith("/query"):
            records = self._found(request.query_params["q"])
        elif fault == "expired":
            return JSONResponse([{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}], 400)
        else:
            records = self.locators[request.url.path]
        if fault == "repeated":
            records = [*records[:1], *records]
        page, rest = records[: self.batch], records[self.batch :]
        answer: dict[str, Any] = {"records": page, "done": not rest, "totalSize": len(records)}
        if rest:
            path = f"/services/data/v61.0/query/01g{len(self.locators):03d}-{self.batch}"
            self.locators[path] = rest
            answer["nextRecordsUrl"] = path
        return JSONResponse(answer)

    def _found(self, query: str) -> list[dict[str, Any]]:
        if "FROM PendingServiceRouting" in query:
            asked = re.search(r"WorkItemId IN \((.*?)\)", query)
            return [each for each in self.waiting if not asked or f"'{each['WorkItemId']}'" in asked[1]]
        if "FROM CaseMilestone LIMIT" in query or "FROM Account LIMIT" in query:
            return []
        if ids := re.search(r"WHERE Id IN \((.*)\)", query):
            return [case for case in self.cases if f"'{case['Id']}'" in ids[1]]
        cases = sorted(self.cases, key=lambda case: (case["SystemModstamp"], case["Id"]))
        if after := re.search(rf"SystemModstamp > {MOMENT}", query):
            since = after[1].replace("Z", "+0000")
            same = re.search(rf"SystemModstamp = {MOMENT} AND Id > '(\w+)'", query)
            cases = [
                case
                for case in cases
                if case["SystemModstamp"] > since
                or (same and case["SystemModstamp"] == since and case["Id"] > same[2])
            ]
        limit = re.search(r"LIMIT (\d+)$", query)
        return cases[: int(limit[1])] if limit else cases
