import sqlite3
import sys
from types import ModuleType

import pytest

from bot.runtime import postgresql_driver


def test_a_driver_that_is_left_out_raised_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("psycopg", "psycopg.errors"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))

    postgresql_driver.leave_out()

    import psycopg
    from psycopg import errors

    assert not hasattr(psycopg, "__file__")
    assert not isinstance(sqlite3.OperationalError(), (psycopg.OperationalError, errors.LockNotAvailable))
