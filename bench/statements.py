"""How many SQL statements one click costs, with few incidents and with many."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from bench.figures import Figure
from bench.harness import PLAYBOOKS
from bench.internals import embedded_bot, recorded_statements, settle
from bot.bootstrap import Bot
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from slack_sandbox import Sandbox

FEW, MANY = 10, 10_000
CLICKS = 3
LIMIT = 15


def measure(folder: Path) -> Sequence[Figure]:
    """Count the statements from a click until its redraw is saved, with ten and with ten thousand incidents."""
    with embedded_bot(folder, PLAYBOOKS) as (sandbox, bot):
        for number in range(1, FEW + 1):
            sandbox.person("ana").types(f"/incident declare S2 line {number} is down", channel="general")
        few = [_click(sandbox, bot) for _ in range(CLICKS)]
        _add_closed(bot, MANY - FEW, utcnow())
        many = [_click(sandbox, bot) for _ in range(CLICKS)]
    more = [after - before for before, after in zip(few, many, strict=True)]
    return [
        Figure("statements for one click", few, "statements", LIMIT),
        Figure("statements for one click with 10,000 incidents", many, "statements", LIMIT),
        Figure("statements more for one click with 10,000 incidents than with 10", more, "statements", 0),
    ]


def _click(sandbox: Sandbox, bot: Bot) -> int:
    settle(sandbox, bot)
    channel = next(c.name for c in sandbox.person("ana").channels() if c.name.startswith("inc-1-"))
    with recorded_statements(bot.services.database) as statements:
        sandbox.person("ana").clicks("step.done", channel=channel)
        settle(sandbox, bot)
    return len(statements)


def _add_closed(bot: Bot, number: int, now: datetime) -> None:
    closed = {"title": "long ago", "severity": "S2", "status": "closed", "declared_by": "U0ANA"}
    rows = [
        closed | {"declared_key": f"old {index}", "declared_at": now, "closed_at": now, "sites": [], "partners": []}
        for index in range(number)
    ]
    with bot.services.database.transaction() as session:
        session.connection().execute(sa.insert(Incident), rows)
