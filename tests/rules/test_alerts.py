"""Alerts: what each system sends, who may send it, when it is an incident."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy.exc import IntegrityError

from bot.alerts import payloads, rules, sns, sources, views
from bot.alerts.rules import ReceivedAlert
from bot.alerts.sns import Certificates
from bot.alerts.tables import Alert, AlertGroup
from bot.config.floor import AlertSource
from bot.runtime.database import Database
from bot.runtime.templates import Expression, ExpressionBroken
from bot.sources import signatures
from bot.sources.signatures import NotSigned, NotUnderstood
from bot.web.alerts_endpoint import Rate
from tests import prepared

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
SECRET = b"shared"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"


def read(kind: str, body: Any, **mapping: str) -> list[ReceivedAlert]:
    expressions = {name: Expression(text) for name, text in mapping.items()}
    return payloads.read(kind, json.dumps(body).encode(), expressions)


ALERTMANAGER = {
    "version": "4",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "TrunkDown", "site": "Manila", "severity": "critical"},
            "annotations": {"summary": "Trunk 3 is down", "description": "No registration for 2 min"},
            "startsAt": "2026-11-26T08:59:00.123Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://prometheus.example/graph",
            "fingerprint": "c0ffee",
        },
        {
            "status": "resolved",
            "labels": {"alertname": "QueueLong"},
            "annotations": {},
            "startsAt": "2026-11-26T08:00:00Z",
            "endsAt": "2026-11-26T08:30:00Z",
            "fingerprint": "beef",
        },
    ],
}


@pytest.mark.parametrize("kind", ["alertmanager", "grafana"])
def test_alertmanager_and_grafana(kind: str) -> None:
    fires, resolved = read(kind, ALERTMANAGER)
    assert (fires.key, fires.title, fires.severity, fires.is_firing) == (
        "c0ffee",
        "Trunk 3 is down",
        "critical",
        True,
    )
    assert fires.at == datetime(2026, 11, 26, 8, 59, 0, 123000, tzinfo=UTC)
    assert (resolved.is_firing, resolved.at) == (False, datetime(2026, 11, 26, 8, 30, tzinfo=UTC))


def test_datadog_cloudwatch_and_pagerduty() -> None:
    message = {
        "id": "7",
        "scope": "site:cebu",
        "title": "Latency",
        "tags": "site:cebu,env:prod",
        "date": "1795683600000",
    }
    for transition, is_firing in (("Triggered", True), ("Re-Warn", True), ("No Data", True), ("Recovered", False)):
        [alert] = read("datadog", message | {"transition": transition})
        assert alert.is_firing is is_firing
    assert alert.labels == {"site": "cebu", "env": "prod"}
    alarm = {"AlarmName": "ivr-5xx", "AlarmArn": "arn:a", "NewStateValue": "ALARM", "Region": "EU (Ireland)"}
    alarm["StateChangeTime"] = "2026-11-26T08:59:00.000+0000"
    [alert] = read("sns", {"Message": json.dumps(alarm)})
    assert (alert.key, alert.title, alert.is_firing) == ("arn:a", "ivr-5xx", True)
    assert read("sns", {"Message": json.dumps(alarm | {"NewStateValue": "INSUFFICIENT_DATA"})}) == []
    data = {"id": "Q1", "title": "Dialer", "urgency": "high", "service": {"summary": "dialer"}}
    event = {"event_type": "incident.triggered", "occurred_at": "2026-11-26T08:59:00Z", "data": data}
    [alert] = read("pagerduty", {"event": event})
    assert (alert.key, alert.labels["service"]) == ("Q1", "dialer")
    assert read("pagerduty", {"event": event | {"event_type": "incident.acknowledged"}}) == []


def test_any_json_is_read_by_expressions_that_reach_nothing_else() -> None:
    mapping = {
        "alerts": "body.checks",
        "key": "item.host ~ ':' ~ item.check",
        "title": "item.check ~ ' on ' ~ item.host",
        "status": "'firing' if item.state in ['CRIT', 'WARN'] else 'resolved'",
        "labels": "{'host': item.host}",
    }
    body = {
        "checks": [
            {"host": "sbc1", "check": "sip", "state": "CRIT"},
            {"host": "sbc2", "check": "sip", "state": "OK"},
        ]
    }
    fires, resolved = read("generic", body, **mapping)
    assert (fires.title, fires.labels, fires.is_firing) == ("sip on sbc1", {"host": "sbc1"}, True)
    assert not resolved.is_firing
    checks = [{"host": f"sbc{number}", "check": "sip", "state": "CRIT"} for number in range(501)]
    assert len(read("generic", {"checks": checks[:500]}, **mapping)) == 500
    with pytest.raises(NotUnderstood, match="at most 500 alerts at once"):
        read("generic", {"checks": checks}, **mapping)
    for reaching in ("''.__class__", "x.__init__.__globals__"):
        assert Expression(reaching)(x=object) is None
    for endless in ("'a' * 100000000", "range(10**9)|list"):
        with pytest.raises(ExpressionBroken):
            Expression(endless)(x=object)
    with pytest.raises(ExpressionBroken, match="Correct it"):
        Expression("item.host ~")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"alerts": None}, "its fields hold other kinds of values"),
        ({"alert": []}, "`alerts` is missing"),
        ({"alerts": [{"labels": {}}]}, "`status` is missing"),
    ],
)
def test_a_sender_reads_what_is_wrong_with_its_request(body: Any, reason: str) -> None:
    with pytest.raises(NotUnderstood, match=f"not a request of alertmanager: {reason}"):
        read("alertmanager", body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_payload_is_read_as_alerts_or_refused_with_a_reason(body: Any) -> None:
    for kind in ("alertmanager", "datadog", "sns", "pagerduty"):
        for payload in (body, {"alerts": [body], "event": body, "Message": body, "id": body, "title": body}):
            try:
                for alert in read(kind, payload):
                    rules.tidy(alert)
            except NotUnderstood as refusal:
                assert str(refusal)


def test_late_requests_are_outdated_and_resolved_ones_never_count() -> None:
    alert = ReceivedAlert("k", "t", True, at=NOW)
    assert rules.is_outdated(alert, NOW + timedelta(seconds=1))
    assert not rules.is_outdated(alert, NOW)
    fired = [NOW - timedelta(minutes=minutes) for minutes in (1, 9, 30)]
    assert rules.reaches(fired, 2, timedelta(minutes=10), NOW)
    assert not rules.reaches(fired, 3, timedelta(minutes=10), NOW)
    labelled = ReceivedAlert("k", "t", True, labels={"site": "Manila", "host": "a"})
    other = ReceivedAlert("j", "t", True, labels={"site": "Manila", "host": "b"})
    assert rules.group_key(labelled, ["site"]) == rules.group_key(other, ["site"])
    assert rules.group_key(labelled, []) != rules.group_key(other, [])
    long = rules.tidy(ReceivedAlert("k" * 5000, " a\n b ", True, link="javascript:x", text="x" * 9000))
    assert (len(long.key), long.title, long.link, len(long.text)) == (64, "a b", "", 1000)


def test_an_alert_keeps_what_fits_and_only_a_web_address_as_its_link() -> None:
    link = "https://" + "x" * 992
    alert = ReceivedAlert("k" * 200, "t" * 300, False, "s" * 50, "x" * 1000, link, {"n" * 100: "v" * 500}, NOW)
    assert rules.tidy(alert) == alert

    too_long = ReceivedAlert("k" * 201, "t" * 301, True, "s" * 51, "x" * 1001, f"{link}x", {"n" * 101: "v" * 501})
    tidied = rules.tidy(too_long)
    assert (tidied.title, tidied.severity, tidied.text) == ("t" * 300, "s" * 50, "x" * 1000)
    assert (len(tidied.key), tidied.link, tidied.labels) == (64, "", {"n" * 100: "v" * 500})
    assert tidied.key != rules.tidy(replace(too_long, key="k" * 202)).key
    assert len(rules.tidy(replace(too_long, labels={str(number): "" for number in range(60)})).labels) == 40
    assert rules.tidy(ReceivedAlert("key", " \n ", True)).title == "key"


def test_alerts_with_the_same_labels_belong_together_however_long_these_are() -> None:
    def key(**labels: str) -> str:
        return rules.group_key(ReceivedAlert("k", "t", True, labels=labels), ["site", "job"])

    assert key(site="Manila", job="ivr", pod="1") == "site=Manila, job=ivr"
    assert key(job="ivr") == "site=, job=ivr"
    assert len(key(site="x" * 189)) == 200
    assert len(key(site="x" * 190)) == 64
    assert key(site="x" * 190) != key(site="x" * 191)


def test_an_alert_that_began_exactly_as_long_ago_counts() -> None:
    began = [NOW - timedelta(minutes=10), NOW]
    assert rules.reaches(began, 2, timedelta(minutes=10), NOW)
    assert not rules.reaches(began, 2, timedelta(minutes=10), NOW + timedelta(seconds=1))


def check(source: AlertSource, body: bytes, headers: dict[str, str], content: Any = None, fetch: Any = None) -> str:
    certificates = Certificates(fetch or (lambda host, url: b""))
    return sources.check_sender(source, SECRET, certificates, body, content or {}, headers, NOW)


def mac(text: bytes) -> str:
    return hmac.new(SECRET, text, hashlib.sha256).hexdigest()


def test_only_signed_requests_may_send_alerts() -> None:
    bearer = AlertSource(kind="alertmanager", secret="S")
    assert check(bearer, b"{}", {"authorization": "Bearer shared"}) == ""
    for wrong_headers in (
        {},
        {"authorization": "Bearer other"},
        {"authorization": "Basic shared"},
        {"authorization": "é"},
    ):
        with pytest.raises(NotSigned):
            check(bearer, b"{}", wrong_headers)
    pagerduty = AlertSource(kind="pagerduty", secret="S")
    assert check(pagerduty, b"{}", {"x-pagerduty-signature": f"v1=00,v1={mac(b'{}')}"})
    with pytest.raises(NotSigned):
        check(pagerduty, b"{ }", {"x-pagerduty-signature": f"v1={mac(b'{}')}"})
    grafana, at = AlertSource(kind="grafana", secret="S", signed=True), str(int(NOW.timestamp()))
    headers = {"x-grafana-alerting-timestamp": at, "x-grafana-alerting-signature": mac(at.encode() + b":{}")}
    assert check(grafana, b"{}", headers)
    old = str(int(at) - 301)
    with pytest.raises(NotSigned):
        stale = {"x-grafana-alerting-timestamp": old, "x-grafana-alerting-signature": mac(old.encode() + b":{}")}
        check(grafana, b"{}", stale)
    signed = AlertSource(kind="datadog", secret="S", signed=True)
    own_headers = {"x-watchfloor-timestamp": at, "x-watchfloor-signature": signatures.sign(SECRET, at, b"{}")}
    assert check(signed, b"{}", own_headers)


@cache
def private_key() -> rsa.RSAPrivateKey:
    """Made only where this file is run: it takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private_key().public_key())
    builder = builder.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    return builder.sign(private_key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def signed_by_aws(**changed: str) -> dict[str, str]:
    content = {
        "Type": "Notification",
        "MessageId": "m1",
        "TopicArn": TOPIC,
        "Message": "{}",
        "Timestamp": "2026-11-26T08:59:00.000Z",
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
    } | changed
    names = sns.SIGNED_OF_CONFIRMATION if content["Type"] == sns.CONFIRMATION else sns.SIGNED_OF_NOTIFICATION
    text = "".join(f"{name}\n{content[name]}\n" for name in names if name in content).encode()
    content["Signature"] = base64.b64encode(private_key().sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()
    return content


def test_sns_messages_must_be_signed_by_aws_and_lead_to_no_other_address() -> None:
    source = AlertSource(kind="sns", topic=TOPIC)
    requested_urls: list[str] = []

    def fetch(host: str, url: str) -> bytes:
        requested_urls.append(url)
        return certificate()

    valid = signed_by_aws()
    assert check(source, b"", {}, valid, fetch) == "sns:m1"
    for forged in (
        valid | {"Message": "{1}"},
        valid | {"Signature": "AAAA"},
        valid | {"Signature": "no base64!"},
        signed_by_aws(TopicArn=TOPIC.replace("alarms", "other")),
        signed_by_aws(Timestamp="2026-11-25T08:59:00.000Z"),
        signed_by_aws(Type="UnsubscribeConfirmation"),
    ):
        with pytest.raises(NotSigned):
            check(source, b"", {}, forged, fetch)
    requested_urls.clear()
    for url in (
        "https://evil.example/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef.pem",
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com@127.0.0.1/SimpleNotificationService-0123456789abcdef.pem",
        "https://s3.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    ):
        with pytest.raises(NotSigned):
            check(source, b"", {}, signed_by_aws(SigningCertURL=url), fetch)
    assert requested_urls == []

    evil_url = "http://169.254.169.254/latest"
    content = signed_by_aws(Type=sns.CONFIRMATION, Token="a" * 40, SubscribeURL=evil_url)
    assert check(source, b"", {}, content, fetch)
    requested_urls.clear()
    sns.confirm(content, TOPIC, fetch)
    token = "a" * 40
    assert requested_urls == [
        f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token={token}"
    ]
    with pytest.raises(NotSigned):
        sns.confirm(content | {"Token": "a&b=c" * 9}, TOPIC, fetch)


def test_a_source_is_asked_to_slow_down() -> None:
    rate = Rate(60)
    assert [rate.wait_s() for _ in range(60)] == [0.0] * 60
    assert 0 < rate.wait_s() <= 1


def test_mistakes_in_floor_yaml_are_named() -> None:
    for settings, reason in (
        ({"kind": "sns"}, "name the SNS topic"),
        ({"kind": "alertmanager"}, "name the environment variable"),
        ({"kind": "generic", "secret": "S"}, "key, title, status missing"),
    ):
        with pytest.raises(ValueError, match=reason):
            AlertSource(**settings)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_replicas_that_take_the_same_retry_record_the_alert_once(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    is_file = kind == "sqlite"
    store = Database(prepared.database(tmp_path) if is_file else request.getfixturevalue("prepared_postgres_url"))

    def trunk_alert(resolved_at: datetime | None = None) -> Alert:
        return Alert(
            group_id=1,
            source_name="metrics",
            alert_key="c0ffee",
            title="Trunk 3 is down",
            fired_at=NOW,
            resolved_at=resolved_at,
        )

    with store.transaction() as session:
        session.add(AlertGroup(source_name="metrics", group_key="Manila", title="Trunk 3 is down", began_at=NOW))
        session.flush()
        session.add_all([trunk_alert(NOW), trunk_alert()])

    with pytest.raises(IntegrityError), store.transaction() as session:
        session.add(trunk_alert())
    store.close()


def test_the_title_of_a_group_is_not_repeated_for_its_only_alert() -> None:
    group = AlertGroup(id=1, source_name="metrics", group_key="", title="Calls wait", began_at=NOW)
    facts: dict[str, Any] = {"group_id": 1, "source_name": "metrics", "severity": "critical", "fired_at": NOW}
    first = Alert(alert_key="a", title="Calls wait", link="https://example.com/a", **facts)
    second = Alert(alert_key="b", title="Logins fail", **facts)
    alone, both = (views.message(group, alerts, None, None)[1][0] for alerts in ([first], [first, second]))
    assert alone["text"]["text"].startswith("🔔 *<https://example.com/a|Calls wait>*\ncritical · since <!date")
    assert str(both).count("Calls wait") == 2
