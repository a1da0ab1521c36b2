"""ServiceNow: incidents as cases, with their SLAs, and work notes on them.

The account needs to read `incident`, `task_sla` and `sys_journal_field`, and to write `incident.work_notes`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx

from bot.sources import moments
from bot.sources.answers import answered_at, checked, next_link, read_each, sent
from bot.sources.oauth import credentials
from bot.sources.port import (
    Case,
    CredentialsRefused,
    Page,
    ServiceTarget,
    SourceConfig,
    SourceRefused,
    Unread,
)

PAGE = 200
FIRST_READ = timedelta(days=7)
FIELDS = (
    "sys_id,number,short_description,priority,state,active,opened_at,sys_updated_on,assignment_group,assigned_to,"
    "company,caller_id,description,category,subcategory,location,business_service,cmdb_ci"
)
# The traits that cases can have in common, by the board's names.
TRAITS = {
    "category": "category",
    "subcategory": "subcategory",
    "location": "site",
    "business_service": "product",
    "cmdb_ci": "item",
}
LONGEST_TEXT = 8_000
TARGET_FIELDS = "sys_id,task,sla,stage,start_time,planned_end_time,pause_duration"
# Stages of an SLA whose clock no longer runs; `achieved` is the name before the engine of 2011.
OVER = ("completed", "achieved")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Record = Mapping[str, Any]


class ServiceNow:
    """The Table API, read in the order in which records changed."""

    def __init__(self, config: SourceConfig, http: httpx.Client) -> None:
        self._name, self._http, self._url = config.name, http, config.url.rstrip("/")
        self._auth = credentials(config, "/oauth_token.do")
        # ServiceNow's clock at its last response: ours may differ.
        self._answered_at: datetime | None = None
        self._query = str(config.options.get("query", "")).strip("^")

    def check(self) -> list[str]:
        """Return a sentence for each table that cannot be read."""
        problems = []
        for table in ("incident", "task_sla", "sys_journal_field"):
            try:
                self._records(table, "", "sys_id", 0, 1)
            except CredentialsRefused as refused:
                return [refused.sentence]
            except SourceRefused as refused:
                problems.append(f"{refused.sentence} It needs to read `{table}`.")
        return problems

    def changed(self, cursor: str, now: datetime) -> Page[Case]:
        """Return the page after the cursor: the last record's time and id, and an offset within its second."""
        position: dict[str, Any] = (
            json.loads(cursor) if cursor else {"at": _time_text(now - FIRST_READ), "id": "", "offset": 0}
        )
        query = "^".join(
            filter(
                None, [self._query, f"sys_updated_on>={position['at']}", "ORDERBYsys_updated_on", "ORDERBYsys_id"]
            )
        )
        records, has_more = self._records("incident", query, FIELDS, position["offset"], PAGE)
        new_records = [record for record in records if _key(record) > (position["at"], position["id"])]
        late = _time_text((self._answered_at or now) - moments.LATE)
        next_position = _next_position(position, records, late, has_more)
        cases, unread = self._cases(new_records)
        return Page(cases, json.dumps(next_position), None if has_more else now, unread)

    def of_ids(self, case_ids: Sequence[str]) -> Sequence[Case]:
        """Return those of these incidents that exist and may be read."""
        records, has_more = self._records(
            "incident", f"sys_idIN{','.join(case_ids)}^ORDERBYsys_id", FIELDS, 0, PAGE
        )
        if has_more:
            raise SourceRefused(name=self._name, reason="it answers with more records than it was asked for")
        targets = self._targets(records)
        return [self._case(record, targets) for record in records]

    def add(self, case_id: str, text: str, key: str) -> None:
        """Add a work note that contains its key, unless a note with that key exists."""
        note_text = f"{text}\n[{key}]"
        same_note_query = f"element_id={case_id}^element=work_notes^valueLIKE[{key}]"
        entries, _ = self._records("sys_journal_field", same_note_query, "sys_id", 0, 1)
        if entries:
            return
        address = f"/api/now/table/incident/{quote(case_id, safe='')}"
        send = partial(self._http.patch, address, json={"work_notes": note_text}, auth=self._auth)
        checked(self._name, sent(self._name, send))

    def _cases(self, records: Sequence[Record]) -> tuple[list[Case], list[Unread]]:
        targets = self._targets(records)
        return read_each(
            records, lambda record: self._case(record, targets), lambda record: _value(record, "number")
        )

    def _targets(self, cases: Sequence[Record]) -> dict[str, list[Record]]:
        """The SLAs of each case, by the case's id."""
        case_ids = [_value(case, "sys_id") for case in cases]
        by_case: dict[str, list[Record]] = {}
        offset, has_more = 0, bool(case_ids)
        while has_more:
            query = f"taskIN{','.join(case_ids)}^stage!=cancelled^ORDERBYsys_id"
            records, has_more = self._records("task_sla", query, TARGET_FIELDS, offset, 1000)
            offset += 1000
            for record in records:
                by_case.setdefault(_value(record, "task"), []).append(record)
        return by_case

    def _case(self, record: Record, targets: Mapping[str, Sequence[Record]]) -> Case:
        case_id = _value(record, "sys_id")
        return Case(
            external_id=case_id,
            number=_value(record, "number"),
            title=_value(record, "short_description"),
            priority=f"P{_value(record, 'priority')}" if _value(record, "priority") else "",
            state=_display_value(record, "state"),
            opened_at=moments.required(_value(record, "opened_at")),
            updated_at=moments.required(_value(record, "sys_updated_on")),
            queue=_display_value(record, "assignment_group"),
            assignee=_display_value(record, "assigned_to"),
            link=f"{self._url}/nav_to.do?uri=incident.do?sys_id={case_id}",
            customer=_display_value(record, "company") or _display_value(record, "caller_id"),
            text=_value(record, "description")[:LONGEST_TEXT],
            traits={trait: _display_value(record, name) for name, trait in TRAITS.items()},
            is_open=_value(record, "active") == "true",
            targets=tuple(_target(target) for target in targets.get(case_id, ())),
        )

    def _records(self, table: str, query: str, fields: str, offset: int, limit: int) -> tuple[list[Record], bool]:
        """Return some records, and whether there are more.

        Records that may not be read are missing from a page, so a short page is not necessarily the last.
        """
        selection = {"sysparm_query": query, "sysparm_fields": fields, "sysparm_display_value": "all"}
        page = {"sysparm_limit": str(limit), "sysparm_offset": str(offset)}
        address = f"/api/now/table/{table}"
        response = sent(self._name, partial(self._http.get, address, params=selection | page, auth=self._auth))
        content = checked(self._name, response)
        self._answered_at = answered_at(response.headers)
        records = content.get("result") if isinstance(content, dict) else None
        if not isinstance(records, list):
            raise SourceRefused(name=self._name, reason="what it answers has no `result`")
        return records, bool(next_link(response.headers))


def _next_position(
    position: dict[str, Any], records: Sequence[Record], late: str, has_more: bool
) -> dict[str, Any]:
    last_key = max((_key(record) for record in records), default=(position["at"], position["id"]))
    if not has_more and last_key[0] >= late:
        return {"at": late, "id": "", "offset": 0}
    if last_key[0] > position["at"]:
        return {"at": last_key[0], "id": last_key[1], "offset": 0}
    # A second with more than a page: re-read half a page, as records that change in between leave the query.
    offset = position["offset"] + PAGE // 2 if has_more else 0
    return {"at": position["at"], "id": position["id"] if has_more else last_key[1], "offset": offset}


def _key(record: Record) -> tuple[str, str]:
    return _value(record, "sys_updated_on"), _value(record, "sys_id")


def _target(record: Record) -> ServiceTarget:
    paused = moments.read(_value(record, "pause_duration"))
    return ServiceTarget(
        name=_display_value(record, "sla"),
        started_at=moments.required(_value(record, "start_time")),
        due_at=moments.read(_value(record, "planned_end_time")),
        # A duration is written as a time since 1970.
        paused_s=(paused - EPOCH).total_seconds() if paused else 0,
        is_over=_value(record, "stage") in OVER,
    )


def _value(record: Record, name: str) -> str:
    field = record.get(name)
    return str((field.get("value") if isinstance(field, dict) else field) or "")


def _display_value(record: Record, name: str) -> str:
    field = record.get(name)
    return str((field.get("display_value") if isinstance(field, dict) else field) or "")


def _time_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
