"""`watchfloor tokens` and `watchfloor webhooks`: read access, and resending what a system missed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from sqlmodel import Session

from bot.bootstrap import build_registry
from bot.config import floor
from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.runtime import migrations
from bot.runtime.clock import use_offset_file, utcnow
from bot.web import tokens
from bot.webhooks import sending


class NoScope(WatchfloorError):
    """Say what the token is for, such as `--scope incidents`. There are {known}."""


class NoSuchWebhook(WatchfloorError):
    """floor.yaml names no webhook `{name}`. It names {known}."""


@contextmanager
def _changing(settings: Settings) -> Iterator[Session]:
    use_offset_file(settings.clock_file)
    build_registry()
    with migrations.open_database(settings.database_url) as database, database.transaction() as session:
        yield session


def create_token(settings: Settings, name: str, scopes: Sequence[str]) -> str:
    """Create a token and return it, to be shown once."""
    if not scopes:
        raise NoScope(known=", ".join(tokens.SCOPES))
    with _changing(settings) as session:
        return tokens.create(session, name, scopes, utcnow())


def revoke_token(settings: Settings, name: str) -> None:
    with _changing(settings) as session:
        tokens.revoke(session, name, utcnow())


def list_tokens(settings: Settings) -> list[str]:
    """Return a line per token with its scopes and dates, never the token itself."""
    with _changing(settings) as session:
        issued_tokens = tokens.every_token(session)
    return [
        f"{token.name}: {', '.join(token.scopes)}, made {token.created_at:%Y-%m-%d}"
        + (f", revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else "")
        for token in issued_tokens
    ]


def replay(settings: Settings, webhook: str, since: timedelta) -> int:
    """Let the bot send a webhook's events again. Return their number."""
    webhooks = floor.read(settings.floor_file).webhooks
    if webhook not in webhooks:
        raise NoSuchWebhook(name=webhook, known=", ".join(sorted(webhooks)) or "none")
    with _changing(settings) as session:
        now = utcnow()
        return sending.replay(session, webhook, now - since, now)
