"""Problems with the database or the environment are reported in one sentence, which says what to do."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.config import settings
from bot.config.settings import SettingsRefused
from bot.runtime import migrations
from bot.runtime.database import Database, DatabaseUnusable
from bot.runtime.migrations import DatabaseNewer, DatabaseOutdated, NoDatabase


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "WATCHFLOOR_DATABASE_URL: is no address of a database; write `sqlite:///data/watchfloor.sqlite`"),
        ("'sqlite:///data/w.sqlite'", "WATCHFLOOR_DATABASE_URL: stands in quotes, which are taken as part of it"),
        ("w.sqlite", "is no address of a database"),
        ("mysql://a/b", "is no address of a database"),
    ],
)
def test_an_invalid_address_is_refused(monkeypatch: pytest.MonkeyPatch, address: str, said: str) -> None:
    monkeypatch.setenv("WATCHFLOOR_DATABASE_URL", address)

    with pytest.raises(SettingsRefused, match="The settings cannot be used") as refused:
        settings.read()

    assert said in refused.value.sentence


def test_an_address_in_the_form_that_hosting_providers_use_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFLOOR_DATABASE_URL", " postgres://a:b@host/db\n")

    assert settings.read().database_url == "postgresql+psycopg://a:b@host/db"


def test_an_environment_file_in_another_encoding_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes("SLACK_BOT_TOKEN=xoxb-1".encode("utf-16"))
    monkeypatch.chdir(tmp_path)

    with pytest.raises(SettingsRefused, match="is not UTF-8 text; save it as UTF-8"):
        settings.read()


@pytest.mark.parametrize("query", ["", "?timeout=5"])
def test_a_server_that_is_away_or_refuses_is_reported_in_a_sentence(query: str) -> None:
    database = Database(f"postgresql+psycopg://a:b@127.0.0.1:1/x{query}")

    with pytest.raises(DatabaseUnusable, match="Look at WATCHFLOOR_DATABASE_URL"):
        migrations.upgrade(database.engine)


def test_a_file_that_is_no_database_and_a_read_only_folder_are_reported_in_a_sentence(
    tmp_path: Path,
) -> None:
    (tmp_path / "broken.sqlite").write_bytes(b"SQLite format 3\x00" + b"broken" * 1000)
    broken = Database(f"sqlite:///{tmp_path}/broken.sqlite")

    with pytest.raises(DatabaseUnusable, match="The database cannot be used"):
        migrations.upgrade(broken.engine)
    with pytest.raises(DatabaseUnusable, match="whether its folder may be written"):
        Database("sqlite:////proc/none/w.sqlite")


def test_a_schema_of_another_version_is_named(tmp_path: Path) -> None:
    file = tmp_path / "w.sqlite"
    database = Database(f"sqlite:///{file}")
    with pytest.raises(NoDatabase):
        migrations.check(database.engine)
    migrations.upgrade(database.engine)
    migrations.check(database.engine)

    for version, refusal in (("9999", DatabaseNewer), ("0001", DatabaseOutdated)):
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        with pytest.raises(refusal):
            migrations.check(database.engine)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseNewer, match="A newer Watchfloor has written this database"):
        migrations.upgrade(database.engine)


def test_a_database_that_others_can_read_is_made_private_again(tmp_path: Path) -> None:
    file = tmp_path / "w.sqlite"
    file.touch()
    file.chmod(0o644)

    Database(f"sqlite:///{file}").close()

    assert file.stat().st_mode & 0o777 == 0o600
