"""Peculiarities of each vendor, checked against its documentation."""

import itertools
import json
import socket
import ssl
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.config import floor
from bot.errors import TryLater
from bot.feeds.sources import Sources, errors_as_refusals
from bot.runtime import outgoing
from bot.runtime.network import Network
from bot.runtime.outgoing import AddressRefused, Reach, client
from bot.sources import answers
from bot.sources.answers import throttle_of
from bot.sources.connect import Connect
from bot.sources.files import Folder, Sheet
from bot.sources.okta import Okta, lockouts
from bot.sources.port import LockoutKind, SourceConfig, SourceRefused
from bot.sources.salesforce import Salesforce
from bot.sources.servicenow import ServiceNow
from tests.sources.connect import ConnectStandIn
from tests.sources.okta import OktaStandIn
from tests.sources.salesforce import SalesforceStandIn
from tests.sources.servicenow import ServiceNowStandIn
from tests.sources.sheet import SheetStandIn
from tests.sources.stand_in import TOKEN, everything, running
from tests.sources.test_contract import ACCOUNT, ARN, NOW, connect

SAMPLE = Path(__file__).parent / "made_okta_system_log.jsonl"


def lock(uuid: str, event_type: str = "user.account.lock", result: str = "FAILURE") -> dict:
    user = {"type": "User", "id": "00u1", "alternateId": "ana@x.example"}
    at = "2026-11-26T01:01:41.116Z"
    return {"uuid": uuid, "eventType": event_type, "published": at, "outcome": {"result": result}, "target": [user]}


def test_okta_events_are_classified_by_type_and_counted_once() -> None:
    rows, _ = lockouts(
        [lock("1"), lock("1"), lock("2", result="SUCCESS"), lock("3", "user.account.unlock_by_admin")]
    )
    assert [row.kind for row in rows] == [LockoutKind.LOCKED, LockoutKind.LOCKED, LockoutKind.UNLOCKED]
    [failed], _ = lockouts([lock("4", "user.session.start"), lock("5", "user.mfa.factor.update", "SUCCESS")])
    assert failed.kind is LockoutKind.FAILED
    [signed_in], _ = lockouts([lock("6", "user.session.start", "SUCCESS")])
    assert signed_in.kind is LockoutKind.SIGNED_IN


def test_the_sample_log_has_eight_lockouts_and_one_unlock() -> None:
    rows, _ = lockouts([json.loads(line) for line in SAMPLE.read_text().splitlines()])
    kinds = [row.kind for row in rows]
    assert len({row.external_id for row in rows}) == len(rows)
    assert kinds.count(LockoutKind.UNLOCKED) == 1
    assert kinds.count(LockoutKind.SIGNED_IN) == 0
    assert kinds.count(LockoutKind.LOCKED) + kinds.count(LockoutKind.FAILED) == len(rows) - 1


def test_okta_unlocks_accounts_and_one_that_is_not_locked_counts_as_done() -> None:
    directory = OktaStandIn([])
    with running(directory) as stand_in, stand_in.client() as http:
        okta = Okta(SourceConfig("okta", stand_in.url, TOKEN), http)
        assert okta.unlock("00u1").is_done
        assert okta.unlock("00u1").reason == "the account was not locked"
        assert okta.reset_password("00u1").is_done
        assert directory.mailed == ["00u1"], "Okta mails it; with any other call it would answer with the link"
        assert "allows no reset" in okta.reset_password("ad1").reason
        okta = Okta(SourceConfig("okta", stand_in.url, "wrong"), http)
        with pytest.raises(SourceRefused, match="does not accept the credentials"):
            okta.unlock("00u1")


def test_servicenow_follows_short_pages_and_seconds_with_more_records_than_a_page() -> None:
    stand_in = ServiceNowStandIn()
    for number in range(450):
        stand_in.incident(number, "2026-11-26 01:00:00")
    for number in range(450, 500):
        stand_in.incident(number, "2026-11-26 01:00:01")
    # A whole page that may not be read, and single records.
    stand_in.hidden = {f"{number:032x}" for number in [*range(200), 300, 499]}
    with running(stand_in), stand_in.client() as http:
        source = ServiceNow(SourceConfig("snow", stand_in.url, TOKEN), http)
        stand_in.now = datetime(2026, 11, 26, 1, 0, 2, tzinfo=UTC)
        rows, cursor, _ = everything(lambda at: source.changed(at, NOW))
        assert {row.number for row in rows} == {f"INC{n:07d}" for n in range(200, 499) if n != 300}
        # In the second of the last record, another one and the same one change once it was read; and one becomes
        # visible whose transaction took a minute.
        stand_in.incident(110, "2026-11-26 01:00:01")
        stand_in.incident(120, "2026-11-26 00:59:02")
        stand_in.hidden -= {f"{number:032x}" for number in (110, 120)}
        stand_in.tables["incident"][498] |= {"state": "6"}
        stand_in.now = datetime(2026, 11, 26, 1, 31, tzinfo=UTC)
        stand_in.incident(600, "2026-11-26 01:30:00")
        rows, cursor, _ = everything(lambda at: source.changed(at, NOW), cursor)
        assert {"INC0000110", "INC0000120", "INC0000600"} < {row.number for row in rows}
        assert {row.state for row in rows if row.number == "INC0000498"} == {"6"}
        # Nothing is read again once nothing can become visible any more.
        stand_in.now = datetime(2026, 11, 26, 1, 40, tzinfo=UTC)
        _, cursor, _ = everything(lambda at: source.changed(at, NOW), cursor)
        assert everything(lambda at: source.changed(at, NOW), cursor)[0] == []


@pytest.mark.parametrize("vendor", ["servicenow", "salesforce"])
def test_cases_are_asked_for_by_id_and_those_that_are_gone_do_not_come(vendor: str) -> None:
    ticketing, crm = ServiceNowStandIn(), SalesforceStandIn()
    for number in range(1, 6):
        ticketing.incident(number, "2026-11-26 01:00:00", assignment_group="Phones")
        crm.case(number, NOW - timedelta(days=30))
    del ticketing.tables["incident"][2], crm.cases[2]
    crm.waiting.append({"WorkItemId": crm.cases[0]["Id"], "Group": {"Name": "Phones"}})
    ticketing.hidden = {f"{4:032x}"}
    del crm.cases[2]
    stand_in = ticketing if vendor == "servicenow" else crm
    with running(stand_in), stand_in.client() as http:
        options = {"query": "assignment_group=Billing"} if vendor == "servicenow" else {"client_id": "c"}
        build: Any = ServiceNow if vendor == "servicenow" else Salesforce
        source = build(SourceConfig(vendor, stand_in.url, TOKEN, options), http)
        id_of = "{:032x}" if vendor == "servicenow" else "500{:012d}"
        cases = source.of_ids([id_of.format(number) for number in (1, 2, 3, 4)])
        assert [case.external_id for case in cases] == [id_of.format(number) for number in (1, 2)]
        assert cases[0].queue == "Phones"
        assert source.of_ids([id_of.format(3)]) == []


def test_servicenow_brings_slas_with_pauses_and_writes_a_note_once() -> None:
    stand_in = ServiceNowStandIn()
    fields = {"company": "Acme", "caller_id": "Zoe", "description": "No dial tone", "location": "Manila"}
    stand_in.incident(1, "2026-11-26 01:00:00", priority="1", **fields)
    stand_in.incident(2, "2026-11-26 01:00:01", caller_id="Zoe")
    target = {
        "sys_id": "t",
        "task": f"{1:032x}",
        "sla": "P1 resolution",
        "stage": "paused",
        "start_time": "2026-11-26 01:00:00",
        "planned_end_time": "2026-11-26 05:35:00",
        "pause_duration": "1970-01-01 00:35:00",
    }
    met = target | {"sys_id": "s", "sla": "P1 response", "stage": "completed"}
    stand_in.tables["task_sla"] = [met, target, target | {"sys_id": "u", "stage": "cancelled"}]
    with running(stand_in), stand_in.client() as http:
        source = ServiceNow(SourceConfig("snow", stand_in.url, TOKEN), http)
        case, other = source.changed("", NOW).rows
        assert (case.customer, case.text, case.traits["site"]) == ("Acme", "No dial tone", "Manila")
        assert other.customer == "Zoe"
        assert (case.priority, case.queue, case.is_open) == ("P1", "Billing", True)
        response, sla = case.targets
        assert (response.is_over, sla.is_over, sla.paused_s) == (True, False, 2100)
        assert sla.due_at == datetime(2026, 11, 26, 5, 35, tzinfo=UTC)

        stand_in.faults.extend(["", "answer lost"])
        with pytest.raises(TryLater):
            source.add(case.external_id, "Incident 7 is open.", "note-7")
        source.add(case.external_id, "Incident 7 is open.", "note-7")
        assert len(stand_in.tables["sys_journal_field"]) == 1


def test_salesforce_renews_an_expired_token_and_reports_waiting_cases() -> None:
    stand_in = SalesforceStandIn()
    queue = {"Name": "Billing", "Type": "Queue"}
    stand_in.case(1, NOW - timedelta(minutes=9), Owner=queue)
    stand_in.case(2, NOW - timedelta(minutes=8))
    stand_in.case(3, NOW - timedelta(minutes=7), Owner=queue)
    milestone = {
        "MilestoneType": {"Name": "First response"},
        "StartDate": "2026-11-26T02:00:00.000+0000",
        "TargetDate": "2026-11-26T02:30:00.000+0000",
        "IsCompleted": False,
    }
    stand_in.cases[0]["CaseMilestones"] = {"records": [milestone, milestone | {"IsCompleted": True}]}
    request = {"Group": {"Name": "Chat"}}
    stand_in.waiting = [request | {"WorkItemId": stand_in.cases[0]["Id"]}, request | {"WorkItemId": "0Mw0001"}]
    with running(stand_in), stand_in.client() as http:
        source = Salesforce(SourceConfig("sf", stand_in.url, TOKEN, {"client_id": "c"}), http)
        source.changed("", NOW)
        stand_in.faults.append("unauthorized")
        rows, _, _ = everything(lambda at: source.changed(at, NOW))
        assert stand_in.tokens_given == 2
    names = {
        row.number: {(each.queue, each.assignee) for each in rows if each.number == row.number} for row in rows
    }
    assert names == {"00000001": {("Chat", "")}, "00000002": {("", "Ana")}, "00000003": {("Billing", "")}}
    waits = rows[-1]
    assert (waits.customer, waits.text, waits.traits["category"]) == ("Acme", "It does not work", "Problem")
    assert [(one.name, one.is_over) for one in waits.targets] == [
        ("First response", False),
        ("First response", True),
    ]


def test_a_salesforce_case_that_becomes_visible_late_is_read_whatever_our_clock_says() -> None:
    stand_in = SalesforceStandIn()
    stand_in.now = NOW
    stand_in.case(1, NOW - timedelta(seconds=30))
    with running(stand_in), stand_in.client() as http:
        source = Salesforce(SourceConfig("sf", stand_in.url, TOKEN, {"client_id": "c"}), http)
        ahead = NOW + timedelta(hours=1)
        _, cursor, _ = everything(lambda at: source.changed(at, ahead))
        # The transaction that changed it took a minute.
        stand_in.case(2, NOW - timedelta(seconds=60))
        rows, _, _ = everything(lambda at: source.changed(at, ahead), cursor)
    assert "00000002" in [row.number for row in rows]


def test_connect_reads_spans_in_seconds_and_leaves_out_unknown_figures() -> None:
    with connect() as subject:
        rows, cursor, _ = everything(subject.read)
        billing = [row for row in rows if row.queue == "Billing"]
        assert billing[0].figures["offered"] == 100
        assert billing[0].figures["aht_s"] == 312.5
        assert all("offered" not in row.figures for row in rows if row.queue == "Night")
        assert billing[-1].figures == {"agents": 12, "oldest_s": 95}
        assert billing[-1].starts_at == datetime(2026, 11, 26, 2, tzinfo=UTC)
        # After five days of silence: spans of a day at most, without a gap.
        stand_in = subject.stand_in
        assert isinstance(stand_in, ConnectStandIn)
        stand_in.spans.clear()
        everything(lambda at: subject.source.read(at, NOW + timedelta(days=5)), cursor)
        spans = sorted(set(stand_in.spans))
        assert all(after[0] == before[1] for before, after in itertools.pairwise(spans))
        assert spans[-1][1] == datetime(2026, 12, 1, 2, tzinfo=UTC)
        # After half a year: the data that Connect still has.
        stand_in.now = NOW + timedelta(days=180)
        page = subject.source.read(cursor, stand_in.now)
        assert min(row.starts_at for row in page.rows) == datetime(2027, 2, 26, 2, tzinfo=UTC)


def test_a_time_that_no_calendar_has_is_an_answer_that_is_not_understood() -> None:
    with connect() as subject:
        subject.stand_in.faults.append("absurd time")
        with pytest.raises(SourceRefused, match="is not understood"), errors_as_refusals("contact-centre"):
            subject.read("")


def test_connect_counts_each_channel_for_itself_and_each_queue_by_its_own_goal() -> None:
    throttle_of.cache_clear()
    with running(ConnectStandIn()) as stand_in, stand_in.client() as http:
        assert isinstance(stand_in, ConnectStandIn)
        stand_in.channels = ["VOICE", "CHAT"]
        options = {"instance_arn": ARN, "queues": {"q1": "Billing", "q2": "Claims", "q3": "Sales"}}
        goals = {"Billing": 20.0, "Claims": 30.0, "Sales": 20.0}
        config = SourceConfig("cc", stand_in.url, "KEY:secret", options, threshold_s=goals.__getitem__)
        source = Connect(config, http)
        rows, _, _ = everything(lambda at: source.read(at, NOW))
        assert stand_in.thresholds == {"q1": 20.0, "q2": 30.0, "q3": 20.0}
        assert len({(row.queue, row.channel, row.starts_at) for row in rows}) == 3 * (2 * 48 + 1)
        assert {row.channel for row in rows if "agents" in row.figures} == {"voice"}
        with pytest.raises(SourceRefused, match="`interval_min` is 15, 30 or 60"):
            Connect(SourceConfig("cc", stand_in.url, "KEY:secret", options | {"interval_min": 10}), http)


def test_connect_asks_for_a_hundred_queues_at_once_and_shares_the_accounts_limit() -> None:
    throttle_of.cache_clear()
    with running(ConnectStandIn()) as stand_in, stand_in.client() as http:
        options = {"instance_arn": ARN, "queues": {f"q{number}": f"Queue {number}" for number in range(130)}}
        sources = [
            Connect(SourceConfig(name, stand_in.url, "KEY:secret", options), http) for name in ("one", "two")
        ]
        rows, _, _ = everything(lambda at: sources[0].read(at, NOW))
        assert len({row.queue for row in rows}) == 130
        stand_in.faults.append("throttled")
        with pytest.raises(TryLater):
            sources[0].read("", NOW)
        request_count = len(stand_in.requests)
        with pytest.raises(TryLater, match="another source of this account"):
            sources[1].read("", NOW + timedelta(seconds=2))
        assert len(stand_in.requests) == request_count
        sources[1].read("", NOW + timedelta(seconds=8))
    assert throttle_of(ACCOUNT) is throttle_of(ACCOUNT)
    with pytest.raises(SourceRefused, match="instance_arn"):
        Connect(SourceConfig("odd", "", "", {"instance_arn": "x"}), http)


def test_boto3_sends_only_through_the_checked_outgoing_client(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"instance_arn": ARN, "queues": {"q1": "Billing"}}
    throttle_of.cache_clear()
    with running(ConnectStandIn()) as stand_in, stand_in.client() as http:
        source = Connect(SourceConfig("cc", stand_in.url, "KEY:secret", options), http)
        stand_in.faults.append("redirect")
        assert "307" in source.check()[0]
        assert len(stand_in.requests) == 1
        wrongly_signed = Connect(SourceConfig("cc", stand_in.url, "KEY:guessed", options), http)
        assert "InvalidSignatureException" in wrongly_signed.check()[0]
        monkeypatch.setattr(outgoing, "LARGEST_BYTES", 10)
        with pytest.raises(TryLater, match="the answer is too large"):
            source.check()
        request_count = len(stand_in.requests)
        with outgoing.client(Network(), Reach()) as strict:
            closed = Connect(SourceConfig("cc", stand_in.url, "KEY:secret", options), strict)
            with pytest.raises(AddressRefused, match="https"):
                closed.check()
            inside = stand_in.url.replace("http:", "https:")
            with pytest.raises(AddressRefused, match="not a public address"):
                Connect(SourceConfig("cc", inside, "KEY:secret", options), strict).check()
        assert len(stand_in.requests) == request_count


def test_connect_is_called_at_its_regions_address_by_default_also_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = floor.Source(kind="connect", secret="KEYS", options={"instance_arn": ARN, "queues": {"q1": "Billing"}})
    keys = {"KEYS": "KEY:secret"}
    real_resolver, resolved_hosts = socket.getaddrinfo, list[object]()

    def resolve(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        resolved_hosts.append(host)
        return real_resolver("127.0.0.1", port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(AddressRefused, match=r"connect\.eu-west-1\.amazonaws\.com may not be called"):
        Sources({"cc": source}, Network(), tmp_path, environment=keys).get("cc").check()
    assert resolved_hosts == ["connect.eu-west-1.amazonaws.com"]
    resolved_hosts.clear()
    with pytest.raises(
        TryLater, match=r"cannot be reached \(Connection refused\)"
    ):  # the proxy itself, which is not there
        Sources({"cc": source}, Network("http://127.0.0.1:9"), tmp_path, environment=keys).get("cc").check()
    assert resolved_hosts == ["127.0.0.1"]


def test_a_published_sheet_is_read_when_it_changes_and_leads_nowhere_else(tmp_path: Path) -> None:
    with running(SheetStandIn()) as stand_in, stand_in.client() as http:
        assert isinstance(stand_in, SheetStandIn)
        sheet = Sheet(SourceConfig("roster", stand_in.url, "", folder=tmp_path), http)
        page = sheet.files("", NOW)
        assert page.rows[0].path.read_bytes() == stand_in.content
        assert sheet.files(page.next_cursor, NOW).rows == ()
        stand_in.faults.append("elsewhere")
        with pytest.raises(SourceRefused, match=r"it leads to 169\.254"):
            sheet.files("", NOW)
        for fault in ("down", "throttled", "answer lost"):
            stand_in.faults.append(fault)
            with pytest.raises(TryLater):
                sheet.files("", NOW)
        for fault, reason in (("unauthorized", "credentials"), ("captive portal", "it is no CSV")):
            stand_in.faults.append(fault)
            with pytest.raises(SourceRefused, match=reason):
                sheet.files(page.next_cursor, NOW)
        stand_in.media_type = "text/html"
        assert "Publish to web" in sheet.check()[0]


def test_a_folder_gives_each_file_once_and_not_before_it_is_complete(tmp_path: Path) -> None:
    folder = Folder(SourceConfig("exports", "", "", {"folder": str(tmp_path)}), None)  # type: ignore[arg-type]  # a folder needs no network
    now = datetime.now(UTC)
    for name in ("b.csv", "a.csv", "notes.docx"):
        (tmp_path / name).write_text("x")
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    assert folder.files("", now).rows == ()
    later = now + timedelta(seconds=11)
    rows, cursor, _ = everything(lambda at: folder.files(at, later))
    assert sorted(row.name for row in rows) == ["a.csv", "b.csv"]
    (tmp_path / "a.csv").write_text("longer")
    rows, _, _ = everything(lambda at: folder.files(at, later + timedelta(seconds=11)), cursor)
    assert [row.name for row in rows] == ["a.csv"]
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.csv").write_text("y")
    deep = Folder(SourceConfig("exports", "", "", {"folder": str(tmp_path), "files": "**/*.csv"}), httpx.Client())
    rows, cursor, _ = everything(lambda at: deep.files(at, later + timedelta(seconds=11)))
    assert sorted(row.name for row in rows) == ["a.csv", "a.csv", "b.csv"], "files of one name in two folders"
    assert everything(lambda at: deep.files(at, later + timedelta(seconds=11)), cursor)[0] == []
    missing = Folder(SourceConfig("exports", "", "", {"folder": str(tmp_path / "no")}), None)  # type: ignore[arg-type]  # likewise
    assert "there is no folder" in missing.check()[0]


def test_a_certificate_that_is_not_trusted_is_named_with_what_to_do(tmp_path: Path) -> None:
    key, certificate = (str(tmp_path / name) for name in ("key.pem", "cert.pem"))
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=source.example"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def shake_hands() -> None:
        connection, _ = listener.accept()
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(connection, server_side=True)

    server = threading.Thread(target=shake_hands)
    server.start()
    address = f"https://127.0.0.1:{listener.getsockname()[1]}/"
    reach = Reach.of(address, ["127.0.0.0/8"], is_insecure=False)
    with listener, client(Network(), reach) as http:
        with pytest.raises(TryLater, match="support cannot be reached") as refused:
            answers.sent("support", lambda: http.get(address))
        server.join()
    assert "its certificate is not trusted: self-signed certificate; " in refused.value.reason
    assert "`WATCHFLOOR_CA_FILE`" in refused.value.reason
