"""Amazon SNS messages: signed by AWS, for one topic. A URL in a message is never requested unchecked."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from bot.errors import TryLater, require
from bot.runtime.network import Network
from bot.sources import moments
from bot.sources.signatures import NotSigned

NOTIFICATION, CONFIRMATION = "Notification", "SubscriptionConfirmation"
# AWS retries undelivered messages for some hours.
ACCEPTED_FOR = timedelta(hours=6)
_CERTIFICATE = re.compile(
    r"https://(sns\.[a-z0-9-]{5,30}\.amazonaws\.com(?:\.cn)?)/SimpleNotificationService-[0-9a-f]{8,64}\.pem"
)
_TOPIC = re.compile(r"arn:(aws|aws-cn|aws-us-gov):sns:([a-z0-9-]{5,30}):[0-9]{12}:[A-Za-z0-9_.-]{1,256}")
_TOKEN = re.compile(r"[0-9A-Za-z]{16,1024}")
SIGNED_OF_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
SIGNED_OF_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")

Fetch = Callable[[str, str], bytes]


class Certificates:
    """AWS's certificates, each fetched once; `fetch` requests a URL from a host that was checked."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        self._of = lru_cache(maxsize=8)(self._load)

    def get(self, address: str) -> Any:
        """The certificate at a URL. Raises `NotSigned` unless it is one of AWS's."""
        return self._of(address)

    def _load(self, address: str) -> Any:
        from cryptography import x509

        match = require(_CERTIFICATE.fullmatch(address), NotSigned)
        try:
            return x509.load_pem_x509_certificate(self.fetch(match[1], address))
        except ValueError:
            raise NotSigned() from None


def fetcher(network: Network) -> Fetch:
    """Return a function that fetches from a public AWS host, and no other, over the bot's own network route."""

    def fetch(host: str, address: str) -> bytes:
        import httpx

        from bot.runtime.outgoing import Reach, client

        try:
            with client(network, Reach(hosts=(host,))) as http:
                answer = http.get(address)
        except httpx.HTTPError as failure:
            raise TryLater(f"{host} does not answer ({type(failure).__name__})") from failure
        if answer.status_code != 200:
            raise TryLater(f"{host} answered {answer.status_code}")
        return answer.content

    return fetch


def check_message(content: Mapping[str, Any], topic: str, certificates: Certificates, now: datetime) -> str:
    """Return the message's id. Raises `NotSigned` unless AWS signed it for this topic, recently."""
    names = {NOTIFICATION: SIGNED_OF_NOTIFICATION, CONFIRMATION: SIGNED_OF_CONFIRMATION}.get(
        content.get("Type", "")
    )
    if names is None or content.get("TopicArn") != topic or not _is_recent(content, now):
        raise NotSigned()
    signed = "".join(f"{name}\n{content[name]}\n" for name in names if isinstance(content.get(name), str))
    _verify(certificates.get(str(content.get("SigningCertURL"))), content, signed.encode())
    return f"sns:{content['MessageId']}"


def _is_recent(content: Mapping[str, Any], now: datetime) -> bool:
    try:
        sent_at = moments.required(str(content.get("Timestamp")))
    except ValueError:
        return False
    return abs(now - sent_at) <= ACCEPTED_FOR


def _verify(certificate: Any, content: Mapping[str, Any], signed: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256

    # SNS uses version 1 unless the topic says otherwise.
    digest = SHA256() if content.get("SignatureVersion") == "2" else SHA1()  # noqa: S303 - SNS version 1 uses SHA1
    try:
        signature = b64decode(str(content.get("Signature")), validate=True)
        certificate.public_key().verify(signature, signed, PKCS1v15(), digest)
    except (InvalidSignature, NotBase64, ValueError, AttributeError, TypeError):
        raise NotSigned() from None


def confirm(content: Mapping[str, Any], topic: str, fetch: Fetch) -> None:
    """Confirm the subscription at a URL built here from the topic's region and the token."""
    match, token = _TOPIC.fullmatch(topic), str(content.get("Token"))
    if match is None or not _TOKEN.fullmatch(token):
        raise NotSigned()
    domain = "amazonaws.com.cn" if match[1] == "aws-cn" else "amazonaws.com"
    host = f"sns.{match[2]}.{domain}"
    fetch(host, f"https://{host}/?Action=ConfirmSubscription&TopicArn={topic}&Token={token}")
