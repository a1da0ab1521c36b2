"""Okta: locked accounts and failed sign-ins from the System Log, unlocking, and password reset mails.

Needs an API token, or (`oauth: true`) an access token with the scopes okta.logs.read and okta.users.manage.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx

from bot.sources import moments
from bot.sources.answers import checked, next_link, read_each, sent
from bot.sources.port import Lockout, LockoutKind, Outcome, Page, SourceConfig, SourceRefused, Unread

PAGE = 1000
FIRST_READ = timedelta(hours=24)
SESSION_START = "user.session.start"
LIMIT = "user.account.lock.limit"
# By the event's type alone: the same lock comes with the outcome FAILURE and SUCCESS.
KINDS = {
    "user.account.lock": LockoutKind.LOCKED,
    LIMIT: LockoutKind.LOCKED,
    "user.account.unlock": LockoutKind.UNLOCKED,
    "user.account.unlock_by_admin": LockoutKind.UNLOCKED,
    SESSION_START: LockoutKind.SIGNED_IN,
}
FILTER = " or ".join(f'eventType eq "{name}"' for name in KINDS)
# Okta's error codes for an account that is not locked, and for one whose state allows no reset.
NOT_LOCKED, NOT_ALLOWED = "E0000032", "E0000038"
# User ids of sign-ins by an unknown user; those are dropped, since a password may have been typed as the name.
NOBODY = ("", "unknown")


class Okta:
    """The System Log, polled: every response names its continuation, even if there is nothing new."""

    def __init__(self, config: SourceConfig, http: httpx.Client) -> None:
        self._name, self._http = config.name, http
        scheme = "Bearer" if config.options.get("oauth") else "SSWS"
        self._headers = {"Authorization": f"{scheme} {config.secret}", "Accept": "application/json"}

    def check(self) -> list[str]:
        """Check that the log can be read."""
        try:
            self._events({"limit": "1"})
        except SourceRefused as refused:
            return [f"{refused.sentence} The log needs the scope okta.logs.read, unlocking okta.users.manage."]
        return []

    def since(self, cursor: str, now: datetime) -> Page[Lockout]:
        """Return the page after the cursor, which holds Okta's own continuation."""
        begin = {"since": moments.iso(now - FIRST_READ), "sortOrder": "ASCENDING", "filter": FILTER}
        parameters = json.loads(cursor) if cursor else {**begin, "limit": str(PAGE)}
        events, next_parameters = self._events(parameters)
        # There is a continuation even at the end: an empty page is the end, a short one may not be.
        rows, unread = lockouts(events)
        return Page(rows, json.dumps(next_parameters or parameters), None if events else now, unread)

    def unlock(self, user_id: str) -> Outcome:
        address = f"/api/v1/users/{quote(user_id, safe='')}/lifecycle/unlock"
        response = sent(self._name, partial(self._http.post, address, headers=self._headers))
        if response.status_code == 403 and NOT_LOCKED in response.text:
            return Outcome(True, "the account was not locked")
        checked(self._name, response)
        return Outcome(True)

    def reset_password(self, user_id: str) -> Outcome:
        """Have Okta mail a link to set a new password. Since Okta mails it, its response has no link."""
        address = f"/api/v1/users/{quote(user_id, safe='')}/lifecycle/reset_password"
        send = partial(self._http.post, address, params={"sendEmail": "true"}, headers=self._headers)
        response = sent(self._name, send)
        if response.status_code == 403 and NOT_ALLOWED in response.text:
            return Outcome(False, "the state of the account allows no reset; its password may be kept elsewhere")
        checked(self._name, response)
        return Outcome(True)

    def _events(self, parameters: dict[str, str]) -> tuple[list[dict[str, Any]], dict[str, str]]:
        send = partial(self._http.get, "/api/v1/logs", params=parameters, headers=self._headers)
        response = sent(self._name, send)
        events = checked(self._name, response)
        if not isinstance(events, list):
            raise SourceRefused(name=self._name, reason="what it answers is not a list of events")
        # Only the query is used: the token is sent to no other address, whatever a response names.
        return events, dict(parse_qsl(urlsplit(next_link(response.headers)).query))


def lockouts(events: Sequence[dict[str, Any]]) -> tuple[list[Lockout], list[Unread]]:
    """Return lockouts from events of the System Log; an event repeated within the page counts once."""
    by_id = {event["uuid"]: event for event in events if event.get("eventType") in KINDS}
    known_events = [event for event in by_id.values() if not _has_failed(event) or _user(event)["id"] not in NOBODY]
    return read_each(known_events, _lockout, lambda event: event["uuid"])


def _has_failed(event: Mapping[str, Any]) -> bool:
    return bool(event["eventType"] == SESSION_START and _outcome(event).get("result") != "SUCCESS")


def _user(event: Mapping[str, Any]) -> dict[str, str]:
    users = [target for target in event.get("target") or () if target.get("type") == "User"]
    user = users[0] if users else event.get("actor") or {}
    return {"id": str(user.get("id") or ""), "login": str(user.get("alternateId") or "")}


def _outcome(event: Mapping[str, Any]) -> dict[str, Any]:
    outcome: dict[str, Any] = event.get("outcome") or {}
    return outcome


def _lockout(event: Mapping[str, Any]) -> Lockout:
    user, has_failed = _user(event), _has_failed(event)
    address, place, client = _sign_in_origin(event.get("client") or {}) if has_failed else ("", "", "")
    return Lockout(
        external_id=event["uuid"],
        user_id=user["id"],
        login=user["login"],
        kind=LockoutKind.FAILED if has_failed else KINDS[event["eventType"]],
        at=moments.required(event["published"]),
        # An account at its limit does not unlock itself; the type says so, the outcome does not.
        reason=LIMIT if event["eventType"] == LIMIT else str(_outcome(event).get("reason") or ""),
        address=address,
        place=place,
        client=client,
    )


def _sign_in_origin(client: dict[str, Any]) -> tuple[str, str, str]:
    """Return the network address, town and program of a sign-in."""
    context, agent = client.get("geographicalContext") or {}, client.get("userAgent") or {}
    town = (str(context.get(name) or "") for name in ("city", "country"))
    program = (str(agent.get(name) or "") for name in ("browser", "os"))
    client_text = " on ".join(part for part in program if part and part != "UNKNOWN")
    return str(client.get("ipAddress") or ""), ", ".join(filter(None, town)), client_text
