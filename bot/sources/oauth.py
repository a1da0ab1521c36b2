"""Access tokens by client credentials: requested once, and again when one is no longer accepted."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import httpx

from bot.errors import TryLater
from bot.sources.port import SourceRefused

if TYPE_CHECKING:
    from bot.sources.port import SourceConfig

UNAUTHORIZED = 401


class ClientCredentials(httpx.Auth):
    """For ServiceNow and Salesforce; an expired token costs one more request."""

    requires_response_body = True

    def __init__(self, config: "SourceConfig", path: str) -> None:
        self._name, self._url = config.name, config.url.rstrip("/") + path
        self._form = {
            "grant_type": "client_credentials",
            "client_id": str(config.options["client_id"]),
            "client_secret": config.secret,
        }
        self._token = ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with a token."""
        if not self._token:
            self._token = self._read_token(
                (yield httpx.Request("POST", self._url, data=self._form, headers={"Accept": "application/json"}))
            )
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == UNAUTHORIZED:
            self._token = self._read_token(
                (yield httpx.Request("POST", self._url, data=self._form, headers={"Accept": "application/json"}))
            )
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _read_token(self, response: httpx.Response) -> str:
        if response.status_code >= 500:
            raise TryLater(f"{self._name} gave no token ({response.status_code})")
        try:
            token: Any = response.json().get("access_token")
        except (ValueError, AttributeError):
            token = None
        if response.status_code >= 300 or not isinstance(token, str):
            raise SourceRefused(name=self._name, reason="it gives no token; check `client_id` and the secret")
        return token


def credentials(config: "SourceConfig", path: str) -> httpx.Auth:
    """Return the authentication for the options: client credentials, user and password, or a fixed token."""
    if config.options.get("client_id"):
        return ClientCredentials(config, path)
    if user := config.options.get("user"):
        return httpx.BasicAuth(str(user), config.secret)
    return Bearer(config.secret)


class Bearer(httpx.Auth):
    """A fixed token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with the token."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request
