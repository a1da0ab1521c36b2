"""Salesforce: cases with their milestones, and which of them wait for acceptance.

The connected app's user needs to read Case, Account, CaseMilestone and PendingServiceRouting.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.sources import moments
from bot.sources.answers import answered_at, checked, read_each, sent
from bot.sources.oauth import credentials
from bot.sources.port import (
    Case,
    CredentialsRefused,
    Page,
    RequestRefused,
    ServiceTarget,
    SourceConfig,
    SourceRefused,
)

VERSION = "v61.0"
PAGE = 200
FIRST_READ = timedelta(days=7)
PRIORITIES = {"Critical": "P1", "High": "P2", "Medium": "P3", "Low": "P4"}
MILESTONES = "SELECT MilestoneType.Name, StartDate, TargetDate, IsCompleted FROM CaseMilestones"
OF_CASE = (
    "Id, CaseNumber, Subject, Priority, Status, IsClosed, CreatedDate, SystemModstamp, Owner.Name, Owner.Type, "
    "Account.Name, Description, Type, Reason"
)
LONGEST_TEXT = 8_000
FIELDS = f"SELECT {OF_CASE}, ({MILESTONES}) FROM Case"  # noqa: S608 - SOQL, built from our own names
WAITING = "SELECT WorkItemId, Group.Name FROM PendingServiceRouting WHERE IsPushed = false"
ANY = "SELECT Id FROM {} LIMIT 1"
CASE_PREFIX = "500"

Record = Mapping[str, Any]


class Salesforce:
    """Cases in the order in which they changed; the last page has those that wait."""

    def __init__(self, config: SourceConfig, http: httpx.Client) -> None:
        self._name, self._http, self._url = config.name, http, config.url.rstrip("/")
        self._auth = credentials(config, "/services/oauth2/token")
        # Salesforce's clock at its last response: ours may differ.
        self._answered_at: datetime | None = None
        self._priorities = PRIORITIES | dict(config.options.get("priorities") or {})

    def check(self) -> list[str]:
        """Return a sentence for each object that cannot be read."""
        problems = []
        for name in ("Case", "Account", "CaseMilestone", "PendingServiceRouting"):
            try:
                self._query(ANY.format(name))
            except CredentialsRefused as refused:
                return [refused.sentence]
            except SourceRefused as refused:
                problems.append(f"{refused.sentence} It needs to read {name}.")
        return problems

    def changed(self, cursor: str, now: datetime) -> Page[Case]:
        """Return the page after the cursor: the last record's time and id, and Salesforce's query continuation."""
        position = json.loads(cursor) if cursor else {"at": moments.iso(now - FIRST_READ), "id": "", "next": ""}
        try:
            records, next_address = (
                self._get(position["next"]) if position["next"] else self._query(_changed_query(position))
            )
        except RequestRefused:
            if not position["next"]:
                raise
            # Continuations expire; the rest is asked for again, from the last record on.
            return Page((), json.dumps(position | {"next": ""}))
        is_last = not (records or next_address)
        # Every page of a round must name the same queue for a case, so each one looks for its waiting cases.
        waiting = self._waiting_cases("" if is_last else f" AND WorkItemId IN ({_quoted(_ids(records))})")
        cases = self._cases_with_ids(list(waiting)) if is_last else records
        rows, unread = read_each(
            cases, lambda case: self._case(case, waiting.get(case["Id"])), lambda case: case.get("CaseNumber")
        )
        last_record = records[-1] if records else None
        changed_at, case_id = (
            (_changed_at(last_record), last_record["Id"]) if last_record else (position["at"], position["id"])
        )
        if is_last:
            changed_at, case_id = min(changed_at, moments.iso((self._answered_at or now) - moments.LATE)), ""
        return Page(
            rows,
            json.dumps({"at": changed_at, "id": case_id, "next": next_address}),
            now if is_last else None,
            unread,
        )

    def of_ids(self, case_ids: Sequence[str]) -> Sequence[Case]:
        """Return those of these cases that were neither deleted nor merged into another."""
        records = self._cases_with_ids(case_ids)
        waiting = self._waiting_cases(f" AND WorkItemId IN ({_quoted(_ids(records))})") if records else {}
        return [self._case(record, waiting.get(record["Id"])) for record in records]

    def _waiting_cases(self, condition: str) -> dict[str, Record]:
        records, next_address = self._query(f"{WAITING}{condition} ORDER BY CreatedDate")
        while next_address:
            more_records, next_address = self._get(next_address)
            records = [*records, *more_records]
        return {work["WorkItemId"]: work for work in records if str(work["WorkItemId"]).startswith(CASE_PREFIX)}

    def _cases_with_ids(self, case_ids: Sequence[str]) -> list[Record]:
        all_records: list[Record] = []
        for start in range(0, len(case_ids), PAGE):
            condition = f"Id IN ({_quoted(case_ids[start : start + PAGE])})"
            records, next_address = self._query(f"{FIELDS} WHERE {condition}")
            all_records += records
            while next_address:
                records, next_address = self._get(next_address)
                all_records += records
        return all_records

    def _case(self, record: Record, waiting: Record | None) -> Case:
        # A case in a queue is owned by the queue.
        is_queued = _value(record, "Owner", "Type") == "Queue"
        queue = _value(waiting, "Group") if waiting else _value(record, "Owner") if is_queued else ""
        milestones = ((record.get("CaseMilestones") or {}).get("records")) or ()
        return Case(
            external_id=record["Id"],
            number=str(record.get("CaseNumber") or ""),
            title=str(record.get("Subject") or ""),
            priority=self._priorities.get(record.get("Priority") or "", ""),
            state=str(record.get("Status") or ""),
            opened_at=moments.required(record["CreatedDate"]),
            updated_at=moments.required(record["SystemModstamp"]),
            queue=queue,
            assignee="" if waiting or is_queued else _value(record, "Owner"),
            customer=_value(record, "Account"),
            text=str(record.get("Description") or "")[:LONGEST_TEXT],
            traits={"category": str(record.get("Type") or ""), "subcategory": str(record.get("Reason") or "")},
            link=f"{self._url}/lightning/r/Case/{record['Id']}/view",
            is_open=not record.get("IsClosed"),
            targets=tuple(_milestone(milestone) for milestone in milestones),
        )

    def _query(self, query: str) -> tuple[list[Record], str]:
        return self._get(f"/services/data/{VERSION}/query", {"q": query})

    def _get(self, address: str, parameters: dict[str, str] | None = None) -> tuple[list[Record], str]:
        # Only the path of a continuation is used: the token is sent to no other address, whatever a response names.
        path = urlsplit(address).path
        response = sent(self._name, partial(self._http.get, path, params=parameters, auth=self._auth))
        content = checked(self._name, response)
        self._answered_at = answered_at(response.headers)
        records = content.get("records") if isinstance(content, dict) else None
        if not isinstance(records, list):
            raise SourceRefused(name=self._name, reason="what it answers has no `records`")
        return records, str(content.get("nextRecordsUrl") or "")


def _changed_query(position: Mapping[str, str]) -> str:
    condition = f"SystemModstamp > {position['at']}"
    if position["id"]:
        condition = f"({condition} OR (SystemModstamp = {position['at']} AND Id > '{position['id']}'))"
    return f"{FIELDS} WHERE {condition} ORDER BY SystemModstamp, Id LIMIT {PAGE}"


def _changed_at(record: Record) -> str:
    return moments.iso(moments.required(record["SystemModstamp"]))


def _ids(records: Sequence[Record]) -> list[str]:
    return [str(record["Id"]) for record in records]


def _quoted(case_ids: Sequence[str]) -> str:
    return ", ".join(f"'{case_id}'" for case_id in case_ids if case_id.isalnum())


def _value(record: Record, relation: str, name: str = "Name") -> str:
    return str((record.get(relation) or {}).get(name) or "")


def _milestone(record: Record) -> ServiceTarget:
    return ServiceTarget(
        name=_value(record, "MilestoneType"),
        started_at=moments.required(record["StartDate"]),
        due_at=moments.read(record.get("TargetDate")),
        is_over=bool(record.get("IsCompleted")),
    )
