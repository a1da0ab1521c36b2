"""Ticks over five hundred playbooks of twenty steps: nothing due, everything late, and one click among them."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import Figure
from bench.internals import database_url, recorded_statements
from bot import bootstrap, directory
from bot.config.settings import Settings
from bot.directory.rules import PersonFacts
from bot.incidents.tables import Incident
from bot.incidents.ticks import run_ticks
from bot.playbooks import rules, runs
from bot.playbooks import step_actions as steps
from bot.playbooks.playbook import Playbook
from bot.playbooks.step_rows import steps_of
from bot.runtime import migrations
from bot.services import Services

RUNS = 500
STEPS = 20
TICKS = 5
STARTED = datetime(2026, 1, 5, 9, tzinfo=UTC)
BOOK = Playbook.model_validate(
    {
        "title": "A playbook of twenty steps",
        "summary": "Each with a due time of its own.",
        "phases": [
            {
                "id": f"phase-{phase}",
                "title": f"Phase {phase}",
                "steps": [
                    {"id": f"step-{n}", "title": f"Step {n}", "due": f"{10 * n} min", "instructions": "Look. " * 40}
                    for n in range(phase * 5 + 1, phase * 5 + 6)
                ],
            }
            for phase in range(STEPS // 5)
        ],
    }
)


def measure(folder: Path) -> Sequence[Figure]:
    """Measure how long a tick takes, and how many statements a click costs among so many playbooks."""
    services = _services_without_slack(folder)
    with services.database.transaction() as session:
        directory.save_people(session, [PersonFacts("U0ANA", "Ana Reyes")])
    _start_run(services, 1)
    alone = _click(services, 1)
    for number in range(2, RUNS + 1):
        _start_run(services, number)
    nothing_due = [_tick(services, STARTED + timedelta(minutes=1, seconds=n)) for n in range(TICKS)]
    late = [_tick(services, STARTED + timedelta(minutes=10 * n + 1)) for n in range(1, TICKS + 1)]
    among_many = [_click(services, number) for number in range(2, TICKS + 2)]
    _close(services)
    return [
        Figure("a tick over 500 playbooks of 20 steps, nothing due", nothing_due, "s", 1),
        Figure("a tick over 500 playbooks of 20 steps, each with a step late", late, "s", 1),
        Figure("statements of a step's transaction among 500 playbooks", among_many, "statements", alone),
    ]


def _services_without_slack(folder: Path) -> Services:
    """All services except Slack: what would be rendered and sent stays in the database."""
    services = bootstrap.build_services(Settings(_env_file=None, database_url=database_url(folder)))
    migrations.upgrade(services.database.engine)
    services.background.close()
    return services


def _close(services: Services) -> None:
    """Close the services: a process has one workflow engine, and the next part starts its own."""
    services.flows.close()
    services.database.close()


def _start_run(services: Services, number: int) -> None:
    with services.database.transaction() as session:
        incident = Incident(
            id=number,
            declared_key=str(number),
            title="IVR down",
            severity="S2",
            declared_by="U0ANA",
            declared_at=STARTED,
            channel_id=f"C{number}",
        )
        session.add(incident)
        session.flush()
        facts = rules.IncidentFacts("S2", "other", (), (), STARTED)
        runs.start_run(session, number, "twenty-steps", BOOK, facts, "U0ANA", STARTED)


def _tick(services: Services, now: datetime) -> float:
    started = time.perf_counter()
    run_ticks(services, now)
    return time.perf_counter() - started


def _click(services: Services, run: int) -> int:
    with services.database.reading() as session:
        step_id = steps_of(session, run)[0].number
    with recorded_statements(services.database) as statements:
        steps.complete(services, step_id, "U0ANA", STARTED + timedelta(minutes=5))
    return len(statements)
