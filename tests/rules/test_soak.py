"""The soak's report of its violations."""

import json
from pathlib import Path

import pytest

from tests.soak import __main__ as soak
from tests.soak import bot_logs
from tests.soak.invariants import Violation

INTEGRITY_ERROR = """Traceback (most recent call last):
  File "/x/bot/incidents/incidents.py", line 179, in add
sqlalchemy.exc.IntegrityError: (psycopg.errors.UniqueViolation) duplicate key value
DETAIL:  Key (declared_key)=(declare) already exists.
(Background on this error at: https://sqlalche.me/e/21/gkpj)
"""
JOB = 'Job "partial (trigger: interval[0:00:05], next run at: 2026-11-27 13:47:{second} UTC)" raised an exception'


def test_a_traceback_is_identified_by_its_last_error_and_a_job_by_its_name(tmp_path: Path) -> None:
    log = tmp_path / "one.log"
    records = [{"logger": "bot", "event": JOB.format(second=n), "exception": INTEGRITY_ERROR} for n in (10, 15)]
    log.write_text("\n".join(json.dumps(line) for line in records))

    assert bot_logs.unexpected(bot_logs.tracebacks([log])) == [
        '2 × bot: Job "partial (trigger: interval[0:00:05])" raised an exception, '
        "bot/incidents/incidents.py add: IntegrityError"
    ]


@pytest.mark.parametrize("times", [1, 2, 5])
def test_the_last_lines_name_what_broke_however_many_violations_there_are(
    capsys: pytest.CaptureFixture[str], times: int
) -> None:
    violations = [Violation(f"number {number}", [f"act {act}" for act in range(40)]) for number in range(times)]

    soak.print_found(soak.Life("postgresql", {}, violations, (Path("/kept"),)), soak.LAST_LINES)

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= soak.LAST_LINES + 2
    assert [line.strip() for line in lines if "✗" in line] == [f"✗ number {number}" for number in range(times)]
    assert any("more lines" in line for line in lines)
