"""The Table API: the limit is applied before the access rules, so that pages may be short."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.sources.stand_in import StandIn


class ServiceNowStandIn(StandIn):
    """Tables of records; `hidden` ones may not be read."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[dict[str, str]]] = {"incident": [], "task_sla": [], "sys_journal_field": []}
        self.hidden: set[str] = set()
        self.largest_page = 10_000
        self.read_only: set[str] = set()

    def incident(self, number: int, updated_on: str, **fields: str) -> None:
        """Open an incident."""
        record = {
            "sys_id": f"{number:032x}",
            "number": f"INC{number:07d}",
            "short_description": f"case {number}",
            "priority": "2",
            "state": "2",
            "active": "true",
            "opened_at": updated_on,
            "sys_updated_on": updated_on,
            "assignment_group": "Billing",
            "assigned_to": "",
        }
        self.tables["incident"].append(record | fields)

    async def handle(self, request: Request, fault: str) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return JSONResponse({"error": {"message": "User Not Authenticated"}}, 401)
        _, _, _, _, table, *rest = request.url.path.split("/")
        if request.method == "PATCH" and rest[0] in self.read_only:
            return JSONResponse({"error": {"message": "Operation Failed", "detail": "ACL Exception"}}, 403)
        if request.method == "PATCH":
            note = (await request.json())["work_notes"]
            self.tables["sys_journal_field"].append({"sys_id": "n", "element_id": rest[0], "value": note})
            return JSONResponse({"result": {"sys_id": rest[0]}})
        records = self._found(table, request.query_params["sysparm_query"])
        if fault == "repeated":
            records = [*records[:2], *records]
        offset, limit = (int(request.query_params[f"sysparm_{name}"]) for name in ("offset", "limit"))
        limit = min(limit, self.largest_page)
        page = [record for record in records[offset : offset + limit] if record["sys_id"] not in self.hidden]
        if fault == "reordered":
            page.reverse()
        headers = {"X-Total-Count": str(len(records))}
        if offset + limit < len(records):
            headers["Link"] = f'<{self.url}{request.url.path}?sysparm_offset={offset + limit}>;rel="next"'
        fields = request.query_params["sysparm_fields"].split(",")
        return JSONResponse({"result": [_shown(record, fields) for record in page]}, headers=headers)

    def _found(self, table: str, query: str) -> list[dict[str, str]]:
        records = self.tables[table]
        for condition in filter(None, query.split("^")):
            if order := re.fullmatch(r"ORDERBY(\w+)", condition):
                continue
            assert order is None
            if since := re.fullmatch(r"sys_updated_on>=(.+)", condition):
                records = [record for record in records if record["sys_updated_on"] >= since[1]]
            elif tasks := re.fullmatch(r"taskIN(.+)", condition):
                records = [record for record in records if record["task"] in tasks[1].split(",")]
            elif ids := re.fullmatch(r"sys_idIN([0-9a-f,]+)", condition):
                records = [record for record in records if record["sys_id"] in ids[1].split(",")]
            elif like := re.fullmatch(r"valueLIKE(.+)", condition):
                records = [record for record in records if like[1] in record["value"]]
            elif equal := re.fullmatch(r"(\w+)=(.+)", condition):
                records = [record for record in records if record.get(equal[1], equal[2]) == equal[2]]
            elif differs := re.fullmatch(r"(\w+)!=(.+)", condition):
                records = [record for record in records if record.get(differs[1]) != differs[2]]
            else:
                raise AssertionError(f"not understood: {condition}")
        order_by = re.findall(r"ORDERBY(\w+)", query)
        return sorted(records, key=lambda record: [record.get(name, "") for name in order_by])


def _shown(record: dict[str, str], fields: list[str]) -> dict[str, Any]:
    """Return the requested fields that the record has."""
    return {name: {"value": record[name], "display_value": record[name]} for name in fields if name in record}
