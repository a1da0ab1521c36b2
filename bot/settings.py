"""Settings from the environment and `.env`: tokens, addresses, files."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything that differs between one installation and another, except what `floor.yaml` says."""

    model_config = SettingsConfigDict(env_file=".env", env_prefix="WATCHFLOOR_", extra="ignore")

    slack_bot_token: SecretStr = Field(SecretStr(""), validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr = Field(SecretStr(""), validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr = Field(SecretStr(""), validation_alias="SLACK_SIGNING_SECRET")
    slack_api_url: str = Field("https://slack.com/api/", validation_alias="SLACK_API_URL")
    port: int = Field(3000, validation_alias="PORT")
    host: str = "0.0.0.0"  # noqa: S104 - Slack must be able to reach it in HTTP mode

    database_url: str = "sqlite:///data/watchfloor.sqlite"
    floor_file: Path = Path("floor.yaml")
    playbooks_dir: Path = Path("playbooks")
    templates_dir: Path = Path("message_templates")
    clock_file: Path | None = None

    replica: str = "local"
    tick_every_s: float = 1.0
    retry_first_s: float = 1.0
    retry_longest_s: float = 60.0

    @property
    def speaks_http(self) -> bool:
        """HTTP mode is chosen by giving a signing secret; otherwise Socket Mode."""
        return bool(self.slack_signing_secret.get_secret_value())

    @property
    def has_slack(self) -> bool:
        """Are there tokens for a workspace?"""
        return bool(self.slack_bot_token.get_secret_value()) and (
            self.speaks_http or bool(self.slack_app_token.get_secret_value())
        )

    @property
    def durable_url(self) -> str:
        """Where the durable engine keeps its records: a file of its own on SQLite, a schema on PostgreSQL."""
        if self.database_url.startswith("sqlite"):
            return self.database_url.removesuffix(".sqlite") + "-flows.sqlite"
        return self.database_url
