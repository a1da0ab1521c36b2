"""Settings from the environment and `.env`: tokens, addresses, files."""

import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import WatchfloorError

NO_SECRET = SecretStr("")
DOTENV = ".env"
PREFIX = "WATCHFLOOR_"
NO_DATABASE = (
    "is no address of a database; write `sqlite:///data/watchfloor.sqlite` or "
    "`postgresql://name:password@host/database`"
)
# What the validator calls a number that is none.
NO_NUMBER = ("int_parsing", "int_type")


class SettingsRefused(WatchfloorError):
    """The settings cannot be used. {problems}"""


class TokensIncomplete(WatchfloorError):
    """{problem} `watchfloor doctor` says where each is found. Without any token Watchfloor brings a workspace."""


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _database_url(url: Any) -> Any:
    """Return a usable address. Hosts give out `postgres://…`, but SQLAlchemy needs the driver's name."""
    if not isinstance(url, str):
        return url
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url.strip())
    if url.startswith(("'", '"')):
        raise ValueError("stands in quotes, which are taken as part of it; remove them")
    if not re.match(r"sqlite:///(?!:memory:).|postgresql\+psycopg://.", url):
        raise ValueError(NO_DATABASE)
    server = urlsplit(url).netloc
    if server.count("@") > 1:
        raise ValueError("has a name or password with an `@` in it; write that one as `%40`")
    if not re.fullmatch(r"(\[.*\]|[^:,]*)(:\d*)?", server.rpartition("@")[2]):
        raise ValueError("names no host and port that can be read; write them like `db.example.com:5432`")
    return url


def _web_address(url: Any) -> Any:
    if isinstance(url, str) and not re.match(r"https?://[^\s/]", url.strip()):
        raise ValueError("is no address; write `https://slack.com/api/`")
    return _stripped(url)


# Text copied from a web page may end with a line break.
Secret = Annotated[SecretStr, BeforeValidator(_stripped)]


class Settings(BaseSettings):
    """Everything that differs between installations, except what is in `floor.yaml`."""

    model_config = SettingsConfigDict(env_file=DOTENV, env_prefix=PREFIX, extra="ignore")

    slack_bot_token: Secret = Field(NO_SECRET, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: Secret = Field(NO_SECRET, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: Secret = Field(NO_SECRET, validation_alias="SLACK_SIGNING_SECRET")
    # For `POST /figures`, `/cases` and `/lockouts`.
    figures_secret: Secret = NO_SECRET
    cases_secret: Secret = NO_SECRET
    lockouts_secret: Secret = NO_SECRET
    slack_api_url: Annotated[str, BeforeValidator(_web_address)] = Field(
        "https://slack.com/api/", validation_alias="SLACK_API_URL"
    )
    # Ids, separated by commas, of further workspaces whose people are colleagues.
    workspaces: str = ""
    port: int = Field(3000, validation_alias="PORT", ge=0, le=65535)
    host: str = "0.0.0.0"  # noqa: S104 - Slack must be able to reach it in HTTP mode

    database_url: Annotated[str, BeforeValidator(_database_url)] = "sqlite:///data/watchfloor.sqlite"
    floor_file: Path = Path("floor.yaml")
    playbooks_dir: Path = Path("playbooks")
    templates_dir: Path = Path("message_templates")
    clock_file: Path | None = None

    sources_dir: Path = Path("data/sources")  # files from sources, until they are read

    sandbox_port: int = Field(8099, ge=0, le=65535)
    sandbox_dir: Path = Path("data/sandbox")

    # If empty: HTTPS_PROXY and NO_PROXY from the environment, and the system's certificates.
    proxy: Annotated[str, BeforeValidator(_stripped)] = ""
    ca_file: Path | None = None

    log_format: Literal["auto", "console", "json"] = "auto"
    replica: str = ""
    tick_every_s: float = 1.0
    playbooks_every_s: float = Field(5.0, ge=0)
    retry_first_s: float = 1.0
    retry_longest_s: float = 60.0

    @property
    def speaks_http(self) -> bool:
        """Whether the bot uses HTTP mode, because a signing secret is set, rather than Socket Mode."""
        return bool(self.slack_signing_secret.get_secret_value())

    @property
    def serves_http(self) -> bool:
        """Whether there is a reason to listen on `port`: Slack's requests, signed rows, `/healthz`."""
        secrets = (self.figures_secret, self.cases_secret, self.lockouts_secret)
        takes_rows = any(secret.get_secret_value() for secret in secrets)
        return self.speaks_http or takes_rows or "port" in self.model_fields_set

    @property
    def other_team_ids(self) -> frozenset[str]:
        """The ids in `workspaces`."""
        return frozenset(team_id.strip() for team_id in self.workspaces.split(",") if team_id.strip())

    @property
    def has_slack(self) -> bool:
        """Whether there are tokens for a workspace."""
        return bool(self.slack_bot_token.get_secret_value()) and (
            self.speaks_http or bool(self.slack_app_token.get_secret_value())
        )

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of SQLite, and not PostgreSQL."""
        return self.database_url.startswith("sqlite")

    @property
    def replica_name(self) -> str:
        """This process's name among those that share its database."""
        if self.replica or self.is_sqlite:
            return self.replica or "local"
        return f"{socket.gethostname()}-{os.getpid()}"

    @property
    def durable_url(self) -> str:
        """The address of the durable engine's records: a file of its own on SQLite, a schema on PostgreSQL."""
        if self.is_sqlite:
            return self.database_url.removesuffix(".sqlite") + "-flows.sqlite"
        return self.database_url


def environment() -> Mapping[str, str]:
    """The environment, with the lines of `.env` that it lacks: for secrets whose variables `floor.yaml` names."""
    written = {name: value for name, value in dotenv_values(DOTENV).items() if value is not None}
    return written | dict(os.environ)


def names() -> set[str]:
    """The variables that set something."""
    aliases = {name: field.validation_alias for name, field in Settings.model_fields.items()}
    return {str(alias) if alias else f"{PREFIX}{name}".upper() for name, alias in aliases.items()}


def read() -> Settings:
    """Return the settings. Raises `SettingsRefused` with every error in them."""
    try:
        return Settings()
    except ValidationError as validation_error:
        raise SettingsRefused(problems=" ".join(_explain(error) for error in validation_error.errors())) from None
    except UnicodeDecodeError:
        raise SettingsRefused(problems="`.env` is not UTF-8 text; save it as UTF-8.") from None


def _explain(error: Any) -> str:
    """Return the name of the variable and its error, but never its value, which may be a secret."""
    name = str(error["loc"][0])
    variable = name if name.isupper() else f"{PREFIX}{name}".upper()
    if error["type"] in NO_NUMBER:
        return f"{variable}: should be a whole number."
    return f"{variable}: {str(error['msg']).removeprefix('Value error, ')}."


def check_tokens(settings: Settings) -> None:
    """Refuse incomplete tokens, which would otherwise be taken for "no workspace wanted"."""
    for token, variable in (
        (settings.slack_bot_token, "SLACK_BOT_TOKEN"),
        (settings.slack_app_token, "SLACK_APP_TOKEN"),
        (settings.slack_signing_secret, "SLACK_SIGNING_SECRET"),
    ):
        if not re.fullmatch(r"[!-~]*", token.get_secret_value()):
            raise TokensIncomplete(problem=f"{variable} holds characters that no token has. Copy it whole.")
    has_bot_token = bool(settings.slack_bot_token.get_secret_value())
    has_connection_token = settings.speaks_http or bool(settings.slack_app_token.get_secret_value())
    if has_bot_token and not has_connection_token:
        raise TokensIncomplete(
            problem="SLACK_BOT_TOKEN is set, but SLACK_APP_TOKEN (for Socket Mode) and SLACK_SIGNING_SECRET "
            "(for HTTP mode) are both empty. Set one of them."
        )
    if has_connection_token and not has_bot_token:
        set_variable = "SLACK_SIGNING_SECRET" if settings.speaks_http else "SLACK_APP_TOKEN"
        raise TokensIncomplete(problem=f"{set_variable} is set, but SLACK_BOT_TOKEN is empty. Set it too.")
